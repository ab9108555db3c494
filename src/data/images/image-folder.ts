/** Folders of PNG images, one for each class. @module */

import type { Normalization, NormalizationKind } from "../dataset/normalization.ts";
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import { needFiles } from "../need-files.ts";
import type { ImagePreprocessing } from "../preprocessing.ts";

/** Options of {@link imageFolder}. */
export interface ImageFolderOptions {
  /** 1: grey, by luminance; 3: red, green and blue. Default: grey if every pixel of all images is, else colours. */
  channels?: 1 | 3;
  /** Height and width that all images are brought to, whatever their ratio was. Default: as they are; then all must have one size. */
  size?: readonly [height: number, width: number];
  /** Part of each class that becomes the test set where there are no folders `train` and `test`; above 0, below 1. Default 0.2. */
  testSplit?: number;
  /** Of that choice. Default 0. */
  seed?: number;
  /** Default `unit`. `standardize` measures the training set and applies to both. */
  normalization?: NormalizationKind | Normalization;
}

/** What {@link imageFolder} makes. */
export interface ImageFolder extends TrainAndTest {
  /** Shape of an image and names of the classes in the order of their labels: `model.preprocessing`. */
  readonly preprocessing: ImagePreprocessing;
}

/**
 * Training and test set from a directory with one folder of PNG images for each class; labels number the folders' names in their order (by code units:
 * `10` stands before `2`). Where the directory has folders `train` and `test`, the classes are in these, and others are not read; else a part of each
 * class is held out. Names that begin with a dot, and files beside the folders, are not read; whatever else is no PNG image is an error, and so
 * are symbolic links, empty classes and more than 2 GiB of pixels.
 * @throws FileError, DataFormatError, ShapeError naming the path; ConfigError for an option outside its range
 */
export async function imageFolder(directory: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  needFiles("imageFolder", "fetch the images, and give decodePng's bytes to dataset");
  return (await import("./image-folder.node.ts")).loadImageFolder(directory, options);
}
