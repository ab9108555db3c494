import { bound, type Case, type Content, each, exact, type KernelCases, type Run, roundings, U } from "../harness.ts";
import { between, draw, FEW, LENGTHS, lengths, SPECIALS } from "./common.ts";

const values = (run: Run, when: "before" | "after", name: string): Float64Array => run[when][name] as Float64Array;
const hole = draw((u) => (u > 0.5 ? NaN : u));
const signed = draw((u) => (Math.abs(u) < 0.3 ? 0 : u));

/** Rows of every length, and many of them. */
const rows = (more: Record<string, number> = {}): Case[] => [
  ...LENGTHS.flatMap((R, i) => [
    { sizes: { A: 3, R, ...more }, shift: i % 4 },
    { sizes: { A: 1, R, ...more }, shift: (i + 1) % 4 },
  ]),
  { sizes: { A: 0, R: 5, ...more } },
  { sizes: { A: 37, R: 2, ...more } },
  ...[NaN, Infinity, -Infinity].flatMap((value) =>
    [0, 3, 8].map((at) => ({ sizes: { A: 2, R: 9, ...more }, data: { x: (i: number) => (i === at ? value : 1) } })),
  ),
];

/** Of sums in f64 of positive terms, in another order than the reference's. */
const sums = bound((run) => (i) => (2 * run.sizes.R + 16) * 2 ** -53 * Math.abs(values(run, "after", "y")[i]));

/** Whatever the lengths: the step is sound, or it is not. */
const sound = (sizes: Record<string, number>, data: Record<string, Content> = {}): Case[] => [
  ...lengths(() => ({ sizes, data: { ok: [1], ...data } })),
  ...lengths(() => ({ sizes, data: { ok: [0], ...data } }), [1, 4, 7, 37]),
  { sizes: { n: 9, ...sizes }, data: { ok: [-1], ...data } },
];

/** p [A,R,B] with rows and columns of every length, inside wider rows too. */
const ARB: [A: number, R: number, B: number, ldp: number][] = [];
for (const R of LENGTHS) ARB.push([2, R, 1, 1]);
for (const B of FEW) ARB.push([1, 7, B, Math.max(2, B)], [2, 3, B, B + 5]);
ARB.push([3, 5, 1, 4], [1, 1, 6, 6], [0, 3, 1, 1], [0, 3, 4, 4], [2, 0, 3, 3], [4, 300, 1, 1], [1, 300, 5, 5]);
const norms = (low: number, high: number, p: Content, ok = 1): Case[] =>
  ARB.map(([A, R, B, ldp], i) => ({ sizes: { A, R, B, ldp, low, high }, shift: i % 4, data: { p, ok: [ok] } }));

