/** Ten steps of a model of two inputs and two losses with shared weights are PyTorch's. */
import { describe, expect, it } from "vitest";
import { dataset, mnist } from "../../src/data/index.ts";
import { adam, call, conv2d, createRuntime, defineLayer, dense, flatten, input, type Model, maxPool2d, model, ops, type Runtime } from "../../src/index.ts";
import { distance, everyRuntime, golden, summaryDistance, type TensorSummary } from "./golden.ts";

interface FunctionalGolden {
  seed: number;
  batchSize: number;
  learningRate: number;
  initialSha256: string;
  /** How far PyTorch's float32 is from its float64: losses relative, gradients and weights relative to their tensor's largest. */
  float32Distance: { losses: number; gradients: number; weights: number };
  /** Total, digit, same, of each step. */
  losses: [number, number, number][];
  /** Of the first step. */
  gradients: TensorSummary[];
  /** After the last. */
  weights: TensorSummary[];
}

const { seed, batchSize, learningRate, initialSha256, float32Distance, losses, gradients, weights } = golden<FunctionalGolden>("functional.json");
const pairs = batchSize * losses.length;
const { train } = await mnist();
const SIZE = 28 * 28;
const images = (from: number): Uint8Array => (train.x as Uint8Array).subarray(from * SIZE, (from + pairs) * SIZE);
const labels = (train.y as Uint8Array).subarray(0, 2 * pairs);
const same = Float32Array.from({ length: pairs }, (_, i) => (labels[i] === labels[pairs + i] ? 1 : 0));
const data = dataset({
  x: { left: images(0), right: images(pairs) },
  y: { digit: labels.subarray(0, pairs), same },
  sampleShape: [28, 28, 1],
  classes: { digit: 10 },
  sampleWeight: { digit: Float32Array.from(same, (_, i) => 1 + (i % 3) / 2), same: same.map((value) => 1 + 4 * value) },
});

const squaredDifference = () => defineLayer({ className: "SquaredDifference", apply: (_, { inputs: [a, b] }) => ops.square(ops.sub(a, b)) });

function twoDigits(runtime?: Runtime): Model {
  const [left, right] = [input([28, 28, 1], { name: "left" }), input([28, 28, 1], { name: "right" })];
  const tower = [conv2d(4, 3, { activation: "relu" }), maxPool2d(2), flatten(), dense(16, { activation: "relu" })];
  const [a, b] = [call(tower, left), call(tower, right)];
  const outputs = [
    call(dense(10, { activation: "softmax", name: "digit" }), a),
    call([squaredDifference(), dense(1, { activation: "sigmoid", name: "same" })], a, b),
  ];
  return model({ inputs: [left, right], outputs, seed, runtime }).compile({
    optimizer: adam({ learningRate, preset: "torch" }),
    loss: { digit: "sparseCategoricalCrossentropy", same: "binaryCrossentropy" },
    lossWeights: { same: 0.5 },
  });
}

/** The losses of each step: those of an epoch are means, so one step each. */
async function trajectory(made: Model, options = {}): Promise<number[][]> {
  const seen: number[][] = [];
  let before = [0, 0, 0];
  await made.fit(data, {
    batchSize,
    shuffle: false,
    ...options,
    onStep({ stepInEpoch, loss, epochMetrics }) {
      const sums = [epochMetrics.loss, epochMetrics.digit_loss, epochMetrics.same_loss].map((mean) => mean * stepInEpoch);
      const step = sums.map((sum, k) => sum - before[k]);
      expect(loss).toBeCloseTo(step[0], 10);
      seen.push(step);
      before = sums;
    },
  });
  return seen;
}

describe.each(await everyRuntime())("%s", (_, runtime) => {
  it("losses, gradients and weights", async () => {
    const exact = runtime.precision === "f64";
    const made = twoDigits(runtime);
    expect(await made.weightsSha256()).toBe(initialSha256);
    const first = await made.gradients(data.take(batchSize));
    expect(first.gradients.map(({ name }) => name)).toEqual(gradients.map(({ name }) => name));
    first.gradients.forEach((gradient, i) => {
      expect(summaryDistance(gradient, gradients[i]), gradient.name).toBeLessThan(exact ? 1e-6 : 10 * float32Distance.gradients);
    });
    const seen = await trajectory(made);
    // Means of sums are a little less exact than the losses themselves; double precision has PyTorch's pixels in float32.
    const most = seen.map((step, i) => distance(step, losses[i]));
    expect(Math.max(...most)).toBeLessThan(10 * float32Distance.losses);
    (await made.getWeights()).forEach((weight, i) => {
      expect(summaryDistance(weight, weights[i]), weight.name).toBeLessThan(10 * float32Distance.weights);
    });
    made.dispose();
  });
});

it("any number of threads gives the same bits", async () => {
  const hashes = new Set<string>();
  for (const threads of [1, 2, 3]) {
    const runtime = await createRuntime({ threads });
    const made = twoDigits(runtime);
    await made.fit(data, { batchSize, epochs: 2 });
    hashes.add(await made.weightsSha256());
    await runtime.dispose();
  }
  expect(hashes.size).toBe(1);
});

it("micro-batches add up", async () => {
  const seen = await trajectory(twoDigits(), { microBatch: 5 });
  const most = seen.map((step, i) => distance(step, losses[i]));
  expect(Math.max(...most)).toBeLessThan(10 * float32Distance.losses);
});
