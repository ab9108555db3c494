/** What layers give, and units that give nothing. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../../src/data/index.ts";
import { activation, batchNormalization, conv2d, dense, dropout, flatten, sequential, sgd } from "../../../src/index.ts";
import { clouds, record, smooth } from "./support.ts";

/** One number each, 0 to 7. */
const numbers = dataset({ x: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]), y: Int32Array.from([0, 1, 0, 1, 0, 1, 0, 1]), sampleShape: [1], classes: 2 });

/** Four units: x, x - 4, -x - 1 and 0 rectified. The rate keeps the weights where they are. */
async function rectified() {
  const model = sequential({ inputShape: [1], seed: 1 }, [dense(4, { activation: "relu" }), dropout(0.5), dense(2, { activation: "softmax" })]);
  model.compile({ optimizer: sgd({ learningRate: 1e-30 }), loss: "sparseCategoricalCrossentropy" });
  const [, , kernel, bias] = await model.getWeights();
  await model.setWeights([[1, 1, -1, 0], [0, -4, -1, 0], kernel.data, bias.data]);
  return model;
}

describe("dead units", () => {
  it("give 0 for every sample", async () => {
    const found = await record(await rectified(), numbers, ["dead-relu"], {}, { epochs: 2 });
    // Zeros: 1 of the first, 5 of the second, all of the others.
    const at = (epoch: number) => ({ epoch, dead: 0.5, zeros: 22 / 32 });
    expect(found["dead-relu"]).toEqual({ samples: 8, layers: [{ name: "dense", activation: "relu", units: 4, epochs: [at(0), at(1), at(2)] }] });
  });

  it("of a convolution are filters without a response anywhere", async () => {
    const model = sequential({ inputShape: [3, 3, 1], seed: 1 }, [conv2d(3, 2), activation("relu"), flatten(), dense(2, { activation: "softmax" })]);
    model.compile({ optimizer: sgd({ learningRate: 1e-30 }), loss: "sparseCategoricalCrossentropy" });
    const [kernel, , ...rest] = await model.getWeights();
    // Above 0 nowhere, at one place of one image, everywhere.
    await model.setWeights([kernel.data.map(() => 0), [-1, 0, 1], ...rest.map(({ data }) => data)]);
    const weights = (await model.getWeights()).map(({ data }) => data.slice());
    weights[0][1] = 1;
    weights[1][1] = -4;
    await model.setWeights(weights);
    const x = new Float32Array(2 * 9);
    x[9] = 5;
    const data = dataset({ x, y: Int32Array.from([0, 1]), sampleShape: [3, 3, 1], classes: 2 });
    const found = await record(model, data, ["dead-relu"]);
    expect(found["dead-relu"]?.layers).toEqual([
      {
        name: "activation",
        activation: "relu",
        units: 3,
        epochs: [0, 1].map((epoch) => ({ epoch, dead: 0.33333, zeros: Number((15 / 24).toPrecision(5)) })),
      },
    ]);
  });

  it("are not looked for where nothing is rectified", async () => {
    expect((await record(smooth(), clouds(24), ["dead-relu"]))["dead-relu"]).toEqual({ samples: 24, layers: [] });
  });
});

describe("activations", () => {
  it("are counted as they are without dropout", async () => {
    const { activations } = await record(await rectified(), numbers, ["activations"], { activations: { bins: 3 } });
    expect(activations?.layers.map(({ name, activation }) => [name, activation])).toEqual([
      ["dense", "relu"],
      ["dense_1", "softmax"],
    ]);
    const values = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((x) => [x, Math.max(0, x - 4), 0, 0]);
    const mean = values.reduce((a, b) => a + b) / 32;
    // Edges at 7/3 and 14/3.
    const counts = [(v: number) => v <= 2, (v: number) => v === 3 || v === 4, (v: number) => v >= 5].map((inside) => values.filter(inside).length);
    expect(activations?.layers[0].epochs[0]).toEqual({
      epoch: 0,
      mean: Number(mean.toPrecision(5)),
      sd: Number(Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 32).toPrecision(5)),
      low: 0,
      high: 7,
      shares: counts.map((n) => Number((n / 32).toPrecision(5))),
      notFinite: 0,
    });
  });

  it("are those of the weights at each epoch, by moving statistics, of as many samples as asked for", async () => {
    const model = sequential({ inputShape: [4], seed: 2 }, [dense(6), batchNormalization(), activation("tanh"), dense(3, { activation: "softmax" })]);
    model.compile({ optimizer: sgd({ learningRate: 0.3 }), loss: "sparseCategoricalCrossentropy" });
    const data = clouds(200);
    const { activations } = await record(model, data, ["activations"], { activations: { samples: 500 } }, { epochs: 3 });
    expect(activations?.samples).toBe(200);
    const outputs = await model.predict(data);
    const last = activations?.layers[1].epochs.at(-1);
    expect(last?.epoch).toBe(3);
    expect(last?.high).toBeCloseTo(Math.max(...outputs), 4);
    expect(last?.low).toBeCloseTo(Math.min(...outputs), 4);
    expect(last?.mean).toBeCloseTo(1 / 3, 4);
    const means = activations?.layers[0].epochs.map(({ mean }) => mean);
    expect(new Set(means).size).toBe(4);
    expect((await record(smooth(), data, ["activations"], { activations: { samples: 10 } })).activations?.samples).toBe(10);
  });

  it("are taken at 32 epochs and the last, however many there are", async () => {
    const { activations } = await record(smooth(), clouds(8), ["activations"], {}, { epochs: 70, batchSize: 8 });
    expect(activations?.layers[0].epochs.map(({ epoch }) => epoch)).toEqual([0, ...Array.from({ length: 23 }, (_, i) => 3 * (i + 1)), 70]);
  });
});
