/** The data that a study names. @module */
import { fashionMnist } from "../data/fashion-mnist.ts";
import type { TrainAndTest } from "../data/idx-dataset.ts";
import { idxDirectory, mnist } from "../data/mnist.ts";

/** Training and test set: `mnist`, `fashion-mnist`, or a directory of IDX files. @throws FileError, DataFormatError */
export function loadData(name: string): Promise<TrainAndTest> {
  if (name === "mnist") return mnist();
  return name === "fashion-mnist" ? fashionMnist() : idxDirectory(name);
}
