/** How rows of a table become samples: chosen and measured on the training rows alone. @module */
import { ConfigError, DataFormatError, NumericError } from "../../errors.ts";
import { isRecord } from "../dataset/by-name.ts";
import type { FeatureEncoding, ScalerKind, TablePreprocessing, TargetEncoding } from "../preprocessing.ts";
import { checkScaler, fitScaling, meanOf, medianOf } from "./scaling.ts";
import { type CategoryColumn, columnNamed, isMissing, type NumberColumn, placeOf, quoted, type Table, type TableColumn } from "./table.ts";

/** What becomes of a missing value: it is an error, or the training rows' mean or median stands for it. */
export type MissingPolicy = "error" | "mean" | "median";

/** Options of {@link fitTable}. */
export interface FitTableOptions {
  /** The column to predict: of numbers a regression, of categories a classification. */
  target: string;
  /** The columns to predict from. Default: all others. */
  features?: readonly string[];
  /** How numbers are scaled; one for all columns, or by name. Default `"standard"`. */
  scaler?: ScalerKind | Readonly<Record<string, ScalerKind>>;
  /** How a target of numbers is scaled. Default `"standard"`. */
  targetScaler?: ScalerKind;
  /**
   * What becomes of missing values; one for all columns, or by name. With `"mean"` or `"median"` a column gets a feature more, 1 where its value was
   * missing; in a column of categories missing is then one more category. Default `"error"`.
   */
  missing?: MissingPolicy | Readonly<Record<string, MissingPolicy>>;
  /** What becomes of a category that training did not see: an error, or none of its column's features is 1. Default `"error"`. */
  unknown?: "error" | "none";
}

const WHERE = "fitTable";
/** The most features of a sample. */
const MOST_FEATURES = 2 ** 16;

/**
 * How these rows become samples. Give it the training rows only: what is measured here (scales, means, categories, classes) is all that later rows are
 * treated with.
 * @throws ConfigError for unknown columns and options, DataFormatError naming line and column of a missing value, or a column without values
 */
export function fitTable(table: Table, options: FitTableOptions): TablePreprocessing {
  const {
    target,
    features = table.columns.map(({ name }) => name).filter((name) => name !== target),
    scaler = "standard",
    missing = "error",
    unknown = "error",
  } = options;
  const column = columnNamed(table, target, `${WHERE}, target`);
  if (table.length === 0) throw new ConfigError({ where: `${WHERE}, ${table.source}`, got: "no rows", expected: "the training rows" });
  if (features.includes(target))
    throw new ConfigError({ where: `${WHERE}, features`, got: `the target ${JSON.stringify(target)}`, expected: "columns to predict it from" });
  const twice = features.find((name, i) => features.indexOf(name) !== i);
  if (twice !== undefined) throw new ConfigError({ where: `${WHERE}, features`, got: `${JSON.stringify(twice)} twice`, expected: "each column once" });
  if (features.length === 0) throw new ConfigError({ where: `${WHERE}, features`, got: "none", expected: "at least one column" });
  if (unknown !== "error" && unknown !== "none")
    throw new ConfigError({ where: `${WHERE}, unknown`, got: JSON.stringify(unknown), expected: '"error" or "none"' });
  const scalerOf = byName(scaler, features, "scaler", "standard");
  const missingOf = byName(missing, features, "missing", "error");
  const encodings = features.map((name): FeatureEncoding => {
    const feature = columnNamed(table, name, `${WHERE}, features`);
    const policy = missingOf(name);
    if (policy !== "error" && policy !== "mean" && policy !== "median")
      throw new ConfigError({ where: `${WHERE}, missing`, got: JSON.stringify(policy) ?? String(policy), expected: '"error", "mean" or "median"' });
    checkScaler(scalerOf(name), `${WHERE}, scaler`);
    if (policy === "error") refuseMissing(table, feature, 'missing: "mean" or "median" fills it, dropMissing leaves such rows out');
    return feature.kind === "numbers" ? numbers(table, feature, scalerOf(name), policy) : categories(table, feature, policy !== "error", unknown);
  });
  const width = encodings.reduce((sum, encoding) => sum + widthOf(encoding), 0);
  if (width > MOST_FEATURES) {
    const widest = encodings.reduce((a, b) => (widthOf(b) > widthOf(a) ? b : a));
    throw new ConfigError({
      where: `${WHERE}, ${table.source}`,
      got: `${width} features`,
      expected: `at most ${MOST_FEATURES}`,
      hint: `column ${JSON.stringify(widest.column)} alone gives ${widthOf(widest)}: leave it out of the features`,
    });
  }
  return { kind: "table", features: encodings, target: targetOf(table, column, options.targetScaler ?? "standard") };
}

