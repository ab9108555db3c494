/** What a search of settings is: plain data, from TypeScript or a JSON file. @module */
import type { Settings } from "../definition/settings.ts";
import type { TableOptions } from "../loading/table-use.ts";
import type { Space } from "./space.ts";

/** A method by name, with its options. */
export interface MethodChoice {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** Epochs as what methods that stop bad settings early deal out. */
export interface EpochRange {
  /** That every point is trained at first. */
  readonly least: number;
  /** That the last ones are trained in all. */
  readonly most: number;
  /** Of so many that are trained equally long, one is trained on, so many times as long. Default 3. */
  readonly factor?: number;
}

/** A search as it is written. */
export interface SearchDefinition {
  /** Names its folder: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly title: string;
  /** What it asks, in a sentence. */
  readonly question: string;
  /** As `--data` takes it. Default `mnist`. */
  readonly data?: string;
  /** Of tables: the column that is predicted. */
  readonly target?: string;
  /** Of tables: what else is made of them, such as `{ fill: "median" }`; by the names of `train`'s options. */
  readonly table?: TableOptions;
  /** Only the first n training samples. Default all. */
  readonly limit?: number;
  /** Part of the training samples that is held out, stratified; by it settings are chosen. Default 0.1. */
  readonly validation?: number;
  /** Settings that all trials share, on top of the defaults. */
  readonly base?: Partial<Settings>;
  /** Settings that vary: a range, or a list of values. */
  readonly space: Space;
  /** Default `tpe`. */
  readonly method?: string | MethodChoice;
  /** Points that are tried, for methods that are told. */
  readonly trials?: number;
  /** Epochs to spend in all, for asha. */
  readonly budget?: number;
  /** Points that are chosen together, for methods that take it: the result depends on it, but not on the number of workers. */
  readonly roundSize?: number;
  /** Of what the method draws. Default 0. */
  readonly seed?: number;
  /** Trainings of each point, with other initial weights and batches; their mean counts. Default 1. */
  readonly seeds?: number;
  /** `accuracy` (default; of a regression `loss`), `loss`, or a metric by name: of the validation samples. */
  readonly objective?: string;
  /** For successiveHalving, hyperband and asha. */
  readonly epochs?: EpochRange;
  /** In the end so many of the best settings are trained again, with so many seeds that no trial of the search had, and tested. Default 3 and 5. */
  readonly report?: { readonly settings?: number; readonly seeds?: number };
}

/** A search, checked, with its defaults. */
export interface Search {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly data: string;
  readonly target: string | null;
  readonly table?: TableOptions;
  readonly limit: number | null;
  readonly validation: number;
  readonly base: Partial<Settings>;
  readonly space: Space;
  readonly method: MethodChoice;
  readonly trials: number | null;
  readonly budget: number | null;
  readonly roundSize: number | null;
  readonly seed: number;
  readonly seeds: number;
  /** Null: accuracy, or the loss where there are no classes. */
  readonly objective: string | null;
  readonly epochs: Required<EpochRange> | null;
  readonly report: { readonly settings: number; readonly seeds: number };
  /** Fewer training samples and reporting seeds: marked in every report. */
  readonly quick: boolean;
  /** SHA-256 of what decides its trials, apart from how many there are (trials, budget). */
  readonly digest: string;
}
