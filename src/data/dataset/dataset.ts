/** Samples and targets as they are stored, and which of them are used in which order. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { namesOf, type PerColumn, perColumn } from "./by-name.ts";
import { type InputColumn, product, type TargetColumn } from "./columns.ts";
import { isByName, type Normalization, type NormalizationKind, normalizationOf } from "./normalization.ts";
import { heldOut } from "./split.ts";

/** The parts of a {@link Dataset}. */
export interface DatasetParts {
  /** At least one. */
  readonly inputs: readonly InputColumn[];
  readonly targets: readonly TargetColumn[];
  /** The stored samples in use, in order; null is all of them. */
  readonly rows: Int32Array | null;
}

/** Options of {@link Dataset.split}. */
export interface SplitOptions {
  /** Default 0. */
  seed?: number;
  /** Keep the classes' shares, as far as targets are labels. Default true. */
  stratified?: boolean;
  /** false: the last samples are held out, whatever their classes, for samples in the order of time. Default true. */
  shuffle?: boolean;
}

/** An immutable description of samples. Subsets share the arrays; make one with `dataset`, which checks them. */
export class Dataset implements DatasetParts {
  /** A column of samples for each input. */
  readonly inputs: readonly InputColumn[];
  /** A column of targets for each output; none without targets. */
  readonly targets: readonly TargetColumn[];
  /** Of the first input: all stored samples, row-major, whether or not `rows` names them. */
  readonly x: Uint8Array | Float32Array;
  /** Of the first input: shape of one sample. */
  readonly sampleShape: readonly number[];
  /** Of the first input. */
  readonly normalization: Normalization;
  /** Of the first output: targets of all stored samples. Integers are labels, floats are rows of `targetShape`; null without targets. */
  readonly y: Uint8Array | Int32Array | Float32Array | null;
  /** Of the first output: shape of one target; `[]` for labels. */
  readonly targetShape: readonly number[];
  /** Of the first output: number of classes, where targets are labels. */
  readonly classes: number | undefined;
  /** Of the first output: how much each stored sample counts in its loss; null: all 1. */
  readonly sampleWeight: Float32Array | null;
  /** The stored samples in use, in order; null is all of them. */
  readonly rows: Int32Array | null;
  /** Number of samples in use. */
  readonly length: number;

  /** @internal use `dataset` */
  constructor({ inputs, targets, rows }: DatasetParts) {
    this.inputs = frozen(inputs);
    this.targets = frozen(targets);
    const [input] = this.inputs;
    const target = this.targets.at(0);
    this.x = input.values;
    this.sampleShape = input.shape;
    this.normalization = input.normalization;
    this.y = target?.values ?? null;
    this.targetShape = target?.shape ?? Object.freeze([]);
    this.classes = target?.classes;
    this.sampleWeight = target?.sampleWeight ?? null;
    this.rows = rows;
    this.length = rows?.length ?? storedSamples(input);
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
   * class of the first output gives its share, rounded so that the total stays (largest remainders first); without `shuffle` they are the last.
   * @throws ConfigError unless both parts get a sample, and stratified the rest one of each class
   */
  split(fraction: number, options: SplitOptions = {}): [rest: Dataset, heldOut: Dataset] {
    const { seed = 0, stratified = true, shuffle = true } = options;
    const byClass = shuffle && stratified && this.y !== null && !(this.y instanceof Float32Array);
    const labels = byClass ? Int32Array.from({ length: this.length }, (_, i) => this.label(i)) : new Int32Array(this.length);
    const taken = heldOut(labels, fraction, shuffle ? seed : null);
    const [rest, held] = [0, 1].map((part) => Int32Array.from(taken.keys()).filter((i) => taken[i] === part));
    return [this.subset(rest), this.subset(held)];
  }

  /** The same samples under another normalisation: of all inputs, or by name. `standardize` measures the samples in use; give a test set its training set's. */
  normalizedBy(normalization: PerColumn<NormalizationKind | Normalization>): Dataset {
    const { rows } = this;
    const choices = perColumn("normalizedBy", normalization, this.inputs, isByName);
    const inputs = this.inputs.map((column, k) => {
      const choice = choices[k];
      if (choice === undefined) return column;
      return { ...column, normalization: normalizationOf(choice, { x: column.values, width: product(column.shape), rows }) };
    });
    return new Dataset({ ...this, inputs });
  }

  /** @internal the same samples as part of a set with more classes than occur in it */
  withClasses(classes: number): Dataset {
    const [first, ...others] = this.targets;
    return new Dataset({ ...this, targets: [{ ...first, classes }, ...others] });
  }

  /** Sample i as a model sees it: normalised, a copy. @param input default the first */
  sample(i: number, input?: string): Float32Array {
    const { values, shape, normalization } = columnOf("sample", this.inputs, input);
    const width = product(shape);
    const from = this.row(i, "sample") * width;
    const { shift, scale } = normalization;
    const copy = new Float32Array(width);
    for (let j = 0; j < width; j++) copy[j] = Math.fround(values[from + j] - shift) / scale;
    return copy;
  }

  /** The label of sample i. @param output default the first @throws ConfigError where targets are not labels */
  label(i: number, output?: string): number {
    if (this.targets.length === 0) throw new ConfigError({ where: "label", got: "a dataset without targets", expected: "integer labels" });
    const { values } = columnOf("label", this.targets, output);
    if (values instanceof Float32Array) throw new ConfigError({ where: "label", got: "targets that are floats", expected: "integer labels" });
    return values[this.row(i, "label")];
  }

  /** How much sample i counts in the loss. @param output default the first */
  weight(i: number, output?: string): number {
    const row = this.row(i, "weight");
    if (this.targets.length === 0) return 1;
    return columnOf("weight", this.targets, output).sampleWeight?.[row] ?? 1;
  }

  private row(i: number, where: string): number {
    if (!Number.isInteger(i) || i < 0 || i >= this.length)
      throw new ConfigError({ where, got: String(i), expected: `an integer from 0 to ${this.length - 1}` });
    return this.rows === null ? i : this.rows[i];
  }
}

/** The columns, none of which changes any more; subsets share them. */
function frozen<Column extends { readonly shape: readonly number[] }>(columns: readonly Column[]): readonly Column[] {
  return Object.freeze(columns.map((column) => (Object.isFrozen(column) ? column : Object.freeze({ ...column, shape: Object.freeze([...column.shape]) }))));
}

function columnOf<Column extends { readonly name: string | null }>(where: string, columns: readonly Column[], name: string | undefined): Column {
  const found = name === undefined ? columns[0] : columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  throw new ConfigError({ where, got: JSON.stringify(name), expected: namesOf(columns) });
}

function storedSamples({ values, shape }: InputColumn): number {
  const n = values.length / product(shape);
  if (!Number.isInteger(n))
    throw new ShapeError({ where: "dataset", got: `${values.length} values`, expected: `a multiple of ${product(shape)}, samples of shape [${shape}]` });
  return n;
}
