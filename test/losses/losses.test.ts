/** What losses take and refuse, Keras's own semantics worked by hand, and losses through models and their files. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import { Graph } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph } from "../../src/graph/run.ts";
import {
  binaryCrossentropy,
  ConfigError,
  categoricalCrossentropy,
  createRuntime,
  dense,
  hinge,
  huber,
  klDivergence,
  type Loss,
  type LossFunction,
  meanSquaredError,
  modelFromJSON,
  ops,
  poisson,
  ShapeError,
  sequential,
  sparseCategoricalCrossentropy,
} from "../../src/index.ts";
import { lossNames, lossOf } from "../../src/losses/index.ts";
import { BATCH } from "../../src/shape.ts";

const exact = await createRuntime({ backend: "js", precision: "f64" });
const fast = await createRuntime();

/** The loss of rows of targets and predictions, in double precision. */
async function values(loss: Loss, targets: number[][] | number[], predictions: number[][], runtime = exact): Promise<number[]> {
  const graph = new Graph();
  const labels = typeof targets[0] === "number";
  const y = host(graph, "y", labels ? [BATCH] : [BATCH, (targets as number[][])[0].length], labels ? "i32" : "f32");
  const p = host(graph, "p", [BATCH, predictions[0].length]);
  const [out] = await runGraph(runtime, [loss.apply(y, p)], { y: targets.flat(), p: predictions.flat() }, predictions.length);
  return [...out];
}

const near = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 8);
  });
};

describe("Keras's semantics, by hand", () => {
  it("hinge takes 0 and 1 for -1 and 1", async () => {
    // max(1 - (-1)(0.5), 0) = 1.5, max(1 - 1 (0.25), 0) = 0.75: mean 1.125; the documented conversion is 2 y - 1.
    near(await values(hinge, [[0, 1]], [[0.5, 0.25]]), [1.125]);
    near(await values(hinge, [[-1, 1]], [[0.5, 0.25]]), [1.125]);
    // As one-hot rows: -1, -1, 1.
    near(await values(hinge, [2], [[0.5, -3, 0.25]]), [(1.5 + 0 + 0.75) / 3]);
  });

  it("binaryCrossentropy smooths to y (1 - s) + s / 2, and clips probabilities to 1e-7", async () => {
    // y = 1 -> 0.9, y = 0 -> 0.1 for s = 0.2; p = 0.75 and 0.5.
    const smooth = -(0.9 * Math.log(0.75) + 0.1 * Math.log(0.25) + 0.1 * Math.log(0.5) + 0.9 * Math.log(0.5)) / 2;
    near(await values(binaryCrossentropy({ labelSmoothing: 0.2 }), [[1, 0]], [[0.75, 0.5]]), [smooth]);
    // p = 0 for y = 1, p = 1 for y = 0, and both right: -log 1e-7 and -log(1 - 1e-7).
    near(await values(binaryCrossentropy, [[1], [0], [0], [1]], [[0], [1], [0], [1]]), [
      -Math.log(1e-7),
      -Math.log(1e-7),
      -Math.log1p(-1e-7),
      -Math.log1p(-1e-7),
    ]);
  });

  it("categoricalCrossentropy divides probabilities by their sum, smooths to y (1 - s) + s / classes, and clips to 1e-7", async () => {
    const [p, s] = [[0.2, 0.6, 0.4], 0.3];
    near(await values(categoricalCrossentropy, [[0, 1, 0]], [p]), [-Math.log(0.6 / 1.2)]);
    const smooth = -(0.1 * Math.log(0.2 / 1.2) + 0.8 * Math.log(0.6 / 1.2) + 0.1 * Math.log(0.4 / 1.2));
    near(await values(categoricalCrossentropy({ labelSmoothing: s }), [[0, 1, 0]], [p]), [smooth]);
    near(await values(sparseCategoricalCrossentropy({ labelSmoothing: s }), [1], [p]), [smooth]);
    near(await values(categoricalCrossentropy, [[1, 0]], [[0, 1]]), [-Math.log(1e-7)]);
    near(
      await values(
        sparseCategoricalCrossentropy,
        [0, 1],
        [
          [0, 1],
          [0, 1],
        ],
      ),
      [-Math.log(1e-7), -Math.log1p(-1e-7)],
    );
  });

  it("klDivergence clips both to [1e-7, 1]", async () => {
    // t = (1, 0) -> (1, 1e-7), p = (0, 1) -> (1e-7, 1): 1 log(1 / 1e-7) + 1e-7 log(1e-7 / 1).
    near(await values(klDivergence, [[1, 0]], [[0, 1]]), [-Math.log(1e-7) + 1e-7 * Math.log(1e-7)]);
    near(await values(klDivergence, [[0.25, 0.75]], [[0.5, 0.5]]), [0.25 * Math.log(0.5) + 0.75 * Math.log(1.5)]);
  });

  it("poisson adds 1e-7 to the prediction", async () => {
    near(await values(poisson, [[2, 0]], [[0, 3]]), [(0 - 2 * Math.log(1e-7) + 3 - 0) / 2]);
  });

  it("huber is e^2 / 2 up to delta, then delta (|e| - delta / 2), also where squares overflow", async () => {
    near(await values(huber({ delta: 2 }), [[0, 0, 0]], [[1, 2, -5]]), [(0.5 + 2 + 2 * (5 - 1)) / 3]);
    expect(await values(huber, [[0]], [[1e30]], fast)).toEqual([Math.fround(1e30)]);
  });
});

