/** The simple noise scale. */
import { describe, expect, it } from "vitest";
import { batchNormalization, dense, dropout, sequential, sgd } from "../../../src/index.ts";
import { noiseScale } from "../../../src/lab/diagnostics/gradient-noise.ts";
import { fillNormal } from "../../../src/random.ts";
import { clouds, record, smooth } from "./support.ts";

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

describe("the estimates", () => {
  it("are, of single samples, the trace of their covariance and the squared mean less its error", async () => {
    const model = smooth();
    const data = clouds(40);
    const gradients: number[][] = [];
    for (let i = 0; i < 40; i++) gradients.push((await model.gradients(data.subset([i]))).gradients.flatMap(({ data: g }) => [...g]));
    const mean = gradients[0].map((_, j) => gradients.reduce((sum, g) => sum + g[j], 0) / 40);
    const noise = gradients.reduce((sum, g) => sum + dot(g, g) - dot(mean, mean), 0) / 39;
    const gradient = dot(mean, mean) - noise / 40;
    const found = (await record(model, data, ["gradient-noise"], { "gradient-noise": { batchSize: 1, batches: 40 } }))["gradient-noise"];
    expect(found).toMatchObject({ batchSize: 1, batches: 40 });
    const [first] = found?.points ?? [];
    expect(first.epoch).toBe(0);
    expect(first.noise).toBeCloseTo(noise, 3);
    expect(first.gradient).toBeCloseTo(gradient, 4);
    expect(first.scale).toBeCloseTo(noise / gradient, 2);
  });

  // The mean over all samples has an error of length 0.3 and 1.7 beside the gradient of length 1.
  it.each([0.5, 3])("are unbiased, and 95 in 100 intervals hold the truth, at noise of %d", (sd) => {
    const [size, batches, batchSize, runs] = [20, 16, 4, 1000];
    const draws = new Float32Array(size * batches * runs);
    fillNormal(draws, draws.length, [7, 8]);
    const noise = sd ** 2 * size;
    const sums = { gradient: 0, noise: 0 };
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const gradients = Array.from({ length: batches }, (_, b) =>
        Float64Array.from({ length: size }, (_d, i) => (i === 0 ? 1 : 0) + (sd / Math.sqrt(batchSize)) * draws[(run * batches + b) * size + i]),
      );
      const found = noiseScale(gradients, batchSize);
      sums.gradient += (found.gradient as number) / runs;
      sums.noise += (found.noise as number) / runs;
      if (found.low !== null && found.low <= noise && noise <= (found.high ?? Number.POSITIVE_INFINITY)) held++;
    }
    expect(Math.abs(sums.noise / noise - 1)).toBeLessThan(0.01);
    expect(Math.abs(sums.gradient - 1)).toBeLessThan(0.08);
    expect(held / runs).toBeGreaterThan(0.93);
    expect(held / runs).toBeLessThan(0.98);
  });

  it("have no scale where the gradient is lost in noise", () => {
    const opposite = [1, -1, 1, -1].map((x) => Float64Array.of(x, 2 * x));
    const { gradient, scale, low, high } = noiseScale(opposite, 8);
    expect(gradient).toBeLessThan(0);
    expect([scale, low, high]).toEqual([null, null, null]);
    expect(noiseScale([Float64Array.of(1), Float64Array.of(Number.POSITIVE_INFINITY)], 8)).toEqual({
      gradient: null,
      noise: null,
      scale: null,
      low: null,
      high: null,
    });
  });
});

it("samples do not depend on each other: no dropout, moving statistics", async () => {
  const layers = (noisy: boolean) => [
    dense(5, { activation: "tanh" }),
    ...(noisy ? [batchNormalization(), dropout(0.5)] : []),
    dense(3, { activation: "softmax" }),
  ];
  const points = await Promise.all(
    [true, false].map(async (noisy) => {
      const model = sequential({ inputShape: [4], seed: 3 }, layers(noisy)).compile({ optimizer: sgd(), loss: "sparseCategoricalCrossentropy" });
      // Both have the same first and last layer; fresh moving statistics are 0 and 1, so that the layer between does next to nothing.
      const other = await smooth().getWeights();
      const weights = await model.getWeights();
      await model.setWeights(weights.map((w) => (other.find(({ shape, name }) => name === w.name && String(shape) === String(w.shape)) ?? w).data));
      const found = await record(model, clouds(64), ["gradient-noise"], { "gradient-noise": { batchSize: 8 } });
      return found["gradient-noise"]?.points[0];
    }),
  );
  // Gamma and beta have gradients of their own; those of the other layers are the same but for epsilon.
  expect(points[0]?.noise as number).toBeGreaterThan(points[1]?.noise as number);
  expect(points[0]?.gradient).not.toBeNull();
});

it("too few samples are told", async () => {
  await expect(record(smooth(), clouds(40), ["gradient-noise"])).rejects.toThrow(/gradient-noise: got 40 training samples, expected at least 64/);
});
