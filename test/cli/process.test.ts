import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadModel } from "../../src/index.ts";
import { folder, idxFolder } from "./support.ts";

const entry = join(import.meta.dirname, "entry.ts");

interface Child {
  child: ChildProcess;
  out(): string;
  err(): string;
  /** Resolves when stdout or stderr holds the text. */
  shows(text: string): Promise<void>;
  exit: Promise<{ code: number | null; signal: string | null }>;
}

function start(argv: readonly string[], env: Record<string, string> = {}): Child {
  const child = spawn(process.execPath, ["--import", "tsx", entry, ...argv], {
    env: { ...process.env, FORCE_COLOR: "", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [out, err] = ["", ""];
  const waiting: (() => void)[] = [];
  const wake = (): void => waiting.forEach((check) => check());
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    wake();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
    wake();
  });
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  const shows = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (out.includes(text) || err.includes(text)) resolve();
      };
      waiting.push(check);
      exit.then(() => reject(new Error(`ended without ${text}:\n${out}\n${err}`)));
      check();
    });
  return { child, out: () => out, err: () => err, shows, exit };
}

describe("Ctrl-C", () => {
  it.each([
    ["in the midst of an epoch", ["--limit", "6400"]],
    ["with steps over the whole set", ["--limit", "6400", "--batch-size", "full"]],
  ])("saves and exits with 130, %s", async (_, more) => {
    const directory = folder();
    const path = join(directory, "model.safetensors");
    const { child, out, err, shows, exit } = start(["train", "--model", "mlp", "--epochs", "100000", "--json", "--out", path, ...more]);
    await shows('"event":"epoch"');
    child.kill("SIGINT");
    expect(await exit).toEqual({ code: 130, signal: null });
    expect(readdirSync(directory)).toEqual(["model.safetensors"]);
    expect((await loadModel(path)).parameterCount).toBe(101_770);
    expect(JSON.parse(out().trim().split("\n").at(-1) ?? "")).toEqual({
      event: "error",
      code: "interrupted",
      message: "stopped by Ctrl-C",
      hint: `the weights so far are in ${path}`,
    });
    expect(err()).toContain("stopping after this step");
  });

  it("with --checkpoint saves the run, and says how it goes on: with the same bits", async () => {
    const argv = (directory: string): string[] => ["train", "--model", "mlp", "--limit", "6400", "--epochs", "30", "--json", "--checkpoint", directory];
    const [cut, whole] = [join(folder(), "a"), join(folder(), "b")];
    const { child, out, shows, exit } = start(argv(cut));
    await shows('"epoch":2');
    child.kill("SIGINT");
    expect(await exit).toEqual({ code: 130, signal: null });
    const events = (text: string): Record<string, unknown>[] =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    expect(events(out()).at(-1)).toMatchObject({ code: "interrupted", hint: `the run is saved in ${cut}: the same command with --resume goes on` });
    const [resumed, undisturbed] = [start([...argv(cut), "--resume"]), start(argv(whole))];
    expect([await resumed.exit, await undisturbed.exit]).toEqual([0, 0].map((code) => ({ code, signal: null })));
    const [first, second, all] = [events(out()), events(resumed.out()), events(undisturbed.out())];
    expect(second[1]).toMatchObject({ event: "resume", file: expect.stringContaining(cut), step: expect.any(Number) });
    // No epoch is told twice, and none is missing.
    const losses = (list: Record<string, unknown>[]): unknown[] => list.filter(({ event }) => event === "epoch").map(({ epoch, loss }) => [epoch, loss]);
    expect([...losses(first), ...losses(second)]).toEqual(losses(all));
    expect(second.at(-1)?.weightsSha256).toBe(all.at(-1)?.weightsSha256);
  });

  it("tells where it stopped, as text", async () => {
    const { child, out, shows, exit } = start(["train", "--model", "softmax", "--epochs", "100000", "--data", idxFolder()]);
    await shows("epoch      2/100000");
    child.kill("SIGINT");
    expect(await exit).toEqual({ code: 130, signal: null });
    expect(out()).toMatch(
      /stopped by Ctrl-C in epoch \d+ of 100000, after step \d+ of 10\nnot saved: --out FILE keeps the weights, --checkpoint DIR the run\n$/,
    );
  });
});

describe("the process", () => {
  it("keeps training and saves when its reader leaves", async () => {
    const path = join(folder(), "model.safetensors");
    const { child, err, exit } = start(["train", "--model", "softmax", "--epochs", "3", "--data", idxFolder(), "--out", path]);
    child.stdout?.destroy();
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(err()).toBe("");
    expect(existsSync(path)).toBe(true);
  });

  it("shows a stack only when asked to", async () => {
    const argv = ["evaluate", "/nowhere/model.safetensors"];
    const [quiet, loud] = [start(argv), start(argv, { GRADIENTE_DEBUG: "1" })];
    expect([(await quiet.exit).code, (await loud.exit).code]).toEqual([1, 1]);
    expect(quiet.err()).not.toMatch(/^\s+at /m);
    expect(loud.err()).toMatch(/^\s+at /m);
  });
});
