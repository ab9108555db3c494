/** Models that are too large, or nearly: known by their shapes, before memory is taken. */
import { expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import { adam, createRuntime, dense, type Initializer, OutOfMemoryError, sequential, sgd } from "../../src/index.ts";
import { LARGE, ParameterStore } from "../../src/model/parameters/parameters.ts";

/** An initializer that says how often it was asked. */
function counting(): { initializer: Initializer; asked: () => number } {
  let asked = 0;
  const initializer: Initializer = {
    name: "counting",
    fill(out) {
      asked++;
      out.fill(0.25);
    },
    config: () => ({}),
  };
  return { initializer, asked: () => asked };
}

const data = dataset({ x: new Float32Array(2 ** 14), sampleShape: [2 ** 14], y: [0], classes: 1 });

it.each([
  [adam(), 4294, 2],
  [sgd({ momentum: 0.9 }), 3221, 1],
  [sgd(), 2147, 0],
])("fit refuses what memory cannot hold before a weight is drawn: %#", async (optimizer, megabytes, slots) => {
  const { initializer, asked } = counting();
  // 2^28 weights, and as many again for gradients and for each slot; of two slots more than 4 GiB.
  const model = sequential({ inputShape: [2 ** 14], runtime: createRuntime({ threads: 1 }) }, [dense(2 ** 14, { kernelInitializer: initializer })]);
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
  const store = model.architecture.parameters;
  const runtime = await model.runtime();
  expect(() => store.assertRoom({ ...runtime.memory, limit: megabytes * 1e6 }, slots)).toThrow(OutOfMemoryError);
  expect(() => store.assertRoom({ ...runtime.memory, limit: (megabytes + 2) * 1e6 }, slots)).not.toThrow();
  if (slots === 2) {
    await expect(model.fit(data)).rejects.toThrow(
      /^fit: got 268451840 parameters, which take 4295229440 bytes with their gradients and 2 values of the optimizer for each, expected at most 4294967296 bytes\nHint: make layers smaller, or take the optimizer sgd/,
    );
  }
  expect(asked()).toBe(0);
  expect(runtime.memory.used).toBeLessThan(2 ** 26);
});

it("large parameters are drawn once, when they are asked for, and not where values are given", () => {
  const { initializer, asked } = counting();
  const store = new ParameterStore(1);
  const spec = (name: string, size: number) => ({ role: "trainable", layer: name, name, shape: [size], initializer }) as const;
  store.add(spec("small", 8));
  store.add(spec("large", LARGE + 1));
  store.draw();
  expect(asked()).toBe(1);
  expect(store.read()[1][LARGE]).toBe(0.25);
  expect(store.read()[1][0]).toBe(0.25);
  expect(asked()).toBe(2);
  const other = new ParameterStore(1);
  other.add(spec("large", LARGE + 1));
  other.draw();
  other.write([new Float32Array(LARGE + 1).fill(3)]);
  expect(other.read()[0][LARGE]).toBe(3);
  expect(asked()).toBe(2);
});

it("large parameters are drawn into memory where a model runs before anybody asks", async () => {
  const { initializer, asked } = counting();
  const side = 2 ** 12;
  const runtime = await createRuntime({ threads: 1 });
  const model = sequential({ inputShape: [side], runtime }, [dense(side + 1, { kernelInitializer: initializer })]);
  const output = await model.predict(dataset({ x: new Float32Array(side).fill(1), sampleShape: [side], y: [0] }));
  expect([output[0], output[side], asked()]).toEqual([side / 4, side / 4, 1]);
  model.dispose();
});
