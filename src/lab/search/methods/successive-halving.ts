/** Successive halving (Jamieson & Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter optimization", AISTATS). @module */
import type { Method } from "../method.ts";
import type { Space } from "../space.ts";
import { readRungs, rungsOf } from "./bracket.ts";
import { inBrackets } from "./brackets.ts";
import { Options } from "./options.ts";

export interface SuccessiveHalvingOptions {
  /** What is spent on a point of the last rung in all, such as epochs. */
  readonly maxResource: number;
  /** What is spent on a point of the first rung at least. Default 1. */
  readonly minResource?: number;
  /** Of so many points of a rung one goes on, with as many times the resource. Default 3. */
  readonly eta?: number;
  /** Points of the first rung. Default: as many as leave one for the last. */
  readonly trials?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Random points, of which the best 1 / eta of each rung go on with eta times the resource, from the work they have done. */
export function successiveHalving(space: Space, given: unknown): Method {
  const options = new Options("successiveHalving", given, ["maxResource", "minResource", "eta", "trials", "seed"]);
  const { resources, eta } = readRungs(options);
  const enough = resources.slice(1).reduce((product) => product * eta, 1);
  return inBrackets("successiveHalving", space, options.seed(), [[0, rungsOf(options.count("trials", enough), resources, eta)]]);
}
