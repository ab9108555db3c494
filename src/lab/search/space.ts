/** What a search chooses from: plain data. @module */

/** A value of a point: what JSON can hold. */
export type Value = number | string | boolean | null | readonly unknown[] | { readonly [key: string]: unknown };

/** A range of numbers, both ends included. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** Even by the logarithm. Default false. */
  readonly log?: boolean;
  /** Whole numbers only. Default false. */
  readonly integer?: boolean;
}

/** A range, or a list of values without an order. */
export type Dimension = Range | readonly Value[];

/** Dimensions by name. */
export type Space = Readonly<Record<string, Dimension>>;

/** One value for each dimension. */
export type Point = Readonly<Record<string, Value>>;
