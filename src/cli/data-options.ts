/** Where training and test data come from. @module */
import type { Command } from "commander";
import { product } from "../data/dataset/columns.ts";
import type { Dataset, DownloadProgress } from "../data/index.ts";
import { CheckpointError, ShapeError, UsageError } from "../errors.ts";
import { bytes, plural } from "../format.ts";
import { readFile } from "../formats/atomic-file.node.ts";
import * as lab from "../lab/loading/load-data.ts";
import type { TableFormat, TableUse } from "../lab/loading/load-table.ts";
import type { LoadedData } from "../lab/loading/loaded-data.ts";
import type { Model } from "../model/model.ts";
import type { Io } from "./io.ts";
import { sizeFrom } from "./resize-option.ts";
import { oneOf, usageOf } from "./suggest.ts";
import { number, positiveInteger } from "./values.ts";

/** As commander parses them. */
export interface FormatFlags {
  delimiter?: string;
  missing?: string;
}

/** As commander parses them. */
export interface DataFlags extends FormatFlags {
  data?: string;
  limit?: string;
  resize?: string;
  target?: string;
  task?: string;
  features?: string;
  categories?: string;
  fill?: string;
  unknown?: string;
  time?: string;
  test?: string;
  testSplit?: string;
}

const SOURCES = "mnist, fashion-mnist, a directory of IDX files or of one folder of PNG images per class, or a table FILE.csv";

/** Declares `--data` and how a table is written, for what is already trained. */
export function addDataOption(command: Command): void {
  command.option("--data <source>", `${SOURCES} (default: mnist)`);
  addFormatOptions(command);
}

/** Declares `--data` and what is made of a table. */
export function addTrainingDataOptions(command: Command): void {
  command
    .option("--data <source>", `${SOURCES} with --target (default: mnist)`)
    .option("--limit <n>", "only the first N training samples")
    .option("--resize <size>", "bring the images of a folder to WIDTHxHEIGHT pixels, or N for NxN, whatever their ratio was (default: as they are)");
}

/** Declares what is made of a table. */
export function addTableOptions(command: Command): void {
  command
    .option("--target <column>", "the column to predict: numbers (a regression) or words (classes)")
    .option("--task <name>", "classification, to take numbers of the target as names of classes, or regression")
    .option("--features <columns>", "columns to predict from, such as weight,year (default: all but those whose words stand in one row only)")
    .option("--categories <columns>", "columns of numbers that are names of kinds, such as postal codes")
    .option("--test-split <part>", "part of the rows held out for the test, the same in every run; of classes each gives its share (default: 0.2)")
    .option("--time <column>", "a column by which rows are ordered, such as a date: the latest are held out for the test")
    .option("--test <file>", "a table of test rows; all rows of the other are trained on")
    .option("--fill <mean|median>", "what stands for a missing number, with a feature more that says so (default: a missing value is an error)")
    .option("--unknown <error|none>", "a word that training rows do not have: an error, or none of the known ones (default: error)");
  addFormatOptions(command);
}

/** Declares how a table is written. */
export function addFormatOptions(command: Command): void {
  command
    .option("--missing <words>", "words of a table that stand for a missing value, such as NA,? (an empty field always does)")
    .option("--delimiter <character>", 'what stands between the fields of a table: ",", ";", "|" or tab (default: ","; tab for .tsv)');
}

const DELIMITERS = { ",": ",", ";": ";", "|": "|", tab: "\t", "\t": "\t" } as const;

/** How a table is written. @throws UsageError */
export function formatFrom({ delimiter, missing }: FormatFlags): TableFormat {
  return {
    ...(delimiter !== undefined && { delimiter: DELIMITERS[oneOf("--delimiter", delimiter, [",", ";", "|", "tab", "\t"])] }),
    ...(missing !== undefined && { missing: listFrom(missing) }),
  };
}

/** What is made of a table. @throws UsageError */
function tableUseFrom(flags: DataFlags): TableUse {
  const { target, task, features, categories, fill, unknown, time, test, testSplit } = flags;
  if (test !== undefined && (testSplit !== undefined || time !== undefined))
    throw new UsageError({
      where: "--test",
      got: `--${time === undefined ? "test-split" : "time"} too`,
      expected: "one of them: test rows are a file, or a part of the table",
    });
  return {
    ...formatFrom(flags),
    ...(target !== undefined && { target }),
    ...(task !== undefined && { task: oneOf("--task", task, ["classification", "regression"]) }),
    ...(features !== undefined && { features: listFrom(features) }),
    ...(categories !== undefined && { categories: listFrom(categories) }),
    ...(fill !== undefined && { fill: oneOf("--fill", fill, ["mean", "median"]) }),
    ...(unknown !== undefined && { unknown: oneOf("--unknown", unknown, ["error", "none"]) }),
    ...(time !== undefined && { time }),
    ...(test !== undefined && { test }),
    ...(testSplit !== undefined && { testSplit: number("--test-split", testSplit, (v) => v > 0 && v < 1, "a number between 0 and 1") }),
  };
}

