/**
 * TPE against random search on real digits: the best validation accuracy that each finds with as many trials, over 20 seeds. A seed is that of the method and of its
 * trainings, so that both methods of a pair judge points by the same trainings. The space is one that somebody without experience might write; it was fixed before the first run.
 */
import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { completeSettings, type Settings } from "../../src/lab/definition/settings.ts";
import { type SearchResult, search } from "../../src/lab/search/search.ts";
import type { Space } from "../../src/lab/search/space.ts";
import { bootstrapMean, wilcoxonSignedRank } from "../../src/lab/statistics/index.ts";
import { runTrial } from "../../src/lab/trials/run-trial.ts";
import type { Trial } from "../../src/lab/trials/trial.ts";
import { trialId } from "../../src/lab/trials/trial-id.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import { length } from "./length.ts";

const SPACE: Space = {
  learningRate: { low: 1e-5, high: 10, log: true },
  hidden: { low: 4, high: 256, log: true, integer: true },
  dropout: { low: 0, high: 0.8 },
  batchSize: [8, 16, 32, 64, 128],
  optimizer: ["sgd", "momentum", "adagrad", "rmsprop", "adam"],
  activation: ["relu", "tanh", "sigmoid"],
};
const TRIALS = length(40, 14);
const SEEDS = length(20, 2);

it("TPE finds better settings of an MNIST network than random search", async () => {
  const [data, runtime] = [await mnist(), await createRuntime({ threads: 1 })];
  const known = new Map<string, number | null>();
  const accuracyOf = async (settings: Partial<Settings>, seed: number): Promise<number> => {
    const trial: Trial = {
      settings: completeSettings({ model: "mlp", epochs: 3, ...settings }),
      seed,
      role: "tune",
      data: { name: "mnist", limit: 2000, validation: 0.5 },
      start: null,
      keepsWeights: false,
      validations: 0,
      measures: [],
    };
    const id = trialId(trial);
    if (!known.has(id)) known.set(id, (await runTrial(trial, { data, runtime, start: null })).result.validation?.accuracy ?? null);
    return known.get(id) ?? Number.NaN;
  };
  const found = (method: "tpe" | "random", seed: number): Promise<SearchResult> =>
    search(SPACE, (point) => accuracyOf(point as Partial<Settings>, seed), { method, trials: TRIALS, seed, direction: "maximize" });
  const gains: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const [tpe, random] = [await found("tpe", seed), await found("random", seed)];
    console.log(`seed ${seed}: TPE ${tpe.best.value}, random ${random.best.value}`);
    gains.push(tpe.best.value - random.best.value);
    // A fair pair: as many trials, the first ten the same points with the same scores, the others not; and what is found has learned something.
    for (const { trials, best } of [tpe, random]) {
      expect(trials).toHaveLength(TRIALS);
      expect(best.value).toBeGreaterThan(0.7);
    }
    expect(tpe.trials.slice(0, 10)).toEqual(random.trials.slice(0, 10));
    for (const { id, point } of tpe.trials.slice(10)) expect(point).not.toEqual(random.trials[id].point);
  }
  const { mean, low, high } = bootstrapMean(gains);
  const { p } = wilcoxonSignedRank(gains);
  console.log(
    `TPE less random search after ${TRIALS} trials: ${(100 * mean).toFixed(2)} points (${(100 * (low ?? 0)).toFixed(2)} to ${(100 * (high ?? 0)).toFixed(2)}), p = ${p}`,
  );
  expect(gains).toHaveLength(SEEDS);
  // Two seeds and a handful of points that TPE chose say nothing of the gain.
  if (SEEDS < 20) return;
  expect(mean).toBeGreaterThan(0);
  expect(p).toBeLessThan(0.05);
});
