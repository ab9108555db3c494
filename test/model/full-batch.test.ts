import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { createRuntime, dense, flatten, sequential, sgd } from "../../src/index.ts";

it("a full batch of MNIST needs less than 6 MB beside the dataset and the model", async () => {
  const { train } = await mnist();
  const runtime = await createRuntime();
  const model = sequential({ inputShape: [28, 28, 1], runtime }, [flatten(), dense(256, { activation: "relu" }), dense(10, { activation: "softmax" })]);
  model.compile({ optimizer: sgd(), loss: "sparseCategoricalCrossentropy" });
  await model.fit(train, { epochs: 1, batchSize: "full" });
  const data = train.x.byteLength + train.length * 4;
  expect(runtime.memory.used - data - model.parameterCount * 8).toBeLessThan(6e6);
});
