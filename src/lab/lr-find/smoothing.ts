/** Smoothing without lag. @module */

/**
 * Moving averages forwards and backwards, with weights factor^distance that sum to 1 at the ends too:
 * s[i] = sum over j of factor^|i - j| x[j] / sum over j of factor^|i - j|. An exponential average with Adam's correction of the bias (Kingma & Ba 2015,
 * section 3), but one that looks to both sides: a one-sided average of a curve over growing rates tells each loss several rates too late.
 * @param factor 0 (as it is) to below 1
 */
export function smooth(values: ArrayLike<number>, factor: number): Float64Array {
  const n = values.length;
  const sums = new Float64Array(n);
  const weights = new Float64Array(n);
  let [sum, weight] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum = factor * sum + values[i];
    weight = factor * weight + 1;
    sums[i] = sum;
    weights[i] = weight;
  }
  [sum, weight] = [0, 0];
  // The own value is in both averages: of this one it is left out.
  for (let i = n - 1; i >= 0; i--) {
    sums[i] = (sums[i] + factor * sum) / (weights[i] + factor * weight);
    sum = factor * sum + values[i];
    weight = factor * weight + 1;
  }
  return sums;
}
