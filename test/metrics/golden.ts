/** scikit-learn's metrics, made by test/golden/generate/sklearn_metrics.py, and how far ours are from them. */
import { readFileSync } from "node:fs";
import type { Metric } from "../../src/index.ts";
import { accuracy, binaryAccuracy, calibrationError, f1, mae, measure, mse, prAuc, precision, r2, recall, rocAuc, topKAccuracy } from "../../src/index.ts";

export interface Case {
  readonly name: string;
  readonly yTrue: number[] | number[][];
  readonly yPred: number[] | number[][];
  /** By `metric/option`; null is NaN. */
  readonly values: Record<string, number | null>;
  readonly report?: { confusion: number[][]; classes: number[][]; macro: number[]; weighted: number[] };
}

export const golden: { several: Case[]; single: Case[]; numbers: Case[]; spread: Record<string, number> } = JSON.parse(
  readFileSync(new URL("golden.json", import.meta.url), "utf8"),
);

export const cases: readonly (readonly [string, Case])[] = (["several", "single", "numbers"] as const).flatMap((kind) =>
  golden[kind].map((one) => [`${kind}, ${one.name}`, one] as const),
);

const averages = { precision, recall, f1 };
const average = (kind: keyof typeof averages, option: string): Metric => {
  const make = averages[kind];
  if (option === "above 0.7") return make({ threshold: 0.7 });
  return /^\d$/.test(option) ? make({ positive: Number(option) }) : make({ average: option as "macro" });
};

/** How metrics are made from the option behind their name. */
export type Makers = Readonly<Record<string, (option: string) => Metric>>;

export const ours: Makers = {
  accuracy: () => accuracy,
  precision: (option) => average("precision", option),
  recall: (option) => average("recall", option),
  f1: (option) => average("f1", option),
  topKAccuracy: (k) => topKAccuracy({ k: Number(k) }),
  binaryAccuracy: (threshold) => binaryAccuracy(threshold === "" ? {} : { threshold: Number(threshold) }),
  rocAuc: () => rocAuc,
  prAuc: () => prAuc,
  calibrationError: (bins) => calibrationError({ bins: Number(bins) }),
  mse: () => mse,
  mae: () => mae,
  r2: () => r2,
};

/** `f1/macro` -> the metric. */
export function metricNamed(name: string, makers: Makers = ours): Metric {
  const [kind, option = ""] = name.split("/");
  return makers[kind](option);
}

/**
 * Ten times what the order of samples does to scikit-learn's values, and at least that of one rounding. Relative to values above 1.
 */
export function bound(name: string): number {
  return 10 * Math.max(golden.spread[name.split("/")[0]], 2 ** -53);
}

/** Distance of a value from scikit-learn's. */
export function distanceOf(actual: number, expected: number | null): number {
  if (expected === null || Number.isNaN(actual)) return expected === null && Number.isNaN(actual) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
}

/** The values of a case that are further away than they may be. */
export function wrong({ yTrue, yPred, values }: Case, makers: Makers = ours): string[] {
  return Object.entries(values).flatMap(([name, expected]) => {
    const actual = measure(metricNamed(name, makers), yTrue, yPred);
    return distanceOf(actual, expected) <= bound(name) ? [] : [`${name}: ${actual}, expected ${expected}`];
  });
}
