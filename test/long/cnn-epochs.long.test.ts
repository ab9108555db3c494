/** Two epochs of the report's CNN are, but for rounding, PyTorch's. */
import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { deriveKey, fillUniform } from "../../src/random.ts";
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

/** The values, each moved to the next float32 above or below or left, at random, as in PyTorch's runs; those of start 0 as they are. */
function nudged(values: Float32Array, start: number): Float32Array {
  const bits = new Int32Array(values.slice().buffer);
  const random = new Float32Array(bits.length);
  fillUniform(random, random.length, deriveKey(start, bits.length));
  if (start > 0) bits.forEach((_, i) => values[i] !== 0 && bits.fill(bits[i] + Math.floor(3 * random[i]) - 1, i, i + 1));
  return new Float32Array(bits.buffer);
}

// A single trajectory of two epochs says little: from starts a rounding apart the second epoch's mean has a standard deviation of 0.7 %, ours over 88 starts as
// PyTorch's over 35 (0.4 % over the ten of the golden file). Means there: 0.04712 and 0.04735, Welch's t -3.5; of the first epoch 0.14207 and 0.14221, t -3.1: less
// than half of what is allowed here, but no chance. Which of the two float64 is nearer to is not known.
it("over starts a rounding apart, mean losses within four standard deviations of ten runs or 1 %, accuracy within 0.3 points", async () => {
  const { train, test } = await mnist();
  const ours: { losses: number[]; accuracy: number }[] = [];
  for (let start = 0; start < length(5, 1); start++) {
    const model = reportCnn(seed, learningRate);
    expect(await model.weightsSha256()).toBe(initialSha256);
    await model.setWeights((await model.getWeights()).map(({ data }) => nudged(data, start)));
    const { epochs } = await model.fit(train, { epochs: length(runs[0].losses.length, 1), batchSize, shuffle: false });
    ours.push({ losses: epochs.map(({ loss }) => loss), accuracy: (await model.evaluate(test)).accuracy as number });
    model.dispose();
  }
  console.log(ours.map(({ losses, accuracy }) => `${losses.map((loss) => loss.toFixed(5)).join(" ")} ${accuracy}`).join("\n"));
  ours[0].losses.forEach((_, i) => {
    const theirs = runs.map(({ losses }) => losses[i]);
    const centre = mean(theirs);
    const deviation = Math.sqrt(mean(theirs.map((value) => (value - centre) ** 2)) * (theirs.length / (theirs.length - 1)));
    expect(Math.abs(mean(ours.map(({ losses }) => losses[i])) - centre), `epoch ${i}`).toBeLessThan(Math.max(4 * deviation, 0.01 * centre));
  });
  if (!short) expect(Math.abs(mean(ours.map(({ accuracy }) => accuracy)) - mean(runs.map(({ testAccuracy }) => testAccuracy)))).toBeLessThan(0.003);
});
