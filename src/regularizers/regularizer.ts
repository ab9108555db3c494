/** What a regularizer is. @module */

/** The penalty l1 sum|v| + l2 sum v^2 of values v: of a weight, or of what a layer gives (Keras's L2: no factor 1/2). */
export interface Regularizer {
  /** As in Keras, in camelCase: `l2`. */
  readonly name: "l1" | "l2" | "l1l2";
  /** Of the sum of magnitudes. */
  readonly l1: number;
  /** Of the sum of squares. */
  readonly l2: number;
  /** Options as JSON, from which the regularizer can be made again. */
  config(): Record<string, number>;
}
