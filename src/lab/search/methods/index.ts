/** The methods by name. @module */
import { oneOf } from "../../nearest.ts";
import { checkSpace } from "../check-space.ts";
import type { Method } from "../method.ts";
import type { Space } from "../space.ts";
import { type GridOptions, grid } from "./grid.ts";
import { type RandomOptions, random } from "./random.ts";

/** Options of each method. Plain data. */
export interface MethodOptions {
  readonly grid: GridOptions;
  readonly random: RandomOptions;
}

/** A method by name. */
export type MethodName = keyof MethodOptions;

const makers: { readonly [name in MethodName]: (space: Space, options: unknown) => Method } = { grid, random };

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
