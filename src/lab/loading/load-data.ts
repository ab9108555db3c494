/** The data that a study, a search or a command names. @module */

import { fashionMnist, fashionMnistClasses } from "../../data/idx/fashion-mnist.ts";
import { type DownloadProgress, mnist } from "../../data/idx/mnist.ts";
import { FETCH_IDX, needFiles } from "../../data/need-files.ts";
import { ConfigError, FileError } from "../../errors.ts";
import { oneOf } from "../written/nearest.ts";
import { isTableFile, loadTable, type TableUse } from "./load-table.ts";
import type { LoadedData } from "./loaded-data.ts";

/** How data are loaded. */
export interface LoadOptions extends TableUse {
  /** What names the source, for messages. Default `data`. */
  readonly where?: string;
  /** What stands before the names of the other options in messages: `--` on a command line. Default nothing. */
  readonly at?: string;
  /** Height and width that the images of a folder are brought to. Default: as they are. */
  readonly resize?: readonly [height: number, width: number];
  /** Called as files arrive. */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

const NAMED = ["mnist", "fashion-mnist"] as const;
const OTHERS = "a directory of IDX files or of one folder of PNG images per class, or a table FILE.csv";

/**
 * Training and test data: `mnist`, `fashion-mnist`, a directory of IDX files or with a folder of PNG images for each class, or a CSV file with a column `target` to predict.
 * @throws ConfigError for a name that is none, or an option that the source has no use for; FileError, DataFormatError
 */
export async function loadData(source: string, options: LoadOptions = {}): Promise<LoadedData> {
  const { where = "data", at = "", onProgress, resize, ...table } = options;
  const notResized = (): ConfigError =>
    new ConfigError({ where: `${at}resize`, got: `${where} ${source}`, expected: "a directory of one folder of PNG images per class" });
  if (isTableFile(source)) {
    if (resize !== undefined) throw notResized();
    return loadTable(source, table, at);
  }
  const [needless] = Object.entries(table).filter(([, value]) => value !== undefined);
  if (needless !== undefined)
    throw new ConfigError({
      where: at === "--" ? `--${needless[0].replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}` : `${at}${needless[0]}`,
      got: `${where} ${source}`,
      expected: "a table, FILE.csv",
    });
  if (resize !== undefined && NAMED.some((name) => name === source)) throw notResized();
  const plain = { source, preprocessing: null, rows: null, notes: [] };
  if (source === "mnist") return { ...plain, ...(await mnist({ onProgress })) };
  if (source === "fashion-mnist") {
    const both = await fashionMnist();
    const [height, width, channels] = both.train.sampleShape;
    return { ...plain, ...both, preprocessing: { kind: "images", shape: [height, width, channels], classes: fashionMnistClasses } };
  }
  needFiles(`${where} ${source}`, FETCH_IDX);
  const { kindOfSource } = await import("./kind-of-source.node.ts");
  const kind = await kindOfSource(source);
  // A word without a slash is more likely a mistyped name than a directory.
  if (kind === "nothing" && !/[\\/.]/.test(source)) oneOf(where, source, NAMED, OTHERS);
  if (kind !== "directory")
    throw new FileError({ where: `${where} ${source}`, got: kind === "nothing" ? "nothing there" : "a file", expected: `${NAMED.join(", ")}, ${OTHERS}` });
  const { loadDataDirectory } = await import("../../data/data-directory.node.ts");
  const both = await loadDataDirectory(source, resize);
  if (resize !== undefined && both.preprocessing?.kind !== "images") throw notResized();
  return { ...plain, ...both };
}
