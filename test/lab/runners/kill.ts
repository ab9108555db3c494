/** The property: a study whose process is killed at any moment, again and again, ends as one that was not disturbed, and no finished trial is lost or run again. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { linesOf, smallData, timelessSummary, tiny } from "./studies.ts";

const entry = join(import.meta.dirname, "../../cli/entry.ts");

/** Where kills hit. */
export interface Tally {
  kills: number;
  /** Before the first trial was kept. */
  before: number;
  /** While there were weights to carry on. */
  carried: number;
  /** That left half a line behind. */
  torn: number;
}

/** Milliseconds within which a kill comes after what it waits for: a trial and the writing of its line take about as long. */
const WITHIN = 20;

/** Runs the study in a process of its own. @param after trials that are run until it is killed; null: it is let end @returns whether it ended */
function runUntil(argv: readonly string[], after: number | null): Promise<boolean> {
  const child = spawn(process.execPath, ["--import", "tsx", entry, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => void child.kill("SIGKILL");
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    const ran = out.split('"from":"run"').length - 1;
    if (after !== null && timer === undefined && ran >= after) timer = setTimeout(kill, Math.random() * WITHIN);
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL" || code === 0) resolve(code === 0);
      else reject(new Error(`exit ${code}: ${out}\n${err}`));
    });
  });
}

/** Kills a study so many times and lets it end. @throws if it does not end as an undisturbed one does */
export async function killStudy(times: number): Promise<Tally> {
  const root = mkdtempSync(join(tmpdir(), "gradiente-kill-"));
  const data = smallData();
  const tally: Tally = { kills: 0, before: 0, carried: 0, torn: 0 };
  try {
    const file = join(root, "tiny.json");
    writeFileSync(file, JSON.stringify(tiny(data.path)));
    const argv = (out: string, workers: number): string[] => [
      "study",
      file,
      "--protocol",
      "carry-over",
      "--seeds",
      "2",
      "--json",
      "--workers",
      `${workers}`,
      "--out",
      join(root, out),
    ];
    expect(await runUntil(argv("whole", 2), null)).toBe(true);
    const expected = linesOf(join(root, "whole/tiny/results.jsonl"));
    const folder = join(root, "killed/tiny");
    const results = join(folder, "results.jsonl");
    let kept = "";
    for (let i = 0; i <= times; i++) {
      // The last is let end; those before share what is left, the first comes before the first trial.
      const left = expected.length - kept.split("\n").length + 1;
      const most = Math.max(1, Math.floor((1.5 * left) / (times - i + 1)));
      const after = i === times ? null : i === 0 ? 0 : Math.floor(Math.random() * most);
      const ended = await runUntil(argv("killed", 1 + (i % 3)), after);
      const text = existsSync(results) ? readFileSync(results, "utf8") : "";
      expect(text.startsWith(kept)).toBe(true);
      kept = text.slice(0, text.lastIndexOf("\n") + 1);
      if (ended) break;
      tally.kills++;
      if (kept === "") tally.before++;
      if (text.length > kept.length) tally.torn++;
      if (existsSync(join(folder, "carried"))) tally.carried++;
    }
    const ids = linesOf(results).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(expected.map(({ id }) => id).sort());
    expect(timelessSummary(join(folder, "summary.json"))).toEqual(timelessSummary(join(root, "whole/tiny/summary.json")));
    expect(readdirSync(folder).sort()).toEqual(["report.csv", "report.html", "report.md", "results.jsonl", "summary.json"]);
    return tally;
  } finally {
    data.remove();
    rmSync(root, { recursive: true, force: true });
  }
}