export const update = {
  sum_squares_f64: {
    tolerance: sums,
    // Squares that f32 has not.
    cases: [...rows(), { sizes: { A: 1, R: 5 }, data: { x: [3e38, 1e-30, 3e38, -3e38, 3e38] } }, { sizes: { A: 2, R: 8 }, data: { x: 1e-30 } }],
  },
  penalty_sum_f64: {
    tolerance: sums,
    cases: [...rows({ l1: 0.01, l2: 0.3 }), ...rows({ l1: 0.5, l2: 0 }), ...rows({ l1: 0, l2: 2 }), { sizes: { A: 1, R: 9, l1: 1, l2: 1 }, data: { x: -3 } }],
  },
  combine_f64: {
    // In this order.
    tolerance: exact,
    cases: [
      ...[0, 1].flatMap((beta) => lengths(() => ({ sizes: { beta } }), FEW)),
      { sizes: { n: 4, beta: 1 }, data: { y: [1], x: [2 ** 60, 1, -(2 ** 60), 1] } },
      { sizes: { n: 3, beta: 0 }, data: { x: [1 / 3, 0.1, 1e300] } },
      ...[NaN, Infinity].map((value) => ({ sizes: { n: 3, beta: 0 }, data: { x: [1, 2, value] } })),
    ],
  },
  penalty_gradient_f32: {
    tolerance: roundings(4, ["g", "p"]),
    cases: [
      ...sound({ l1: 0.25, l2: 0.1 }),
      ...sound({ l1: 0.01, l2: 0 }, { p: signed }),
      ...sound({ l1: 0, l2: 3 }),
      { sizes: { n: 4, l1: 0.5, l2: 0 }, data: { ok: [1], p: [0, -0, 1, -1], g: 0 } },
      { sizes: { n: 23, l1: 0.5, l2: 0 }, data: { ok: [1], p: hole } },
    ],
  },
  clip_factor_f32: {
    tolerance: exact,
    cases: [0, 1e-300, 0.5, 3.9999, 4, 4.0001, 9, 1e40, 1e77, 2 ** 1023, Infinity, NaN].flatMap((square) =>
      [2, 1e-3, 1e30].flatMap((limit) => [0, 1, 7].map((ok) => ({ sizes: { limit }, shift: ok & 1, data: { square: [square], ok: [ok] } }))),
    ),
  },
  clip_scale_f32: {
    tolerance: roundings(1, ["g"]),
    cases: [
      ...sound({}, { factor: [0.37] }),
      ...sound({}, { factor: [1] }),
      { sizes: { n: SPECIALS.length }, data: { ok: [1], factor: [1], g: SPECIALS } },
      { sizes: { n: SPECIALS.length }, data: { ok: [1], factor: [0.5], g: SPECIALS } },
    ],
  },
  clip_value_f32: {
    tolerance: exact,
    cases: [
      ...sound({ limit: 0.25 }),
      ...sound({ limit: 2 }),
      ...[0.5, 3.4028234663852886e38].map((limit) => ({ sizes: { n: SPECIALS.length, limit }, data: { ok: [1], g: SPECIALS } })),
      ...SPECIALS.map((g) => ({ sizes: { n: 1, limit: 0.75 }, data: { ok: [1], g: [g] } })),
    ],
  },
  constrain_norm_f32: {
    // The factor and the product; in f64 the sums have another order.
    tolerance: bound((run) => (i) => 2.1 * U * Math.abs(values(run, "after", "p")[i]) + 2 ** -149),
    cases: [
      ...norms(0, 1.1, between(-1, 1)),
      ...norms(1, 1, between(-2, 2)),
      ...norms(3, 5, between(-1, 1)),
      ...norms(0, 1e9, between(-1, 1)),
      ...norms(0, 0.1, between(-1, 1), 0),
      ...norms(1, 1, 0),
      // Squares that f32 has not.
      ...norms(0, 2, 1e20),
      ...norms(0, 2, NaN),
      // One row, and one column, that is too long.
      { sizes: { A: 3, R: 5, B: 1, ldp: 1, low: 0, high: 2 }, data: { ok: [3], p: [1, 0, 0, 0, 0, 3, 3, 3, 3, 3, 0, 0, 0, 0, -1] } },
      ...[0, 1, 2, 3, 4, 5, 6].map((column) => ({
        sizes: { A: 1, R: 4, B: 7, ldp: 7, low: 0, high: 2 },
        data: { ok: [1], p: (i: number) => (i % 7 === column ? -2 : 0.5) },
      })),
    ],
  },
  constrain_non_negative_f32: {
    tolerance: { kind: "exact", anyZero: true },
    cases: [
      ...sound({}),
      { sizes: { n: SPECIALS.length }, data: { ok: [1], p: SPECIALS } },
      ...SPECIALS.map((p) => ({ sizes: { n: 1 }, data: { ok: [1], p: [p] } })),
    ],
  },
  ema_update_f32: {
    tolerance: each({
      e: bound((run) => {
        const [h] = values(run, "before", "hyper");
        const [e, p, after] = [values(run, "before", "e"), values(run, "before", "p"), values(run, "after", "e")];
        return (i) => (h === 1 ? 0 : 1.01 * U * (2 * h * Math.abs(p[i] - e[i]) + Math.abs(after[i])) + 2 ** -149);
      }),
    }),
    cases: [
      ...sound({}, { hyper: [0.01] }),
      ...sound({}, { hyper: [0.5] }),
      // What the average held before does not matter.
      ...sound({}, { hyper: [1], e: NaN }),
      { sizes: { n: 23 }, data: { ok: [1], hyper: [0.1], p: hole } },
      { sizes: { n: 11 }, data: { ok: [1], hyper: [0.1], p: 0, e: [1e-31, 0.99e-30, 1.2e-30, -1e-29, 3e-30, 0, -5e-31, 2e-30, 1e-20, 1e-38, 1e-40] } },
      { sizes: { n: 7 }, data: { ok: [1], hyper: [1], p: [1e-31, -1e-31, 2e-30, 0, 1, 1e-40, -3] } },
    ],
  },
} satisfies Record<string, KernelCases>;
