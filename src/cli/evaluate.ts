/** `gradiente evaluate`: how good a saved model is. @module */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { integer, loss as lossText, percent, plural } from "../format.ts";
import { rowsToJudge } from "../lab/loading/load-table.ts";
import type { Model } from "../model/model.ts";
import { loadModel } from "../model/saved/save.ts";
import { drawClassTable } from "./class-table.ts";
import { addDataOption, checkClasses, type FormatFlags, formatFrom, loadData } from "./data-options.ts";
import { drawExamination, type Examined, examinationJson, examine } from "./examination.ts";
import type { Io } from "./io.ts";
import { checkSize, sizeOfInput, sizeText } from "./resize-option.ts";
import { addRuntimeOptions, runtimeOf } from "./runtime-options.ts";
import { samplesOf } from "./train-report.ts";

interface EvaluateOptions extends FormatFlags {
  data?: string;
  resize?: boolean;
  backend?: string;
  mode?: string;
  threads?: string;
  json?: boolean;
}

/** Test data, and how people are told what they are. */
interface ToExamine extends Examined {
  readonly source: string;
  /** `79 held-out rows` */
  readonly what: string;
  /** Rows of the file that was trained on, which training did not see; null where there is no telling. */
  readonly heldOut: boolean | null;
}

const EXAMPLES = `
Examples:
  gradiente evaluate results/mnist-cnn.safetensors
  gradiente evaluate results/mnist-cnn.safetensors --data my-images/ --json
  gradiente evaluate results/cars.safetensors --data cars.csv

Of the table that a model was trained on, the rows that were held out are taken; of another table, all.`;

/** Adds the command. */
export function evaluateCommand(program: Command, io: Io): void {
  const command = program
    .command("evaluate")
    .argument("<model>", "a file that train --out saved")
    .description("loss, accuracy, confusion matrix and scores per class of a saved model on test data, or its errors where it predicts numbers");
  addDataOption(command);
  addRuntimeOptions(command);
  command
    .option("--resize", "bring the images of a folder to the size that the model was trained on, whatever their ratio was")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", EXAMPLES)
    .action((path: string, options: EvaluateOptions) => evaluate(path, options, io));
}

async function evaluate(path: string, options: EvaluateOptions, io: Io): Promise<void> {
  const { bold, dim, green } = io.colour;
  const json = options.json === true;
  const model = await loadModel(path, { runtime: await runtimeOf(options) });
  const examined = await dataFor(model, options, json ? undefined : io);
  const { test, source, what, heldOut } = examined;
  const byData = test.classes === undefined ? "mse" : "sparseCategoricalCrossentropy";
  const own = test.classes === undefined ? model.compiled?.objectives[0].loss : undefined;
  model.compile({ optimizer: model.compiled?.optimizer, loss: own ?? byData, metrics: test.classes === undefined ? [] : ["accuracy"] });
  checkClasses(model, test, path);
  const { loss, accuracy } = await model.evaluate(test);
  const examination = await examine(model, examined);
  if (json) {
    const ofClasses = examination.kind === "classes" ? { confusion: examination.verdict.confusion, report: examination.verdict.report } : { confusion: null };
    const held = heldOut === null ? {} : { heldOut };
    io.json({ event: "evaluate", model: path, data: source, samples: test.length, loss, accuracy, ...ofClasses, ...held, ...examinationJson(examination) });
    return;
  }
  const share = accuracy === null ? "" : `accuracy ${bold(green(percent(accuracy)))}, `;
  io.print(`${bold(path)} on ${what} of ${source}: ${share}loss ${lossText(loss)}${examination.kind === "numbers" ? " of the scaled target" : ""}`);
  if (heldOut === false) io.print(dim("All rows: this is not the file that the model was trained on"));
  io.print(`\n${drawExamination(examination, examined, io)}`);
  if (examination.kind === "classes") io.print(`\n${drawClassTable(examination.verdict.report, io, examination.classes)}`);
}

/** The data of --data that suit a model. */
async function dataFor(model: Model, options: EvaluateOptions, io: Io | undefined): Promise<ToExamine> {
  const { preprocessing } = model;
  if (options.resize === true) sizeOfInput(model);
  if (preprocessing?.kind !== "table") {
    const { resize, ...flags } = options;
    const data = await loadData({ ...flags, ...(resize === true && { resize: sizeText(sizeOfInput(model)) }) }, io);
    const { source, test } = data;
    if (data.preprocessing?.kind === "images") checkSize(model, data.preprocessing.shape, source);
    return {
      ...data,
      preprocessing: data.preprocessing ?? preprocessing,
      rows: null,
      train: null,
      source,
      what: `${integer(test.length)} test ${samplesOf(data)}`,
      heldOut: null,
    };
  }
  if (options.data === undefined)
    throw new UsageError({
      where: "--data",
      got: "none",
      expected: `FILE.csv with the column ${preprocessing.target.column}: the model was trained on a table`,
    });
  const { data: test, rows, heldOut, notes } = await rowsToJudge(options.data, preprocessing, formatFrom(options), "--");
  for (const note of notes) io?.error(io.colour.dim(note));
  return { test, preprocessing, rows, train: null, source: options.data, what: plural(rows.length, heldOut ? "held-out row" : "row"), heldOut };
}
