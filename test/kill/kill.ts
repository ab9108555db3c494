/** The property: a run that is killed at any moment, again and again, and resumed, ends as one that was not. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { readCheckpoint } from "../../src/model/checkpoints/checkpoint-files.node.ts";
import { type Job, type Result, train } from "./job.ts";

/** When to kill: before the run begins to train, while a checkpoint is written, or so many milliseconds after it does. */
export type Moment = "early" | "writing" | number;

/** Where kills hit, over all runs. */
export interface Tally {
  kills: number;
  /** Before there was a checkpoint. */
  beforeFirst: number;
  /** That left a temporary file behind. */
  duringWrite: number;
}

const child = join(import.meta.dirname, "child.ts");

/** Starts a job and kills it at the moment. Returns its result if it was faster, else null. */
function runUntil(job: Job, folder: string, checkpoints: string, moment: Moment | null, threads: number): Promise<Result | null> {
  const training = spawn(process.execPath, ["--import", "tsx", child, JSON.stringify(job), folder, checkpoints, String(threads)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => void training.kill("SIGKILL");
  // The first temporary file only tries the folder; the others are checkpoints that are being written.
  const temporary = new Set<string>();
  const which = 2 + Math.floor(Math.random() * 4);
  const watcher =
    moment !== "writing"
      ? null
      : watch(checkpoints, (_, name) => {
          if (name?.endsWith(".tmp")) temporary.add(name);
          if (temporary.size === which) kill();
        });
  training.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  training.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (out === "" && moment === "early") kill();
    out += text;
    if (typeof moment === "number" && timer === undefined && out.includes("resume")) timer = setTimeout(kill, moment);
  });
  return new Promise((resolve, reject) => {
    training.on("close", (code, signal) => {
      clearTimeout(timer);
      watcher?.close();
      if (signal === "SIGKILL") resolve(null);
      else if (code === 0) resolve(JSON.parse(out.trim().split("\n").at(-1) ?? ""));
      else reject(new Error(`exit ${code}: ${err}`));
    });
  });
}

/** Every file that bears a checkpoint's name is whole. */
async function checkFiles(checkpoints: string): Promise<{ whole: number; temporary: number }> {
  const names = readdirSync(checkpoints);
  const whole = names.filter((name) => name.startsWith("checkpoint-"));
  for (const name of whole) await readCheckpoint(join(checkpoints, name));
  return { whole: whole.length, temporary: names.filter((name) => name.endsWith(".tmp")).length };
}

/** Kills a job at each moment and resumes it, then lets it end. @throws if it does not end as an undisturbed run does */
export async function killAndResume(job: Job, moments: readonly ((runTime: number) => Moment)[], tally: Tally): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "gradiente-kill-"));
  const [undisturbed, folder, checkpoints] = ["undisturbed", "killed", "checkpoints"].map((name) => join(root, name));
  for (const path of [undisturbed, folder, checkpoints]) mkdirSync(path);
  try {
    const start = performance.now();
    const expected = await train(job, undisturbed);
    const runTime = performance.now() - start;
    let result: Result | null = null;
    for (const [i, moment] of [...moments, () => null].entries()) {
      // The number of threads is no part of a run.
      result = await runUntil(job, folder, checkpoints, moment(runTime), 1 + (i % 2));
      const { whole, temporary } = await checkFiles(checkpoints);
      if (result !== null) break;
      tally.kills++;
      if (whole === 0) tally.beforeFirst++;
      if (temporary > 0) tally.duringWrite++;
    }
    expect(result).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(readdirSync(checkpoints).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
