/** The largest eigenvalue of the Hessian, against closed forms and double precision. */
import { describe, expect, it } from "vitest";
import { activation, batchNormalization, dense, dropout, sequential, sgd } from "../../../src/index.ts";
import { largestEigenvalue } from "../../../src/lab/diagnostics/lanczos.ts";
import { Probe, valuesOf } from "../../../src/lab/diagnostics/probe.ts";
import { largestCurvature } from "../../../src/lab/diagnostics/sharpness.ts";
import { eigenOf } from "../../../src/lab/diagnostics/symmetric.ts";
import type { Model } from "../../../src/model/model.ts";
import { clouds, double, record, smooth } from "./support.ts";

const options = { epsilon: 1e-2, tolerance: 1e-3, iterations: 30, seed: 0 };
const data = clouds(90);

/** All of the Hessian, in double precision: differences of gradients by one weight at a time. */
async function hessian(model: Model): Promise<number[][]> {
  const probe = new Probe(model, { runtime: double });
  probe.write(valuesOf(model));
  const w = probe.vector();
  const h = 1e-5;
  const rows: Float64Array[] = [];
  for (let i = 0; i < w.length; i++) {
    const at = (step: number): Promise<Float64Array> => {
      probe.setVector(w.map((x, k) => (k === i ? x + step : x)));
      return probe.slope(data);
    };
    const [up, down] = [await at(h), await at(-h)];
    rows.push(up.map((g, k) => (g - down[k]) / (2 * h)));
  }
  return rows.map((row, i) => Array.from(row, (x, k) => (x + rows[k][i]) / 2));
}

async function curvature(model: Model, given = options, runtime?: typeof double) {
  const probe = new Probe(model, { runtime });
  probe.write(valuesOf(model));
  return largestCurvature(probe, data, given);
}

describe("Lanczos iterations", () => {
  const matrix = (diagonal: readonly number[]) => async (v: Float64Array) => v.map((x, i) => diagonal[i] * x);
  const key = [1, 2] as const;

  it("find the largest eigenvalue, not that of the largest size, and say how sure they are", async () => {
    const spectrum = [-9, ...Array.from({ length: 200 }, (_, i) => Math.sin(i)), 5, 7];
    const found = await largestEigenvalue(matrix(spectrum), spectrum.length, { iterations: 40, tolerance: 1e-6, key });
    expect(found.converged).toBe(true);
    expect(found.value).toBeCloseTo(7, 5);
    expect(found.residual).toBeLessThan(1e-4);
    expect(found.iterations).toBeLessThan(30);
  });

  it("stop when they are out of products, out of directions, or out of numbers", async () => {
    const slow = await largestEigenvalue(matrix(Array.from({ length: 500 }, (_, i) => i)), 500, { iterations: 4, tolerance: 1e-9, key });
    expect(slow).toMatchObject({ converged: false, iterations: 4 });
    expect(slow.residual).toBeGreaterThan(1);
    const small = await largestEigenvalue(matrix([3, 1]), 2, { iterations: 30, tolerance: 1e-9, key });
    expect(small).toMatchObject({ iterations: 3 });
    expect(small.value).toBeCloseTo(3, 5);
    expect((await largestEigenvalue(matrix([0, 0, 0]), 3, { iterations: 30, tolerance: 1e-2, key })).value).toBe(0);
    const broken = await largestEigenvalue(async (v) => v.map(() => Number.NaN), 3, { iterations: 30, tolerance: 1e-2, key });
    expect(broken).toMatchObject({ value: Number.NaN, converged: false });
  });
});

