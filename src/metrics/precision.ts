/** Precision. @module */
import { type AverageOptions, averaged, precisionOf } from "./class-counts.ts";
import { metricMaker } from "./metric-maker.ts";

/**
 * Precision of a class = rows of it that were predicted to be / all rows that were; 0 where none was. A class that occurs neither among targets nor among
 * predictions does not count in `macro`. As in scikit-learn.
 * @throws ConfigError for an option out of range; when it starts, for shapes that are no classes; while it runs, for targets that are none
 */
export const precision = metricMaker("precision", (options: AverageOptions) => averaged("precision", options, precisionOf));
