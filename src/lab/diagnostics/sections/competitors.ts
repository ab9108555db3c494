/** What sections are made from, and curves over seeds. @module */
import type { Column, LineFigure } from "../../reports/report.ts";
import { bootstrapMean } from "../../statistics/index.ts";
import type { Diagnostics, MeasureName } from "../names.ts";
import { type Recorded, recorded } from "../numbers.ts";

/** What was recorded of a competitor. */
export interface Competitor {
  readonly label: string;
  /** Of each seed. */
  readonly runs: readonly Diagnostics[];
}

/** A competitor's records of one measure. */
export interface Records<M extends MeasureName> {
  readonly label: string;
  /** At least one. */
  readonly runs: readonly NonNullable<Diagnostics[M]>[];
}

/** Those who recorded a measure. */
export function having<M extends MeasureName>(competitors: readonly Competitor[], measure: M): Records<M>[] {
  return competitors.flatMap(({ label, runs }) => {
    const own = runs.flatMap((run) => run[measure] ?? []) as NonNullable<Diagnostics[M]>[];
    return own.length === 0 ? [] : [{ label, runs: own }];
  });
}

type Points = LineFigure["series"][number]["points"];

/** A value at a step or epoch. */
export interface At {
  readonly x: number;
  readonly y: Recorded;
}

/** What is averaged: a plain number, a share between 0 and 1, or what is drawn on a logarithmic axis. */
export type Kind = "number" | "share" | "log";

/**
 * The mean over seeds at each place that all were measured at, with its interval. Of what is drawn on a logarithmic axis the geometric mean: null where a
 * value is not above 0.
 */
export function meanOver(seeds: readonly (readonly At[])[], kind: Kind): Points {
  const length = Math.min(...seeds.map((points) => points.length));
  return Array.from({ length }, (_, i) => {
    const { x } = seeds[0][i];
    const values = seeds.flatMap((points) => points[i].y ?? []);
    if (values.length < seeds.length || (kind === "log" && values.some((value) => value <= 0))) return { x, y: null };
    const { mean, low, high } = bootstrapMean(kind === "log" ? values.map(Math.log) : values, { shares: kind === "share" });
    const back = kind === "log" ? Math.exp : (value: number) => value;
    return { x, y: back(mean), ...(low === null ? {} : { low: back(low), high: back(high as number) }) };
  });
}

/** How a figure's lines are to be read. */
export function overSeeds(all: readonly { readonly runs: readonly unknown[] }[]): string {
  return all.some(({ runs }) => runs.length > 1) ? " Mean over seeds; the band is its 95 % interval." : "";
}

/** Where a figure shows one run of many. */
export const firstSeed = (all: readonly { readonly runs: readonly unknown[] }[]): string =>
  all.some(({ runs }) => runs.length > 1) ? " Of the first seed." : "";

/** With as many digits as what was recorded. */
export const rounded = (value: Recorded): Recorded => (value === null ? null : recorded(value));

/** Most digits behind the point. */
const MOST_DIGITS = 6;

/** Columns of numbers, each with as many digits as give its middle one three. @param names in order @param rows a number for each of them, `rows[i][k]` */
export function numberColumns(names: readonly string[], rows: readonly (readonly Recorded[])[]): Column[] {
  return names.map((name, k) => {
    const middle = median(rows.map((row) => (row[k] === null || row[k] === 0 ? null : Math.abs(row[k]))));
    return { name, digits: middle === null ? 0 : Math.min(MOST_DIGITS, Math.max(0, 2 - Math.floor(Math.log10(middle)))) };
  });
}

/** The middle one; null if there is none. */
export function median(values: readonly Recorded[]): Recorded {
  const found = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  return found.length === 0 ? null : (found[(found.length - 1) >> 1] + found[found.length >> 1]) / 2;
}

/** The mean of what is there; null if nothing is. */
export function mean(values: readonly Recorded[]): Recorded {
  const found = values.filter((value): value is number => value !== null);
  return found.length === 0 ? null : found.reduce((a, b) => a + b, 0) / found.length;
}
