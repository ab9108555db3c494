/** Two epochs of the report's CNN are, but for rounding, PyTorch's. */
import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { golden, reportCnn } from "../golden/golden.ts";
import { length, short } from "./length.ts";

interface CnnEpochsGolden {
  seed: number;
  batchSize: number;
  learningRate: number;
  initialSha256: string;
  /** From initial weights a unit in the last place apart: mean loss of each epoch, accuracy after the last. */
  runs: { losses: number[]; testAccuracy: number }[];
}

const { seed, batchSize, learningRate, initialSha256, runs } = golden<CnnEpochsGolden>("cnn-epochs.json");
const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;

it("mean losses within four standard deviations of ten runs or 1 %, accuracy within 0.3 points", async () => {
  const { train, test } = await mnist();
  const model = reportCnn(seed, learningRate);
  expect(await model.weightsSha256()).toBe(initialSha256);
  const { epochs } = await model.fit(train, { epochs: length(runs[0].losses.length, 1), batchSize, shuffle: false });
  const { accuracy } = await model.evaluate(test);
  model.dispose();
  epochs.forEach(({ loss }, i) => {
    const theirs = runs.map(({ losses }) => losses[i]);
    const centre = mean(theirs);
    const deviation = Math.sqrt(mean(theirs.map((value) => (value - centre) ** 2)) * (theirs.length / (theirs.length - 1)));
    expect(Math.abs(loss - centre), `epoch ${i}`).toBeLessThan(Math.max(4 * deviation, 0.01 * centre));
  });
  if (!short) expect(Math.abs(accuracy! - mean(runs.map(({ testAccuracy }) => testAccuracy)))).toBeLessThan(0.003);
});
