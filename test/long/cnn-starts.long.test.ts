/** 100 steps of the report's CNN from many starts: its tiles part from PyTorch's float64 as PyTorch's float32 does. */
import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { createRuntime } from "../../src/index.ts";
import { golden, relativeDistance, reportCnn } from "../golden/golden.ts";
import { length } from "./length.ts";

interface CnnStartsGolden {
  batchSize: number;
  learningRate: number;
  /** The loss of each step in float64, and how far PyTorch's float32 gets from it. */
  starts: { seed: number; float32Distance: number; losses: number[] }[];
}

const { batchSize, learningRate, starts: all } = golden<CnnStartsGolden>("cnn-starts.json");
const starts = all.slice(0, length(all.length, 8));

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

// From one start a rectifier or a pooling window decides the other way, from the next none does: a single distance says nothing.
it.each(["fast", "deterministic"] as const)("the median distance is at most ten times PyTorch's, %s", async (mode) => {
  const { train } = await mnist();
  const data = train.take(batchSize * starts[0].losses.length);
  const runtime = await createRuntime({ mode });
  const distances: number[] = [];
  for (const { seed, losses } of starts) {
    const model = reportCnn(seed, learningRate, runtime);
    const seen: number[] = [];
    await model.fit(data, { batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
    model.dispose();
    distances.push(relativeDistance(seen, losses));
  }
  await runtime.dispose();
  const theirs = all.map(({ float32Distance }) => float32Distance);
  console.log(
    `${mode}: median ${median(distances).toExponential(1)}, PyTorch's ${median(theirs).toExponential(1)}; furthest ${Math.max(...distances).toExponential(1)}, ${Math.max(...theirs).toExponential(1)}`,
  );
  expect(median(distances)).toBeLessThan(10 * median(theirs));
  expect(Math.max(...distances)).toBeLessThan(10 * Math.max(...theirs));
});