describe("probabilities of 0 and 1", () => {
  it.each([binaryCrossentropy, categoricalCrossentropy, klDivergence, poisson] as Loss[])("leave $name finite, and its gradient", async (loss) => {
    const graph = new Graph();
    const [y, p] = [host(graph, "y", [BATCH, 2]), host(graph, "p", [BATCH, 2])];
    const { differentiate } = await import("../../src/graph/differentiate.ts");
    const l = loss.apply(y, p);
    const gradient = differentiate(l, host(graph, "seed", [BATCH]), [p]).get(p) as typeof p;
    const results = await runGraph(fast, [l, gradient], { y: [1, 0, 0, 1], p: [0, 1, 0, 1], seed: [1, 1] }, 2);
    for (const list of results) expect([...list].every(Number.isFinite)).toBe(true);
  });
});

const rows = (y: Float32Array | Int32Array, targetShape?: number[]) =>
  dataset({ x: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)), y, sampleShape: [3], targetShape });
const labels = rows(Int32Array.of(0, 1, 1, 0));
const model = (loss: string | Loss | LossFunction, outputs = 2, activation: "softmax" | "sigmoid" | "linear" = "softmax") =>
  sequential({ inputShape: [3], seed: 2, runtime: exact }, [dense(outputs, { activation })]).compile({ loss, metrics: ["accuracy"] });

