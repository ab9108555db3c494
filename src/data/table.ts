/** Tables: named columns of numbers or of words, as they were read. @module */

/** A column of numbers; NaN where a value is missing. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "numbers";
  readonly values: Float64Array;
}

/** A column of words: numbers of `categories`, -1 where a value is missing. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "categories";
  readonly codes: Int32Array;
  /** Distinct, in order of first appearance. */
  readonly categories: readonly string[];
}

export type TableColumn = NumberColumn | CategoryColumn;

/** Rows of named values. */
export interface Table {
  /** The file, or what else it came from, for messages. */
  readonly source: string;
  readonly columns: readonly TableColumn[];
  /** Number of rows. */
  readonly length: number;
  /** The line of the source at which each row begins, from 1, for messages; null where there are no lines. */
  readonly lines: Int32Array | null;
}
