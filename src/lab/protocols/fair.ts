/** Every competitor with its own learning rate, found at equal cost, over seeds that had no part in finding it. @module */
import { ConfigError } from "../../errors.ts";
import type { Cell, Study } from "../definition/study.ts";
import type { Trial } from "../trials/trial.ts";
import type { Execute, Protocol, ProtocolOptions, RateTried, Tuning } from "./protocol.ts";
import { choose, nextRate } from "./rates.ts";
import { checkSeeds, type Plan, plainRate, runPlans } from "./trials.ts";

/** Rounds in which every competitor gets one more rate, as long as one's best lies on an edge. */
const ROUNDS = 4;

/** Times an epoch that reporting trials are validated. */
const VALIDATIONS = 4;

const SHARED =
  "Fair: every competitor is trained anew for each seed, and within a seed all have the same initial weights and the same order of batches. " +
  "The test set is used once, at the end of each reported run.";

const HELD_OUT = " Part of the training images is held out, the same for all, and never learned from.";

const TUNING =
  " Each competitor's learning rate is chosen by accuracy on the held-out images, averaged over tuning seeds that no reported run uses; a run that diverges " +
  "counts as 0. The first rates are the study's, by default a factor of the square root of ten apart. As long as somebody's best rate is the least or greatest tried, at most " +
  `${ROUNDS} times, every competitor gets one more: one beyond that edge, or else one between its best and the better of the two beside it. So all have the same number of trials.`;

function explain(study: Study): string {
  const rates = study.cells.some((cell) => isTuned(study, cell)) ? TUNING : " Learning rates are as the study names them.";
  return SHARED + (study.validation > 0 ? HELD_OUT : "") + rates;
}

const isTuned = (study: Study, { settings }: Cell): boolean => study.tune && settings.learningRate === null;

/** The rates a cell begins with. */
function firstRates(study: Study, { settings }: Cell): readonly number[] {
  const rates = study.rates[settings.optimizer];
  if (rates === undefined || rates.length === 0)
    throw new ConfigError({
      where: `fair of ${study.name}`,
      got: `no rates for ${settings.optimizer}`,
      expected: "at least one to begin with",
      hint: 'name some in "rates", or set "tune" to false',
    });
  return rates;
}

function checkFair(study: Study, { seeds, tuningSeeds }: ProtocolOptions): void {
  checkSeeds("fair", seeds);
  const tuned = study.cells.filter((cell) => isTuned(study, cell));
  if (tuned.length === 0) return;
  checkSeeds("fair, tuning", tuningSeeds);
  const both = seeds.find((seed) => tuningSeeds.includes(seed));
  if (both !== undefined)
    throw new ConfigError({ where: "fair", got: `seed ${both} for tuning and for reporting`, expected: "seeds for reporting that had no part in tuning" });
  if (study.validation === 0)
    throw new ConfigError({
      where: `fair of ${study.name}`,
      got: "validation 0",
      expected: "images held out, by which learning rates are chosen",
      hint: 'set "validation" to 0.1, or "tune" to false',
    });
  const budgets = tuned.map((cell) => firstRates(study, cell).length);
  const other = budgets.findIndex((n) => n !== budgets[0]);
  if (other > 0)
    throw new ConfigError({
      where: `fair of ${study.name}`,
      got: `${budgets[0]} rates for ${tuned[0].settings.optimizer}, ${budgets[other]} for ${tuned[other].settings.optimizer}`,
      expected: "as many for each: an equal budget",
    });
}

const trialOf = (study: Study, cell: Cell, learningRate: number, seed: number, role: Trial["role"]): Trial => ({
  settings: { ...cell.settings, learningRate },
  seed,
  role,
  data: { name: study.data, limit: study.limit, validation: study.validation },
  start: null,
  keepsWeights: false,
  validations: role === "report" && study.validation > 0 ? VALIDATIONS : 0,
  measures: role === "report" ? study.measures : [],
});

/** Tries rates for all cells, each as many as the others beyond those it began with. */
async function tune(study: Study, cells: readonly Cell[], seeds: readonly number[], execute: Execute): Promise<Map<Cell, Tuning>> {
  const tried = new Map<Cell, RateTried[]>(cells.map((cell) => [cell, []]));
  const attempt = async (wanted: readonly { cell: Cell; rate: number }[], phase: string): Promise<void> => {
    const trials = wanted.flatMap(({ cell, rate }) => seeds.map((seed) => trialOf(study, cell, rate, seed, "tune")));
    const results = await execute(trials, phase);
    wanted.forEach(({ cell, rate }, i) => {
      const own = results.slice(i * seeds.length, (i + 1) * seeds.length);
      tried.get(cell)?.push({ rate, accuracies: own.map(({ divergedAt, validation }) => (divergedAt === null ? (validation?.accuracy ?? null) : null)) });
    });
  };
  const chosen = (): Map<Cell, Tuning> => new Map([...tried].map(([cell, rates]) => [cell, choose(rates)]));

  await attempt(
    cells.flatMap((cell) => firstRates(study, cell).map((rate) => ({ cell, rate }))),
    "tuning",
  );
  for (let round = 1; round <= ROUNDS; round++) {
    const now = chosen();
    if (![...now.values()].some(({ onEdge }) => onEdge)) break;
    await attempt(
      [...now].map(([cell, tuning]) => ({ cell, rate: nextRate(tuning) })),
      `tuning, round ${round} of at most ${ROUNDS}`,
    );
  }
  return chosen();
}

export const fair: Protocol = {
  name: "fair",
  explanation: SHARED + HELD_OUT + TUNING,
  count(study, { seeds, tuningSeeds }) {
    const tuning = study.cells.filter((cell) => isTuned(study, cell)).reduce((sum, cell) => sum + firstRates(study, cell).length * tuningSeeds.length, 0);
    return tuning + study.cells.length * seeds.length;
  },
  check: checkFair,
  async run(study, options, execute) {
    checkFair(study, options);
    const { seeds, tuningSeeds } = options;
    const tuned = study.cells.filter((cell) => isTuned(study, cell));
    const tunings = tuned.length > 0 ? await tune(study, tuned, tuningSeeds, execute) : new Map<Cell, Tuning>();
    const plans = study.cells.map((cell): Plan => {
      const tuning = tunings.get(cell) ?? null;
      const learningRate = tuning?.rate ?? plainRate(cell);
      return { cell, learningRate, tuning, trials: seeds.map((seed) => trialOf(study, cell, learningRate, seed, "report")) };
    });
    return [{ name: "fair", explanation: explain(study), seeds, runs: await runPlans(plans, execute, "reporting") }];
  },
};
