/** Windows over a series: what a model sees of the past, and what it is to predict. @module */
import { ConfigError, DataFormatError, ShapeError } from "../../errors.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { dataset } from "../dataset/make-dataset.ts";
import type { ScalerKind, SeriesPreprocessing } from "../preprocessing.ts";
import { MOST_NUMBERS, scaled } from "./encode-table.ts";
import { refuseMissing } from "./fit-table.ts";
import { fitScaling } from "./scaling.ts";
import { columnNamed, type NumberColumn, placeOf, quoted, type Table } from "./table.ts";

/** Options of {@link fitSeries}. */
export interface FitSeriesOptions {
  /** The column to predict. */
  target: string;
  /** The columns that the model sees. Default: the target alone. */
  features?: readonly string[];
  /** How many steps the model sees. */
  length: number;
  /** Which step behind them it predicts. Default 1, the next. */
  horizon?: number;
  /** `"last"`: the value at `horizon`; `"all"`: those at 1 to `horizon`. Default `"last"`. */
  steps?: "last" | "all";
  /** Default `"standard"`. */
  scaler?: ScalerKind;
}

/** Options of {@link windows}. */
export interface WindowsOptions {
  /** The first row that may be a target: windows may look back behind it. Default: the first there is. */
  from?: number;
  /** The row before which all targets lie. Default: the number of rows. */
  to?: number;
  /** Steps from one window to the next. Default 1. */
  stride?: number;
}

/**
 * How a series, the rows of a table in the order of time, becomes windows. Give it the past only, the rows before the first that is held out: scales are
 * measured on it.
 * @throws ConfigError for unknown columns and options, DataFormatError naming line and column of a missing value or a column of words
 */
export function fitSeries(past: Table, options: FitSeriesOptions): SeriesPreprocessing {
  const { target, features = [target], length, horizon = 1, steps = "last", scaler = "standard" } = options;
  const where = "fitSeries";
  for (const [name, value] of Object.entries({ length, horizon })) checkCount(`${where}, ${name}`, value);
  if (steps !== "last" && steps !== "all") throw new ConfigError({ where: `${where}, steps`, got: JSON.stringify(steps), expected: '"last" or "all"' });
  const twice = features.find((name, i) => features.indexOf(name) !== i);
  if (features.length === 0 || twice !== undefined)
    throw new ConfigError({
      where: `${where}, features`,
      got: twice === undefined ? "none" : `${JSON.stringify(twice)} twice`,
      expected: "columns, each once",
    });
  if (past.length === 0) throw new ShapeError({ where: `${where}, ${past.source}`, got: "no rows", expected: "the rows of the past" });
  const fitted = (name: string) => {
    const { values } = seriesColumn(past, name, where);
    return { column: name, scaling: fitScaling(values, scaler, `${past.source}, column ${JSON.stringify(name)}`) };
  };
  return { kind: "series", length, horizon, steps, features: features.map(fitted), target: fitted(target) };
}

/**
 * Windows over the rows of a table in the order of time: samples [length, features], targets [] (the value `horizon` steps behind the window) or
 * [horizon] (all up to it). Only targets decide to which part a window belongs: with `to` a window ends before the rows from `to` on, so that nothing
 * of a held-out part is seen, and with `from` the first windows look back into what came before, as they would in use. Windows are copies that overlap:
 * at most 2^28 numbers.
 * @throws ShapeError for a series that is shorter than a window and its targets, ConfigError for too many numbers, DataFormatError naming line and column
 * of a missing value, NumericError for a number that is beyond f32 when scaled
 */
export function windows(series: Table, preprocessing: SeriesPreprocessing, options: WindowsOptions = {}): Dataset {
  const { length, horizon, steps, features, target } = preprocessing;
  const { from = 0, to = series.length, stride = 1 } = options;
  const where = `windows, ${series.source}`;
  checkCount("windows, stride", stride);
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > series.length || from >= to)
    throw new ConfigError({ where, got: `rows from ${from} to ${to}`, expected: `some of the rows 0 to ${series.length}` });
  // A window is told by the row behind its last.
  const ahead = steps === "all" ? 1 : horizon;
  const first = Math.max(length, from - ahead + 1);
  const last = to - horizon;
  if (last < first) {
    const needed = Math.max(length + horizon, from + horizon - ahead + 1);
    throw new ShapeError({
      where,
      got: from === 0 ? `${to} rows` : `rows ${from} to ${to}`,
      expected: `at least ${needed} rows from the beginning: a window of ${length} and what is ${horizon} ${horizon === 1 ? "step" : "steps"} behind it`,
      hint: "a shorter window, or a longer series",
    });
  }
  const count = Math.floor((last - first) / stride) + 1;
  const width = length * features.length;
  if (count * width > MOST_NUMBERS) {
    throw new ConfigError({
      where,
      got: `${count} windows of [${length},${features.length}], ${count * width} numbers`,
      expected: `at most ${MOST_NUMBERS}: windows are copies`,
      hint: "a longer stride, or a shorter window",
    });
  }
  const seen = features.map(({ column, scaling }) => scaledColumn(series, column, scaling));
  const aims = scaledColumn(series, target.column, target.scaling);
  const x = new Float32Array(count * width);
  const wide = steps === "all" ? horizon : 1;
  const y = new Float32Array(count * wide);
  for (let i = 0; i < count; i++) {
    const end = first + i * stride;
    writeWindow(x, i * width, seen, end - length, length);
    for (let k = 0; k < wide; k++) y[i * wide + k] = aims[end + ahead - 1 + k];
  }
  return dataset({ x, y, sampleShape: [length, features.length], targetShape: steps === "all" ? [horizon] : [] });
}

/** The window at the end of a series, a dataset of one sample without targets: what a forecast is made from. @throws ShapeError, DataFormatError, NumericError */
export function lastWindow(series: Table, preprocessing: SeriesPreprocessing): Dataset {
  const { length, features } = preprocessing;
  if (series.length < length)
    throw new ShapeError({
      where: `lastWindow, ${series.source}`,
      got: `${series.length} rows`,
      expected: `at least ${length}, a window`,
      hint: "a longer series",
    });
  const x = new Float32Array(length * features.length);
  const seen = features.map(({ column, scaling }) => scaledColumn(series, column, scaling));
  writeWindow(x, 0, seen, series.length - length, length);
  return dataset({ x, sampleShape: [length, features.length] });
}

function writeWindow(x: Float32Array, at: number, columns: readonly Float32Array[], row: number, length: number): void {
  for (let t = 0; t < length; t++) for (let k = 0; k < columns.length; k++) x[at + t * columns.length + k] = columns[k][row + t];
}

function scaledColumn(series: Table, name: string, scaling: SeriesPreprocessing["target"]["scaling"]): Float32Array {
  const { values } = seriesColumn(series, name, "windows");
  return Float32Array.from(values, (value, row) => scaled(value, scaling, () => placeOf(series, row, name)));
}

/** A column of numbers without gaps. */
function seriesColumn(series: Table, name: string, where: string): NumberColumn {
  const column = columnNamed(series, name, where);
  if (column.kind !== "numbers") {
    throw new DataFormatError({
      where: `${series.source}, column ${JSON.stringify(name)}`,
      got: `words (${quoted(column.categories.slice(0, 3))})`,
      expected: "numbers",
      hint: "a series has numbers; leave other columns out of the features",
    });
  }
  refuseMissing(series, column, "fill the gap: a series has a value at each step");
  return column;
}

function checkCount(where: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 1) throw new ConfigError({ where, got: String(value), expected: "a positive integer" });
}
