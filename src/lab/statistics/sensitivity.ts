/** How much hangs on the learning rate. @module */
import { ConfigError } from "../../errors.ts";
import { checkSample, checkShare } from "./check.ts";
import { mean as meanOf } from "./describe.ts";

/** A rate that was tried. */
export interface RateResult {
  readonly rate: number;
  /** An accuracy per seed; null: diverged, counted as 0. */
  readonly values: readonly (number | null)[];
}

/** How accuracy depends on the rate. */
export interface Sensitivity {
  /** Ascending by rate: mean accuracy, diverged seeds as 0, and how many did. */
  readonly curve: readonly { readonly rate: number; readonly mean: number; readonly diverged: number }[];
  /** The rate with the greatest mean (the lowest of equals). */
  readonly best: { readonly rate: number; readonly mean: number };
  /** Mean over all rates of what is lost against the best: what a rate taken blindly from this grid costs. */
  readonly meanLoss: number;
  /** Decades of rates around the best, without a gap, that lose at most `within`: log10 of the last over the first. 0 when only the best does. */
  readonly decades: number;
}

/**
 * Sensitivity to the learning rate over a grid. DeepOBS (Schneider, Balles & Hennig 2019, arXiv 1903.05499) plots the curve; Wortsman et al. 2023 (arXiv 2309.14322) take the
 * mean excess over the best. The range of the grid decides the figure, as it decides rankings (Choi et al. 2019, arXiv 1910.05446): compare equal numbers of equally
 * spaced rates only.
 * @param within what may be lost, default .005 (half a point of accuracy)
 * @throws ConfigError for no rates, no values or one rate twice, NumericError for what is not finite
 */
export function sensitivity(results: readonly RateResult[], { within = 0.005 }: { readonly within?: number } = {}): Sensitivity {
  const where = "sensitivity";
  if (results.length === 0) throw new ConfigError({ where, got: "no rates", expected: "at least one" });
  checkShare(where, "within", within);
  const curve = [...results]
    .sort((a, b) => a.rate - b.rate)
    .map(({ rate, values }) => {
      if (!(rate > 0 && Number.isFinite(rate))) throw new ConfigError({ where, got: `rate ${rate}`, expected: "a number above 0" });
      const scored = values.map((value) => value ?? 0);
      checkSample(`${where}: rate ${rate}`, scored);
      return { rate, mean: meanOf(scored), diverged: values.filter((value) => value === null).length };
    });
  curve.forEach(({ rate }, i) => {
    if (i > 0 && rate === curve[i - 1].rate) throw new ConfigError({ where, got: `rate ${rate} twice`, expected: "each rate once" });
  });
  const top = curve.reduce((best, point, i) => (point.mean > curve[best].mean ? i : best), 0);
  const best = curve[top];
  const good = (i: number): boolean => curve[i] !== undefined && best.mean - curve[i].mean <= within;
  let [first, last] = [top, top];
  while (good(first - 1)) first--;
  while (good(last + 1)) last++;
  return {
    curve,
    best: { rate: best.rate, mean: best.mean },
    meanLoss: meanOf(curve.map(({ mean }) => best.mean - mean)),
    decades: Math.log10(curve[last].rate / curve[first].rate),
  };
}
