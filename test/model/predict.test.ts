/** predict on datasets and on plain arrays. */
import { describe, expect, it } from "vitest";
import { NumericError } from "../../src/index.ts";
import { everyRuntime, lines, smallModel } from "./support.ts";

const runtimes = await everyRuntime();
const data = lines(700);

describe.each(runtimes)("%s", (_, runtime) => {
  it("gives the same for a dataset, bytes and floats", async () => {
    const model = smallModel({ runtime });
    const expected = await model.predict(data);
    expect(expected.length).toBe(700 * 8);
    const floats = new Float32Array(700 * 64);
    for (let i = 0; i < 700; i++) floats.set(data.sample(i), i * 64);
    for (const samples of [data.x, new Uint8ClampedArray(data.x as Uint8Array), floats]) {
      const got = await model.predict(samples as Uint8Array);
      expect(got.length).toBe(expected.length);
      got.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-6);
      });
    }
  });

  it("gives each sample the same answer alone as among others", async () => {
    const model = smallModel({ runtime });
    const all = await model.predict(data.x as Uint8Array);
    for (const i of [0, 5, 699]) expect(await model.predict(data.x.subarray(i * 64, (i + 1) * 64) as Uint8Array)).toEqual(all.slice(i * 8, (i + 1) * 8));
    expect(await model.predict(new Uint8Array(0))).toEqual(new Float32Array(0));
  });

  it("notices that the weights changed", async () => {
    const model = smallModel({ runtime });
    const one = data.x.subarray(0, 64) as Uint8Array;
    const before = await model.predict(one);
    await model.fit(data, { batchSize: 50 });
    const trained = await model.predict(one);
    expect(trained).not.toEqual(before);
    await model.setWeights((await model.getWeights()).map(({ data }) => data.map((value) => value * 2)));
    expect(await model.predict(one)).not.toEqual(trained);
    model.compile({ loss: "sparseCategoricalCrossentropy", optimizer: "adam" });
    expect((await model.predict(one)).length).toBe(8);
  });

  it("refuses what is not finite, as a dataset does", async () => {
    const samples = new Float32Array(3 * 64);
    samples[2 * 64 + 7] = Number.NaN;
    const model = smallModel({ runtime });
    await expect(model.predict(samples)).rejects.toThrow("predict: got NaN in sample 2, expected finite values");
    await expect(model.predict(samples)).rejects.toThrow(NumericError);
  });

  it.each([new DataView(new ArrayBuffer(64)), new BigInt64Array(64)])("refuses what holds no numbers: %o", async (samples) => {
    await expect(smallModel({ runtime }).predict(samples as unknown as Float32Array)).rejects.toThrow(
      /predict: got (DataView|BigInt64Array), expected a typed array of numbers/,
    );
  });

  it("refuses part of a sample", async () => {
    await expect(smallModel({ runtime }).predict(new Float32Array(65))).rejects.toThrow(
      "predict: got 65 values, expected a multiple of 64, samples of shape [8,8,1]",
    );
  });
});
