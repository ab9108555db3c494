/** The trials that protocols are made of, and the seeds they take. @module */
import { ConfigError } from "../../errors.ts";
import { optimizerOf } from "../../optimizers/index.ts";
import type { Cell, Study } from "../definition/study.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";
import type { CellRun, Execute, Tuning } from "./protocol.ts";

/** The rate that a cell names, or else its optimizer's default. */
export function plainRate({ settings }: Cell): number {
  return settings.learningRate ?? optimizerOf(settings.optimizer).learningRate;
}

/** A trial as the report did it: all training samples, initial weights, the test set at the end. */
export function printedTrial(study: Study, cell: Cell, seed: number): Trial {
  return {
    settings: { ...cell.settings, learningRate: plainRate(cell) },
    seed,
    role: "report",
    data: { name: study.data, limit: study.limit, validation: 0 },
    start: null,
    keepsWeights: false,
    validations: 0,
    measures: study.measures,
  };
}

/** A cell as it is to be reported: its rate, how that was found, and a trial for each seed. */
export interface Plan {
  readonly cell: Cell;
  readonly learningRate: number;
  readonly tuning: Tuning | null;
  readonly trials: readonly Trial[];
}

/** Runs all trials of all plans side by side. */
export async function runPlans(plans: readonly Plan[], execute: Execute, phase: string): Promise<CellRun[]> {
  const results = await execute(
    plans.flatMap((plan) => plan.trials),
    phase,
  );
  let next = 0;
  return plans.map(({ cell, learningRate, tuning, trials }) => {
    const own: readonly TrialResult[] = results.slice(next, next + trials.length);
    next += trials.length;
    return { cell, learningRate, tuning, results: own };
  });
}

/** Each cell as printed, for each seed. */
export const printedPlans = (study: Study, seeds: readonly number[]): Plan[] =>
  study.printedCells.map((cell) => ({
    cell,
    learningRate: plainRate(cell),
    tuning: null,
    trials: seeds.map((seed) => printedTrial(study, cell, seed)),
  }));

/** @throws ConfigError for no seeds, or one twice */
export function checkSeeds(where: string, seeds: readonly number[]): void {
  if (seeds.length === 0) throw new ConfigError({ where, got: "no seeds", expected: "at least one" });
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice !== undefined) throw new ConfigError({ where, got: `seed ${twice} twice`, expected: "different seeds" });
}
