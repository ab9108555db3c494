/** Where training and test images come from. @module */
import { stat } from "node:fs/promises";
import type { Command } from "commander";
import type { Dataset, DownloadProgress } from "../data/index.ts";
import { CheckpointError, FileError, ShapeError } from "../errors.ts";
import { bytes } from "../format.ts";
import { readFile } from "../formats/atomic-file.node.ts";
import { loadData as loadNamed, type NamedData } from "../lab/load-data.ts";
import type { Model } from "../model/model.ts";
import type { Io } from "./io.ts";
import { oneOf } from "./suggest.ts";
import { positiveInteger } from "./values.ts";

/** Training and test data under a name. */
export interface LoadedData extends NamedData {
  /** `mnist`, `fashion-mnist`, or the directory. */
  readonly source: string;
}

/** Declares `--data`. */
export function addDataOption(command: Command): void {
  command.option("--data <source>", "mnist, fashion-mnist, or a directory of IDX files or of one folder of PNG images per class (default: mnist)");
}

/** Files are read once per process. */
const loaded = new Map<string, Promise<NamedData>>();

/** Training and test data. @param where what names them, for messages @throws UsageError, FileError, DataFormatError */
export async function loadData(options: { data?: string; limit?: string }, io?: Io, where = "--data"): Promise<LoadedData> {
  const { data: source = "mnist", limit } = options;
  const n = limit === undefined ? undefined : positiveInteger("--limit", limit);
  let both = loaded.get(source);
  if (both === undefined) {
    both = read(source, io, where);
    loaded.set(source, both);
    both.catch(() => loaded.delete(source));
  }
  const { train, test, preprocessing } = await both;
  return { train: n === undefined ? train : train.take(n), test, preprocessing, source };
}

const NAMES = ["mnist", "fashion-mnist"];
const DIRECTORY = "a directory of IDX files, or of one folder of PNG images per class";

async function read(source: string, io: Io | undefined, where: string): Promise<NamedData> {
  if (!NAMES.includes(source)) {
    const found = await stat(source).catch(() => null);
    // A word without a slash is more likely a mistyped name than a directory.
    if (found === null && !/[\\/.]/.test(source)) oneOf(where, source, NAMES, DIRECTORY);
    if (!found?.isDirectory()) {
      throw new FileError({ where: `${where} ${source}`, got: found === null ? "nothing there" : "a file", expected: `${NAMES.join(", ")}, or ${DIRECTORY}` });
    }
  }
  return loadNamed(source, io === undefined ? undefined : showDownload(io));
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

/** @throws ShapeError if the labels are not among the model's outputs */
export function checkClasses(model: Model, { classes }: Dataset, name: string): void {
  const outputs = outputsOf(model);
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
