/** Augmentation layers in training: what their draws depend on, and what they refuse. */
import { describe, expect, it } from "vitest";
import {
  createRuntime,
  dense,
  flatten,
  type Layer,
  oneCycle,
  randomAffine,
  randomElastic,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
  sequential,
} from "../../src/index.ts";
import { lines } from "./support.ts";

const runtime = createRuntime({ mode: "deterministic" });
const model = async (layers: readonly Layer[], seed = 3) =>
  sequential({ inputShape: [8, 8, 1], seed, runtime: await runtime }, [...layers, flatten(), dense(8, { activation: "softmax" })]).compile({
    optimizer: "sgd",
    loss: "sparseCategoricalCrossentropy",
  });

describe.each([
  ["randomAffine", () => randomAffine({ rotation: 0.1, zoom: 0.1, shift: 0.1, flip: "vertical" })],
  ["randomTranslation", () => randomTranslation(0.2, 0.2)],
  ["randomRotation", () => randomRotation(0.2)],
  ["randomZoom", () => randomZoom(0.4)],
  ["randomFlip", () => randomFlip()],
  ["randomElastic", () => randomElastic({ alpha: 10, sigma: 2 })],
] as const)("%s", (_, layer) => {
  it("is repeated by the seed, and changes images", async () => {
    const hashes: string[] = [];
    for (const [layers, seed] of [
      [[layer()], 3],
      [[layer()], 3],
      [[], 3],
      [[layer()], 4],
      [[layer(), layer()], 3],
    ] as const) {
      const m = await model(layers, seed);
      await m.fit(lines(64), { epochs: 2, batchSize: 8, schedule: oneCycle(), learningRate: 0.5 });
      hashes.push(await m.weightsSha256());
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(4);
  });

  it("draws anew in each step", async () => {
    const m = await model([layer()]);
    const one = await m.gradients(lines(8));
    expect((await m.gradients(lines(8))).gradients[0].data).toEqual(one.gradients[0].data);
    await m.fit(lines(8), { batchSize: 8, learningRate: 0 });
    expect((await m.gradients(lines(8))).gradients[0].data).not.toEqual(one.gradients[0].data);
  });

  it("draws by the sample's place in the batch, however it is cut into passes", async () => {
    const [whole, cut] = [await model([layer()]), await model([layer()])];
    await whole.fit(lines(32), { batchSize: 32, shuffle: false });
    await cut.fit(lines(32), { batchSize: 32, microBatch: 5, shuffle: false });
    const [a, b] = [(await whole.getWeights())[0].data, (await cut.getWeights())[0].data];
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i])).toBeLessThan(1e-6);
    });
  });

  it("does nothing outside training", async () => {
    const [moved, still] = [await model([layer()]), await model([])];
    expect(await moved.predict(lines(9))).toEqual(await still.predict(lines(9)));
    expect(await moved.evaluate(lines(9))).toEqual(await still.evaluate(lines(9)));
  });

  it("wants images", async () => {
    for (const inputShape of [[30], [8, 8], [1, 8, 1], [8, 1, 2]])
      expect(() => sequential({ inputShape }, [layer(), flatten(), dense(2)])).toThrow(
        /, random\w+: got input \[N,[\d,]+\], expected \[N,height,width,channels\], height and width 2 or more/,
      );
  });
});

describe("what makes no sense is refused", () => {
  it.each([
    [() => randomTranslation(-0.1, 0), "randomTranslation: got heightFactor = -0.1, expected a number, 0 to 1, or [low, high] with -1 <= low <= high <= 1"],
    [() => randomTranslation(0, 1.5), "randomTranslation: got widthFactor = 1.5"],
    [() => randomTranslation(0, [0.2, 0.1]), "randomTranslation: got widthFactor = [0.2,0.1]"],
    [() => randomTranslation(0, [0.2] as never), "randomTranslation: got widthFactor = [0.2]"],
    [() => randomTranslation("0.1" as never, 0), 'randomTranslation: got heightFactor = "0.1"'],
    [() => randomTranslation(undefined as never, 0), "randomTranslation: got heightFactor = undefined"],
    [() => randomRotation(2), "randomRotation: got factor = 2"],
    [() => randomRotation(Number.NaN), "randomRotation: got factor = NaN"],
    [() => randomRotation([-2, 0]), "randomRotation: got factor = [-2,0]"],
    [() => randomZoom(1), "randomZoom: got heightFactor = 1, expected a number, 0 to 1 but not 1, or [low, high] with -1 < low <= high <= 1"],
    [() => randomZoom(0, { widthFactor: [-1, 0] }), "randomZoom: got widthFactor = [-1,0]"],
    [() => randomFlip("diagonal" as never), 'randomFlip: got mode = "diagonal", expected "none", "horizontal", "vertical", "horizontalAndVertical"'],
    [() => randomAffine({ rotation: -0.5 }), "randomAffine: got rotation = -0.5"],
    [() => randomAffine({ zoom: 3 }), "randomAffine: got zoom = 3"],
    [() => randomAffine({ shift: [0, 2] }), "randomAffine: got shift = [0,2]"],
    [() => randomAffine({ flip: "both" as never }), 'randomAffine: got flip = "both"'],
    [() => randomAffine({ fillMode: "reflect" as never }), 'randomAffine: got fillMode = "reflect", expected "constant", "nearest"'],
    [() => randomElastic({ alpha: -1 }), "randomElastic: got alpha = -1, expected a number, 0 to 1e6"],
    [() => randomElastic({ sigma: 0 }), "randomElastic: got sigma = 0, expected a number, 1 to 1000"],
    [() => randomElastic({ fillMode: "wrap" as never }), 'randomElastic: got fillMode = "wrap"'],
  ])("%#", (make, message) => {
    expect(make).toThrow(message);
  });
});
