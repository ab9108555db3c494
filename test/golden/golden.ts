/** Golden files, and the ways to run that are held against them. */
import { readFileSync } from "node:fs";
import { createRuntime, type Runtime } from "../../src/index.ts";

/** A golden file's content. generate/README.md says how the files are made. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
}

/** Plain SIMD, relaxed SIMD where there is, and the reference kernels in both precisions. */
export async function everyRuntime(): Promise<[string, Runtime][]> {
  const plain = await createRuntime({ mode: "deterministic" });
  const fast = await createRuntime();
  const references = [await createRuntime({ backend: "js" }), await createRuntime({ backend: "js", precision: "f64" })];
  return [plain, ...(fast.kernels === "relaxed" ? [fast] : []), ...references].map((runtime) => [`${runtime.kernels} ${runtime.precision}`, runtime]);
}

/** The largest distance between two arrays, relative to the largest value of the second. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  let apart = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    apart = Math.max(apart, Math.abs(actual[i] - expected[i]));
  }
  return apart / largest;
}

/** The largest relative distance between two rows of losses. */
export function relativeDistance(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...expected.map((value, i) => Math.abs(actual[i] / value - 1)));
}
