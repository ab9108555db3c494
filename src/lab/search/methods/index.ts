/** The methods by name. @module */
import { oneOf } from "../../written/nearest.ts";
import { checkSpace } from "../check-space.ts";
import type { Method } from "../method.ts";
import type { Space } from "../space.ts";
import { type AshaOptions, asha } from "./asha.ts";
import { type GridOptions, grid } from "./grid.ts";
import { type HyperbandOptions, hyperband } from "./hyperband.ts";
import { type RandomOptions, random } from "./random.ts";
import { type SobolOptions, sobol } from "./sobol.ts";
import { type SuccessiveHalvingOptions, successiveHalving } from "./successive-halving.ts";
import { type TpeOptions, tpe } from "./tpe.ts";

/** Options of each method. Plain data. */
export interface MethodOptions {
  readonly grid: GridOptions;
  readonly random: RandomOptions;
  readonly sobol: SobolOptions;
  readonly tpe: TpeOptions;
  readonly successiveHalving: SuccessiveHalvingOptions;
  readonly hyperband: HyperbandOptions;
  readonly asha: AshaOptions;
}

/** A method by name. */
export type MethodName = keyof MethodOptions;

const makers: { readonly [name in MethodName]: (space: Space, options: unknown) => Method } = { grid, random, sobol, tpe, successiveHalving, hyperband, asha };

/** The methods there are. */
export const methodNames = Object.keys(makers) as readonly MethodName[];

/**
 * A method, ready to search a space. All of it may come from a file.
 * @throws ConfigError that names the dimension or option, whatever is wrong
 * @example
 * methodOf("random", { learningRate: { low: 1e-4, high: 1, log: true } }, { trials: 20, seed: 1 }).next([], 0);
 */
export function methodOf(name: unknown, space: unknown, options: unknown = {}): Method {
  return makers[oneOf("method", name, methodNames)](checkSpace(space), options);
}
