/** What is found in the results of a study. @module */
import type { Section } from "../reports/report.ts";

/** What an analysis, or a part of the summary, finds in the arms of a study. */
export interface Finding {
  /** Plain data for `summary.json`, under its name; nothing that depends on the clock. */
  readonly data: unknown;
  /** For the report. */
  readonly sections: readonly Section[];
  /** Conclusions, most important first, a sentence each; empty where the arms do not hold what it takes. */
  readonly verdict: readonly string[];
  /** What depends on the clock, kept apart: its data stands under `times` in `summary.json`, its sections behind all others. */
  readonly times?: { readonly data: unknown; readonly sections: readonly Section[] };
}
