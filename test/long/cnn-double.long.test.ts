/** 100 steps of the report's CNN in double precision are PyTorch's in double precision, from the same pixels: every window and rectifier decides alike. */
import { expect, it } from "vitest";
import { dataset, mnist } from "../../src/data/index.ts";
import { createRuntime } from "../../src/index.ts";
import { golden, relativeDistance, reportCnn } from "../golden/golden.ts";
import { length } from "./length.ts";

const { seed, batchSize, learningRate, losses: all } = golden<{ seed: number; batchSize: number; learningRate: number; losses: number[] }>("cnn.json");
const losses = all.slice(0, length(all.length, 20));

it("losses of every step within 1e-9", async () => {
  const { train } = await mnist();
  const count = batchSize * losses.length;
  // PyTorch's runs had pixels that were divided in float32.
  const x = new Float32Array(count * 784);
  for (let i = 0; i < count; i++) x.set(train.sample(i), i * 784);
  const data = dataset({ x, y: Int32Array.from({ length: count }, (_, i) => train.label(i)), sampleShape: [28, 28, 1] });
  const model = reportCnn(seed, learningRate, await createRuntime({ backend: "js", precision: "f64" }));
  const seen: number[] = [];
  await model.fit(data, { batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
  console.log(`furthest: ${relativeDistance(seen, losses)}`);
  expect(relativeDistance(seen, losses)).toBeLessThan(1e-9);
});
