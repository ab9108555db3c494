/** What statistics insist on before they compute. @module */
import { ConfigError, NumericError, ShapeError } from "../../errors.ts";

/** @throws ConfigError for fewer than `least` values, NumericError for one that is not finite */
export function checkSample(where: string, values: ArrayLike<number>, least = 1): void {
  if (values.length < least) {
    throw new ConfigError({ where, got: `${values.length} values`, expected: `at least ${least}` });
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new NumericError({
        where: `${where}: value ${i}`,
        got: String(values[i]),
        expected: "a finite number",
        hint: "leave out what diverged, and say how many there were",
      });
    }
  }
}

/** Two samples, value by value. @throws ShapeError for unequal lengths, and as {@link checkSample} */
export function checkPairs(where: string, a: ArrayLike<number>, b: ArrayLike<number>, least = 1): void {
  if (a.length !== b.length) throw new ShapeError({ where, got: `${a.length} and ${b.length} values`, expected: "as many of the one as of the other" });
  checkSample(where, a, least);
  checkSample(where, b, least);
}

/** Rows of equal length. @throws ShapeError, and as {@link checkSample} */
export function checkMatrix(where: string, rows: readonly ArrayLike<number>[], leastRows: number, leastColumns: number): void {
  if (rows.length < leastRows) throw new ConfigError({ where, got: `${rows.length} rows`, expected: `at least ${leastRows}` });
  rows.forEach((row, i) => {
    if (row.length !== rows[0].length) {
      throw new ShapeError({ where: `${where}: row ${i}`, got: `${row.length} values`, expected: `${rows[0].length}, as in row 0` });
    }
    checkSample(`${where}: row ${i}`, row, leastColumns);
  });
}

/** @throws ConfigError for what is no probability strictly between 0 and 1 */
export function checkShare(where: string, name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new ConfigError({ where, got: `${name} ${value}`, expected: "a number between 0 and 1" });
}

/** @throws ConfigError for what is no whole number of at least `least` */
export function checkCount(where: string, name: string, value: number, least = 1): void {
  if (!(Number.isSafeInteger(value) && value >= least))
    throw new ConfigError({ where, got: `${name} ${value}`, expected: `a whole number of at least ${least}` });
}
