/** The augmentation layer in training: what it moves, and what its draws depend on. */
import { describe, expect, it } from "vitest";
import { createRuntime, dense, flatten, oneCycle, randomShift, sequential } from "../../src/index.ts";
import { lines } from "./support.ts";

const model = async (pixels: number, seed = 3) =>
  sequential({ inputShape: [8, 8, 1], seed, runtime: await createRuntime({ mode: "deterministic" }) }, [
    randomShift(pixels),
    flatten(),
    dense(8, { activation: "softmax" }),
  ]).compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });

describe("randomShift", () => {
  it("is repeated by the seed, and moves images", async () => {
    const hashes: string[] = [];
    for (const [pixels, seed] of [
      [2, 3],
      [2, 3],
      [0, 3],
      [2, 4],
    ]) {
      const m = await model(pixels, seed);
      await m.fit(lines(64), { epochs: 2, batchSize: 8, schedule: oneCycle(), learningRate: 0.5 });
      hashes.push(await m.weightsSha256());
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
    expect(hashes[3]).not.toBe(hashes[0]);
  });

  it("draws anew in each step", async () => {
    const m = await model(2);
    const one = await m.gradients(lines(8));
    const again = await m.gradients(lines(8));
    expect(again.gradients[0].data).toEqual(one.gradients[0].data);
    await m.fit(lines(8), { batchSize: 8, learningRate: 0 });
    expect((await m.gradients(lines(8))).gradients[0].data).not.toEqual(one.gradients[0].data);
  });

  it("draws by the sample's place in the batch, however it is cut into passes", async () => {
    const [whole, cut] = [await model(2), await model(2)];
    await whole.fit(lines(32), { batchSize: 32, shuffle: false });
    await cut.fit(lines(32), { batchSize: 32, microBatch: 5, shuffle: false });
    const [a, b] = [(await whole.getWeights())[0].data, (await cut.getWeights())[0].data];
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i])).toBeLessThan(1e-6);
    });
  });

  it("does nothing outside training", async () => {
    const [moved, still] = [await model(2), await model(0)];
    expect(await moved.predict(lines(9))).toEqual(await still.predict(lines(9)));
    expect(await moved.evaluate(lines(9))).toEqual(await still.evaluate(lines(9)));
  });

  it("refuses what it cannot do", async () => {
    expect(() => randomShift(-1)).toThrow("randomShift: got pixels = -1, expected an integer, 0 to 65535");
    expect(() => sequential({ inputShape: [30] }, [randomShift(1), dense(2)])).toThrow(/randomShift: got input \[N,30\], expected \[N,height,width,channels\]/);
  });
});
