/** Mean absolute error. @module */
import { metricMaker, type NamedOptions } from "./metric-maker.ts";
import { meanOf } from "./regression.ts";

/**
 * Mean of |yTrue - yPred| over all numbers of all samples, summed in double precision.
 * @throws ConfigError, when it starts, unless there is a target for every number that is predicted
 */
export const mae = metricMaker("mae", (_: NamedOptions) => (inputs) => meanOf("mae", inputs, Math.abs));
