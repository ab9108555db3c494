import { bound, type Case, type Content, exact, type KernelCases, type Run, roundings, U } from "../harness.ts";
import { between, draw, FEW, LENGTHS, lengths, SPECIALS } from "./common.ts";

const ARB: [number, number, number][] = [];
for (const R of LENGTHS) ARB.push([3, R, 1], [1, R, 2]);
for (const B of LENGTHS) ARB.push([2, 3, B]);
for (const B of FEW) ARB.push([1, 1, B], [3, 5, B], [0, 2, B]);
ARB.push([5, 0, 1], [2, 0, 7], [1, 300, 5], [40, 2, 1]);

const shapes = (x: Content | undefined, more: Record<string, number> = {}): Case[] =>
  ARB.map(([A, R, B], i) => ({ sizes: { A, R, B, ...more }, shift: i % 4, ...(x !== undefined && { data: { x } }) }));
/** Not defined for no elements. */
const filled = (x: Content | undefined): Case[] => shapes(x).filter(({ sizes }) => sizes.R > 0);

/** Every value at every place of rows and of columns. */
function places(values: readonly number[], rest: number): Case[] {
  return values.flatMap((value) =>
    [1, 3, 4, 5, 9].flatMap((R) =>
      [1, 3, 5].map((B) => {
        const x: number[] = [];
        for (let a = 0; a < R; a++) for (let r = 0; r < R; r++) for (let b = 0; b < B; b++) x.push((a + b) % R === r ? value : rest);
        return { sizes: { A: R, R, B }, data: { x } };
      }),
    ),
  );
}

/** Few values, so that the largest are many. */
const ties = draw((u) => Math.round(u * 2));
const mixed = (): Case => ({
  sizes: { A: 1, R: SPECIALS.length, B: SPECIALS.length },
  data: { x: Array.from({ length: SPECIALS.length ** 2 }, (_, i) => SPECIALS[(i + Math.floor(i / SPECIALS.length) * 7) % SPECIALS.length]) },
});

/**
 * log(S) + shift: S is off by (R + 8) U as a sum, and by |x - shift| U + 2.4 U (1.2 ulp) in each exponential; the logarithm by 0.8 ulp, 1.6 U.
 */
const logSumExp = bound(({ before, after, sizes: { R, B } }: Run) => {
  const [x, y] = [before.x as Float64Array, after.y as Float64Array];
  return (i) => {
    const start = Math.floor(i / B) * R * B + (i % B);
    let shift = -Infinity;
    for (let r = 0; r < R; r++) shift = Math.max(shift, x[start + r * B]);
    let [sum, error] = [0, 0];
    for (let r = 0; r < R; r++) {
      const distance = x[start + r * B] - shift;
      const term = Math.exp(distance);
      sum += term;
      if (term > 0) error += term * (Math.abs(distance) + 2.4 + R + 8) * U;
    }
    return 1.01 * (error / sum + 1.6 * U * Math.abs(Math.log(sum)) + U * Math.abs(y[i])) + 2 ** -149;
  };
});

export const reduction = {
  reduce_sum_f32: {
    tolerance: roundings(({ R }) => R + 8, ["x", "y"]),
    cases: [
      ...[0, 1].flatMap((beta) => shapes(undefined, { beta })),
      ...places([NaN, Infinity, -Infinity, 5], 1).map((c) => ({ ...c, sizes: { ...c.sizes, beta: 0 } })),
    ],
  },
  // Which zero is the largest of zeros is not said.
  reduce_max_f32: {
    tolerance: { kind: "exact", anyZero: true },
    cases: [...filled(undefined), ...filled(ties), ...places([NaN, Infinity, -Infinity, 5], 1), ...places([1, -1, -7], -Infinity), mixed()],
  },
  reduce_argmax_f32: {
    tolerance: exact,
    cases: [
      ...filled(undefined),
      ...filled(ties),
      ...places([NaN, Infinity, -Infinity, 5, 1], 1),
      ...places([1, -1, NaN], -Infinity),
      ...places([3], NaN),
      mixed(),
    ],
  },
  reduce_logsumexp_f32: {
    tolerance: logSumExp,
    cases: [
      ...filled(undefined),
      ...filled(between(-50, 50)),
      ...filled(between(900, 1000)),
      ...places([NaN, Infinity, -Infinity, 5, 200], 1),
      ...places([1, -1, -500], -Infinity),
      ...places([-Infinity], -Infinity),
      ...places([1], Infinity),
    ],
  },
  sum_f64: {
    // Two sums in f64, of which the reference is one.
    tolerance: bound(({ before, sizes: { n } }) => () => {
      const y = (before.y as Float64Array)[0];
      return (2 * n + 16) * 2 ** -53 * ((before.x as Float64Array).reduce((s, x) => s + Math.abs(x), 0) + (Number.isFinite(y) ? Math.abs(y) : 0));
    }),
    cases: [
      ...[0, 1].flatMap((beta) => lengths(() => ({ sizes: { beta } }))),
      // Exact, but not in f32.
      { sizes: { n: 9, beta: 0 }, data: { x: [2 ** 40, 1, 1, 1, 1, 1, 1, 1, 1] } },
      { sizes: { n: 7, beta: 1 }, data: { x: [2 ** 40, 1, 1, 1, 1, -(2 ** 40), 1], y: [2 ** 41] } },
      ...[0, 1, 2, 3, 4, 5, 6].flatMap((at) =>
        [NaN, Infinity].map((value) => ({ sizes: { n: 7, beta: 0 }, data: { x: (i: number) => (i === at ? value : 1) } })),
      ),
    ],
  },
  finite_f64: {
    tolerance: exact,
    cases: [NaN, Infinity, -Infinity, 0, -0, 1, -2.5, 1e308, -1.7976931348623157e308, 5e-324].flatMap((x) =>
      [0, 1].map((shift) => ({ sizes: {}, data: { x: [x] }, shift })),
    ),
  },
} satisfies Record<string, KernelCases>;
