/** Options of methods: plain data that may come from a file. @module */
import { ConfigError } from "../../../errors.ts";
import { record } from "../../written/fields.ts";
import { quoted } from "../../written/nearest.ts";

/** Points that one search evaluates. */
export const MOST_TRIALS = 1_000_000;
/** So many random points hold one of the best 5 % with a probability of 95 %: 1 - 0.95^60 = 0.954. */
export const USUAL_TRIALS = 60;

/** Reads the options of one method; those that are undefined count as absent. */
export class Options {
  readonly where: string;
  readonly #given: Record<string, unknown>;

  constructor(name: string, given: unknown, known: readonly string[]) {
    this.where = `method ${name}`;
    const present = typeof given === "object" && given !== null && !Array.isArray(given) ? withoutUndefined(given) : given;
    this.#given = record(this.where, present, known, "an object with the options of the method");
  }

  /** A whole number. @throws ConfigError */
  count(name: string, fallback: number | undefined, least = 1, most = MOST_TRIALS): number {
    const value = this.value(name) ?? fallback;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new ConfigError({ where: `${this.where}, ${name}`, got: quoted(value), expected: `a whole number from ${least} to ${most}` });
  }

  /** A number in a range whose ends count. @throws ConfigError */
  number(name: string, fallback: number, least: number, most: number): number {
    const value = this.value(name) ?? fallback;
    if (typeof value === "number" && value >= least && value <= most) return value;
    throw new ConfigError({ where: `${this.where}, ${name}`, got: quoted(value), expected: `a number from ${least} to ${most}` });
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.value(name) ?? fallback;
    if (typeof value === "boolean") return value;
    throw new ConfigError({ where: `${this.where}, ${name}`, got: quoted(value), expected: "true or false" });
  }

  seed(): number {
    return this.count("seed", 0, 0, Number.MAX_SAFE_INTEGER);
  }

  value(name: string): unknown {
    return this.#given[name];
  }
}

const withoutUndefined = (given: object): object => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
