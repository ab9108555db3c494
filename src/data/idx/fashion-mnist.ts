/** Fashion-MNIST. @module */

import type { Normalization, NormalizationKind } from "../dataset/normalization.ts";
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import { FETCH_IDX, needFiles } from "../need-files.ts";

/** Options of {@link fashionMnist}. */
export interface FashionMnistOptions {
  /** A directory of the four IDX files, gzip or not; only their structure is checked. Default: looked for as {@link fashionMnist} says, by SHA-256. */
  directory?: string;
  /** Default `unit`. `standardize` measures the training set and applies to both. */
  normalization?: NormalizationKind | Normalization;
}

/** What the labels 0 to 9 of Fashion-MNIST stand for. */
export const fashionMnistClasses: readonly string[] = Object.freeze([
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
]);

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): 60,000 and 10,000 grey pictures of clothes, samples of shape [28,28,1], labels 0 to 9, which
 * {@link fashionMnistClasses} names. Nothing is downloaded: the files are looked for in `$GRADIENTE_DATA/fashion-mnist`, `$GRADIENTE_DATA`, the user's
 * cache, and where Debian's package dataset-fashion-mnist puts them.
 * @throws FileError naming Debian's package if it is nowhere, DataFormatError if a file is damaged or has the wrong SHA-256
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<TrainAndTest> {
  needFiles("fashionMnist", FETCH_IDX);
  return (await import("./fashion-mnist.node.ts")).loadFashionMnist(options);
}
