/** Ways from one value to another. @module */

/** Taylor coefficients of sin(x)/x in x^2, highest first: 1/21!, ... 1/3!, 1 with alternating signs. */
const SINE = Array.from({ length: 11 }, (_, i) => {
  let factorial = 1;
  for (let k = 2; k <= 2 * (10 - i) + 1; k++) factorial *= k;
  return (i % 2 === 0 ? 1 : -1) / factorial;
});

/** (1 - cos(pi t)) / 2 for t in [0, 1], within 1e-15 and with the same bits on every engine, which Math.cos does not promise. */
export function halfCosine(t: number): number {
  const x = Math.PI * (t - 0.5);
  const z = x * x;
  let p = 0;
  for (const c of SINE) p = p * z + c;
  return 0.5 + 0.5 * (p * x);
}

/** The names of {@link anneal}. */
export type Anneal = "cosine" | "linear";

/** From `from` at t = 0 to `to` at t = 1: along half a cosine wave, or straight. */
export function anneal(kind: Anneal, from: number, to: number, t: number): number {
  return from + (to - from) * (kind === "cosine" ? halfCosine(t) : t);
}
