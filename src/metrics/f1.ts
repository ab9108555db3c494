/** F1 score. @module */
import { type AverageOptions, averaged, f1Of } from "./class-counts.ts";
import { metricMaker } from "./metric-maker.ts";

/**
 * F1 of a class = 2 precision recall / (precision + recall) = 2 right / (predicted + support); 0 where both are. A class that occurs neither among targets
 * nor among predictions does not count in `macro`. As in scikit-learn.
 * @throws ConfigError for an option out of range; when it starts, for shapes that are no classes; while it runs, for targets that are none
 */
export const f1 = metricMaker("f1", (options: AverageOptions) => averaged("f1", options, f1Of));
