/** What an analysis is. @module */
import type { Arm } from "../protocols/protocol.ts";
import type { Section } from "../reports/report.ts";
import type { Study } from "../study.ts";
import type { ArmFacts } from "../summary/facts.ts";

/** What an analysis finds in the arms of a study. */
export interface Finding {
  /** Plain data for `summary.json`, under the analysis's name; nothing that depends on the clock. */
  readonly data: unknown;
  /** For the report. */
  readonly sections: readonly Section[];
  /** Conclusions, most important first, a sentence each; empty where the arms do not hold what it takes. */
  readonly verdict: readonly string[];
  /** What depends on the clock, kept apart: its data stands under `times` in `summary.json`, its sections behind all others. */
  readonly times?: { readonly data: unknown; readonly sections: readonly Section[] };
}

/** Answers a question of a study from what was run of it. Pure: equal arms give equal findings. @param facts the figures of each arm, in the same order */
export type Analysis = (study: Study, arms: readonly Arm[], facts: readonly ArmFacts[]) => Finding;
