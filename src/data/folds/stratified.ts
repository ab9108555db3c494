/** Folds that keep the classes' shares. @module */
import { ConfigError } from "../../errors.ts";
import { deriveKey, Purpose, permutation } from "../../random.ts";
import { Dataset } from "../dataset/dataset.ts";
import { type Fold, foldsOf } from "./fold.ts";
import { checkCount, checkSplits, type KFoldOptions, type RepeatedKFoldOptions } from "./options.ts";

/**
 * Folds in each of whose test parts every class has its share, up to one sample, and which differ by one sample at most (scikit-learn's
 * `StratifiedKFold`). Within a class a permutation keyed by (seed, label) decides.
 * @param data whose first output has labels, or the labels
 * @throws ConfigError for a class with fewer samples than there are folds, fewer than 2 folds, or targets that are no labels
 */
export function stratifiedKFold(data: Dataset | ArrayLike<number>, options: KFoldOptions = {}): Fold[] {
  const { splits = 5, shuffle = true, seed = 0 } = options;
  const classes = classesOf("stratifiedKFold", data, splits);
  return foldsOf(deal(classes, data.length, splits, shuffle ? seed : null, 0), splits);
}

/**
 * {@link stratifiedKFold} several times, each in an order of its own (scikit-learn's `RepeatedStratifiedKFold`).
 * @throws ConfigError as stratifiedKFold, or for fewer than 1 repetition
 */
export function repeatedStratifiedKFold(data: Dataset | ArrayLike<number>, options: RepeatedKFoldOptions = {}): Fold[] {
  const { splits = 5, repeats = 10, seed = 0 } = options;
  const where = "repeatedStratifiedKFold";
  checkCount(where, "repeats", repeats, 1);
  const classes = classesOf(where, data, splits);
  return Array.from({ length: repeats }, (_, repeat) => foldsOf(deal(classes, data.length, splits, seed, repeat), splits, repeat)).flat();
}

/** Positions of each label's samples, labels in the order in which they appear. */
type Classes = ReadonlyMap<number, readonly number[]>;

function classesOf(where: string, data: Dataset | ArrayLike<number>, splits: number): Classes {
  const classes = new Map<number, number[]>();
  for (let i = 0; i < data.length; i++) {
    const label = data instanceof Dataset ? data.label(i) : data[i];
    if (!Number.isSafeInteger(label)) throw new ConfigError({ where, got: `label ${label} of sample ${i}`, expected: "an integer" });
    const members = classes.get(label);
    if (members === undefined) classes.set(label, [i]);
    else members.push(i);
  }
  checkSplits(where, splits, data.length, "samples");
  for (const [label, { length }] of classes) {
    if (length < splits) {
      throw new ConfigError({
        where,
        got: `${splits} folds, and class ${label} with ${length} ${length === 1 ? "sample" : "samples"}`,
        expected: `at least ${splits} samples of every class, one for each fold`,
        hint: `use ${length < 2 ? "kFold, or leave the class out" : `at most ${length} folds, or kFold`}`,
      });
    }
  }
  return classes;
}

/**
 * The fold of each sample. Of the samples sorted by class fold k gets numbers k, k + splits, ...: that decides how many of each class, and no
 * class nor fold gets two more than another. Which ones is then the class's own affair.
 */
function deal(classes: Classes, n: number, splits: number, seed: number | null, repeat: number): Int32Array {
  const parts = new Int32Array(n);
  let before = 0;
  for (const [label, members] of classes) {
    const order = seed === null ? null : permutation(members.length, deriveKey(seed, Purpose.folds, repeat, label));
    let next = 0;
    for (let k = 0; k < splits; k++) {
      // Numbers from `before` that leave k when divided by the number of folds.
      const first = (k - (before % splits) + splits) % splits;
      for (let j = first; j < members.length; j += splits) {
        parts[members[order === null ? next : order[next]]] = k;
        next++;
      }
    }
    before += members.length;
  }
  return parts;
}
