/** Checks of a value that may be anything, field by field. @module */
import { ConfigError } from "../../errors.ts";
import { hintFor, quoted } from "./nearest.ts";

/** Characters of a text, entries of a list. */
const LONGEST_TEXT = 10_000;
const LONGEST_LIST = 10_000;

/** An object with no other fields than these. @param what it should be, for messages @throws ConfigError */
export function record(where: string, value: unknown, fields: readonly string[], what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ConfigError({ where, got: quoted(value), expected: what });
  const unknown = Object.keys(value).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new ConfigError({ where, got: `the field ${quoted(unknown)}`, expected: fields.join(", "), hint: hintFor(unknown, fields) });
  return value as Record<string, unknown>;
}

/** A list that is not empty, nor of unreasonable length. @throws ConfigError */
export function list(where: string, value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new ConfigError({ where, got: quoted(value), expected: `a list of ${what}` });
  if (value.length === 0) throw new ConfigError({ where, got: "an empty list", expected: `at least one of ${what}` });
  if (value.length > LONGEST_LIST) throw new ConfigError({ where, got: `${value.length} of ${what}`, expected: `at most ${LONGEST_LIST}` });
  // Holes of sparse arrays are values that are missing.
  return Array.from(value);
}

/** All but tabs and ends of lines: terminals obey them. */
const CONTROL_CHARACTERS = /[^\P{Cc}\t\n\r]/u;

/** A text that says something. @throws ConfigError */
export function text(where: string, value: unknown, expected = "a text"): string {
  if (typeof value !== "string" || value.trim() === "") throw new ConfigError({ where, got: quoted(value), expected });
  if (value.length > LONGEST_TEXT) throw new ConfigError({ where, got: `${value.length} characters`, expected: `at most ${LONGEST_TEXT}` });
  if (CONTROL_CHARACTERS.test(value)) throw new ConfigError({ where, got: quoted(value), expected: "a text without control characters" });
  return value;
}

/** A name that a folder can bear. @throws ConfigError */
export function folderName(where: string, value: unknown): string {
  const name = text(where, value, "lower-case letters, digits and hyphens");
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 64) return name;
  throw new ConfigError({ where, got: quoted(name), expected: "at most 64 lower-case letters, digits and hyphens between them" });
}

/** A finite number that passes a test. @throws ConfigError */
export function number(where: string, value: unknown, test: (value: number) => boolean, expected: string): number {
  if (typeof value === "number" && Number.isFinite(value) && test(value)) return value;
  throw new ConfigError({ where, got: quoted(value), expected });
}

/** @throws ConfigError where two entries are the same, as `keys` see them */
export function distinct(where: string, keys: readonly string[], what: string): void {
  const seen = new Map<string, number>();
  keys.forEach((key, i) => {
    const before = seen.get(key);
    if (before !== undefined) throw new ConfigError({ where: `${where}[${i}]`, got: `the same ${what} as [${before}]`, expected: "distinct ones" });
    seen.set(key, i);
  });
}
