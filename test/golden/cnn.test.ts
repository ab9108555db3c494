/** The first 100 steps of the report's CNN, and the gradients of the first, are PyTorch's. */
import { expect, it, vi } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { createRuntime } from "../../src/index.ts";
import { golden, relativeDistance, reportCnn, summaryDistance, type TensorSummary } from "./golden.ts";

interface CnnGolden {
  seed: number;
  batchSize: number;
  learningRate: number;
  initialSha256: string;
  /** How far PyTorch's float32 is from its float64: losses relative, gradients relative to their tensor's largest. */
  float32Distance: { losses10: number; losses100: number; gradients: number };
  losses: number[];
  /** Of the first step. */
  gradients: TensorSummary[];
}

vi.setConfig({ testTimeout: 120_000 });

const { seed, batchSize, learningRate, initialSha256, float32Distance, losses, gradients } = golden<CnnGolden>("cnn.json");
const { train } = await mnist();
const data = train.take(batchSize * losses.length);

it.each(["fast", "deterministic"] as const)("%s", async (mode) => {
  const model = reportCnn(seed, learningRate, await createRuntime({ mode }));
  expect(await model.weightsSha256()).toBe(initialSha256);

  const first = await model.gradients(data.take(batchSize));
  expect(Math.abs(first.loss / losses[0] - 1)).toBeLessThan(10 * float32Distance.losses10);
  first.gradients.forEach((gradient, i) => {
    expect([gradient.name, gradient.shape]).toEqual([gradients[i].name, gradients[i].shape]);
    expect(summaryDistance(gradient, gradients[i]), gradient.name).toBeLessThan(10 * float32Distance.gradients);
  });

  const seen: number[] = [];
  await model.fit(data, { batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
  model.dispose();
  expect(relativeDistance(seen.slice(0, 10), losses.slice(0, 10))).toBeLessThan(10 * float32Distance.losses10);
});

it.each(["fast", "deterministic"] as const)("100 steps of direct convolutions, %s", async (mode) => {
  const model = reportCnn(seed, learningRate, await createRuntime({ mode }));
  model.fusion = { graph: false, update: true, tiles: false };
  const seen: number[] = [];
  await model.fit(data, { batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
  model.dispose();
  expect(relativeDistance(seen, losses)).toBeLessThan(10 * float32Distance.losses100);
});

it("double precision differs by the pixels only, which PyTorch's runs round to float32", async () => {
  const model = reportCnn(seed, learningRate, await createRuntime({ backend: "js", precision: "f64" }));
  const seen: number[] = [];
  await model.fit(data.take(10 * batchSize), { batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
  model.dispose();
  expect(relativeDistance(seen, losses.slice(0, 10))).toBeLessThan(1e-9);
});
