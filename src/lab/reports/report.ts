/** What a report says, before it is drawn: text, tables and figures as plain data. @module */

/** A cell of a table: text, or a number with its digits. */
export type TableValue = string | number | null;

/** A column of a table. */
export interface Column {
  readonly name: string;
  /** Of numbers: digits behind the point; `percent` shows .9876 as 98.76 %. Absent: text. */
  readonly digits?: number;
  readonly percent?: boolean;
}

export interface Table {
  readonly kind: "table";
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly TableValue[])[];
  /** Rows to stress, by index. */
  readonly stressed?: readonly number[];
  readonly note?: string;
}

/** An axis: what it measures, its unit, its kind. */
export interface Axis {
  readonly label: string;
  /** `error`: shares near 1 by the logarithm of what is missing to 1, so that 98 and 99 % have room beside a collapse. */
  readonly scale?: "linear" | "log" | "error";
  readonly percent?: boolean;
}

/** Lines with bands: learning curves, sensitivity, profiles. */
export interface LineFigure {
  readonly kind: "lines";
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    /** Points with a band; `low` and `high` absent: no band. Null: a gap. */
    readonly points: readonly { readonly x: number; readonly y: number | null; readonly low?: number; readonly high?: number }[];
    /** A point to mark, by index: the rate that was chosen. */
    readonly marked?: number;
    /** As steps, not straight lines (profiles). */
    readonly steps?: boolean;
  }[];
  /** A value to draw across: a target, chance, the noise floor. */
  readonly rules?: readonly { readonly y?: number; readonly x?: number; readonly label: string }[];
}

/** Estimates with intervals, a row each: competitors beside printed figures. */
export interface IntervalFigure {
  readonly kind: "intervals";
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly rows: readonly {
    readonly name: string;
    readonly group?: string;
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
    /** Single values, as small marks. */
    readonly points?: readonly number[];
    /** What was printed, as a mark of its own. */
    readonly printed?: number;
  }[];
  /** What the small marks are. Default `single seeds`. */
  readonly marks?: string;
  readonly rules?: readonly { readonly x: number; readonly label: string }[];
  /** Its numbers stand in a table of the report: they are not written out again. */
  readonly tabled?: boolean;
}

/** A value for each pair of levels, written into its square. */
export interface HeatFigure {
  readonly kind: "heat";
  readonly title: string;
  readonly caption: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly x: readonly string[];
  readonly y: readonly string[];
  /** `values[y][x]`. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Behind the value, smaller: an interval's half-width. */
  readonly details?: readonly (readonly (string | null)[])[];
  readonly percent?: boolean;
  readonly digits?: number;
  /** A value that colours go out from to both sides, such as 0 for differences. Absent: from the least to the greatest. */
  readonly centre?: number;
  /** Squares to frame, and why. */
  readonly marked?: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

/** Average ranks on a line, joined where they cannot be told apart (Demsar 2006). */
export interface RankFigure {
  readonly kind: "ranks";
  readonly title: string;
  readonly caption: string;
  readonly ranks: readonly { readonly name: string; readonly rank: number }[];
  readonly criticalDifference: number;
  readonly groups: readonly (readonly string[])[];
}

/** Points: printed against measured. */
export interface ScatterFigure {
  readonly kind: "scatter";
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly { readonly name: string; readonly points: readonly { readonly x: number; readonly y: number; readonly label?: string }[] }[];
  /** Draw where both are equal. */
  readonly diagonal?: boolean;
  /** Its numbers stand in a table of the report: they are not written out again. */
  readonly tabled?: boolean;
}

export type Figure = LineFigure | IntervalFigure | HeatFigure | RankFigure | ScatterFigure;

/** A part of a report. */
export interface Section {
  readonly heading: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  readonly items: readonly (Table | Figure)[];
}

/** A whole report. */
export interface Report {
  readonly title: string;
  readonly question: string;
  /** Marked in every form. */
  readonly quick: boolean;
  /** The conclusions, most important first, a sentence each. */
  readonly verdict: readonly string[];
  readonly sections: readonly Section[];
  /** Conditions at the foot: data, samples, seeds, mode, kernels, engine, hashes. */
  readonly conditions: readonly (readonly [name: string, value: string])[];
  /** Rows of `report.csv`: a cell, arm and seed each. */
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
}
