/** Folds that never divide a group. @module */
import { ConfigError } from "../../errors.ts";
import { deriveKey, Purpose, permutation } from "../../random.ts";
import { type Fold, foldsOf } from "./fold.ts";
import { checkSplits, type KFoldOptions } from "./options.ts";

/**
 * Folds of which no two test parts share a group (a patient, a writer, a machine), so that a model is tested on groups that it never saw. The largest
 * group first, each goes to the fold with the fewest samples so far, which keeps sizes even (scikit-learn's `GroupKFold`); `shuffle` decides among
 * groups of one size.
 * @param groups of each sample its group, by any number or name
 * @throws ConfigError for fewer than 2 folds, more folds than groups, or a group that is NaN or missing
 */
export function groupKFold(groups: ArrayLike<number | string>, options: KFoldOptions = {}): Fold[] {
  const { splits = 5, shuffle = true, seed = 0 } = options;
  const where = "groupKFold";
  const members = new Map<number | string, number[]>();
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i];
    if (group === undefined || group === null || Number.isNaN(group))
      throw new ConfigError({ where, got: `group ${group} of sample ${i}`, expected: "a number or a name" });
    const list = members.get(group);
    if (list === undefined) members.set(group, [i]);
    else list.push(i);
  }
  checkSplits(where, splits, members.size, "groups");
  const lists = [...members.values()];
  const order = shuffle ? permutation(lists.length, deriveKey(seed, Purpose.folds)) : Int32Array.from(lists.keys());
  const sizes = new Int32Array(splits);
  const parts = new Int32Array(groups.length);
  for (const g of [...order].sort((a, b) => lists[b].length - lists[a].length)) {
    const lightest = sizes.indexOf(Math.min(...sizes));
    sizes[lightest] += lists[g].length;
    for (const i of lists[g]) parts[i] = lightest;
  }
  return foldsOf(parts, splits);
}
