/** Samples and targets as they are stored, and which of them are used in which order. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import { type Normalization, type NormalizationKind, normalizationOf } from "./normalization.ts";
import { heldOut } from "./split.ts";

/** The parts of a {@link Dataset}. */
export interface DatasetParts {
  readonly x: Uint8Array | Float32Array;
  readonly sampleShape: readonly number[];
  readonly y: Uint8Array | Int32Array | Float32Array | null;
  readonly targetShape: readonly number[];
  readonly classes: number | undefined;
  readonly sampleWeight?: Float32Array | null;
  readonly rows: Int32Array | null;
  readonly normalization: Normalization;
}

/** Options of {@link Dataset.split}. */
export interface SplitOptions {
  /** Default 0. */
  seed?: number;
  /** Keep the classes' shares, as far as targets are labels. Default true. */
  stratified?: boolean;
}

/** An immutable description of samples. Subsets share the arrays; make one with `dataset`, which checks them. */
export class Dataset implements DatasetParts {
  /** All stored samples, row-major, whether or not `rows` names them. */
  readonly x: Uint8Array | Float32Array;
  /** Shape of one sample. */
  readonly sampleShape: readonly number[];
  /** Targets of all stored samples: integers are labels, floats are rows of `targetShape`; null without targets. */
  readonly y: Uint8Array | Int32Array | Float32Array | null;
  /** Shape of one target; `[]` for labels. */
  readonly targetShape: readonly number[];
  /** Number of classes, where targets are labels. */
  readonly classes: number | undefined;
  /** How much each stored sample counts in the loss; null: all 1. */
  readonly sampleWeight: Float32Array | null;
  /** The stored samples in use, in order; null is all of them. */
  readonly rows: Int32Array | null;
  readonly normalization: Normalization;
  /** Number of samples in use. */
  readonly length: number;

  /** @internal use `dataset` */
  constructor(parts: DatasetParts) {
    this.x = parts.x;
    this.sampleShape = Object.freeze([...parts.sampleShape]);
    this.y = parts.y;
    this.targetShape = Object.freeze([...parts.targetShape]);
    this.classes = parts.classes;
    this.sampleWeight = parts.sampleWeight ?? null;
    this.rows = parts.rows;
    this.normalization = parts.normalization;
    this.length = parts.rows?.length ?? storedSamples(parts);
    Object.freeze(this);
  }

  /** The first n samples, or all if there are fewer. */
  take(n: number): Dataset {
    if (!Number.isInteger(n) || n < 0) throw new ConfigError({ where: "take", got: String(n), expected: "an integer, 0 or more" });
    if (n >= this.length) return this;
    return new Dataset({ ...this, rows: this.rows?.slice(0, n) ?? Int32Array.from({ length: n }, (_, i) => i) });
  }

  /** The samples at these positions of this dataset, in this order; a position may come again. */
  subset(positions: ArrayLike<number>): Dataset {
    const rows = new Int32Array(positions.length);
    for (let i = 0; i < rows.length; i++) rows[i] = this.row(positions[i], `subset, position ${i}`);
    return new Dataset({ ...this, rows });
  }

  /**
   * Two parts, the rest and the held-out, each in this dataset's order. The held-out part has round(fraction x length) samples; stratified, each
   * class gives its share, rounded so that the total stays (largest remainders first).
   * @throws ConfigError unless both parts get a sample
   */
  split(fraction: number, options: SplitOptions = {}): [rest: Dataset, heldOut: Dataset] {
    const { seed = 0, stratified = true } = options;
    const byClass = stratified && this.y !== null && !(this.y instanceof Float32Array);
    const labels = byClass ? Int32Array.from({ length: this.length }, (_, i) => this.label(i)) : new Int32Array(this.length);
    const taken = heldOut(labels, fraction, seed);
    const [rest, held] = [0, 1].map((part) => Int32Array.from(taken.keys()).filter((i) => taken[i] === part));
    return [this.subset(rest), this.subset(held)];
  }

  /** The same samples under another normalisation. `standardize` measures the samples in use; give a test set its training set's. */
  normalizedBy(normalization: NormalizationKind | Normalization): Dataset {
    return new Dataset({ ...this, normalization: normalizationOf(normalization, { x: this.x, width: product(this.sampleShape), rows: this.rows }) });
  }

  /** @internal the same samples as part of a set with more classes than occur in it */
  withClasses(classes: number): Dataset {
    return new Dataset({ ...this, classes });
  }

  /** Sample i as a model sees it: normalised, a copy. */
  sample(i: number): Float32Array {
    const width = product(this.sampleShape);
    const from = this.row(i, "sample") * width;
    const { shift, scale } = this.normalization;
    const values = new Float32Array(width);
    for (let j = 0; j < width; j++) values[j] = Math.fround(this.x[from + j] - shift) / scale;
    return values;
  }

  /** The label of sample i. @throws ConfigError where targets are not labels */
  label(i: number): number {
    if (this.y === null || this.y instanceof Float32Array) {
      throw new ConfigError({ where: "label", got: this.y === null ? "a dataset without targets" : "targets that are floats", expected: "integer labels" });
    }
    return this.y[this.row(i, "label")];
  }

  /** How much sample i counts in the loss. */
  weight(i: number): number {
    const row = this.row(i, "weight");
    return this.sampleWeight === null ? 1 : this.sampleWeight[row];
  }

  private row(i: number, where: string): number {
    if (!Number.isInteger(i) || i < 0 || i >= this.length)
      throw new ConfigError({ where, got: String(i), expected: `an integer from 0 to ${this.length - 1}` });
    return this.rows === null ? i : this.rows[i];
  }
}

/** Number of elements of a fixed shape. */
export function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function storedSamples({ x, sampleShape }: DatasetParts): number {
  const n = x.length / product(sampleShape);
  if (!Number.isInteger(n))
    throw new ShapeError({ where: "dataset", got: `${x.length} values`, expected: `a multiple of ${product(sampleShape)}, samples of shape [${sampleShape}]` });
  return n;
}
