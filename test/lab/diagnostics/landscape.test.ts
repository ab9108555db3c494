/** Slices of the loss. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../../src/data/index.ts";
import { batchNormalization, conv2d, dense, depthwiseConv2d, dropout, flatten, gru, reshape, sequential, sgd } from "../../../src/index.ts";
import { filterNormalised } from "../../../src/lab/diagnostics/landscape.ts";
import { Probe, valuesOf } from "../../../src/lab/diagnostics/probe.ts";
import { clouds, length, record, smooth } from "./support.ts";

describe("filter-normalised directions", () => {
  const model = sequential({ inputShape: [6, 6, 2], seed: 4 }, [
    conv2d(3, 3),
    batchNormalization(),
    depthwiseConv2d(2, { depthMultiplier: 2 }),
    flatten(),
    dense(5),
    reshape([5, 1]),
    gru(2),
    dense(2, { activation: "softmax" }),
  ]).compile({ loss: "sparseCategoricalCrossentropy" });
  const probe = new Probe(model);
  // Biases are 0 at first.
  probe.write(valuesOf(model).map((values) => values.map((value) => value + 0.1)));
  const weights = probe.parts(probe.vector());
  const directions = [0, 1].map((index) => probe.parts(filterNormalised(probe, index, 9)));

  it.each(probe.specs.map(({ name }, k) => [name, k] as const))("%s", (name, k) => {
    const { shape } = probe.specs[k];
    const [d] = directions.map((parts) => parts[k]);
    if (!name.endsWith("ernel")) {
      expect(d.every((x) => x === 0)).toBe(true);
      return;
    }
    // Kernels end in units; a depthwise one has a filter for each channel and multiple.
    const filters = name === "depthwise_conv2d/kernel" ? 6 : (shape.at(-1) as number);
    for (let f = 0; f < filters; f++) {
      const own = (values: Float64Array): Float64Array => values.filter((_, i) => i % filters === f);
      expect(length(own(d))).toBeCloseTo(length(own(weights[k])), 10);
      expect(length(own(d))).toBeGreaterThan(0);
    }
    expect([...directions[1][k]]).not.toEqual([...d]);
  });

  it("differ with the seed", () => {
    expect([...filterNormalised(probe, 0, 9)]).toEqual([...filterNormalised(probe, 0, 9)]);
    expect([...filterNormalised(probe, 0, 9)]).not.toEqual([...filterNormalised(probe, 0, 10)]);
  });
});

describe("the loss", () => {
  it("of a linear model is a parabola along a line and a paraboloid over a plane, known from three points and six", async () => {
    const x = Float32Array.from({ length: 60 }, (_, i) => Math.sin(7 * i));
    const data = dataset({ x, y: Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)), sampleShape: [3] });
    const model = sequential({ inputShape: [3], seed: 1 }, [dense(1)]).compile({ optimizer: sgd({ learningRate: 0.05 }), loss: "meanSquaredError" });
    const { landscape } = await record(model, data, ["landscape"], { landscape: { points: 5, side: 3, range: 2 } });
    expect(landscape?.line.at).toEqual([-2, -1, 0, 1, 2]);
    expect(landscape?.plane.at).toEqual([-2, 0, 2]);
    const [a, b, c, d, e] = (landscape?.line.loss ?? []) as number[];
    // Third differences are 0.
    expect(b - 2 * c + d).toBeCloseTo((a - 2 * c + e) / 4, 3);
    expect(d - b).toBeCloseTo((e - a) / 2, 3);
    expect(a - 2 * c + e).toBeGreaterThan(0.1);
    const plane = (landscape?.plane.loss ?? []) as number[][];
    expect([plane[1][0], plane[1][1], plane[1][2]]).toEqual([a, c, e]);
    expect(plane[0][0] + plane[2][2] - plane[1][0] - plane[1][2] - plane[0][1] - plane[2][1] + 2 * plane[1][1]).toBeCloseTo(
      -(plane[0][2] + plane[2][0] - plane[1][0] - plane[1][2] - plane[0][1] - plane[2][1] + 2 * plane[1][1]),
      3,
    );
    expect(landscape?.loss).toBeCloseTo((await model.evaluate(data)).loss, 4);
  });

  it("is that at the end, without dropout, of the samples asked for", async () => {
    const model = sequential({ inputShape: [4], seed: 3 }, [dense(5), dropout(0.5), dense(3, { activation: "softmax" })]);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy" });
    const data = clouds(64);
    const options = { points: 3, side: 3 };
    const whole = await record(model, data, ["landscape"], { landscape: options }, { epochs: 2 });
    expect(whole.landscape?.samples).toBe(64);
    expect(whole.landscape?.loss).toBeCloseTo((await model.evaluate(data)).loss, 4);
    const some = await record(smooth(), data, ["landscape"], { landscape: { ...options, samples: 10 } });
    expect(some.landscape?.samples).toBe(10);
  });

  it("is null where it is not finite", async () => {
    const data = dataset({ x: Float32Array.of(1e30, -1e30), y: Float32Array.of(0, 0), sampleShape: [1] });
    const model = sequential({ inputShape: [1], seed: 1 }, [dense(1)]).compile({ optimizer: sgd({ learningRate: 1e-36 }), loss: "meanAbsoluteError" });
    const { landscape } = await record(model, data, ["landscape"], { landscape: { points: 3, side: 3, range: 1e20 } });
    expect(landscape?.line.loss[1]).not.toBeNull();
    expect(landscape?.line.loss[0]).toBeNull();
    expect(JSON.parse(JSON.stringify(landscape))).toEqual(landscape);
  });
});
