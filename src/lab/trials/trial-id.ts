/** What a trial is known by. @module */
import { digestOf } from "../written/canonical.ts";
import type { Trial } from "./trial.ts";

/** The first 16 hex digits of the SHA-256 of all that a trial is asked for: equal trials have equal ids, whichever study they belong to. */
export function trialId(trial: Trial): string {
  return digestOf(trial).slice(0, 16);
}
