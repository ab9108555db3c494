/** Where one more value of a sample would lie. @module */
import { checkSample, checkShare } from "./check.ts";
import { mean as meanOf, variance } from "./describe.ts";
import { studentCritical } from "./distributions.ts";

/**
 * The interval that holds one further value from where `values` came from (say, another seed's accuracy), if these are about normal:
 * mean ± t s sqrt(1 + 1/n), n - 1 degrees of freedom (Hahn & Meeker 1991, "Statistical intervals", section 4.7). Wider than that of the mean, and no narrower
 * than single values scatter however many there are.
 * @param options.confidence default 0.95
 * @throws ConfigError for fewer than two values, NumericError for one that is not finite
 */
export function predictionInterval(values: ArrayLike<number>, { confidence = 0.95 }: { readonly confidence?: number } = {}): { low: number; high: number } {
  checkSample("predictionInterval", values, 2);
  checkShare("predictionInterval", "confidence", confidence);
  const n = values.length;
  const mean = meanOf(values);
  const reach = studentCritical(1 - confidence, n - 1) * Math.sqrt(variance(values) * (1 + 1 / n));
  return { low: mean - reach, high: mean + reach };
}
