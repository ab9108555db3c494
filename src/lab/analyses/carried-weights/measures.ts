/** How near a column is to the printed one, and what shape it has. @module */
import { present } from "../../findings/present.ts";
import { bootstrapMean, kendall, predictionInterval, spearman } from "../../statistics/index.ts";
import { type ColumnOf, meanOf } from "./columns.ts";

/** A figure per seed, and its mean with a 95 % interval over seeds. */
export interface OverSeeds {
  readonly seeds: readonly number[];
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

export const overSeeds = (values: readonly (number | null)[]): OverSeeds | null => {
  const seeds = present(values);
  return seeds.length === 0 ? null : { seeds, ...bootstrapMean(seeds) };
};

/** Of each seed: what `of` gives for its lines, averaged over columns; null where no column gives anything. */
export function perSeed(columns: readonly ColumnOf[], of: (line: readonly (number | null)[], column: ColumnOf) => number | null): (number | null)[] {
  const seeds = columns[0]?.seeds.length ?? 0;
  return Array.from({ length: seeds }, (_, s) => meanOf(present(columns.map((column) => of(column.seeds[s], column)))));
}

/** Mean absolute difference to other values, over the lines where both are known. */
export function distance(line: readonly (number | null)[], other: readonly (number | null)[]): number | null {
  return meanOf(
    line.flatMap((value, i) => {
      const to = other[i];
      return value === null || to === null ? [] : [Math.abs(value - to)];
    }),
  );
}

/** Spearman's rank correlation with the printed column, over the lines that did not diverge; null for fewer than three. */
export function likeness(line: readonly (number | null)[], { printed }: ColumnOf): number | null {
  const both = line.flatMap((value, i) => (value === null ? [] : [{ value, printed: printed[i] }]));
  if (both.length < 3) return null;
  return spearman(
    both.map(({ value }) => value),
    both.map((pair) => pair.printed),
  ).value;
}

/** Kendall's tau of accuracy with the place in the list: 1 climbs at each line, -1 falls; null for fewer than three lines. */
export function climb(line: readonly (number | null)[]): number | null {
  const both = line.flatMap((value, place) => (value === null ? [] : [{ value, place }]));
  if (both.length < 3) return null;
  return kendall(
    both.map(({ place }) => place),
    both.map(({ value }) => value),
  ).value;
}

/** How many printed figures could be a single run of their line. */
export interface Singles {
  readonly within: number;
  readonly of: number;
}

/** Counts printed figures in the interval that holds 95 % of single runs; null where no line has two seeds. */
export function singles(columns: readonly ColumnOf[]): Singles | null {
  const inside = columns.flatMap(({ printed, seeds }) =>
    printed.flatMap((figure, line) => {
      const values = present(seeds.map((one) => one[line]));
      if (values.length < 2) return [];
      const { low, high } = predictionInterval(values);
      return [figure >= low && figure <= high];
    }),
  );
  return inside.length === 0 ? null : { within: inside.filter(Boolean).length, of: inside.length };
}

/** Whether the printed columns could be one more seed of an arm. */
export interface Membership {
  /** Of the printed columns to the mean of the seeds. */
  readonly printed: number;
  /** Below it 95 % of seeds are, by how far each is from the mean of the others. */
  readonly limit: number;
  readonly within: boolean;
}

/** Compares how far the printed columns are from the mean of the seeds with how far seeds are from each other's mean; null for fewer than three seeds. */
export function membership(columns: readonly ColumnOf[]): Membership | null {
  const seeds = columns[0]?.seeds.length ?? 0;
  if (seeds < 3) return null;
  const meanWithout = ({ seeds: all }: ColumnOf, left: number | null): (number | null)[] =>
    all[0].map((_, line) => meanOf(present(all.flatMap((values, s) => (s === left ? [] : [values[line]])))));
  const own = present(Array.from({ length: seeds }, (_, s) => meanOf(present(columns.map((column) => distance(column.seeds[s], meanWithout(column, s)))))));
  const printed = meanOf(present(columns.map((column) => distance(column.printed, meanWithout(column, null)))));
  if (printed === null || own.length < 3) return null;
  const limit = predictionInterval(own, { confidence: 0.9 }).high;
  return { printed, limit, within: printed <= limit };
}
