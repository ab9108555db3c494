/** What an analysis is. @module */

import type { Study } from "../definition/study.ts";
import type { ArmFacts } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import type { Arm } from "../protocols/protocol.ts";

/** Answers a question of a study from what was run of it. Pure: equal arms give equal findings. @param facts the figures of each arm, in the same order */
export type Analysis = (study: Study, arms: readonly Arm[], facts: readonly ArmFacts[]) => Finding;
