import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { createRuntime, dense, flatten, type Runtime, sequential, sgd } from "../../src/index.ts";

it("a full batch of MNIST needs less than 6 MB beside the dataset and the model", async () => {
  const { train } = await mnist();
  const runtime = await createRuntime({ threads: 1 });
  const model = sequential({ inputShape: [28, 28, 1], runtime }, [flatten(), dense(256, { activation: "relu" }), dense(10, { activation: "softmax" })]);
  model.compile({ optimizer: sgd(), loss: "sparseCategoricalCrossentropy" });
  await model.fit(train, { epochs: 1, batchSize: "full" });
  const data = train.x.byteLength + train.length * 4;
  expect(runtime.memory.used - data - model.parameterCount * 8).toBeLessThan(6e6);
});

it("a full batch's gradient is the exact one within 1e-6 of its maximum, for any micro-batch", async () => {
  const { train } = await mnist();
  const data = train.take(12_000);
  const step = async (runtime: Runtime, microBatch: number): Promise<Float64Array[]> => {
    const model = sequential({ inputShape: [28, 28, 1], runtime }, [flatten(), dense(32, { activation: "tanh" }), dense(10, { activation: "softmax" })]);
    // A rate so large that the step is the gradient, whatever the weights were.
    model.compile({ optimizer: sgd({ learningRate: 1e9 }), loss: "sparseCategoricalCrossentropy" });
    await model.fit(data, { epochs: 1, batchSize: "full", microBatch });
    return (await model.getWeights()).map(({ data: w }) => Float64Array.from(w));
  };
  const exact = await step(await createRuntime({ backend: "js", precision: "f64" }), 2000);
  for (const mode of ["fast", "deterministic"] as const) {
    for (const microBatch of [100, 240]) {
      const got = await step(await createRuntime({ mode }), microBatch);
      got.forEach((values, p) => {
        const largest = exact[p].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[p][i])), 0);
        expect(worst / largest).toBeLessThan(1e-6);
      });
    }
  }
});
