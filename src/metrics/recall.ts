/** Recall. @module */
import { type AverageOptions, averaged, recallOf } from "./class-counts.ts";
import { metricMaker } from "./metric-maker.ts";

/**
 * Recall of a class = rows of it that were predicted to be / all rows of it; 0 where there is none. A class that occurs neither among targets nor among
 * predictions does not count in `macro`. As in scikit-learn.
 * @throws ConfigError for an option out of range; when it starts, for shapes that are no classes; while it runs, for targets that are none
 */
export const recall = metricMaker("recall", (options: AverageOptions) => averaged("recall", options, recallOf));
