/** The method of a search, ready to begin. @module */
import { ConfigError } from "../../errors.ts";
import type { Search } from "./definition.ts";
import type { Method } from "./method.ts";
import { methodOf } from "./methods/index.ts";

/** Methods that stop bad settings early. */
const SPENDS_EPOCHS: readonly string[] = ["successiveHalving", "hyperband", "asha"];

/** Whether a method deals out epochs. */
export const spendsEpochs = (method: string): boolean => SPENDS_EPOCHS.includes(method);

/** The method, at its beginning. @throws ConfigError for a method that there is not, or options that it does not take */
export function madeMethod({ name: search, method: { name, ...own }, space, trials, budget, roundSize, seed, epochs }: Omit<Search, "digest">): Method {
  const rungs = epochs === null ? {} : { minResource: epochs.least, maxResource: epochs.most, eta: epochs.factor };
  const shared = { trials, budget, roundSize, seed, ...rungs };
  try {
    return methodOf(name, space, { ...Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== null)), ...own });
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError({ ...error.complaint, where: `search ${search}, ${error.complaint.where}` });
    throw error;
  }
}
