/** What was done to data before a model saw it: plain data, saved with the model, so that new data can be treated the same. @module */

/** Ways of choosing what numbers are shifted and divided by. */
export type ScalerKind = "standard" | "minMax" | "robust" | "none";

/** A number as a model sees it is (x - shift) / scale; what a model says of it is turned back by y * scale + shift. */
export interface Scaling {
  readonly kind: ScalerKind;
  readonly shift: number;
  readonly scale: number;
}

/** How a column of a table becomes features. */
export type FeatureEncoding =
  | {
      readonly column: string;
      readonly kind: "numbers";
      readonly scaling: Scaling;
      /** Stands for a missing value, before scaling, with a feature more that is 1 where one was missing; null: there must be none. */
      readonly missing: number | null;
    }
  | {
      readonly column: string;
      /** A feature for each category, 1 where it is the row's. */
      readonly kind: "categories";
      readonly categories: readonly string[];
      /** Whether a missing value is one more category. */
      readonly missing: boolean;
      /** What becomes of a category that training did not see: an error, or no feature is 1. */
      readonly unknown: "error" | "none";
    };

/** How the column that is to be predicted becomes a target. */
export type TargetEncoding =
  | { readonly column: string; readonly kind: "number"; readonly scaling: Scaling }
  | { readonly column: string; readonly kind: "classes"; readonly classes: readonly string[] };

/** Rows of a table, one sample each. */
export interface TablePreprocessing {
  readonly kind: "table";
  readonly features: readonly FeatureEncoding[];
  readonly target: TargetEncoding;
  /** The file that was trained on and what of it was held out, so that it is not judged by rows that it was trained on. */
  readonly trainedOn?: {
    /** Of the file's bytes. */
    readonly sha256: string;
    /** Part of its rows that was held out for the test. */
    readonly testSplit: number;
    /** The column whose latest rows they were; null: they were chosen at random. */
    readonly time: string | null;
  };
}

/** Windows over a series. */
export interface SeriesPreprocessing {
  readonly kind: "series";
  /** Steps that the model sees. */
  readonly length: number;
  /** Which step behind them it predicts, from 1. */
  readonly horizon: number;
  /** Whether it predicts the last of steps 1 to `horizon`, or all of them. */
  readonly steps: "last" | "all";
  readonly features: readonly { readonly column: string; readonly scaling: Scaling }[];
  readonly target: { readonly column: string; readonly scaling: Scaling };
}

/** Images in folders, one for each class. */
export interface ImagePreprocessing {
  readonly kind: "images";
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
  /** Names of the classes in the order of their labels. */
  readonly classes: readonly string[];
}

/** What `model.preprocessing` holds. */
export type Preprocessing = TablePreprocessing | SeriesPreprocessing | ImagePreprocessing;
