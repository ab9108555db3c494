/** Learning rates to try: which is best, and which come next. @module */
import type { RateTried, Tuning } from "./protocol.ts";

/** Three significant digits: 0.00316. */
const rounded = (rate: number): number => Number(rate.toPrecision(3));

/** How far rates of a grid may be from a power of the square root of ten, in exponents: what three digits leave. */
const ROUNDING = 0.005;

/** The next rate below (-1) or above (1), a factor of the square root of ten away; on the grid ... 0.001, 0.00316, 0.01 ... if `rate` is. */
export function beyond(rate: number, direction: -1 | 1): number {
  const exponent = 2 * Math.log10(rate);
  const whole = Math.round(exponent);
  return rounded(10 ** (((Math.abs(exponent - whole) < ROUNDING ? whole : exponent) + direction) / 2));
}

/** The geometric mean, to three digits where these tell it from both. */
export function between(a: number, b: number): number {
  const exact = Math.sqrt(a * b);
  const short = rounded(exact);
  return short > Math.min(a, b) && short < Math.max(a, b) ? short : exact;
}

/** The mean last validation accuracy over the tuning seeds; one that diverged counts as 0. */
export const scoreOf = ({ accuracies }: RateTried): number => accuracies.reduce<number>((sum, accuracy) => sum + (accuracy ?? 0), 0) / accuracies.length;

/** Index of the best rate; of equals the smallest. */
function best(rates: readonly RateTried[]): number {
  return rates.reduce((chosen, tried, i) => (scoreOf(tried) > scoreOf(rates[chosen]) ? i : chosen), 0);
}

/** What the rates tried so far choose. @param tried in any order, at least one */
export function choose(tried: readonly RateTried[]): Tuning {
  const rates = [...tried].sort((a, b) => a.rate - b.rate);
  const chosen = best(rates);
  return { rates, rate: rates[chosen].rate, onEdge: chosen === 0 || chosen === rates.length - 1 };
}

/** The rate to try next: beyond the edge if the best is on one, else between it and the better of its neighbours. */
export function nextRate({ rates, rate, onEdge }: Tuning): number {
  const at = rates.findIndex((tried) => tried.rate === rate);
  if (onEdge) return beyond(rate, at === rates.length - 1 ? 1 : -1);
  const [below, above] = [rates[at - 1], rates[at + 1]];
  return between(rate, (scoreOf(below) > scoreOf(above) ? below : above).rate);
}
