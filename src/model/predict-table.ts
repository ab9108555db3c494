/** Predictions in the terms of a table or a series: what was done to the training data is done to these, and undone to what the model says. @module */

import type { Dataset } from "../data/dataset/dataset.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { decodeTarget, encodeTable } from "../data/tables/encode-table.ts";
import { lastWindow } from "../data/tables/series.ts";
import type { Table } from "../data/tables/table.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import { answered, likeliest } from "../metrics/index.ts";
import { formatShape } from "../shape.ts";
import type { Model } from "./model.ts";

/** What {@link predictTable} resolves to: a number for each row, in the unit of the target's column, or the name of its likeliest class. */
export type TablePrediction =
  | { readonly kind: "numbers"; readonly values: Float64Array }
  | {
      readonly kind: "classes";
      readonly labels: readonly string[];
      /** The names of the classes, in the order of the probabilities. */
      readonly classes: readonly string[];
      /** Of each class for each row, one row after another. */
      readonly probabilities: Float32Array;
    };

/**
 * What a model whose `preprocessing` is that of a table says of each row of another; the column to predict need not be there. Of two classes the model may
 * have one output, the probability of the second.
 * @throws ConfigError for a model without such a preprocessing or columns that are missing, DataFormatError naming line and column, ShapeError for a model of
 * another input or number of outputs, NumericError for a row of which it says nothing, but NaN
 */
export async function predictTable(model: Model, table: Table): Promise<TablePrediction> {
  const preprocessing = preprocessingOf(model, "table", "predictTable");
  const output = await outputOf("predictTable", model, encodeTable(table, preprocessing, { targets: false }));
  const { target } = preprocessing;
  if (target.kind === "number") {
    checkOutputs("predictTable", output, table.length, 1);
    return { kind: "numbers", values: decodeTarget(output, preprocessing) as Float64Array };
  }
  const { classes } = target;
  const single = classes.length === 2 && output.length === table.length;
  if (!single) checkOutputs("predictTable", output, table.length, classes.length);
  const probabilities = single ? Float32Array.from({ length: 2 * output.length }, (_, i) => (i % 2 === 1 ? output[i >> 1] : 1 - output[i >> 1])) : output;
  const said = Int32Array.from({ length: table.length }, (_, row) =>
    answered(`predictTable, row ${row}`, likeliest(probabilities, row * classes.length, classes.length)),
  );
  return { kind: "classes", labels: decodeTarget(said, preprocessing) as string[], classes, probabilities };
}

/**
 * What a model whose `preprocessing` is that of a series says of what follows the last row, in the target's unit: the value `horizon` steps ahead, or with
 * `steps: "all"` those of 1 to `horizon`.
 * @throws ConfigError for a model without such a preprocessing, ShapeError for a series shorter than a window or a model of another input or number of outputs, DataFormatError naming line and column
 */
export async function forecast(model: Model, series: Table): Promise<Float64Array> {
  const preprocessing = preprocessingOf(model, "series", "forecast");
  const output = await outputOf("forecast", model, lastWindow(series, preprocessing));
  checkOutputs("forecast", output, 1, preprocessing.steps === "all" ? preprocessing.horizon : 1);
  return decodeTarget(output, preprocessing) as Float64Array;
}

function preprocessingOf<K extends Preprocessing["kind"]>(model: Model, kind: K, where: string): Extract<Preprocessing, { kind: K }> {
  const { preprocessing } = model;
  if (preprocessing?.kind === kind) return preprocessing as Extract<Preprocessing, { kind: K }>;
  throw new ConfigError({
    where,
    got: preprocessing === null ? "a model that does not know what was done to its data" : `a model of ${preprocessing.kind}`,
    expected: `one whose preprocessing is of kind "${kind}"`,
    hint: `set model.preprocessing to what ${kind === "table" ? "fitTable" : "fitSeries"} gave`,
  });
}

async function outputOf(where: string, model: Model, data: Dataset): Promise<Float32Array> {
  const { inputs } = model.architecture;
  const { shape } = data.inputs[0];
  if (inputs.length !== 1 || inputs[0].shape.join() !== shape.join())
    throw new ShapeError({
      where,
      got: `a model whose ${inputs.length === 1 ? "input is" : "inputs are"} ${inputs.map((input) => formatShape(input.shape)).join(", ")}`,
      expected: `${formatShape(shape)}, which its preprocessing makes`,
      hint: "give it the preprocessing of the data that it was trained on",
    });
  const output = await model.predict<Float32Array | Readonly<Record<string, Float32Array>>>(data);
  if (output instanceof Float32Array) return output;
  throw new ConfigError({ where: "predict", got: `a model of ${Object.keys(output).length} outputs`, expected: "one output" });
}

function checkOutputs(where: string, output: Float32Array, rows: number, width: number): void {
  if (output.length !== rows * width)
    throw new ShapeError({ where, got: `${output.length / rows} outputs of the model`, expected: `${width}, as its preprocessing says` });
}
