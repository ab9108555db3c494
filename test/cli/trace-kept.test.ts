import { expect, it } from "vitest";
import { drawKept } from "../../src/cli/trace-kept.ts";
import { dataset } from "../../src/data/index.ts";
import { batchNormalization, embedding, flatten, ones, sequential, sgd } from "../../src/index.ts";
import { traceStep } from "../../src/model/trace/trace.ts";
import { captured } from "./support.ts";

it("a trace shows how moving statistics moved, and the row of an embedding that learns most", async () => {
  const model = sequential({ inputShape: [2] }, [embedding(4, 1, { embeddingsInitializer: ones() }), flatten(), batchNormalization({ momentum: 0.75 })]);
  model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: "meanSquaredError" });
  const weights = (await model.getWeights()).map(({ data }) => data);
  weights[0] = Float32Array.of(9, 0, 4, 2);
  await model.setWeights(weights);
  const data = dataset({
    x: [
      [1, 3],
      [2, 3],
      [1, 1],
    ],
    y: [
      [1, 0],
      [0, 1],
      [0, 2],
    ],
    normalization: "none",
  });
  const trace = await traceStep(model, data, 0, 0);
  const gradient = [...(trace.tensors.get("backward/embedding/embeddings")?.data ?? [])];
  expect(gradient[0]).toBe(0);
  const steepest = gradient.indexOf(gradient.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));
  const { io, out } = captured();
  drawKept(io, trace);
  const text = out.join("\n");
  // Means of 0, 4, 0 and of 2, 2, 0.
  expect(text).toMatch(
    /What layers keep.*\n {4}batch_normalization\/movingMean\n {6}before +0 +0\n {6}after +0\.33333 +0\.33333\n {4}batch_normalization\/movingVariance\n/,
  );
  expect(text).toMatch(
    new RegExp(`Row ${steepest} of embedding/embeddings, whose gradient is the largest\n {6}before +[\\d.]+\n {6}gradient +-?[\\d.e-]+\n {6}after`),
  );
  // A layer that is frozen keeps what it has.
  const [, , norm] = model.architecture.calls.map(({ layer }) => layer.layer);
  norm.trainable = false;
  model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: "meanSquaredError" });
  out.length = 0;
  drawKept(io, await traceStep(model, data, 1, 0));
  expect(out.join("\n")).not.toContain("What layers keep");
});
