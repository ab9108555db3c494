/** Columns of a dataset from arrays. @module */
import { ConfigError, NumericError, ShapeError } from "../../errors.ts";
import { firstNonFinite } from "../../finite.ts";
import { type InputColumn, product, type TargetColumn } from "./columns.ts";
import { flattenNested, type Nested } from "./nested.ts";
import { defaultKind, type Normalization, type NormalizationKind, normalizationOf } from "./normalization.ts";

/** Numbers in any typed array. */
export type NumberArray = Uint8Array | Uint8ClampedArray | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** What a column is made from. */
export interface Given {
  readonly name: string | null;
  /** For messages: `dataset, x.image`. */
  readonly where: string;
  readonly given: NumberArray | Nested;
}

/** f32 holds every integer up to here. */
const LARGEST_EXACT = 2 ** 24;

/** The column of an input. @throws ShapeError, ConfigError, NumericError */
export function inputColumn(
  { name, where, given }: Given,
  options: { shape: readonly number[] | undefined; normalization: NormalizationKind | Normalization | undefined },
): InputColumn {
  const samples = ArrayBuffer.isView(given) ? { values: given as NumberArray, shape: null } : flattenNested(given, where);
  const shape = checkShape(where, "sampleShape", options.shape ?? samples.shape?.slice(1) ?? []);
  if (options.shape === undefined && shape.length === 0) {
    throw new ShapeError({ where, got: "flat data without sampleShape", expected: "the shape of one sample, such as sampleShape: [28, 28, 1]" });
  }
  const width = product(shape);
  const n = samples.values.length / width;
  if (!Number.isInteger(n) || (samples.shape !== null && samples.shape.length > 1 && samples.shape[0] !== n)) {
    throw new ShapeError({
      where,
      got: samples.shape === null ? `${samples.values.length} values` : `shape [${samples.shape}]`,
      expected: `samples of shape [${shape}], ${width} values each`,
    });
  }
  const values = storedNumbers(where, samples.values, width);
  if (values instanceof Float32Array) checkFinite(where, values, width);
  return { name, values, shape, normalization: normalizationOf(options.normalization ?? defaultKind(values), { x: values, width, rows: null }) };
}

/** The column of an output's targets, for n samples. @throws ShapeError, ConfigError, NumericError */
export function targetColumn(
  { name, where, given }: Given,
  n: number,
  { shape: wanted, classes }: { shape: readonly number[] | undefined; classes: number | undefined },
): Omit<TargetColumn, "sampleWeight"> {
  const { values, shape } = ArrayBuffer.isView(given) ? { values: given as NumberArray, shape: null } : flattenNested(given, where);
  const flat = shape === null || shape.length === 1;
  const floats =
    values instanceof Float32Array || (values instanceof Float64Array && (shape === null || !values.every((value) => Number.isInteger(value) && value >= 0)));
  if (flat && wanted === undefined && (!floats || classes !== undefined)) {
    if (values.length !== n) throw new ShapeError({ where, got: `${values.length} labels`, expected: `${n}, one per sample` });
    return { name, ...labels(where, values, classes) };
  }
  const rowShape = checkShape(where, "targetShape", wanted ?? shape?.slice(1) ?? (values.length === n || n === 0 ? [] : [values.length / n]));
  if (values.length !== n * product(rowShape)) {
    throw new ShapeError({ where, got: `${values.length} values`, expected: `${n} targets of shape [${rowShape}]` });
  }
  const rows = Float32Array.from(values);
  checkFinite(where, rows, product(rowShape));
  return { name, values: rows, shape: rowShape, classes };
}

function labels(where: string, values: NumberArray, given: number | undefined): Pick<TargetColumn, "values" | "shape" | "classes"> {
  if (given !== undefined && (!Number.isInteger(given) || given < 1 || given > 2 ** 31 - 1))
    throw new ConfigError({ where: `${where}, classes`, got: String(given), expected: "a positive integer" });
  const most = given ?? 2 ** 31 - 1;
  let largest = -1;
  for (let i = 0; i < values.length; i++) {
    const label = values[i];
    if (!Number.isInteger(label) || label < 0 || label >= most) {
      throw new ConfigError({
        where: `${where}[${i}]`,
        got: `label ${label}`,
        expected: `an integer from 0 to ${most - 1}`,
        hint: given === undefined ? undefined : `classes is ${given}`,
      });
    }
    if (label > largest) largest = label;
  }
  return {
    values: values instanceof Uint8Array || values instanceof Int32Array ? values : Int32Array.from(values),
    shape: [],
    classes: given ?? largest + 1,
  };
}

/** Weights of n samples. @throws ShapeError, ConfigError */
export function sampleWeights(where: string, given: NumberArray | readonly number[], n: number): Float32Array {
  if (given.length !== n) throw new ShapeError({ where, got: `${given.length} values`, expected: `${n}, one per sample` });
  const values = given instanceof Float32Array ? given : Float32Array.from(given);
  const at = values.findIndex((value) => !(Number.isFinite(value) && value >= 0));
  if (at >= 0) throw new ConfigError({ where: `${where}[${at}]`, got: String(given[at]), expected: "a finite f32 number, 0 or more" });
  return values;
}

/** Numbers as they are stored: bytes, or f32. @throws ConfigError for an integer that f32 would round */
export function storedNumbers(where: string, values: NumberArray, width: number): Uint8Array | Float32Array {
  if (values instanceof Uint8ClampedArray) return new Uint8Array(values.buffer, values.byteOffset, values.length);
  if (values instanceof Uint8Array || values instanceof Float32Array) return values;
  if (values instanceof Int32Array || values instanceof Uint32Array) {
    const at = values.findIndex((value) => Math.abs(value) > LARGEST_EXACT);
    if (at >= 0) {
      throw new ConfigError({
        where: `${where}, sample ${Math.floor(at / width)}, element ${at % width}`,
        got: String(values[at]),
        expected: "an integer up to 2^24: larger ones are not exact in f32",
        hint: "give a Float32Array, if it may be rounded",
      });
    }
  }
  if (values instanceof DataView || typeof (values[0] ?? 0) !== "number")
    throw new ConfigError({ where, got: Object.prototype.toString.call(values).slice(8, -1), expected: "a typed array of numbers" });
  return Float32Array.from(values);
}

function checkShape(where: string, option: string, shape: readonly number[]): readonly number[] {
  if (!Array.isArray(shape) || !shape.every((dim) => Number.isInteger(dim) && dim > 0)) {
    throw new ShapeError({ where: `${where}, ${option}`, got: JSON.stringify(shape) ?? String(shape), expected: "positive integers" });
  }
  return shape;
}

function checkFinite(where: string, values: Float32Array, width: number): void {
  const at = firstNonFinite(values);
  if (at >= 0) {
    throw new NumericError({
      where: `${where}, sample ${Math.floor(at / width)}, element ${at % width}`,
      got: String(values[at]),
      expected: "a finite f32 number",
      hint: "remove or replace such samples first",
    });
  }
}
