/** What a dataset holds: a column of samples for each input of a model, a column of targets for each output. @module */
import type { Normalization } from "./normalization.ts";

/** The samples of one input. */
export interface InputColumn {
  /** Of the model's input; null in the plain form, which serves any model of one input. */
  readonly name: string | null;
  /** All stored samples, row-major. */
  readonly values: Uint8Array | Float32Array;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly normalization: Normalization;
}

/** The targets of one output. */
export interface TargetColumn {
  /** Of the model's output; null in the plain form, which serves any model with one loss. */
  readonly name: string | null;
  /** Targets of all stored samples: integers are labels, floats are rows of `shape`. */
  readonly values: Uint8Array | Int32Array | Float32Array;
  /** Of one target; `[]` for labels. */
  readonly shape: readonly number[];
  /** Number of classes, where targets are labels. */
  readonly classes: number | undefined;
  /** How much each stored sample counts in the loss of this output; null: all 1. */
  readonly sampleWeight: Float32Array | null;
}

/** Number of elements of a fixed shape. */
export function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
