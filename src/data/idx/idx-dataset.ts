/** Datasets from pairs of IDX files. @module */
import { DataFormatError } from "../../errors.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { dataset } from "../dataset/make-dataset.ts";
import type { Normalization, NormalizationKind } from "../dataset/normalization.ts";
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import { decodeIdx } from "./idx.ts";

/** A file's bytes and its name for messages. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Options of {@link idxDataset}. */
export interface IdxOptions {
  /** Number of classes. Default: the largest label + 1. */
  classes?: number;
  /** Default `unit`. */
  normalization?: NormalizationKind | Normalization;
}

/**
 * A dataset from an IDX file of samples [N,H,W], [N,H,W,C] or [N,D] and one of labels [N], gzip or not. Images without channels get one:
 * their samples have shape [H,W,1].
 * @throws DataFormatError naming file and byte
 */
export function idxDataset(samples: NamedBytes, labels: NamedBytes, options: IdxOptions = {}): Dataset {
  const images = decodeIdx(samples.bytes, samples.name);
  const { shape, data: y } = decodeIdx(labels.bytes, labels.name);
  const [n, ...rest] = images.shape;
  if (rest.length === 0 || rest.includes(0))
    throw new DataFormatError({ where: `${samples.name}, byte 4`, got: `shape [${images.shape}]`, expected: "samples, [N,H,W]" });
  if (shape.length !== 1 || shape[0] !== n) {
    throw new DataFormatError({ where: `${labels.name}, byte 4`, got: `shape [${shape}]`, expected: `[${n}], one label for each sample of ${samples.name}` });
  }
  const { classes, normalization } = options;
  const wrong = classes === undefined ? -1 : y.findIndex((label) => label >= classes);
  if (wrong >= 0) throw new DataFormatError({ where: `${labels.name}, label ${wrong}`, got: String(y[wrong]), expected: `less than ${classes}` });
  return dataset({ x: images.data, y, sampleShape: rest.length === 2 ? [...rest, 1] : rest, classes, normalization });
}

/** The files of a directory with MNIST's names, without `.gz`. */
export const idxNames = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const;

/** Both datasets from the four files; the test set is normalised like the training set, and classes are counted over both unless given. */
export function idxPair(files: Readonly<Record<keyof typeof idxNames, NamedBytes>>, options: IdxOptions = {}): TrainAndTest {
  const train = idxDataset(files.trainImages, files.trainLabels, options);
  const test = idxDataset(files.testImages, files.testLabels, { classes: options.classes, normalization: train.normalization });
  if (`${train.sampleShape}` !== `${test.sampleShape}`) {
    throw new DataFormatError({
      where: `${files.testImages.name}, byte 8`,
      got: `samples of shape [${test.sampleShape}]`,
      expected: `[${train.sampleShape}], as in ${files.trainImages.name}`,
    });
  }
  const classes = Math.max(train.classes ?? 0, test.classes ?? 0);
  return { train: train.withClasses(classes), test: test.withClasses(classes) };
}
