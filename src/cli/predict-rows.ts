/** What a model says of the rows of a table. @module */
import type { TablePreprocessing } from "../data/preprocessing.ts";
import { takeRows } from "../data/tables/table-rows.ts";
import { integer, percent } from "../format.ts";
import { rowsToPredict, type TableFormat } from "../lab/loading/load-table.ts";
import type { Model } from "../model/model.ts";
import { predictTable, type TablePrediction } from "../model/predict-table.ts";
import type { Io } from "./io.ts";
import { columnsOfRows, digits, valueText } from "./rows.ts";
import { drawTable, type TextColumn } from "./text-table.ts";

/** Rows of a file that are shown to people unless they ask for more. */
const SHOWN = 10;

/** How rows are told. */
export interface PredictRowsOptions {
  readonly limit: number | undefined;
  readonly json: boolean;
  readonly format: TableFormat;
  readonly io: Io;
}

/** Predicts the rows of a file, in the unit of the target or by the names of its classes, beside the truth where the file has it. */
export async function predictRows(
  model: Model,
  preprocessing: TablePreprocessing,
  file: string,
  { limit, json, format, io }: PredictRowsOptions,
): Promise<void> {
  const all = await rowsToPredict(file, preprocessing, format, "--");
  const count = Math.min(limit ?? (json ? all.length : SHOWN), all.length);
  const numbers = Int32Array.from({ length: count }, (_, i) => i);
  const rows = takeRows(all, numbers);
  const prediction = await predictTable(model, rows);
  if (json) {
    numbers.forEach((i) => {
      io.json({ event: "prediction", file, index: i, line: rows.lines?.[i] ?? null, ...answer(prediction, i) });
    });
    return;
  }
  const { bold, dim } = io.colour;
  const { column: target } = preprocessing.target;
  const { line, values } = columnsOfRows(rows, Array.from(numbers), [target]);
  const truth = rows.columns.filter(({ name }) => name === target);
  const known = truth.map((column) => ({ name: target, cells: Array.from(numbers, (row) => valueText(column, row)), isNumber: column.kind === "numbers" }));
  io.print(`${bold(file)}\n${drawTable([line, ...answerColumns(prediction, target), ...known, ...values], io)}`);
  if (count < all.length) io.print(dim(`... ${integer(all.length - count)} more rows (--limit N, or --json for all)`));
}

/** What is said of a row, for programs. */
function answer(prediction: TablePrediction, row: number): Record<string, unknown> {
  if (prediction.kind === "numbers") return { value: prediction.values[row] };
  const { labels, classes } = prediction;
  return { class: classes.indexOf(labels[row]), name: labels[row], probabilities: Array.from(probabilitiesOf(prediction, row)) };
}

/** What is said of all rows, for people. */
function answerColumns(prediction: TablePrediction, target: string): TextColumn[] {
  const name = `${target}, predicted`;
  if (prediction.kind === "numbers") return [{ name, cells: Array.from(prediction.values, (value) => digits(value)), isNumber: true }];
  const sure = prediction.labels.map((_, row) => percent(Math.max(...probabilitiesOf(prediction, row)), 0));
  return [
    { name, cells: prediction.labels, isNumber: false },
    { name: "sure", cells: sure, isNumber: true },
  ];
}

function probabilitiesOf({ classes, probabilities }: TablePrediction & { kind: "classes" }, row: number): Float32Array {
  return probabilities.subarray(row * classes.length, (row + 1) * classes.length);
}
