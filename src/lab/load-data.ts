/** The data that a study names. @module */
import type { TrainAndTest } from "../data/idx-dataset.ts";
import { idxDirectory, mnist } from "../data/mnist.ts";

/** Training and test set: `mnist`, or a directory of IDX files. @throws FileError, DataFormatError */
export function loadData(name: string): Promise<TrainAndTest> {
  return name === "mnist" ? mnist() : idxDirectory(name);
}
