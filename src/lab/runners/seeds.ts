/** Which seeds a study is run with. @module */
import { ConfigError } from "../../errors.ts";
import type { ProtocolName } from "../protocols/protocol.ts";

/** Reporting seeds unless asked for otherwise. */
const REPORTING = 10;
/** The same of the quick form. */
const QUICK = 3;
const TUNING = 3;
/** Tuning seeds follow it, and those of searches. */
export const FIRST_TUNING = 1001;
/** Reporting seeds that are no tuning seeds. */
export const MOST_SEEDS = FIRST_TUNING - 1;

/** Reporting seeds 1, 2, 3 ... and tuning seeds 1001, 1002, 1003. */
export interface Seeds {
  readonly seeds: readonly number[];
  readonly tuningSeeds: readonly number[];
}

/**
 * The seeds of a run.
 * @param count of reporting seeds. Default: 10, of quick studies 3; 1 under `as-printed`
 * @throws ConfigError for a count that is none
 */
export function seedsOf(count: number | undefined, protocol: ProtocolName, quick: boolean): Seeds {
  const n = count ?? (protocol === "as-printed" ? 1 : quick ? QUICK : REPORTING);
  if (!Number.isInteger(n) || n < 1 || n > MOST_SEEDS)
    throw new ConfigError({ where: "seeds", got: String(n), expected: `a number of reporting seeds, from 1 to ${MOST_SEEDS}` });
  const from = (first: number, length: number): number[] => Array.from({ length }, (_, i) => first + i);
  return { seeds: from(1, n), tuningSeeds: from(FIRST_TUNING, TUNING) };
}
