/** Grid search: every combination. @module */
import { ConfigError } from "../../../errors.ts";
import { type Axis, axesOf } from "../axes.ts";
import type { Method } from "../method.ts";
import type { Space, Value } from "../space.ts";
import { oneRound } from "./one-round.ts";
import { MOST_TRIALS, Options } from "./options.ts";

export interface GridOptions {
  /** Values of each range, both ends among them, or by the dimension's name; an integer range has no more than it holds. Default 5. */
  readonly levels?: number | Readonly<Record<string, number>>;
  /** Changes nothing: nothing is drawn. */
  readonly seed?: number;
}

const USUAL_LEVELS = 5;

/** All combinations of all values of lists and some of ranges; the last dimension changes fastest. */
export function grid(space: Space, given: unknown): Method {
  const options = new Options("grid", given, ["levels", "seed"]);
  const axes = axesOf(space);
  const counts = levelCounts(axes, options);
  const trials = axes.reduce((product, { ordered, count }, d) => product * (ordered ? Math.min(counts[d], count) : count), 1);
  if (trials > MOST_TRIALS)
    throw new ConfigError({
      where: "method grid",
      got: `${trials} combinations`,
      expected: `at most ${MOST_TRIALS}`,
      hint: "ask for fewer levels, or use the method random, sobol or tpe",
    });
  const values = axes.map((axis, d) => axis.levels(counts[d]));
  const combinations = values.reduce((product, { length }) => product * length, 1);
  return oneRound("grid", combinations, (id) => {
    const chosen: [string, Value][] = [];
    let rest = id;
    for (let d = axes.length - 1; d >= 0; d--) {
      chosen[d] = [axes[d].name, values[d][rest % values[d].length]];
      rest = Math.floor(rest / values[d].length);
    }
    return Object.freeze(Object.fromEntries(chosen));
  });
}

/** How many values of each range. */
function levelCounts(axes: readonly Axis[], options: Options): number[] {
  const given = options.value("levels");
  if (typeof given !== "object" || given === null) {
    const levels = options.count("levels", USUAL_LEVELS, 2);
    return axes.map(() => levels);
  }
  const ranges = axes.filter(({ ordered }) => ordered).map(({ name }) => name);
  const byName = new Options("grid, levels", given, ranges);
  return axes.map(({ name, ordered }) => (ordered ? byName.count(name, USUAL_LEVELS, 2) : 1));
}
