/** Norms of weights, gradients and updates. */
import { describe, expect, it } from "vitest";
import { adam, batchNormalization, type Callback, dense, dropout, flatten, l2, sequential, sgd } from "../../../src/index.ts";
import { lines } from "../../model/support.ts";
import { length, record } from "./support.ts";

const rate = 0.25;
const near = (a: number | null, b: number): void => expect(Math.abs((a as number) - b)).toBeLessThanOrEqual(2e-4 * b + 1e-7);

const models = {
  // Bytes that are mostly 0: the first layer's gradient goes straight into the weights, and is stored nowhere.
  "plain descent": () => [flatten(), dense(16, { activation: "relu" }), dense(8, { activation: "softmax" })],
  // Random and by the statistics of the batch: the gradient must be taken with the step's own draws.
  "dropout and batch normalization": () => [flatten(), dense(16), batchNormalization(), dropout(0.5), dense(8, { activation: "softmax" })],
};

describe.each(Object.entries(models))("%s", (_, layers) => {
  const make = () =>
    sequential({ inputShape: [8, 8, 1], seed: 5 }, layers()).compile({ optimizer: sgd({ learningRate: rate }), loss: "sparseCategoricalCrossentropy" });

  it.each([{ batchSize: 24 }, { batchSize: "full", microBatch: 100 } as const])("update = rate x gradient, with %j", async (options) => {
    const { norms } = await record(make(), lines(250), ["norms"], { norms: { every: 3 } }, { epochs: 2, ...options });
    expect(norms?.steps.length).toBe(options.batchSize === 24 ? 8 : 1);
    expect(norms?.steps.every((step) => step % 3 === 0)).toBe(true);
    for (const { name, update, gradient } of norms?.parameters ?? []) {
      update.forEach((size, i) => {
        expect(size, name).not.toBeNull();
        near(size, rate * (gradient[i] as number));
      });
    }
  });
});

describe("norms", () => {
  const make = () =>
    sequential({ inputShape: [8, 8, 1], seed: 5 }, [
      flatten(),
      dense(16, { activation: "relu", kernelRegularizer: l2({ l2: 0.1 }) }),
      dense(8, { activation: "softmax" }),
    ]).compile({ optimizer: adam({ clipNorm: 1e-3 }), loss: "sparseCategoricalCrossentropy" });

  it("are those of weights before a step, of its gradient without penalty or clipping, and of what it changed", async () => {
    const model = make();
    const twin = make();
    const data = lines(250);
    let before = (await model.getWeights()).map(({ data: w }) => w);
    const expected: { weight: number[]; gradient: number[]; update: number[] }[] = [];
    const watch: Callback = {
      name: "watch",
      onStepEnd(_step, context) {
        const now = context.getWeights().map(({ data: w }) => w);
        const start = before;
        before = now;
        const batch = context.lastBatch();
        context.defer(
          (async () => {
            await twin.setWeights(start);
            const { gradients } = await twin.gradients(batch);
            expected.push({
              weight: start.map(length),
              gradient: gradients.map(({ data: g }) => length(g)),
              update: start.map((w, k) => length(w.map((x, i) => now[k][i] - x))),
            });
          })(),
        );
        context.endSlice();
      },
    };
    const { norms } = await record(model, data, ["norms"], { norms: { every: 1 } }, { epochs: 2, batchSize: 32, callbacks: [watch] });
    expect(norms?.steps).toEqual([...expected.keys()]);
    expect(norms?.parameters.map(({ name }) => name)).toEqual(["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]);
    norms?.parameters.forEach(({ weight, gradient, update, ratio }, k) => {
      expected.forEach((step, i) => {
        near(weight[i], step.weight[k]);
        near(gradient[i], step.gradient[k]);
        near(update[i], step.update[k]);
        if (step.weight[k] > 0) near(ratio[i], step.update[k] / step.weight[k]);
        else expect(ratio[i]).toBeNull();
      });
    });
  });

  it("are taken about 20 times an epoch, and 400 times in all", async () => {
    const steps = async (epochs: number): Promise<readonly number[]> => {
      const { norms } = await record(make(), lines(210), ["norms"], {}, { epochs, batchSize: 2 });
      return norms?.steps ?? [];
    };
    expect((await steps(1)).slice(0, 3)).toEqual([0, 6, 12]);
    expect((await steps(8)).length).toBeLessThanOrEqual(8 * 20);
    expect((await steps(30)).length).toBeLessThanOrEqual(400);
  });

  it("leave out what is frozen", async () => {
    const model = make();
    model.architecture.layers[1].layer.trainable = false;
    const { norms } = await record(model, lines(64), ["norms"]);
    expect(norms?.parameters.map(({ name }) => name)).toEqual(["dense_1/kernel", "dense_1/bias"]);
  });
});
