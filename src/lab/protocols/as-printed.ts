/** The report's settings, once. @module */
import { ConfigError } from "../../errors.ts";
import type { Protocol } from "./protocol.ts";
import { checkSeeds, printedPlans, runPlans } from "./trials.ts";

const EXPLANATION =
  "As printed: every competitor is trained once, from new initial weights and the same seed, with the printed settings, or its optimizer's default " +
  "learning rate where none is printed. It learns from all training images; none are held out, nothing is tuned, and the test set is used at the end. " +
  "One run says nothing of how much luck is in it.";

export const asPrinted: Protocol = {
  name: "as-printed",
  explanation: EXPLANATION,
  count: (study) => study.printedCells.length,
  check(_, { seeds }) {
    checkSeeds("as-printed", seeds);
    if (seeds.length > 1)
      throw new ConfigError({
        where: "as-printed",
        got: `${seeds.length} seeds`,
        expected: "one, as in the report",
        hint: "the protocols fair and carry-over take more seeds",
      });
  },
  async run(study, options, execute) {
    asPrinted.check(study, options);
    const { seeds } = options;
    return [{ name: "as-printed", explanation: EXPLANATION, seeds, runs: await runPlans(printedPlans(study, seeds), execute, "as printed") }];
  },
};
