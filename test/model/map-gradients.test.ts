/** Steps of models whose maps have ops of their own: pooled convolutions, and rectifiers with a bias behind other layers and over several rows per sample. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  conv2d,
  createRuntime,
  dense,
  depthwiseConv2d,
  flatten,
  type Layer,
  maxPool2d,
  type Runtime,
  reshape,
  sequential,
  sgd,
  timeDistributed,
} from "../../src/index.ts";

const COUNT = 14;
const SHAPE = [12, 12, 2];
const x = Float32Array.from({ length: COUNT * 288 }, (_, i) => Math.sin(1 + i * 1.7));
const data = dataset({ x, y: Float32Array.from({ length: COUNT }, (_, i) => Math.cos(i)), sampleShape: SHAPE });

const relu = { activation: "relu" } as const;
/** Each with how many weights its first two layers have. */
const models: [name: string, kept: number, layers: () => Layer[]][] = [
  [
    "pooled convolutions, one without a bias",
    2,
    () => [conv2d(6, 3, relu), maxPool2d(2), conv2d(5, 3, { ...relu, padding: "same", useBias: false }), maxPool2d(2)],
  ],
  ["a depthwise convolution, then another", 4, () => [depthwiseConv2d(3, relu), conv2d(7, 3, relu)]],
  [
    "several rows per sample",
    2,
    () => [reshape([2, 6, 12, 2]), timeDistributed(depthwiseConv2d(3, relu)), timeDistributed(conv2d(4, 3, relu)), timeDistributed(maxPool2d(2))],
  ],
];

/** Weights after a step of rate 1, and how far it moved them at most. */
async function step(runtime: Runtime, layers: () => Layer[], frozen: boolean, microBatch?: number): Promise<{ weights: Float64Array[]; moved: number[] }> {
  const maps = layers();
  for (const layer of maps.slice(0, 2)) layer.trainable = !frozen;
  const model = sequential({ inputShape: SHAPE, seed: 5, runtime }, [...maps, flatten(), dense(1)]);
  model.compile({ optimizer: sgd({ learningRate: 1 }), loss: "meanSquaredError" });
  const read = async (): Promise<Float64Array[]> => (await model.getWeights()).map(({ data: values }) => Float64Array.from(values));
  const before = await read();
  await model.fit(data, { epochs: 1, batchSize: COUNT, shuffle: false, ...(microBatch !== undefined && { microBatch }) });
  const weights = await read();
  const moved = weights.map((values, p) => values.reduce((most, value, i) => Math.max(most, Math.abs(value - before[p][i])), 0));
  model.dispose();
  return { weights, moved };
}

describe.each(models)("%s", (_, kept, layers) => {
  it.each([false, true])("a step is the exact one for any micro-batch and backend, first layers frozen: %s", async (frozen) => {
    const exact = await step(await createRuntime({ backend: "js", precision: "f64" }), layers, frozen);
    exact.moved.forEach((distance, p) => (frozen && p < kept ? expect(distance).toBe(0) : expect(distance).toBeGreaterThan(1e-4)));
    const runtimes = [{ backend: "js" }, { mode: "fast" }, { mode: "deterministic", threads: 2 }] as const;
    for (const options of runtimes) {
      for (const microBatch of [undefined, 7, 5]) {
        const { weights } = await step(await createRuntime(options), layers, frozen, microBatch);
        weights.forEach((values, p) => {
          const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - exact.weights[p][i])), 0);
          expect(worst / Math.max(1, exact.moved[p]), `${JSON.stringify(options)}, micro-batch ${microBatch}, weights ${p}`).toBeLessThan(1e-5);
        });
      }
    }
  });
});
