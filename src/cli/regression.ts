/** Predicted numbers against the truth, in the unit of the target. @module */
import type { Dataset } from "../data/dataset/dataset.ts";
import type { Preprocessing, Scaling } from "../data/preprocessing.ts";
import type { Table } from "../data/tables/table.ts";
import { leastSquares } from "../lab/statistics/index.ts";
import { measure } from "../metrics/index.ts";
import type { Model } from "../model/model.ts";
import type { Io } from "./io.ts";
import { columnsOfRows, digits } from "./rows.ts";
import { drawTable } from "./text-table.ts";

/** How far predictions are from the truth. */
export interface NumberScores {
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Share of the truth's variance that they explain; NaN of a single sample. */
  readonly r2: number;
}

/** Something to compare a model with. */
export interface Baseline {
  /** Of the JSON. */
  readonly key: string;
  readonly name: string;
  readonly scores: NumberScores;
}

/** A prediction of each sample, its truth, and how good they are. */
export interface NumberVerdict {
  readonly truth: Float64Array;
  readonly said: Float64Array;
  readonly scores: NumberScores;
}

/** More features than these take long, and the answer says little. */
const MOST_FEATURES = 200;
const MOST_SAMPLES = 100_000;
const WORST = 5;

/** The target's name, and how its numbers are turned back. */
export function targetOf(preprocessing: Preprocessing | null): { name: string; scaling: Scaling } {
  const scaling = { kind: "none", shift: 0, scale: 1 } as const;
  if (preprocessing === null || preprocessing.kind === "images") return { name: "target", scaling };
  const { target } = preprocessing;
  return { name: target.column, scaling: "scaling" in target ? target.scaling : scaling };
}

/** Predicts a dataset and compares. */
export async function judgeNumbers(model: Model, data: Dataset, { shift, scale }: Scaling): Promise<NumberVerdict> {
  const output = (await model.predict(data)) as Float32Array;
  const truth = targetsOf(data).map((value) => value * scale + shift);
  const said = Float64Array.from(output, (value) => value * scale + shift);
  return { truth, said, scores: scoresOf(truth, said) };
}

/**
 * What the training data say without a network: a linear model where it is cheap, and their mean. In the unit of the target.
 * @param train null: the mean, if the scaling knows it
 */
export function baselinesOf(train: Dataset | null, test: Dataset, { kind, shift, scale }: Scaling): Baseline[] {
  if (train === null && kind !== "standard") return [];
  const y = train === null ? Float64Array.of(shift) : targetsOf(train).map((value) => value * scale + shift);
  const truth = targetsOf(test).map((value) => value * scale + shift);
  const middle = y.reduce((sum, value) => sum + value, 0) / y.length;
  const always = truth.map(() => middle);
  const mean = { key: "trainingMean", name: `the training mean, ${digits(middle)}`, scores: scoresOf(truth, always) };
  if (train === null || train.sampleShape.length !== 1 || train.sampleShape[0] > MOST_FEATURES || train.length > MOST_SAMPLES) return [mean];
  const { intercept, coefficients } = leastSquares(featuresOf(train), y);
  const width = coefficients.length;
  const x = featuresOf(test);
  const said = truth.map((_, i) => coefficients.reduce((sum, coefficient, j) => sum + coefficient * x[i * width + j], intercept));
  return [{ key: "leastSquares", name: "least squares", scores: scoresOf(truth, said) }, mean];
}

function scoresOf(truth: Float64Array, said: Float64Array): NumberScores {
  return { mae: measure("mae", truth, said), rmse: Math.sqrt(measure("mse", truth, said)), r2: measure("r2", truth, said) };
}

/** The targets of the samples in use. */
function targetsOf({ y, rows, length }: Dataset): Float64Array {
  return Float64Array.from({ length }, (_, i) => (y as Float32Array)[rows === null ? i : rows[i]]);
}

/** The samples in use, one after another. */
function featuresOf(data: Dataset): Float64Array {
  const [width] = data.sampleShape;
  const x = new Float64Array(data.length * width);
  for (let i = 0; i < data.length; i++) x.set(data.sample(i), i * width);
  return x;
}

/** The model beside what is simpler. */
export function drawScores(scores: NumberScores, baselines: readonly Baseline[], io: Io): string {
  const rows = [{ name: "this model", scores }, ...baselines];
  const column = (name: string, cell: (scores: NumberScores) => string) => ({ name, cells: rows.map((row) => cell(row.scores)), isNumber: true });
  return drawTable(
    [
      { name: "", cells: rows.map(({ name }) => name), isNumber: false },
      column("MAE", ({ mae }) => digits(mae)),
      column("RMSE", ({ rmse }) => digits(rmse)),
      column("R²", ({ r2 }) => (Number.isNaN(r2) ? "-" : r2.toFixed(4))),
    ],
    io,
  );
}

/** The predictions that are furthest off. */
export function drawWorst({ truth, said }: NumberVerdict, name: string, rows: Table | null, io: Io): string {
  const order = Array.from(truth.keys()).sort((a, b) => Math.abs(said[b] - truth[b]) - Math.abs(said[a] - truth[a]) || a - b);
  const worst = order.slice(0, WORST);
  const { line, values } = rows === null ? { line: null, values: [] } : columnsOfRows(rows, worst, [name]);
  return drawTable(
    [
      ...(line === null ? [{ name: "sample", cells: worst.map(String), isNumber: true }] : [line]),
      { name, cells: worst.map((i) => digits(truth[i])), isNumber: true },
      { name: "predicted", cells: worst.map((i) => digits(said[i])), isNumber: true },
      { name: "off by", cells: worst.map((i) => `${said[i] > truth[i] ? "+" : ""}${digits(said[i] - truth[i])}`), isNumber: true },
      ...values,
    ],
    io,
  );
}