/** Number of features that a column becomes. */
export function widthOf(encoding: FeatureEncoding): number {
  if (encoding.kind === "numbers") return encoding.missing === null ? 1 : 2;
  return encoding.categories.length + (encoding.missing ? 1 : 0);
}

/** @throws DataFormatError naming the first row without a value */
export function refuseMissing(table: Table, column: TableColumn, hint: string): void {
  for (let row = 0; row < table.length; row++) {
    if (isMissing(column, row)) throw new DataFormatError({ where: placeOf(table, row, column.name), got: "no value", expected: "a value in every row", hint });
  }
}

function numbers(table: Table, { name, values }: NumberColumn, scaler: ScalerKind, policy: MissingPolicy): FeatureEncoding {
  const present = values.filter((value) => !Number.isNaN(value));
  const where = `${table.source}, column ${JSON.stringify(name)}`;
  if (present.length === 0)
    throw new DataFormatError({ where, got: "no value in any row", expected: "values to learn from", hint: "leave the column out of the features" });
  const scaling = fitScaling(present, scaler, where);
  if (policy === "error") return { column: name, kind: "numbers", scaling, missing: null };
  const missing = policy === "mean" ? meanOf(present) : medianOf(present);
  if (Number.isFinite(missing)) return { column: name, kind: "numbers", scaling, missing };
  throw new NumericError({ where, got: `numbers whose ${policy} is beyond f64`, expected: "numbers that have one", hint: "give them in another unit" });
}

function categories(table: Table, column: CategoryColumn, missing: boolean, unknown: "error" | "none"): FeatureEncoding {
  return { column: column.name, kind: "categories", categories: seenIn(table, column), missing, unknown };
}

/** The categories that occur in the rows, sorted, so that their order does not depend on that of the rows. */
function seenIn(table: Table, { name, codes, categories }: CategoryColumn): string[] {
  const seen = new Set(codes);
  seen.delete(-1);
  if (seen.size === 0)
    throw new DataFormatError({
      where: `${table.source}, column ${JSON.stringify(name)}`,
      got: "no value in any row",
      expected: "values to learn from",
      hint: "leave the column out",
    });
  return [...seen].map((code) => categories[code]).sort(compare);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function targetOf(table: Table, column: TableColumn, scaler: ScalerKind): TargetEncoding {
  checkScaler(scaler, `${WHERE}, targetScaler`);
  refuseMissing(table, column, `dropMissing(table, [${JSON.stringify(column.name)}]) leaves such rows out`);
  const where = `${table.source}, column ${JSON.stringify(column.name)}`;
  if (column.kind === "numbers") return { column: column.name, kind: "number", scaling: fitScaling(column.values, scaler, where) };
  const classes = seenIn(table, column);
  if (classes.length < 2) throw new DataFormatError({ where, got: `only the class ${quoted(classes)}`, expected: "at least two classes to tell apart" });
  return { column: column.name, kind: "classes", classes };
}

/** What an option says of each column. @throws ConfigError for a name that is no feature */
function byName<T extends string>(given: T | Readonly<Record<string, T>>, features: readonly string[], option: string, otherwise: T): (name: string) => T {
  if (!isRecord(given)) return () => given as T;
  const unknown = Object.keys(given).find((name) => !features.includes(name));
  if (unknown !== undefined)
    throw new ConfigError({ where: `${WHERE}, ${option}`, got: `no feature ${JSON.stringify(unknown)}`, expected: `one of ${quoted(features)}` });
  return (name) => (Object.hasOwn(given, name) ? (given as Readonly<Record<string, T>>)[name] : otherwise);
}
