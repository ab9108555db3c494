/** The data that a study, or the command line, names. @module */
import { fashionMnist, fashionMnistClasses } from "../data/fashion-mnist.ts";
import type { TrainAndTest } from "../data/idx-dataset.ts";
import { type DownloadProgress, mnist } from "../data/mnist.ts";
import { FETCH_IDX, needFiles } from "../data/need-files.ts";
import type { Preprocessing } from "../data/preprocessing.ts";

/** Training and test set, and what a model that is trained on them keeps. */
export interface NamedData extends TrainAndTest {
  readonly preprocessing: Preprocessing | null;
}

/** `mnist`, `fashion-mnist`, a directory of IDX files or one with a folder of PNG images for each class. @throws FileError, DataFormatError, ShapeError */
export async function loadData(name: string, onProgress?: (progress: DownloadProgress) => void): Promise<NamedData> {
  if (name === "mnist") return { ...(await mnist({ onProgress })), preprocessing: null };
  if (name === "fashion-mnist") {
    return { ...(await fashionMnist()), preprocessing: { kind: "images", shape: [28, 28, 1], classes: fashionMnistClasses } };
  }
  needFiles(`data ${name}`, FETCH_IDX);
  return (await import("../data/data-directory.node.ts")).loadDataDirectory(name);
}
