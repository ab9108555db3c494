/** What is made of a table, from what somebody wrote. @module */
import { ConfigError } from "../../errors.ts";
import { list, number, record, text } from "../written/fields.ts";
import { oneOf, quoted } from "../written/nearest.ts";
import type { TableUse } from "./load-table.ts";

/** The same without the column to predict, which has a field of its own. */
export type TableOptions = Omit<TableUse, "target">;

const words = (where: string, value: unknown): string[] => list(where, value, "texts").map((word, i) => text(`${where}[${i}]`, word));

const checks: { readonly [F in keyof Required<TableOptions>]: (where: string, value: unknown) => Required<TableOptions>[F] } = {
  task: (where, value) => oneOf(where, value, ["classification", "regression"]),
  features: words,
  categories: words,
  fill: (where, value) => oneOf(where, value, ["mean", "median"]),
  unknown: (where, value) => oneOf(where, value, ["error", "none"]),
  time: (where, value) => text(where, value, "the name of a column"),
  testSplit: (where, value) => number(where, value, (part) => part > 0 && part < 1, "a number between 0 and 1"),
  test: (where, value) => text(where, value, "a table of test rows"),
  missing: words,
  delimiter(where, value) {
    if (value !== "," && value !== ";" && value !== "|" && value !== "\t")
      throw new ConfigError({ where, got: quoted(value), expected: '",", ";", "|" or "\\t"' });
    return value;
  },
};

const names = Object.keys(checks) as (keyof TableOptions)[];

/** Options of a table. @throws ConfigError that names the field */
export function checkTableOptions(where: string, value: unknown): TableOptions {
  const given = record(where, value, names, `an object of options: ${names.join(", ")}`);
  const options: TableOptions = Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, checks[name](`${where}.${name}`, given[name])]),
  );
  if (options.test !== undefined && (options.testSplit !== undefined || options.time !== undefined))
    throw new ConfigError({
      where: `${where}.test`,
      got: `${options.time === undefined ? "testSplit" : "time"} too`,
      expected: "one of them: test rows are a file, or a part of the table",
    });
  return options;
}
