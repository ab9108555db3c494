/** The suspected flaw: the weights of one competitor are where the next one starts. @module */
import { ConfigError } from "../../errors.ts";
import { type Factor, ofShapes } from "../definition/settings.ts";
import type { Cell, Study } from "../definition/study.ts";
import type { TrialResult } from "../trials/trial.ts";
import { canonicalJson } from "../written/canonical.ts";
import { fair } from "./fair.ts";
import type { CellRun, Execute, Protocol } from "./protocol.ts";
import { checkSeeds, plainRate, printedPlans, printedTrial, runPlans } from "./trials.ts";

const EXPLANATION =
  "Carry-over: the competitors of a chain are trained one after the other, and each starts from the weights that the one before it ended with; only the " +
  "optimizer's own memory starts anew. The first starts from initial weights. This is what happens in a notebook that compiles and fits one model again " +
  "and again without building it anew. Settings, default learning rates and all training images are as printed, over several seeds.";

const FRESH =
  "Fresh: the same competitors, settings, default learning rates and seeds as under carry-over, but each starts from initial weights. " +
  "What differs between the two is the carrying alone.";

/** Settings whose levels have other weights, or that the weights of the level before make void. */
const UNFIT: readonly Factor[] = [...ofShapes, "initializer"];

/** The printed cells that follow one another, for each combination of the other axes and each shape of weights; in the study's order. */
export function chains(study: Study): Cell[][] {
  const at = study.axes.findIndex(({ factor }) => factor === study.carry);
  const found = new Map<string, Cell[]>();
  for (const cell of study.printedCells) {
    const others = canonicalJson([cell.levels.filter((_, axis) => axis !== at), ofShapes.map((name) => cell.settings[name])]);
    found.set(others, [...(found.get(others) ?? []), cell]);
  }
  return [...found.values()];
}

function checkChains(study: Study): void {
  const where = `carry-over of ${study.name}`;
  const { carry } = study;
  if (carry === null || !study.axes.some(({ factor }) => factor === carry))
    throw new ConfigError({
      where,
      got: carry === null ? "nothing to carry weights along" : `carry ${JSON.stringify(carry)}, which does not vary`,
      expected: "a factor from one of whose levels to the next weights pass",
      hint: 'vary the optimizer, or name a factor that varies in "carry"',
    });
  if (UNFIT.includes(carry))
    throw new ConfigError({
      where,
      got: `carry ${JSON.stringify(carry)}`,
      expected: `a factor whose levels can go on from the same weights, which rules out ${UNFIT.join(", ")}`,
    });
  if (chains(study).every((chain) => chain.length === 1))
    throw new ConfigError({ where, got: `one level of ${carry} for each combination of the others`, expected: "at least two, to pass weights between" });
}

/** Stage after stage: in each, one cell of every chain, for every seed. */
async function runChains(study: Study, all: readonly Cell[][], seeds: readonly number[], execute: Execute) {
  const results = new Map<Cell, TrialResult[]>();
  // Of every chain and seed: the last trial whose weights are sound.
  const ends: (string | null)[][] = all.map(() => seeds.map(() => null));
  const stages = Math.max(...all.map((chain) => chain.length));
  for (let stage = 0; stage < stages; stage++) {
    const links = all.flatMap((chain, c) => (stage < chain.length ? seeds.map((seed, s) => ({ cell: chain[stage], c, s, seed })) : []));
    const trials = links.map(({ cell, c, s, seed }) => ({
      ...printedTrial(study, cell, seed),
      start: ends[c][s],
      keepsWeights: stage < all[c].length - 1,
    }));
    const done = await execute(trials, `carry-over, ${stage + 1} of ${stages}`);
    links.forEach(({ cell, c, s }, i) => {
      // Weights that diverged are no start: the next one takes what this one started from.
      if (done[i].divergedAt === null) ends[c][s] = done[i].id;
      results.set(cell, [...(results.get(cell) ?? []), done[i]]);
    });
  }
  return study.printedCells.map((cell): CellRun => ({ cell, learningRate: plainRate(cell), tuning: null, results: results.get(cell) ?? [] }));
}

export const carryOver: Protocol = {
  name: "carry-over",
  explanation: EXPLANATION,
  count: (study, options) => 2 * study.printedCells.length * options.seeds.length + fair.count(study, options),
  check(study, options) {
    checkSeeds("carry-over", options.seeds);
    fair.check(study, options);
    checkChains(study);
  },
  async run(study, options, execute) {
    carryOver.check(study, options);
    const { seeds } = options;
    const carried = await runChains(study, chains(study), seeds, execute);
    const fresh = await runPlans(printedPlans(study, seeds), execute, "fresh");
    return [
      { name: "carry-over", explanation: EXPLANATION, seeds, runs: carried },
      { name: "fresh", explanation: FRESH, seeds, runs: fresh },
      ...(await fair.run(study, options, execute)),
    ];
  },
};
