/** Nearest suggestions for a mistyped value. @module */
import { UsageError } from "../errors.ts";

/** Edits between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

/** Returns `value` if it is allowed. @param or what else would be. @throws UsageError with the nearest allowed value as hint */
export function oneOf<const T extends string>(where: string, value: string, allowed: readonly T[], or?: string): T {
  if ((allowed as readonly string[]).includes(value)) return value as T;
  const nearest = [...allowed].sort((a, b) => distance(value, a) - distance(value, b))[0];
  const near = nearest !== undefined && distance(value, nearest) <= Math.max(2, nearest.length / 2);
  throw new UsageError({
    where,
    got: JSON.stringify(value),
    expected: [...allowed, ...(or === undefined ? [] : [`or ${or}`])].join(", "),
    hint: near ? `did you mean ${nearest}?` : undefined,
  });
}
