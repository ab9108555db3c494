/** Several tests at once. @module */
import { ConfigError } from "../../errors.ts";

/**
 * Holm's step-down correction (Holm 1979, Scandinavian Journal of Statistics 6, 65-70): adjusted p-values in the order given. The i-th smallest of m becomes the
 * largest of (m - j + 1) p(j) over j <= i, at most 1. Rejecting where it is at most alpha, the chance of any false rejection is at most alpha, however the tests depend.
 * @throws ConfigError for none, or one outside 0 to 1
 */
export function holm(ps: readonly number[]): number[] {
  if (ps.length === 0) throw new ConfigError({ where: "holm", got: "no p-values", expected: "at least one" });
  ps.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) throw new ConfigError({ where: `holm: p-value ${i}`, got: String(p), expected: "a number from 0 to 1" });
  });
  const order = ps.map((_, i) => i).sort((i, j) => ps[i] - ps[j]);
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  order.forEach((i, place) => {
    most = Math.max(most, Math.min(1, (ps.length - place) * ps[i]));
    adjusted[i] = most;
  });
  return adjusted;
}
