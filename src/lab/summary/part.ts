/** What the parts of a summary give and take. @module */

import type { Study } from "../definition/study.ts";
import type { ArmFacts } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";

/** What a part of the summary reads. */
export interface PartInput {
  readonly study: Study;
  readonly facts: ArmFacts;
  readonly testSamples: number;
}

/** One part of what is said of an arm: data, sections and sentences; empty where there is nothing to say. */
export type Part = (input: PartInput) => Finding;

export const nothing: Finding = { data: null, sections: [], verdict: [] };
