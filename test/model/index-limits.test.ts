/** Inputs that a layer says hold indices: the data are held to it before anything runs. */
import { describe, expect, it } from "vitest";
import { type Dataset, dataset } from "../../src/data/index.ts";
import { ConfigError, defineLayer, dense, flatten, ops, randomNormal, reshape, sequential } from "../../src/index.ts";
import type { Samples } from "../../src/model/running/samples.ts";

/** Rows of a table of 10, by index. */
const table = (reshapeFirst = false) =>
  defineLayer({
    className: "Table",
    apply(x, { parameter, expectIndices }) {
      const indices = ops.cast(reshapeFirst ? ops.reshape(x, [x.shape[0], 3]) : x, "i32");
      expectIndices(indices, 10);
      return ops.gather(parameter("rows", [10, 2], { initializer: randomNormal() }), indices);
    },
  });
const made = (...before: ReturnType<typeof table>[]) =>
  sequential({ inputShape: [3], seed: 1 }, [...before, table(), flatten(), dense(2, { activation: "softmax" })]).compile({
    optimizer: "sgd",
    loss: "sparseCategoricalCrossentropy",
  });
const words = (x: Uint8Array | Int32Array | Float32Array, options = {}): Dataset => dataset({ x, y: [0, 1], sampleShape: [3], ...options });

describe("indices", () => {
  it("in range train, evaluate and predict", async () => {
    const model = made();
    const data = words(Int32Array.of(0, 1, 2, 9, 9, 0));
    await model.fit(data, { epochs: 2 });
    const predicted = await model.predict(data);
    expect(await model.predict(Int32Array.of(0, 1, 2, 9, 9, 0))).toEqual(predicted);
    // Bytes are not divided by 255 where they are indices.
    expect(await model.predict(Uint8Array.of(0, 1, 2, 9, 9, 0))).toEqual(predicted);
    expect(await model.predict(words(Uint8Array.of(0, 1, 2, 9, 9, 0), { normalization: "none" }))).toEqual(predicted);
  });

  const bad: [string, Int32Array | Float32Array, RegExp][] = [
    ["too large", Int32Array.of(0, 1, 2, 3, 10, 0), /table \(Table\), .*sample 1, element 1: got 10, expected an index, a whole number from 0 to 9/],
    ["negative", Int32Array.of(0, 1, -2, 3, 4, 0), /sample 0, element 2: got -2/],
    ["between two", Float32Array.of(0, 1, 2, 3, 4, 0.5), /sample 1, element 2: got 0.5/],
  ];
  it.each(bad)("%s are refused everywhere", async (_, x, message) => {
    const model = made();
    const before = await model.weightsSha256();
    for (const run of [() => model.fit(words(x)), () => model.evaluate(words(x)), () => model.predict(words(x)), () => model.predict(x as Samples)]) {
      await expect(run()).rejects.toThrow(ConfigError);
      await expect(run()).rejects.toThrow(message);
    }
    expect(await model.weightsSha256()).toBe(before);
    await model.fit(words(Int32Array.of(0, 1, 2, 3, 4, 5)));
  });

  it("samples that are not in use do not count, and are numbered as the dataset does", async () => {
    const data = words(Int32Array.of(0, 1, 2, 3, 10, 0));
    await made().evaluate(data.take(1));
    await expect(made().evaluate(data.subset([0, 0, 1]))).rejects.toThrow(/sample 2, element 1: got 10/);
  });

  it("bytes that are divided by 255 are told how to stay", async () => {
    await expect(made().fit(words(Uint8Array.of(0, 1, 2, 3, 4, 0)))).rejects.toThrow(/sample 0, element 1: got 0\.0039.*\nHint: .*normalization "none"/);
  });

  it("are found behind a change of shape; what a layer computed is nobody's data", async () => {
    const behind = sequential({ inputShape: [3, 1] }, [reshape([1, 3]), table(true)]);
    await expect(behind.predict(Int32Array.of(1, 2, 12))).rejects.toThrow(/got 12/);
    const halved = defineLayer({ className: "Halved", apply: (x) => ops.mul(x, 0.5) });
    expect((await made(halved).predict(Int32Array.of(1, 2, 12))).length).toBe(2);
  });
});
