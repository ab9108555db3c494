/** Mean squared error. @module */
import { metricMaker, type NamedOptions } from "./metric-maker.ts";
import { meanOf } from "./regression.ts";

/**
 * Mean of (yTrue - yPred)^2 over all numbers of all samples, summed in double precision.
 * @throws ConfigError, when it starts, unless there is a target for every number that is predicted
 */
export const mse = metricMaker("mse", (_: NamedOptions) => (inputs) => meanOf("mse", inputs, (error) => error * error));
