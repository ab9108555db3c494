/** The first 100 steps of an MLP under four optimizers are PyTorch's. */
import { describe, expect, it, vi } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { adam, dense, flatten, glorotUniform, type Optimizer, type Runtime, sequential, sgd } from "../../src/index.ts";
import { everyRuntime, golden, relativeDistance, summaryDistance, type TensorSummary } from "./golden.ts";

interface MlpGolden {
  seed: number;
  batchSize: number;
  initialSha256: string;
  optimizers: Record<
    string,
    {
      /** How far PyTorch's float32 is from its float64: losses relative, weights relative to their tensor's largest. */
      float32Distance: { losses10: number; losses100: number; weights10: number };
      losses: number[];
      /** After 10 steps, every stride-th value. */
      weights10: TensorSummary[];
    }
  >;
}

vi.setConfig({ testTimeout: 120_000 });

const { seed, batchSize, initialSha256, optimizers } = golden<MlpGolden>("mlp.json");
const runtimes = await everyRuntime();
const { train } = await mnist();
const early = 10 * batchSize;

const makers: Record<string, () => Optimizer> = {
  sgd: () => sgd({ learningRate: 0.1 }),
  momentum: () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  nesterov: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adam: () => adam({ learningRate: 0.001, preset: "torch" }),
};

/**
 * Ten times the distance of PyTorch's own pair, and never more than one bound for all. Double precision is rounded only where losses are written
 * to the file, and weights to float32 when they are read.
 */
function limits({ precision }: Runtime, measured: MlpGolden["optimizers"][string]["float32Distance"]): typeof measured {
  if (precision === "f64") return { losses10: 1e-11, losses100: 1e-11, weights10: 1e-7 };
  return { losses10: Math.min(10 * measured.losses10, 1e-6), losses100: Math.min(10 * measured.losses100, 1e-5), weights10: 10 * measured.weights10 };
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(Object.keys(optimizers))("%s", async (name) => {
    const { float32Distance, losses, weights10 } = optimizers[name];
    const model = sequential({ inputShape: [28, 28, 1], seed, runtime }, [
      flatten(),
      dense(128, { activation: "relu", kernelInitializer: glorotUniform() }),
      dense(10, { activation: "softmax", kernelInitializer: glorotUniform() }),
    ]);
    model.compile({ optimizer: makers[name](), loss: "sparseCategoricalCrossentropy" });
    expect(await model.weightsSha256()).toBe(initialSha256);

    const seen: number[] = [];
    const options = { batchSize, shuffle: false, onStep: ({ loss }: { loss: number }) => void seen.push(loss) };
    await model.fit(train.take(early), options);
    const weights = await model.getWeights();
    const rest = Array.from({ length: batchSize * losses.length - early }, (_, i) => early + i);
    await model.fit(train.subset(rest), options);

    const limit = limits(runtime, float32Distance);
    expect(seen).toHaveLength(losses.length);
    expect(relativeDistance(seen.slice(0, 10), losses.slice(0, 10))).toBeLessThan(limit.losses10);
    expect(relativeDistance(seen, losses)).toBeLessThan(limit.losses100);
    weights.forEach((w, i) => {
      const expected = weights10[i];
      expect([w.name, w.shape]).toEqual([expected.name, expected.shape]);
      expect(summaryDistance(w, expected), w.name).toBeLessThan(limit.weights10);
    });
    model.dispose();
  });
});
