/** Brackets side by side: a round is the next rung of each. @module */
import { axesOf } from "../axes.ts";
import type { Evaluated, Method } from "../method.ts";
import type { Space } from "../space.ts";
import { randomPoint } from "../streams.ts";
import { Bracket, costOf, type Rung } from "./bracket.ts";

/**
 * @param brackets in the order in which their candidates are asked for, by number
 * @param iterations how often all of them are run, one time after another
 */
export function inBrackets(
  name: string,
  space: Space,
  seed: number,
  brackets: readonly (readonly [number: number, rungs: readonly Rung[]])[],
  iterations = 1,
): Method {
  const axes = axesOf(space);
  let left = iterations;
  let climbing: Bracket[] = [];
  let issued = 0;
  let drawn = 0;
  let seen = 0;
  const climb = (results: readonly Evaluated[]) =>
    climbing.flatMap((bracket) => {
      const candidates = bracket.climb(
        results.filter(({ candidate }) => candidate.bracket === bracket.number),
        issued,
        () => randomPoint(axes, seed, drawn++),
      );
      issued += candidates.length;
      return candidates;
    });
  return {
    name,
    asynchronous: false,
    budget: iterations * brackets.reduce((sum, [, rungs]) => sum + costOf(rungs), 0),
    next(finished) {
      const round = climb(finished.slice(seen));
      seen = finished.length;
      if (round.length > 0 || left === 0) return round;
      left--;
      climbing = brackets.map(([number, rungs]) => new Bracket(rungs, number));
      return climb([]);
    },
  };
}
