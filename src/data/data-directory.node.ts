/** Data that are a directory, of whichever kind. @module */
import { FileError } from "../errors.ts";
import type { TrainAndTest } from "./dataset/train-and-test.ts";
import { idxNames } from "./idx/idx-dataset.ts";
import { findIdxFile, loadIdxDirectory } from "./idx/idx-files.node.ts";
import { foldersIn, loadImageFolder } from "./images/image-folder.node.ts";
import type { Preprocessing } from "./preprocessing.ts";

/**
 * A directory of IDX files where one of them is there, else of one folder of PNG images for each class.
 * @param size height and width that images of folders are brought to
 * @throws FileError, DataFormatError, ShapeError
 */
export async function loadDataDirectory(
  directory: string,
  size?: readonly [height: number, width: number],
): Promise<TrainAndTest & { readonly preprocessing: Preprocessing | null }> {
  for (const name of Object.values(idxNames)) {
    if ((await findIdxFile(directory, name)) !== null) return { ...(await loadIdxDirectory(directory, {})), preprocessing: null };
  }
  if ((await foldersIn(directory)).length > 0) return loadImageFolder(directory, { size });
  throw new FileError({
    where: directory,
    got: "neither IDX files nor folders",
    expected: `${Object.values(idxNames).join(", ")}, each plain or as .gz; or a folder of PNG images for each class`,
  });
}
