/** A table in folds: each is encoded by what its own training rows say, and scored in the unit of the target. @module */

import { type Dataset, encodeTable, type Fold, fitTable, groupKFold, takeRows } from "../data/index.ts";
import type { TablePreprocessing } from "../data/preprocessing.ts";
import { refuseMissing } from "../data/tables/fit-table.ts";
import { columnNamed, type Table } from "../data/tables/table.ts";
import { UsageError } from "../errors.ts";
import type { FoldResult } from "../lab/index.ts";
import type { LoadedData } from "../lab/loading/loaded-data.ts";
import { type Baseline, baselinesOf, targetOf } from "./regression.ts";

/** How the table is treated, as typed. */
export interface FoldedTableOptions {
  readonly fill?: string;
  readonly unknown?: string;
  readonly features?: string;
  readonly group?: string;
}

/** The training rows, to be divided. */
export interface FoldedTable {
  readonly table: Table;
  /** The two parts of a fold: scales, gaps and categories are measured on its training rows alone. */
  readonly parts: (fold: Fold) => FoldParts;
}

export interface FoldParts {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly preprocessing: TablePreprocessing;
}

/** Null where the data are no table. */
export function foldedTable({ rows, preprocessing, train }: LoadedData, options: FoldedTableOptions): FoldedTable | null {
  if (rows === null || preprocessing?.kind !== "table") return null;
  // --limit takes the first of them.
  const table = train.length < rows.train.length ? takeRows(rows.train, [...Array(train.length).keys()]) : rows.train;
  const { target } = preprocessing;
  const columns = preprocessing.features.map(({ column }) => column);
  // Who belongs together is no news of whom a model has not seen.
  const features = options.features === undefined ? columns.filter((name) => name !== options.group) : columns;
  if (features.length === 0) throw new UsageError({ where: "--group", got: "the only feature", expected: "other columns to predict from" });
  const parts = (fold: Fold): FoldParts => {
    const training = takeRows(table, fold.train);
    const fitted = fitTable(training, {
      target: target.column,
      features,
      missing: (options.fill as "mean" | "median" | undefined) ?? "error",
      unknown: (options.unknown as "error" | "none" | undefined) ?? "error",
    });
    // The names of the classes are no measurement: a class that only later rows have stays one.
    const own: TablePreprocessing = target.kind === "classes" ? { ...fitted, target } : fitted;
    return { train: encodeTable(training, own), test: encodeTable(takeRows(table, fold.test), own), preprocessing: own };
  };
  return { table, parts };
}

/** Folds that keep rows with one value of a column together. @throws ConfigError, DataFormatError */
export function foldsByGroup(table: Table, name: string, splits: number, seed: number): Fold[] {
  const column = columnNamed(table, name, "--group");
  refuseMissing(table, column, "every row belongs to a group");
  return groupKFold(column.kind === "numbers" ? column.values : column.codes, { splits, seed });
}

/** The metrics that {@link inUnits} needs. */
export const METRICS_OF_NUMBERS = ["mae", "mse", "r2"];

/** Scores of a fold in the unit of the target, and what simpler predictions make of it. Others stay as they are. */
export function inUnits(result: FoldResult, { train, test, preprocessing }: FoldParts): { result: FoldResult; baselines: Baseline[] } {
  if (preprocessing.target.kind !== "number") return { result, baselines: [] };
  const { scaling } = targetOf(preprocessing);
  const { loss, mae, mse, r2 } = result.scores;
  const scores = { loss, mae: mae * scaling.scale, rmse: Math.sqrt(mse) * scaling.scale, r2 };
  return { result: { ...result, scores }, baselines: baselinesOf(train, test, scaling) };
}
