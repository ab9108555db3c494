/** The first 10 steps of examples/autoencoder.ts, and the gradients of the first, are PyTorch's. */
import { expect, it, vi } from "vitest";
import { dataset, mnist } from "../../src/data/index.ts";
import { adam, conv2d, conv2dTranspose, createRuntime, dense, flatten, reshape, sequential } from "../../src/index.ts";
import { golden, relativeDistance, summaryDistance, type TensorSummary } from "./golden.ts";

interface AutoencoderGolden {
  seed: number;
  batchSize: number;
  learningRate: number;
  initialSha256: string;
  /** How far PyTorch's float32 is from its float64: losses relative, gradients relative to their tensor's largest. */
  float32Distance: { losses: number; gradients: number };
  losses: number[];
  /** Of the first step. */
  gradients: TensorSummary[];
}

vi.setConfig({ testTimeout: 60_000 });

const { seed, batchSize, learningRate, initialSha256, float32Distance, losses, gradients } = golden<AutoencoderGolden>("autoencoder.json");
const { train } = await mnist();
const count = batchSize * losses.length;
const x = Float32Array.from(train.x.subarray(0, count * 784), (byte) => byte / 255);
const images = dataset({ x, y: x, sampleShape: [28, 28, 1], targetShape: [28, 28, 1] });

it.each(["fast", "deterministic"] as const)("%s", async (mode) => {
  const model = sequential({ inputShape: [28, 28, 1], seed, runtime: await createRuntime({ mode }) }, [
    conv2d(16, 3, { strides: 2, padding: "same", activation: "relu" }),
    conv2d(32, 3, { strides: 2, padding: "same", activation: "relu" }),
    flatten(),
    dense(24, { name: "code" }),
    dense(7 * 7 * 32, { activation: "relu" }),
    reshape([7, 7, 32]),
    conv2dTranspose(16, 3, { strides: 2, padding: "same", activation: "relu" }),
    conv2dTranspose(1, 3, { strides: 2, padding: "same", activation: "sigmoid" }),
  ]);
  model.compile({ optimizer: adam({ learningRate, preset: "torch" }), loss: "binaryCrossentropy" });
  expect(await model.weightsSha256()).toBe(initialSha256);

  const first = await model.gradients(images.take(batchSize));
  first.gradients.forEach((gradient, i) => {
    expect([gradient.name, gradient.shape]).toEqual([gradients[i].name, gradients[i].shape]);
    expect(summaryDistance(gradient, gradients[i]), gradient.name).toBeLessThan(10 * float32Distance.gradients);
  });

  const seen: number[] = [];
  await model.fit(images, { batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
  model.dispose();
  expect(relativeDistance(seen, losses)).toBeLessThan(10 * float32Distance.losses);
});
