/** What the presets reach, over several seeds. */
import { expect, it } from "vitest";
import { buildModel } from "../../src/cli/model-options.ts";
import { mnist } from "../../src/data/index.ts";
import type { History } from "../../src/index.ts";
import { length } from "./length.ts";

/** A preset from a seed; each epoch is evaluated on the test set. */
async function train(preset: string, seed: number, epochs?: string): Promise<History> {
  const { train, test } = await mnist();
  const { model, training, runtime } = await buildModel({ preset, seed: String(seed), epochs });
  const history = await model.fit(train, { ...training, validationData: test });
  await runtime.dispose();
  const accuracies = history.epochs.map(({ valAccuracy }) => (100 * (valAccuracy as number)).toFixed(2));
  console.log(`${preset}, seed ${seed}: ${accuracies.join(" ")} % in ${history.seconds?.toFixed(1)} s of training`);
  return history;
}

const accuracies = (histories: History[], epoch: number): number[] => histories.map(({ epochs }) => epochs.at(epoch)?.valAccuracy as number);

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

it("report-cnn, 12 epochs: the median of the last three epochs' accuracy is at least 98.9 %", async () => {
  const runs: History[] = [];
  for (const seed of length([11, 12, 13, 14, 15], [11])) runs.push(await train("report-cnn", seed, length("12", "1")));
  expect(median(length([-1, -2, -3], [-1]).flatMap((epoch) => accuracies(runs, epoch)))).toBeGreaterThanOrEqual(length(0.989, 0.975));
});

it("fast-99: 98.5 % after its first epoch and 99 % at the end, the median of five", async () => {
  const runs: History[] = [];
  for (const seed of length([21, 22, 23, 24, 25], [21])) runs.push(await train("fast-99", seed));
  expect(median(accuracies(runs, 0))).toBeGreaterThanOrEqual(0.985);
  expect(median(accuracies(runs, -1))).toBeGreaterThanOrEqual(0.99);
});
