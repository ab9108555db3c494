/** Holding out a part of a dataset. @module */
import { ConfigError } from "../../errors.ts";
import { deriveKey, Purpose, permutation } from "../../random.ts";

/**
 * 1 for samples that are held out, 0 for the rest: round(fraction x n) in all, from each label its share, but never the last
 * that it has. Within a label a permutation keyed by
 * (seed, label) decides, so that one label's choice does not depend on the others.
 * @param seed null: the last are held out, whatever their labels
 * @throws ConfigError unless the fraction is between 0 and 1 and leaves both parts a sample, and the rest one of each label
 */
export function heldOut(labels: Int32Array, fraction: number, seed: number | null): Uint8Array {
  const n = labels.length;
  const total = Math.floor(fraction * n + 0.5);
  if (!(fraction > 0 && fraction < 1) || total === 0 || total === n) {
    throw new ConfigError({
      where: "split",
      got: `fraction ${fraction} of ${n} samples`,
      expected: "a fraction between 0 and 1 that leaves at least one sample on each side",
    });
  }
  if (seed === null) return new Uint8Array(n).fill(1, n - total);
  const byLabel = new Map<number, number[]>();
  labels.forEach((label, i) => {
    const list = byLabel.get(label);
    if (list === undefined) byLabel.set(label, [i]);
    else list.push(i);
  });
  const groups = [...byLabel]
    .sort(([a], [b]) => a - b)
    .map(([label, members]) => {
      const share = (members.length * total) / n;
      const count = Math.floor(share);
      return { label, members, count, remainder: share - count };
    });
  let missing = total - groups.reduce((sum, { count }) => sum + count, 0);
  for (const group of [...groups].sort((a, b) => b.remainder - a.remainder || a.label - b.label)) {
    // A class whose every sample is held out would be one that training never sees.
    if (missing === 0 || group.remainder === 0 || group.count + 1 === group.members.length) continue;
    group.count++;
    missing--;
  }
  if (missing > 0) {
    throw new ConfigError({
      where: "split",
      got: `fraction ${fraction} of ${n} samples in ${groups.length} classes`,
      expected: "one that leaves each class a sample in the rest",
      hint: "a smaller fraction, or shares that need not be kept",
    });
  }
  const taken = new Uint8Array(n);
  for (const { label, members, count } of groups) {
    const order = permutation(members.length, deriveKey(seed, Purpose.split, label));
    for (let k = 0; k < count; k++) taken[members[order[k]]] = 1;
  }
  return taken;
}
