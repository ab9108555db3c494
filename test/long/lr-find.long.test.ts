/** What `findLearningRate` suggests trains: against a grid of rates around the usual one, on part of an epoch of MNIST. */
import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { createRuntime, type Model, sequential } from "../../src/index.ts";
import { layersOf } from "../../src/lab/definition/models.ts";
import { rateGrid, usualRates } from "../../src/lab/definition/rates.ts";
import { findLearningRate } from "../../src/lab/index.ts";
import { length } from "./length.ts";

/** Of the best loss of the grid: its neighbours, half a decade away, are as far. */
const TIMES = 1.75;

it.each(
  length(
    [
      { name: "mlp", optimizer: "adam", least: 0.88 },
      { name: "mlp", optimizer: "sgd", least: 0.82 },
      { name: "cnn", optimizer: "adam", least: 0.94 },
      { name: "cnn", optimizer: "momentum", least: 0.92 },
      { name: "lstm", optimizer: "adam", least: 0.85 },
    ],
    [{ name: "mlp", optimizer: "adam", least: 0.8 }],
  ),
)(
  "$name with $optimizer: at least $least after part of an epoch, and near the best of a grid",
  async ({ name, optimizer, least }) => {
    const { train, test } = await mnist();
    const runtime = await createRuntime();
    const training = train.take(length(12_800, 3_200));
    const held = test.take(5_000);
    const make = (): Model => {
      const activation = name === "lstm" ? "tanh" : "relu";
      const settings = { hidden: 64, activation, dropout: 0, initializer: undefined, kernelRegularizer: undefined, normalization: "none" } as const;
      const model = sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, layersOf("model", name, train, settings));
      return model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
    };
    const trained = async (learningRate: number): Promise<{ loss: number; accuracy: number }> => {
      const model = make();
      try {
        await model.fit(training, { learningRate });
        const { loss, accuracy } = await model.evaluate(held);
        return { loss: Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY, accuracy: accuracy ?? 0 };
      } catch {
        return { loss: Number.POSITIVE_INFINITY, accuracy: 0 };
      } finally {
        model.dispose();
      }
    };
    const found = await findLearningRate(make(), training);
    expect(found.reason).toMatch(/^the loss falls fastest/);
    const rates = rateGrid(usualRates[optimizer]);
    const grid: number[] = [];
    for (const rate of length(rates, rates.slice(2, 6))) grid.push((await trained(rate)).loss);
    const { loss, accuracy } = await trained(found.suggestion ?? 0);
    console.log(
      `${name}, ${optimizer}: suggested ${found.suggestion} (seeds ${found.low?.toPrecision(2)} to ${found.high?.toPrecision(2)}), loss ${loss.toFixed(3)}, accuracy ${accuracy}; grid ${grid.map((one) => one.toFixed(3)).join(" ")}`,
    );
    expect(accuracy).toBeGreaterThanOrEqual(least);
    expect(loss).toBeLessThanOrEqual(TIMES * Math.min(...grid));
    await runtime.dispose();
  },
  600_000,
);
