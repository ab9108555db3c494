/** A division of samples into a part to train on and a part to test on. @module */
import { ShapeError } from "../../errors.ts";
import type { Dataset } from "../dataset/dataset.ts";

/** One of the divisions of a cross-validation. Positions are those in the dataset, from 0. */
export class Fold {
  /** To train on. */
  readonly train: Int32Array;
  /** To test on. */
  readonly test: Int32Array;
  /** Samples of the dataset that it divides; some may be in neither part. */
  readonly length: number;
  /** Which repetition of the division it belongs to, from 0. */
  readonly repeat: number;

  /** @internal made by the functions of this folder */
  constructor(train: Int32Array, test: Int32Array, length: number, repeat = 0) {
    this.train = train;
    this.test = test;
    this.length = length;
    this.repeat = repeat;
    Object.freeze(this);
  }

  /** The two parts of a dataset. @throws ShapeError for a dataset of another length than the fold was made for */
  split(data: Dataset): [train: Dataset, test: Dataset] {
    if (data.length !== this.length)
      throw new ShapeError({ where: "fold.split", got: `${data.length} samples`, expected: `${this.length}, for which the fold was made` });
    return [data.subset(this.train), data.subset(this.test)];
  }
}

/** Folds from the number of the part in which each sample is tested; both parts of a fold keep the order of the samples. */
export function foldsOf(parts: Int32Array, splits: number, repeat = 0): Fold[] {
  const positions = Int32Array.from(parts.keys());
  return Array.from({ length: splits }, (_, k) => {
    const test = positions.filter((i) => parts[i] === k);
    const train = positions.filter((i) => parts[i] !== k);
    return new Fold(train, test, parts.length, repeat);
  });
}
