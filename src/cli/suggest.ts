/** What the lab refuses is bad usage on a command line. @module */
import { ConfigError, UsageError } from "../errors.ts";
import * as lab from "../lab/written/nearest.ts";

/** A ConfigError as the UsageError that it is here; other errors as they are. */
export const usageOf = (error: unknown): unknown => (error instanceof ConfigError ? new UsageError(error.complaint) : error);

/** Runs something that says of its arguments what is wrong with them. @throws UsageError for its ConfigError */
export function asUsage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw usageOf(error);
  }
}

/** Returns `value` if it is allowed. @param or what else would be. @throws UsageError with the nearest allowed value as hint */
export function oneOf<const T extends string>(where: string, value: string, allowed: readonly T[], or?: string): T {
  return asUsage(() => lab.oneOf(where, value, allowed, or));
}
