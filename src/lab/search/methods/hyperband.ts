/** Hyperband (Li et al. 2018, "Hyperband: a novel bandit-based approach to hyperparameter optimization", JMLR 18, algorithm 1). @module */
import type { Method } from "../method.ts";
import type { Space } from "../space.ts";
import { type Rung, readRungs, rungsOf } from "./bracket.ts";
import { inBrackets } from "./brackets.ts";
import { Options } from "./options.ts";

export interface HyperbandOptions {
  /** What is spent on a point in all at most, such as epochs: R. */
  readonly maxResource: number;
  /** What is spent on a point at least. Default 1. */
  readonly minResource?: number;
  /** Of so many points of a rung one goes on, with as many times the resource. Default 3. */
  readonly eta?: number;
  /** How often all brackets are run, with new points. Default 1. */
  readonly iterations?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Successive halving with several first rungs, since nobody knows how early a good point shows: from many points with little resource (bracket s of the paper
 * the largest) to few with all of it (bracket 0, random search). The brackets climb side by side, and rungs go on from the work of the one before.
 */
export function hyperband(space: Space, given: unknown): Method {
  const options = new Options("hyperband", given, ["maxResource", "minResource", "eta", "iterations", "seed"]);
  const { resources, eta } = readRungs(options);
  return inBrackets("hyperband", space, options.seed(), bracketsOf(resources, eta), options.count("iterations", 1, 1, 1000));
}

/** Bracket s begins with n = ceil((s_max + 1) / (s + 1) eta^s) points. Those with the longest trials come first, so that they end with the others. */
export function bracketsOf(resources: readonly number[], eta: number): (readonly [s: number, rungs: Rung[]])[] {
  const all = resources.length;
  let power = 1;
  return resources.map((_, s) => {
    const n = Math.ceil((all * power) / (s + 1));
    power *= eta;
    return [s, rungsOf(n, resources.slice(all - 1 - s), eta)] as const;
  });
}
