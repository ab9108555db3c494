/** Running the command line in this process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import picocolors from "picocolors";
import { onTestFinished } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { main } from "../../src/cli/main.ts";
import { idx } from "../data/idx/idx-files.ts";
import { lines } from "../model/support.ts";

/** What a run wrote. */
export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
  /** Every rewriting of the live line. */
  progress: string[];
  /** Each line of stdout as JSON: throws if one is not. */
  events(): Record<string, unknown>[];
}

/** Output that is kept. */
export function captured(options: { width?: number; terminal?: boolean; colours?: boolean } = {}): { io: Io; out: string[]; err: string[]; live: string[] } {
  const { width = 100, terminal = false, colours = false } = options;
  const [out, err, live]: string[][] = [[], [], []];
  const io: Io = {
    print: (text) => void out.push(text),
    json: (value) => void out.push(JSON.stringify(value)),
    error: (text) => void err.push(text),
    progress: (text) => void live.push(text),
    isTerminal: terminal,
    width,
    colour: picocolors.createColors(colours),
  };
  return { io, out, err, live };
}

/** Runs a command. */
export async function run(argv: readonly string[], options: Parameters<typeof captured>[0] = {}): Promise<Outcome> {
  const { io, out, err, live } = captured(options);
  const status = await main(argv, io);
  const stdout = out.join("\n");
  const parse = (): Record<string, unknown>[] => stdout.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, stdout, stderr: err.join("\n"), progress: live, events: parse };
}

/** A folder that goes when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gradiente-cli-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A directory of IDX files: 8x8 images of 8 classes. */
export function idxFolder(): string {
  const path = folder();
  writeIdx(path);
  return path;
}

/** Writes the files of {@link idxFolder}. */
export function writeIdx(path: string, train = 320, test = 80): void {
  for (const [name, count] of [
    ["train", train],
    ["t10k", test],
  ] as const) {
    const { x, y } = lines(count);
    writeFileSync(join(path, `${name}-images-idx3-ubyte`), idx([count, 8, 8], x));
    writeFileSync(join(path, `${name}-labels-idx1-ubyte`), idx([count], y ?? []));
  }
}
