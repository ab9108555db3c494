/** Arms whose results are made up. */

import type { Study } from "../../../src/lab/definition/study.ts";
import { type ArmFacts, factsOf } from "../../../src/lab/findings/facts.ts";
import type { Arm } from "../../../src/lab/protocols/protocol.ts";
import type { TrialResult } from "../../../src/lab/trials/trial.ts";

export const TEST_SAMPLES = 400;

/** The arm of `seeds` whose trials gave what `give` says of a cell's index and a seed's. */
export function armOf(study: Study, seeds: number, give: (cell: number, seed: number) => TrialResult, name: Arm["name"] = "fair"): Arm {
  return {
    name,
    explanation: "",
    seeds: Array.from({ length: seeds }, (_, s) => s),
    runs: study.cells.map((cell, c) => ({ cell, learningRate: 0.01, tuning: null, results: Array.from({ length: seeds }, (_, s) => give(c, s)) })),
  };
}

export const factsOfArms = (arms: readonly Arm[]): ArmFacts[] => arms.map((arm) => factsOf(arm, TEST_SAMPLES));
