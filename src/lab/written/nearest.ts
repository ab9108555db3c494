/** What a mistyped word may have meant. @module */
import { ConfigError } from "../../errors.ts";

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

/** Longer than any name: such a word is not compared. */
const LONGEST = 64;

/** `did you mean adam?` for the allowed word nearest to one, if it is near. */
export function hintFor(word: string, allowed: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const [nearest] = allowed.map((other) => ({ other, edits: distance(word, other) })).sort((a, b) => a.edits - b.edits);
  if (nearest === undefined || nearest.edits > Math.max(2, nearest.other.length / 2)) return undefined;
  return `did you mean ${nearest.other}?`;
}

/** Returns `value` if it is allowed. @param or what else would be. @throws ConfigError with the nearest allowed word as hint */
export function oneOf<const T extends string>(where: string, value: unknown, allowed: readonly T[], or?: string): T {
  if ((allowed as readonly unknown[]).includes(value)) return value as T;
  throw new ConfigError({
    where,
    got: quoted(value),
    expected: [...allowed, ...(or === undefined ? [] : [`or ${or}`])].join(", "),
    hint: typeof value === "string" ? hintFor(value, allowed) : undefined,
  });
}

const SHOWN = 60;

/** A value as messages show it: JSON, cut where it is long. */
export function quoted(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A circle, a bigint, or lists in lists without end.
  }
  text ??= typeof value === "object" ? "an object" : `a ${typeof value}`;
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
