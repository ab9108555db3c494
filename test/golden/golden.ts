/** Golden files, and the ways to run that are held against them. */
import { readFileSync } from "node:fs";
import { adam, conv2d, createRuntime, dense, flatten, type Model, maxPool2d, type NamedArray, type Runtime, sequential } from "../../src/index.ts";

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

/** What a golden file holds of a tensor: every stride-th value. */
export interface TensorSummary {
  name: string;
  shape: number[];
  sum: number;
  maxAbs: number;
  stride: number;
  values: number[];
}

/**
 * The distance of a tensor from a summary, relative to its largest value: of what was sampled, and of the sum, as independent errors of n
 * values add up like sqrt(n).
 */
export function summaryDistance({ data }: NamedArray, { sum, maxAbs, stride, values }: TensorSummary): number {
  const sampled = data.filter((_, i) => i % stride === 0);
  const added = data.reduce((a, b) => a + b, 0);
  return Math.max(distance(sampled, values), Math.abs(added - sum) / (maxAbs * Math.sqrt(data.length)));
}

/** The report's CNN, compiled with Adam in PyTorch's form. */
export function reportCnn(seed: number, learningRate: number, runtime?: Runtime): Model {
  const model = sequential({ inputShape: [28, 28, 1], seed, runtime }, [
    conv2d(32, 3, { activation: "relu" }),
    maxPool2d(2),
    conv2d(64, 3, { activation: "relu" }),
    maxPool2d(2),
    flatten(),
    dense(64, { activation: "relu" }),
    dense(10, { activation: "softmax" }),
  ]);
  model.compile({ optimizer: adam({ learningRate, preset: "torch" }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}
