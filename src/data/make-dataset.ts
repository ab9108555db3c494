/** Datasets from arrays. @module */
import { ConfigError, NumericError, ShapeError } from "../errors.ts";
import { firstNonFinite } from "../finite.ts";
import { Dataset, product } from "./dataset.ts";
import { flattenNested, type Nested } from "./nested.ts";
import { defaultKind, type Normalization, type NormalizationKind, normalizationOf } from "./normalization.ts";

/** Numbers in any typed array. */
export type NumberArray = Uint8Array | Uint8ClampedArray | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** What {@link dataset} takes. */
export interface DatasetOptions {
  /** Samples: a typed array of them one after another, or nested arrays. Bytes stay bytes; all else becomes f32. A Uint8Array or Float32Array is not copied: leave it unchanged. */
  x: NumberArray | Nested;
  /**
   * Targets. Integer typed arrays, and flat arrays of non-negative integers, are labels; everything else is floats, of shape `targetShape`.
   * For a regression on whole numbers give a Float32Array.
   */
  y?: NumberArray | Nested | null;
  /**
   * How much each sample counts: its loss is multiplied by this, in `fit` and `evaluate`; metrics are not. Finite, 0 or more. The mean is still
   * taken over the number of samples, as in Keras. Default: all 1. A Float32Array is not copied: leave it unchanged.
   */
  sampleWeight?: NumberArray | readonly number[] | null;
  /** Shape of one sample; needed unless `x` is nested. */
  sampleShape?: readonly number[];
  /** Shape of one float target. Default: as nested, or `[values per sample]`, or `[]` for one. */
  targetShape?: readonly number[];
  /** Number of classes. Default for labels: the largest label + 1. */
  classes?: number;
  /** Default `unit` for bytes, `none` for floats. */
  normalization?: NormalizationKind | Normalization;
}

/**
 * A dataset from arrays.
 * @throws ShapeError where lengths or shapes do not fit, ConfigError for a label or a weight outside its range, NumericError for a NaN or an infinity
 */
export function dataset(options: DatasetOptions): Dataset {
  const samples = ArrayBuffer.isView(options.x) ? { values: options.x as NumberArray, shape: null } : flattenNested(options.x, "dataset, x");
  const sampleShape = checkShape("sampleShape", options.sampleShape ?? samples.shape?.slice(1) ?? []);
  if (options.sampleShape === undefined && sampleShape.length === 0) {
    throw new ShapeError({ where: "dataset", got: "flat data without sampleShape", expected: "the shape of one sample, such as sampleShape: [28, 28, 1]" });
  }
  const width = product(sampleShape);
  const n = samples.values.length / width;
  if (!Number.isInteger(n) || (samples.shape !== null && samples.shape.length > 1 && samples.shape[0] !== n)) {
    throw new ShapeError({
      where: "dataset, x",
      got: samples.shape === null ? `${samples.values.length} values` : `shape [${samples.shape}]`,
      expected: `samples of shape [${sampleShape}], ${width} values each`,
    });
  }
  const x = toStored(samples.values);
  if (x instanceof Float32Array) checkFinite("x", x, width);
  const { y, targetShape, classes } = targets(options, n);
  const normalization = normalizationOf(options.normalization ?? defaultKind(x), { x, width, rows: null });
  return new Dataset({ x, sampleShape, y, targetShape, classes, sampleWeight: weights(options.sampleWeight, n), rows: null, normalization });
}

function weights(given: DatasetOptions["sampleWeight"], n: number): Float32Array | null {
  if (given === undefined || given === null) return null;
  if (given.length !== n) throw new ShapeError({ where: "dataset, sampleWeight", got: `${given.length} values`, expected: `${n}, one per sample` });
  const values = given instanceof Float32Array ? given : Float32Array.from(given);
  const at = values.findIndex((value) => !(Number.isFinite(value) && value >= 0));
  if (at >= 0) throw new ConfigError({ where: `dataset, sampleWeight[${at}]`, got: String(given[at]), expected: "a finite f32 number, 0 or more" });
  return values;
}

function targets({ y, targetShape: wanted, classes }: DatasetOptions, n: number): Pick<Dataset, "y" | "targetShape" | "classes"> {
  if (y === undefined || y === null) return { y: null, targetShape: [], classes };
  const { values, shape } = ArrayBuffer.isView(y) ? { values: y as NumberArray, shape: null } : flattenNested(y, "dataset, y");
  const flat = shape === null || shape.length === 1;
  const floats =
    values instanceof Float32Array || (values instanceof Float64Array && (shape === null || !values.every((value) => Number.isInteger(value) && value >= 0)));
  if (flat && wanted === undefined && (!floats || classes !== undefined)) {
    if (values.length !== n) throw new ShapeError({ where: "dataset, y", got: `${values.length} labels`, expected: `${n}, one per sample` });
    return labels(values, classes);
  }
  const rowShape = checkShape("targetShape", wanted ?? shape?.slice(1) ?? (values.length === n || n === 0 ? [] : [values.length / n]));
  if (values.length !== n * product(rowShape)) {
    throw new ShapeError({ where: "dataset, y", got: `${values.length} values`, expected: `${n} targets of shape [${rowShape}]` });
  }
  const rows = Float32Array.from(values);
  checkFinite("y", rows, product(rowShape));
  return { y: rows, targetShape: rowShape, classes };
}

function labels(values: NumberArray, given: number | undefined): Pick<Dataset, "y" | "targetShape" | "classes"> {
  if (given !== undefined && (!Number.isInteger(given) || given < 1 || given > 2 ** 31 - 1))
    throw new ConfigError({ where: "dataset, classes", got: String(given), expected: "a positive integer" });
  const most = given ?? 2 ** 31 - 1;
  let largest = -1;
  for (let i = 0; i < values.length; i++) {
    const label = values[i];
    if (!Number.isInteger(label) || label < 0 || label >= most) {
      throw new ConfigError({
        where: `dataset, y[${i}]`,
        got: `label ${label}`,
        expected: `an integer from 0 to ${most - 1}`,
        hint: given === undefined ? undefined : `classes is ${given}`,
      });
    }
    if (label > largest) largest = label;
  }
  return { y: values instanceof Uint8Array || values instanceof Int32Array ? values : Int32Array.from(values), targetShape: [], classes: given ?? largest + 1 };
}

function toStored(values: NumberArray): Uint8Array | Float32Array {
  if (values instanceof Uint8ClampedArray) return new Uint8Array(values.buffer, values.byteOffset, values.length);
  return values instanceof Uint8Array || values instanceof Float32Array ? values : Float32Array.from(values);
}

function checkShape(name: string, shape: readonly number[]): readonly number[] {
  if (!Array.isArray(shape) || !shape.every((dim) => Number.isInteger(dim) && dim > 0)) {
    throw new ShapeError({ where: `dataset, ${name}`, got: JSON.stringify(shape) ?? String(shape), expected: "positive integers" });
  }
  return shape;
}

function checkFinite(name: string, values: Float32Array, width: number): void {
  const at = firstNonFinite(values);
  if (at >= 0) {
    throw new NumericError({
      where: `dataset, ${name}, sample ${Math.floor(at / width)}, element ${at % width}`,
      got: String(values[at]),
      expected: "a finite f32 number",
      hint: "remove or replace such samples first",
    });
  }
}