const listFrom = (text: string): string[] => text.split(",").map((word) => word.trim());

/** The options that say what data are, as they were typed, with a blank behind them. */
export function dataArguments(flags: DataFlags): string {
  const given = DATA_FLAGS.flatMap((name) => {
    const value = flags[name];
    if (value === undefined || (name === "data" && value === "mnist")) return [];
    return [`--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)} ${/^[\w.,/:@%+-]+$/.test(value) ? value : JSON.stringify(value)} `];
  });
  return given.join("");
}

const DATA_FLAGS = [
  "data",
  "resize",
  "target",
  "task",
  "features",
  "categories",
  "test",
  "testSplit",
  "time",
  "fill",
  "unknown",
  "missing",
  "delimiter",
] as const;

/** Files are read once per process. */
const loaded = new Map<string, Promise<LoadedData>>();

/** Training and test data. @param where what names them, for messages @throws UsageError, FileError, DataFormatError */
export async function loadData(flags: DataFlags, io?: Io, where = "--data"): Promise<LoadedData> {
  const { data: source = "mnist", limit, resize } = flags;
  const n = limit === undefined ? undefined : positiveInteger("--limit", limit);
  const use = { ...tableUseFrom(flags), ...(resize !== undefined && { resize: sizeFrom(resize) }) };
  const key = JSON.stringify([source, use]);
  let both = loaded.get(key);
  if (both === undefined) {
    both = loadNamed(source, { ...use, where, at: "--" }, io);
    loaded.set(key, both);
    both.catch(() => loaded.delete(key));
  }
  const data = await both;
  return n === undefined ? data : { ...data, train: data.train.take(n) };
}

/** The data that a file of a study or a search names. @throws UsageError, FileError, DataFormatError */
export async function loadNamed(source: string, options: lab.LoadOptions, io?: Io): Promise<LoadedData> {
  try {
    return await lab.loadData(source, { ...options, onProgress: io === undefined ? undefined : showDownload(io) });
  } catch (error) {
    throw usageOf(error);
  }
}

/** A live line on a terminal, else a line per file on stderr. */
function showDownload(io: Io): (progress: DownloadProgress) => void {
  let file = "";
  return (progress) => {
    if (progress.file !== file) {
      file = progress.file;
      io.error(`downloading ${progress.url}`);
    }
    io.progress(`  ${bytes(progress.received)}${progress.total === null ? "" : ` of ${bytes(progress.total)}`}`.slice(0, io.width - 1));
  };
}

/** @throws ShapeError if the labels are not among the model's outputs, or numbers are as many as these */
export function checkClasses(model: Model, { classes, y, targetShape }: Dataset, name: string): void {
  const outputs = outputsOf(model);
  if (y instanceof Float32Array) {
    const wanted = product(targetShape);
    if (outputs === wanted) return;
    throw new ShapeError({
      where: `model ${name}`,
      got: outputs === null ? "an output that is no list of numbers" : plural(outputs, "output"),
      expected: `${wanted}, for the target of the data`,
    });
  }
  if (outputs === null || (classes !== undefined && classes > outputs)) {
    throw new ShapeError({
      where: `model ${name}`,
      got: outputs === null ? "an output that is no list of probabilities" : `${outputs} outputs`,
      expected: `${classes ?? 1}, one for each class of the data`,
    });
  }
}

/** Number of the model's outputs, null if they are not a vector. */
export function outputsOf(model: Model): number | null {
  const { shape } = model.program({ mode: "infer", batchSize: 1 }).names.get("output") ?? { shape: [] };
  const width = shape[1];
  return shape.length === 2 && typeof width === "number" ? width : null;
}

/** A JSON file of reasonable size. @throws FileError, CheckpointError */
export async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readFile(path, { limit: 2 ** 26 }));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError({ where: path, got: (cause as Error).message, expected: "a model's configuration as JSON" }, { cause });
  }
}
