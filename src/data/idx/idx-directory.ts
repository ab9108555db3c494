/** Directories of IDX files. @module */
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import { FETCH_IDX, needFiles } from "../need-files.ts";
import type { IdxOptions } from "./idx-dataset.ts";

/** Training and test set from a directory of four IDX files with MNIST's names, gzip or not. @throws FileError, DataFormatError */
export async function idxDirectory(directory: string, options: IdxOptions = {}): Promise<TrainAndTest> {
  needFiles("idxDirectory", FETCH_IDX);
  return (await import("./idx-files.node.ts")).loadIdxDirectory(directory, options);
}
