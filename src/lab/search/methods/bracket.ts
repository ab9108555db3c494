/** Successive halving: candidates climb rungs, and of each rung the best go on. @module */
import { ConfigError } from "../../../errors.ts";
import type { Candidate, Evaluated } from "../method.ts";
import type { Point } from "../space.ts";
import type { Options } from "./options.ts";

/** Resource on one point: so much that whole numbers stay exact. */
const MOST_RESOURCE = 1_000_000_000;

/** One rung: how many candidates, and what is spent on each in all. */
export interface Rung {
  readonly count: number;
  readonly resource: number;
}

/** The three options that rungs come from. */
export function readRungs(options: Options): { readonly resources: readonly number[]; readonly eta: number } {
  const eta = options.count("eta", 3, 2, 1000);
  const most = options.count("maxResource", undefined, 1, MOST_RESOURCE);
  const least = options.count("minResource", 1, 1, MOST_RESOURCE);
  if (least > most) throw new ConfigError({ where: `${options.where}, minResource`, got: String(least), expected: `at most maxResource, ${most}` });
  // From the top, so that the last rung has all of maxResource: R, R / eta, R / eta^2 ..., rounded down.
  const resources: number[] = [];
  for (let power = 1; most >= least * power; power *= eta) resources.unshift(Math.floor(most / power));
  return { resources, eta };
}

/** The rungs of a bracket of n candidates: of each rung, one in `eta` goes on. */
export function rungsOf(n: number, resources: readonly number[], eta: number): Rung[] {
  let count = n;
  return resources
    .map((resource) => {
      const rung = { count, resource };
      count = Math.floor(count / eta);
      return rung;
    })
    .filter((rung) => rung.count > 0);
}

/** What a bracket spends if nothing fails: each rung only what it adds. */
export const costOf = (rungs: readonly Rung[]): number =>
  rungs.reduce((sum, { count, resource }, i) => sum + count * (resource - (rungs[i - 1]?.resource ?? 0)), 0);

/** Of equal values the one that was asked for first. */
export const byValue = (a: Evaluated, b: Evaluated): number => (a.value ?? 0) - (b.value ?? 0) || a.candidate.id - b.candidate.id;

/** One bracket at work. */
export class Bracket {
  readonly number: number;
  readonly #rungs: readonly Rung[];
  #next = 0;

  constructor(rungs: readonly Rung[], number: number) {
    this.#rungs = rungs;
    this.number = number;
  }

  /**
   * The candidates of the next rung; none: it is at its end.
   * @param before what came of the last rung
   * @param id of the first of them
   * @param draw gives a new point
   */
  climb(before: readonly Evaluated[], id: number, draw: () => Point): Candidate[] {
    const rung = this.#next++;
    if (rung >= this.#rungs.length) return [];
    const { count, resource } = this.#rungs[rung];
    const shared = { resource, rung, bracket: this.number };
    if (rung === 0) return Array.from({ length: count }, (_, i) => ({ id: id + i, point: draw(), from: null, ...shared }));
    const promoted = before
      .filter(({ value }) => value !== null)
      .sort(byValue)
      .slice(0, count);
    return promoted.map(({ candidate }, i) => ({ id: id + i, point: candidate.point, from: candidate.id, ...shared }));
  }
}
