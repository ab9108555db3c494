/** What a study is: plain data, from TypeScript or a JSON file. @module */
import type { AnalysisName } from "../analyses/names.ts";
import type { MeasureName } from "../diagnostics/names.ts";
import type { Settings } from "./settings.ts";

/** A figure that somebody printed, and the settings it was printed for (what is absent is the study's base). */
export interface Printed {
  readonly settings: Partial<Settings>;
  /** On the test set. */
  readonly accuracy?: number;
  /** On the test set. */
  readonly loss?: number;
  /** On the training set. */
  readonly trainAccuracy?: number;
}

/** A study as it is written. Its competitors are `cells` x every combination of `factors`, in that order. */
export interface StudyDefinition {
  /** Names its folder: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly title: string;
  /** What it asks, in a sentence. */
  readonly question: string;
  /** As `--data` takes it. Default `mnist`. */
  readonly data?: string;
  /** Only the first n training samples. Default all. */
  readonly limit?: number;
  /** Part of the training samples that is held out for validation, stratified. Default 0.1. */
  readonly validation?: number;
  /** Settings that all competitors share, on top of the defaults (784-128-10, dropout .2, 5 epochs, batch 32). */
  readonly base?: Partial<Settings>;
  /** Levels of settings, crossed. */
  readonly factors?: { readonly [F in keyof Settings]?: readonly Settings[F][] };
  /** Competitors that are no cross, each some settings; crossed with `factors`. */
  readonly cells?: readonly Partial<Settings>[];
  /**
   * Whether `fair` tunes each competitor's learning rate. Default: true, unless the learning rate is a factor or named by a cell.
   */
  readonly tune?: boolean;
  /** Learning rates to begin with, ascending, by optimizer. Default: seven, a factor of the square root of ten apart, around the optimizer's usual one. */
  readonly rates?: Readonly<Record<string, readonly number[]>>;
  /** Under `carry-over`: the factor from one of whose levels to the next weights pass. Default `optimizer` if it is a factor. */
  readonly carry?: keyof Settings;
  /** Validation accuracy whose first reaching is timed. */
  readonly target?: number;
  /** Recorded while the reporting trials train. */
  readonly measures?: readonly MeasureName[];
  /** What is said of the results besides what every study says. */
  readonly analyses?: readonly AnalysisName[];
  /** Figures to compare with; `as-printed` runs their settings, where there are some. */
  readonly printed?: readonly Printed[];
  /** What is known of them, such as how they were labelled. */
  readonly printedNote?: string;
  /** What is otherwise in the quick form, which has fewer images: epochs of every competitor, and the target. Default: as in the full one. */
  readonly quickForm?: { readonly epochs?: number; readonly target?: number };
}

/** One competitor. */
export interface Cell {
  /** Its place in the study, from 0. */
  readonly index: number;
  /** What tells it from the others, short: `adam`, `adam, relu`. */
  readonly label: string;
  /** Its level of each varied setting, as text, in the order of {@link Study.axes}. */
  readonly levels: readonly string[];
  /** Complete. `learningRate` is null where a protocol chooses. */
  readonly settings: Settings;
  readonly printed: Omit<Printed, "settings"> | null;
}

/** A study, checked, with its defaults and its competitors. */
export interface Study extends Required<Omit<StudyDefinition, "target" | "carry" | "limit" | "printedNote" | "factors" | "cells" | "base" | "quickForm">> {
  readonly limit: number | null;
  readonly carry: keyof Settings | null;
  readonly target: number | null;
  readonly printedNote: string | null;
  /** The settings that differ between cells, and their levels as text, in order of appearance. */
  readonly axes: readonly { readonly factor: keyof Settings; readonly levels: readonly string[] }[];
  readonly cells: readonly Cell[];
  /** What `as-printed` runs: a cell for each printed figure, or `cells` where nothing was printed. */
  readonly printedCells: readonly Cell[];
  /** Six thousand four hundred training samples, fewer seeds: marked in every report. */
  readonly quick: boolean;
  /** SHA-256 of what decides its trials, apart from seeds and protocol. */
  readonly digest: string;
}
