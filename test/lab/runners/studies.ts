/** Studies that take a second, on small images. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StudyDefinition } from "../../../src/lab/definition/study.ts";
import type { Line } from "../../../src/lab/runners/line.ts";
import { writeIdx } from "../../cli/support.ts";

/** IDX files of 8x8 images in a folder that somebody has to remove. */
export function smallData(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "gradiente-lab-data-"));
  writeIdx(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Three optimizers, two of them printed, whose weights may be carried over; rates are tuned. */
export const tiny = (data: string, parts: Partial<StudyDefinition> = {}): StudyDefinition => ({
  name: "tiny",
  title: "Tiny",
  question: "Does it end as if nothing had happened?",
  data,
  base: { model: "softmax", dropout: 0, epochs: 2, batchSize: 16 },
  factors: { optimizer: ["sgd", "adam", "adagrad"] },
  rates: { sgd: [0.1, 0.316], adam: [0.00316, 0.01], adagrad: [0.0316, 0.1] },
  target: 0.5,
  measures: ["norms"],
  printed: [
    { settings: { optimizer: "sgd" }, accuracy: 0.5 },
    { settings: { optimizer: "adam" }, accuracy: 0.6 },
    { settings: { optimizer: "adagrad" }, accuracy: 0.7 },
  ],
  ...parts,
});

/** The lines of a results file. */
export const linesOf = (path: string): Line[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text));

/** A summary without what depends on the clock. */
export function timelessSummary(path: string): unknown {
  const { times, ...rest } = JSON.parse(readFileSync(path, "utf8"));
  if (times === undefined) throw new Error(`${path} has no times`);
  return rest;
}
