/** Folds of about equal size. @module */
import { deriveKey, Purpose, permutation } from "../../random.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { type Fold, foldsOf } from "./fold.ts";
import { checkCount, checkLength, checkSplits, type KFoldOptions, type RepeatedKFoldOptions } from "./options.ts";

/**
 * Folds whose test parts cover all samples once and differ by one sample at most. Without `shuffle` they are runs of the data, the longer ones first
 * (scikit-learn's `KFold`).
 * @param data or its number of samples
 * @throws ConfigError for fewer than 2 folds, or more than samples
 */
export function kFold(data: Dataset | number, options: KFoldOptions = {}): Fold[] {
  const { splits = 5, shuffle = true, seed = 0 } = options;
  const n = typeof data === "number" ? data : data.length;
  checkLength("kFold", n);
  checkSplits("kFold", splits, n, "samples");
  return foldsOf(deal(n, splits, shuffle ? seed : null, 0), splits);
}

/**
 * {@link kFold} several times, each in an order of its own (scikit-learn's `RepeatedKFold`): folds of the first repetition, of the second, and so on.
 * @throws ConfigError as kFold, or for fewer than 1 repetition
 */
export function repeatedKFold(data: Dataset | number, options: RepeatedKFoldOptions = {}): Fold[] {
  const { splits = 5, repeats = 10, seed = 0 } = options;
  const where = "repeatedKFold";
  const n = typeof data === "number" ? data : data.length;
  checkLength(where, n);
  checkCount(where, "repeats", repeats, 1);
  checkSplits(where, splits, n, "samples");
  return Array.from({ length: repeats }, (_, repeat) => foldsOf(deal(n, splits, seed, repeat), splits, repeat)).flat();
}

/** The fold of each sample. @param seed null: in the order of the data */
function deal(n: number, splits: number, seed: number | null, repeat: number): Int32Array {
  const order = seed === null ? null : permutation(n, deriveKey(seed, Purpose.folds, repeat));
  const parts = new Int32Array(n);
  const longer = n % splits;
  const size = (n - longer) / splits;
  let next = 0;
  for (let k = 0; k < splits; k++) {
    for (let left = size + (k < longer ? 1 : 0); left > 0; left--) {
      parts[order === null ? next : order[next]] = k;
      next++;
    }
  }
  return parts;
}
