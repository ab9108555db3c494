/** Spaces from what somebody wrote. @module */
import { ConfigError } from "../../errors.ts";
import { canonicalJson } from "../written/canonical.ts";
import { distinct, list, number, record, text } from "../written/fields.ts";
import { quoted } from "../written/nearest.ts";
import type { Dimension, Range, Space, Value } from "./space.ts";

/** Dimensions, and how deep values may be nested. */
const MOST_DIMENSIONS = 1000;
const DEEPEST = 32;

/**
 * A space, which may come from TypeScript or a JSON file.
 * @throws ConfigError that names the dimension: for a range that is empty, of one number only, not finite, logarithmic from 0 or below, or of whole
 * numbers with broken ends; for a list that is empty, names a value twice or holds what JSON cannot
 * @example
 * checkSpace({ learningRate: { low: 1e-4, high: 1, log: true }, hidden: { low: 16, high: 256, log: true, integer: true }, activation: ["relu", "tanh"] });
 */
export function checkSpace(space: unknown, where = "space"): Space {
  if (typeof space !== "object" || space === null || Array.isArray(space))
    throw new ConfigError({ where, got: quoted(space), expected: "an object with a range or a list for each dimension" });
  const names = Object.keys(space);
  if (names.length === 0 || names.length > MOST_DIMENSIONS)
    throw new ConfigError({ where, got: `${names.length} dimensions`, expected: `1 to ${MOST_DIMENSIONS}` });
  return Object.fromEntries(Object.entries(space).map(([name, given]) => [text(`${where}, name`, name), dimension(`${where}, ${name}`, given)]));
}

function dimension(where: string, given: unknown): Dimension {
  if (Array.isArray(given)) return choices(where, given);
  const fields = record(where, given, ["low", "high", "log", "integer"], "a range { low, high } or a list of values");
  const [log, integer] = [flag(where, "log", fields.log), flag(where, "integer", fields.integer)];
  const [low, high] = [end(where, "low", fields.low, integer), end(where, "high", fields.high, integer)];
  if (low > high) throw new ConfigError({ where, got: `an empty range from ${low} to ${high}`, expected: "low less than high" });
  if (low === high)
    throw new ConfigError({ where, got: `a range that holds only ${low}`, expected: "low less than high", hint: `write [${low}] for a value that stays` });
  if (!Number.isFinite(high - low)) throw new ConfigError({ where, got: `a range from ${low} to ${high}`, expected: "one whose width is a finite number" });
  if (log && low <= 0) throw new ConfigError({ where, got: `low ${low}`, expected: "more than 0, which has no logarithm" });
  return { low, high, ...(log ? { log } : {}), ...(integer ? { integer } : {}) } satisfies Range;
}

function flag(where: string, name: string, value: unknown = false): boolean {
  if (typeof value !== "boolean") throw new ConfigError({ where: `${where}, ${name}`, got: quoted(value), expected: "true or false" });
  return value;
}

const end = (where: string, name: string, value: unknown, integer: boolean): number =>
  number(`${where}, ${name}`, value, (part) => !integer || Number.isSafeInteger(part), integer ? "a whole number" : "a finite number");

function choices(where: string, given: readonly unknown[]): readonly Value[] {
  const values = list(where, given, "the values to choose from");
  values.forEach((value, i) => {
    if (!isPlain(value, 0)) throw new ConfigError({ where: `${where}[${i}]`, got: quoted(value), expected: "what JSON can hold" });
  });
  distinct(where, values.map(canonicalJson), "value");
  return values as Value[];
}

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value !== "object" || depth === DEEPEST) return false;
  if (Array.isArray(value)) return Array.from(value).every((part) => isPlain(part, depth + 1));
  const parent = Object.getPrototypeOf(value);
  return (parent === Object.prototype || parent === null) && Object.values(value).every((part) => isPlain(part, depth + 1));
}
