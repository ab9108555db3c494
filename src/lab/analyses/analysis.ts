/** What an analysis is. @module */
import type { Arm } from "../protocols/protocol.ts";
import type { Section } from "../reports/report.ts";
import type { Study } from "../study.ts";

/** What an analysis finds in the arms of a study. */
export interface Finding {
  /** Plain data for `summary.json`, under the analysis's name; nothing that depends on the clock. */
  readonly data: unknown;
  /** For the report. */
  readonly sections: readonly Section[];
  /** Conclusions, most important first, a sentence each; empty where the arms do not hold what it takes. */
  readonly verdict: readonly string[];
}

/** Answers a question of a study from what was run of it. Pure: equal arms give equal findings. */
export type Analysis = (study: Study, arms: readonly Arm[]) => Finding;
