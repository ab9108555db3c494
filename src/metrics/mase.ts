/** Mean absolute scaled error. @module */
import { ConfigError } from "../errors.ts";
import type { StreamedMetric } from "./metric.ts";
import { type NamedOptions, namedMetric } from "./metric-maker.ts";
import { meanOf } from "./regression.ts";

/** Options of {@link mase}: the series that was trained on, or its naive error. */
export interface MaseOptions extends NamedOptions {
  /** The series that was trained on, in order, in the units of the targets. */
  training?: ArrayLike<number>;
  /** How many steps back the naive forecast looks: 1 repeats the last value, 12 the same month of last year. Default 1. */
  period?: number;
  /** Instead of the series: its {@link naiveError}. */
  naiveError?: number;
}

/**
 * Mean over t of |y[t] - y[t - period]|: the error, inside a series, of the forecast that repeats what was `period` steps before.
 * @throws ConfigError unless the series is finite, longer than the period and not constant at that distance
 */
export function naiveError(series: ArrayLike<number>, period = 1): number {
  const where = "naiveError";
  if (!(Number.isInteger(period) && period >= 1)) throw new ConfigError({ where, got: `period = ${period}`, expected: "a positive integer" });
  if (!(series?.length > period))
    throw new ConfigError({
      where,
      got: `a series of ${series?.length ?? 0}`,
      expected: `more than its period of ${period}`,
      hint: "give the series that was trained on",
    });
  let sum = 0;
  for (let t = period; t < series.length; t++) sum += Math.abs(series[t] - series[t - period]);
  return checkScale(where, sum / (series.length - period));
}

/**
 * MASE = mean |yTrue - yPred| / naive error of the training series (Hyndman and Koehler 2006, Int. J. Forecasting 22, sections 3 and 4): below 1 the
 * forecast is better than repeating what was `period` steps before is, on average, one step ahead in training.
 * @throws ConfigError without a series or its naive error, or for one that is not positive; when it starts, unless there is a target for every number
 * that is predicted
 */
export function mase(options: MaseOptions): StreamedMetric {
  const { training, period, naiveError: given, name } = options ?? {};
  if ((training === undefined) === (given === undefined) || (given !== undefined && period !== undefined)) {
    throw new ConfigError({
      where: "mase",
      got: training === undefined && given === undefined ? "no scale" : "two scales",
      expected: "either the training series, with its period, or its naiveError",
      hint: "mase({ training: series, period: 12 })",
    });
  }
  const scale = training === undefined ? checkScale("mase", given) : naiveError(training, period);
  return namedMetric("mase", { naiveError: scale, name } as NamedOptions, (inputs) => {
    const accumulator = meanOf("mase", inputs, Math.abs);
    return { ...accumulator, result: () => accumulator.result() / scale };
  });
}

function checkScale(where: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new ConfigError({
    where,
    got: `a naive error of ${String(value)}`,
    expected: "a finite number above 0",
    hint: value === 0 ? "a series that its period repeats exactly has no error to scale by" : undefined,
  });
}
