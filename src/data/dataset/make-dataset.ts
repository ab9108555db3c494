/** Datasets from arrays. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { isRecord, type PerColumn, perColumn } from "./by-name.ts";
import { type InputColumn, product, type TargetColumn } from "./columns.ts";
import { Dataset } from "./dataset.ts";
import { inputColumn, type NumberArray, sampleWeights, targetColumn } from "./make-columns.ts";
import type { Nested } from "./nested.ts";
import { isByName, type Normalization, type NormalizationKind } from "./normalization.ts";

/** What {@link dataset} takes. With several inputs or outputs, options are one value for all of them, or an object by name. */
export interface DatasetOptions {
  /**
   * Samples: a typed array of them one after another, or nested arrays; for a model of several inputs an object of such by their names. Bytes stay
   * bytes; all else becomes f32, which holds integers up to 2^24 exactly. A Uint8Array or Float32Array is not copied: leave it unchanged.
   */
  x: PerColumn<NumberArray | Nested>;
  /**
   * Targets, or an object of such by the names of outputs. Integer typed arrays, and flat arrays of non-negative integers, are labels; everything
   * else is floats, of shape `targetShape`. For a regression on whole numbers give a Float32Array.
   */
  y?: PerColumn<NumberArray | Nested> | null;
  /**
   * How much each sample counts: its loss is multiplied by this, in `fit` and `evaluate`; metrics are not. Finite, 0 or more. The mean is still
   * taken over the number of samples, as in Keras. One list for all outputs, or an object by their names. Default: all 1. A Float32Array is not
   * copied: leave it unchanged.
   */
  sampleWeight?: PerColumn<NumberArray | readonly number[] | null>;
  /** Shape of one sample; needed unless `x` is nested. */
  sampleShape?: PerColumn<readonly number[]>;
  /** Shape of one float target. Default: as nested, or `[values per sample]`, or `[]` for one. */
  targetShape?: PerColumn<readonly number[]>;
  /** Number of classes. Default for labels: the largest label + 1. */
  classes?: PerColumn<number>;
  /** Default `unit` for bytes, `none` for everything else. Indices (of words, say) in bytes want `none`. */
  normalization?: PerColumn<NormalizationKind | Normalization>;
}

/**
 * A dataset from arrays.
 * @throws ShapeError where lengths or shapes do not fit, ConfigError for a label, a weight or an index outside its range or an unknown name, NumericError
 * for a NaN or an infinity
 * @example
 * dataset({ x: { image, table }, y: { digit, isEven }, sampleShape: { image: [28, 28, 1], table: [5] } });
 */
export function dataset(options: DatasetOptions): Dataset {
  const x = columns("x", options.x);
  const y = options.y === undefined || options.y === null ? [] : columns("y", options.y);
  const shapes = perColumn("dataset, sampleShape", options.sampleShape, x);
  const normalizations = perColumn("dataset, normalization", options.normalization, x, isByName);
  const targetShapes = perColumn("dataset, targetShape", options.targetShape, y);
  const classes = perColumn("dataset, classes", options.classes, y);
  const given = perColumn("dataset, sampleWeight", options.sampleWeight ?? undefined, y);
  const inputs = x.map((column, k) => inputColumn(column, { shape: shapes[k], normalization: normalizations[k] }));
  const n = inputs[0].values.length / product(inputs[0].shape);
  inputs.forEach((column, k) => checkLength(x[k].where, column, n, x[0].where));
  if (y.length === 0 && options.sampleWeight != null)
    throw new ConfigError({ where: "dataset, sampleWeight", got: "weights of samples without targets", expected: "targets y, whose loss they multiply" });
  // One array for all outputs stays one.
  const checked = new Map<unknown, Float32Array>();
  given.forEach((weights, k) => {
    if (weights == null || checked.has(weights)) return;
    checked.set(weights, sampleWeights(`dataset, sampleWeight${isRecord(options.sampleWeight) ? `.${y[k].name}` : ""}`, weights, n));
  });
  const targets = y.map(
    (column, k): TargetColumn => ({
      ...targetColumn(column, n, { shape: targetShapes[k], classes: classes[k] }),
      sampleWeight: checked.get(given[k]) ?? null,
    }),
  );
  return new Dataset({ inputs, targets, rows: null });
}

/** One array under no name, or several under theirs. */
function columns(option: "x" | "y", given: PerColumn<NumberArray | Nested>) {
  if (!isRecord(given)) return [{ name: null, where: `dataset, ${option}`, given }];
  const entries = Object.entries(given as Readonly<Record<string, NumberArray | Nested>>);
  if (entries.length === 0 || entries.some(([name]) => name === ""))
    throw new ConfigError({ where: `dataset, ${option}`, got: JSON.stringify(Object.keys(given)), expected: "an object with an array for each name" });
  return entries.map(([name, values]) => ({ name, where: `dataset, ${option}.${name}`, given: values }));
}

function checkLength(where: string, { values, shape }: InputColumn, n: number, first: string): void {
  const own = values.length / product(shape);
  if (own !== n) throw new ShapeError({ where, got: `${own} samples`, expected: `${n}, as in ${first}` });
}