describe("in a model", () => {
  it.each(lossNames)("%s trains on labels as one-hot rows", async (name) => {
    const { loss } = await model(name).evaluate(labels);
    const { epochs } = await model(name).fit(labels, { epochs: 40, learningRate: 0.05 });
    expect(epochs[39].loss).toBeLessThan(loss);
    if (name.startsWith("sparse")) return;
    expect((await model(name).evaluate(rows(Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0), [2]))).loss).toBeCloseTo(loss, 12);
  });

  it("one output takes labels of two classes, and accuracy compares with 1/2", async () => {
    const single = model("binaryCrossentropy", 1, "sigmoid");
    await single.fit(labels, { epochs: 300, learningRate: 0.1 });
    expect((await single.evaluate(labels)).accuracy).toBe(1);
    expect((await single.evaluate(rows(Float32Array.of(0, 1, 1, 0)))).accuracy).toBe(1);
    expect((await single.evaluate(rows(Int32Array.of(1, 0, 0, 1)))).accuracy).toBe(0);
    await expect(single.evaluate(rows(Int32Array.of(0, 2, 1, 0)))).rejects.toThrow(ShapeError);
    await expect(model("sparseCategoricalCrossentropy", 1).evaluate(labels)).rejects.toThrow(/one output takes binaryCrossentropy/);
  });

  it("a name, the loss, a call of it and its options all say which", async () => {
    const same = await Promise.all(["huber", huber, huber(), huber({ delta: 1 })].map(async (loss) => (await model(loss).evaluate(labels)).loss));
    expect(new Set(same).size).toBe(1);
    expect(huber.name).toBe("huber");
    // Errors of these outputs are below 1, so a smaller delta shows.
    expect((await model(huber({ delta: 0.1 })).evaluate(labels)).loss).toBeLessThan(same[0]);
    const own: LossFunction = (yTrue, yPred) => ops.mul(huber.apply(yTrue, yPred), 2);
    expect((await model(own).evaluate(labels)).loss).toBeCloseTo(2 * same[0], 12);
  });

  it.each([huber({ delta: 0.3 }), categoricalCrossentropy({ labelSmoothing: 0.2 }), meanSquaredError(), lossOf("mae")])(
    "$name round-trips through JSON",
    async (loss) => {
      const made = model(loss);
      const json = JSON.parse(JSON.stringify(made.toJSON()));
      const again = modelFromJSON(json, { runtime: exact });
      expect(again.toJSON()).toEqual(json);
      expect((await again.evaluate(labels)).loss).toBe((await made.evaluate(labels)).loss);
      // Without options it is the name alone.
      expect(typeof json.compiled.loss).toBe(Object.keys(loss.config?.() ?? {}).length === 0 ? "string" : "object");
    },
  );

  it("a loss of one's own is written as custom, and asks to be compiled again", () => {
    const json = model({ name: "mine", apply: huber.apply }).toJSON();
    expect(json.compiled?.loss).toBe("custom");
    expect(modelFromJSON(json).compiled).toBeNull();
  });

  it("softmax and sigmoid of ours give logits, also behind a reshape", async () => {
    const graph = new Graph();
    const [y, z] = [host(graph, "y", [BATCH, 2]), host(graph, "z", [BATCH, 2])];
    const folded = ops.reshape(ops.softmax(ops.reshape(z, [BATCH, 1, 2])), [BATCH, 2]);
    const [a] = await runGraph(fast, [categoricalCrossentropy.apply(y, folded)], { y: [0, 1], z: [100, -100] });
    expect([...a]).toEqual([200]);
    const [b] = await runGraph(fast, [binaryCrossentropy.apply(y, ops.sigmoid(z))], { y: [0, 1], z: [100, -300] });
    expect([...b]).toEqual([200]);
  });
});

describe("bad input", () => {
  it.each([
    ["an unknown name", () => lossOf("hubber"), /loss "hubber", expected sparseCategoricalCrossentropy, .*mse, mae/],
    ["an inherited name", () => lossOf("constructor"), /loss "constructor"/],
    ["delta of 0", () => huber({ delta: 0 }), /huber: got delta = 0, expected a finite number above 0/],
    ["smoothing of 1", () => binaryCrossentropy({ labelSmoothing: 1 }), /got labelSmoothing = 1, expected a number, 0 or more, below 1/],
    ["negative smoothing", () => categoricalCrossentropy({ labelSmoothing: -0.1 }), /labelSmoothing = -0.1/],
    ["smoothing that is NaN", () => sparseCategoricalCrossentropy({ labelSmoothing: Number.NaN }), /labelSmoothing = NaN/],
    ["fromLogits behind a softmax", () => model(categoricalCrossentropy({ fromLogits: true })).program(), /got fromLogits behind a softmax/],
    ["fromLogits behind a sigmoid", () => model(binaryCrossentropy({ fromLogits: true }), 2, "sigmoid").program(), /got fromLogits behind a sigmoid/],
  ])("%s is a ConfigError", (_, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it.each([
    ["targets of another width", () => values(meanSquaredError, [[1, 2, 3]], [[1, 2]]), /targets \[N,3\] and predictions \[N,2\]/],
    ["classes of one output", () => values(categoricalCrossentropy, [[1]], [[1]]), /one output takes binaryCrossentropy/],
    ["floats as labels", () => values(sparseCategoricalCrossentropy, [[1, 0]], [[0, 1]]), /f32 targets \[N,2\]/],
  ])("%s are a ShapeError", async (_, run, message) => {
    await expect(run()).rejects.toThrow(ShapeError);
    await expect(run()).rejects.toThrow(message);
  });
});
