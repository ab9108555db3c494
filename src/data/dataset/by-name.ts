/** Options that are one value for every column, or one each by name. @module */
import { ConfigError } from "../../errors.ts";

/** One value for every column, or one each by name. */
export type PerColumn<T> = T | Readonly<Record<string, T>>;

/** The names of columns, for messages. */
export function namesOf(columns: readonly { readonly name: string | null }[]): string {
  return columns.map(({ name }) => (name === null ? "no name: there is one column" : JSON.stringify(name))).join(", ");
}

/** An object with a value for each name, and no array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/**
 * What an option says of each column: the one value, or what an object has under the column's name (undefined: nothing).
 * @throws ConfigError for a name that no column has, and for names where the only column has none
 */
export function perColumn<T>(
  where: string,
  given: PerColumn<T> | undefined,
  columns: readonly { readonly name: string | null }[],
  isByName: (given: unknown) => boolean = isRecord,
): (T | undefined)[] {
  if (columns.length === 0 || !isByName(given)) return columns.map(() => given as T | undefined);
  const values = given as Readonly<Record<string, T>>;
  const unknown = Object.keys(values).find((key) => !columns.some(({ name }) => name === key));
  if (unknown !== undefined) {
    const expected = columns[0].name === null ? "one value: there is one column, without a name" : `names of columns: ${namesOf(columns)}`;
    throw new ConfigError({ where, got: JSON.stringify(unknown), expected });
  }
  return columns.map(({ name }) => (name !== null && Object.hasOwn(values, name) ? values[name] : undefined));
}
