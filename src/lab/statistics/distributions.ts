/**
 * Distribution functions, to about 13 digits. Formulas: Abramowitz & Stegun 1964, chapters 6 and 26; continued fractions by Lentz's method
 * (Press et al. 2007, "Numerical Recipes", chapter 6).
 * @module
 */

/** Lanczos's series for g = 7 (Godfrey 2001): relative error below 1e-14. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
  9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Gamma(x), x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  let sum = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (x - 1 + i);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Lentz: b0 + a1/(b1 + a2/(b2 + ...)), for terms that may come near zero. */
function continuedFraction(b0: number, term: (i: number) => readonly [a: number, b: number]): number {
  const tiny = 1e-300;
  let f = b0 || tiny;
  let c = f;
  let d = 0;
  for (let i = 1; i < 10_000; i++) {
    const [a, b] = term(i);
    d = 1 / (b + a * d || tiny);
    c = b + a / c || tiny;
    f *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return f;
}

/** The upper regularized incomplete gamma function Q(a, x). */
export function gammaAbove(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  return front / continuedFraction(x + 1 - a, (i) => [-i * (i - a), x + 2 * i + 1 - a]);
}

/** The regularized incomplete beta function I_x(a, b). */
export function betaBelow(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(b, a, 1 - x);
  const front = Math.exp(a * Math.log(x) + b * Math.log(1 - x) + logGamma(a + b) - logGamma(a) - logGamma(b));
  const fraction = continuedFraction(1, (i) => {
    const m = i >> 1;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return [(i & 1) === 0 ? even : odd, 1];
  });
  return front / (a * fraction);
}

/** P(Z <= z), standard normal. */
export function normalCdf(z: number): number {
  const tail = 0.5 * gammaAbove(0.5, (z * z) / 2);
  return z > 0 ? 1 - tail : tail;
}

/** P(|Z| >= |z|), standard normal. */
export function normalTwoSided(z: number): number {
  return gammaAbove(0.5, (z * z) / 2);
}

/** P(X >= x), chi squared with `df` degrees of freedom. */
export function chiSquaredAbove(x: number, df: number): number {
  return gammaAbove(df / 2, x / 2);
}

/** P(|T| >= |t|), Student's t. */
export function studentTwoSided(t: number, df: number): number {
  return Number.isFinite(t) ? betaBelow(df / 2, 0.5, df / (df + t * t)) : 0;
}

/** P(X >= x), Fisher's F. */
export function fisherAbove(x: number, df1: number, df2: number): number {
  if (!(x > 0)) return 1;
  return Number.isFinite(x) ? betaBelow(df2 / 2, df1 / 2, df2 / (df2 + df1 * x)) : 0;
}

/** Where a falling function takes a value: bisection after doubling, from 0. */
function fallsTo(f: (x: number) => number, value: number): number {
  let high = 1;
  while (f(high) > value) high *= 2;
  let low = 0;
  while (high - low > 1e-14 * high) {
    const middle = (low + high) / 2;
    if (f(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** z with P(|Z| >= z) = p. */
export function normalCritical(p: number): number {
  return fallsTo(normalTwoSided, p);
}

/** t with P(|T| >= t) = p. Degrees of freedom may be broken. */
export function studentCritical(p: number, df: number): number {
  return fallsTo((t) => studentTwoSided(t, df), p);
}

/** P(R >= q): the range of k independent standard normals, 1 - k ∫ φ(z) [Φ(z) - Φ(z - q)]^(k-1) dz, by Simpson's rule. */
export function rangeAbove(q: number, k: number): number {
  const [from, to, pieces] = [-8, 8 + q, 400];
  const step = (to - from) / pieces;
  let sum = 0;
  for (let i = 0; i <= pieces; i++) {
    const z = from + i * step;
    const weight = i === 0 || i === pieces ? 1 : (i & 1) === 1 ? 4 : 2;
    sum += weight * Math.exp((-z * z) / 2) * (normalCdf(z) - normalCdf(z - q)) ** (k - 1);
  }
  return 1 - (k * sum * step) / (3 * Math.sqrt(2 * Math.PI));
}

/** q with P(R >= q) = p: the studentized range with infinitely many degrees of freedom. */
export function rangeCritical(p: number, k: number): number {
  return fallsTo((q) => rangeAbove(q, k), p);
}