describe("the largest eigenvalue", () => {
  it("of softmax regression is that of mean (diag p - pp') x xx'", async () => {
    const model = sequential({ inputShape: [4], seed: 2 }, [dense(3, { activation: "softmax" })]).compile({
      optimizer: sgd({ learningRate: 0.1 }),
      loss: "sparseCategoricalCrossentropy",
    });
    await model.fit(data, { epochs: 2 });
    const p = await model.predict(data);
    const [features, classes] = [5, 3];
    // In the order of kernel [4,3] and bias [3]: the bias belongs to a feature that is 1.
    const exact = Array.from({ length: 15 }, () => new Array<number>(15).fill(0));
    for (let n = 0; n < data.length; n++) {
      const x = [...data.sample(n), 1];
      for (let i = 0; i < features; i++) {
        for (let j = 0; j < features; j++) {
          for (let a = 0; a < classes; a++) {
            for (let b = 0; b < classes; b++) {
              const [pa, pb] = [p[n * classes + a], p[n * classes + b]];
              exact[i * classes + a][j * classes + b] += ((a === b ? pa : 0) - pa * pb) * x[i] * x[j] * (1 / data.length);
            }
          }
        }
      }
    }
    const [value] = eigenOf(exact).values;
    const found = await curvature(model);
    expect(found.converged).toBe(true);
    expect(Math.abs(found.value / value - 1)).toBeLessThan(1e-3);
    expect(found.residual).toBeLessThan(1e-2 * value);
  });

  it.each(["tanh", "softplus"] as const)("of a network with %s is that of the whole Hessian in double precision", async (name) => {
    const model = smooth({ activation: name });
    for (const epochs of [0, 3]) {
      if (epochs > 0) await model.fit(data, { epochs, batchSize: 8 });
      const [value] = eigenOf(await hessian(model)).values;
      const single = await curvature(model);
      const exact = await curvature(model, options, double);
      expect(Math.abs(single.value / exact.value - 1)).toBeLessThan(1e-4);
      expect(Math.abs(single.value / value - 1)).toBeLessThan(2e-3);
      // What is left is the length of the difference, not rounding.
      const short = await curvature(model, { ...options, epsilon: 1e-4 }, double);
      expect(Math.abs(short.value / value - 1)).toBeLessThan(1e-5);
    }
  });

  it("is that of the loss as evaluation sees it: without dropout, by moving statistics, without penalties", async () => {
    const layers = [
      dense(5),
      batchNormalization({ momentum: 0.5 }),
      activation("tanh"),
      dropout(0.5),
      dense(3, { activation: "softmax", activityRegularizer: "l2" }),
    ];
    const model = sequential({ inputShape: [4], seed: 3 }, layers).compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy" });
    await model.fit(data, { epochs: 3, batchSize: 8 });
    const probe = new Probe(model, { runtime: double });
    probe.write(valuesOf(model));
    const w = probe.vector();
    const lossAt = async (step: (i: number) => number): Promise<number> => {
      probe.setVector(w.map((x, i) => x + step(i)));
      return (await probe.model.evaluate(data)).loss;
    };
    const h = 1e-4;
    const numeric = w.map(() => 0);
    for (let i = 0; i < w.length; i++) numeric[i] = ((await lossAt((k) => (k === i ? h : 0))) - (await lossAt((k) => (k === i ? -h : 0)))) / (2 * h);
    probe.setVector(w);
    (await probe.slope(data)).forEach((g, i) => {
      expect(Math.abs(g - numeric[i])).toBeLessThan(1e-6);
    });
  });
});

describe("the record", () => {
  it("has a point before the first step and after each epoch, and what it was found with", async () => {
    const model = smooth();
    const first = await curvature(model, { ...options, tolerance: 1e-2 });
    const { sharpness } = await record(model, data, ["sharpness"], { sharpness: { samples: 90 } }, { epochs: 2 });
    expect(sharpness).toMatchObject({ samples: 90, epsilon: 0.01, tolerance: 0.01 });
    expect(sharpness?.points.map(({ epoch, converged }) => [epoch, converged])).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
    expect(sharpness?.points[0].value).toBeCloseTo(first.value, 3);
    const last = await curvature(model, { ...options, tolerance: 1e-2 });
    expect(sharpness?.points[2].value).toBeCloseTo(last.value, 3);
  });

  it("has null where a gradient is not finite", async () => {
    const model = smooth({ activation: "linear" });
    await model.setWeights((await model.getWeights()).map(({ data: w }) => w.map((_, i) => (i % 2 ? 3e38 : -3e38))));
    const found = await curvature(model);
    expect(found).toMatchObject({ value: Number.NaN, converged: false });
  });
});
