import { bound, type Case, type KernelCases, type Run, type Tolerance, U, ulps } from "../harness.ts";
import { between, FEW, FINITE, lengths, pairs, SPECIALS, unary } from "./common.ts";

/** Where gates end and exponents are clamped. */
const ENDS = [
  ...SPECIALS,
  3,
  -3,
  6,
  -6,
  8.9,
  -8.9,
  9.9,
  -9.9,
  11.4,
  -11.4,
  12.1,
  -12.1,
  19.9,
  20.1,
  -20.1,
  69,
  -69,
  -70,
  -74,
  -75,
  -76,
  86.9,
  -87.1,
  90,
  -90,
  1e4,
  -1e4,
];

/** Gates up to 1e-30 are 0. */
const forward = (ulpsAllowed: number): KernelCases => ({
  tolerance: ulps(ulpsAllowed, { floor: 7e-29 }),
  cases: [...unary(between(-6, 6), ENDS), ...unary(between(-100, 100), [])],
});

/**
 * dy times the slope, whose terms have the magnitude `terms` on the side of the tail, `count` roundings off, and are subtracted from 1 on the other.
 * Terms of up to 1e-30 are 0.
 */
const slope = (count: number | ((a: number) => number), terms: (a: number, x: number) => number): Tolerance =>
  bound(({ before, after, sizes: { beta } }: Run) => {
    const [dx, dy, x] = [before.dx as Float64Array, before.dy as Float64Array, before.x as Float64Array];
    const out = after.dx as Float64Array;
    return (i) => {
      const a = Math.min(Math.abs(x[i]), 100);
      const magnitude = terms(a, x[i]);
      const off = (typeof count === "number" ? count : count(a)) * U * magnitude + 1.01e-30;
      const inner = (magnitude < 0.9e-30 ? 0 : off) + (x[i] > 0 ? 2 * U : 0);
      return 1.01 * (Math.abs(dy[i]) * inner + U * Math.abs(out[i]) + (beta ? U * (Math.abs(dx[i]) + Math.abs(out[i])) : 0)) + 2 ** -148;
    };
  });

const backward = (tolerance: Tolerance): KernelCases => {
  const [dy, x] = pairs(
    FINITE.filter((value) => Math.abs(value) < 10),
    ENDS.filter(Number.isFinite),
  );
  const n = dy.length;
  const cases: Case[] = [
    ...[0, 1].flatMap((beta) => lengths(() => ({ sizes: { beta }, data: { x: between(-6, 6) } }))),
    ...lengths(() => ({ sizes: { beta: 0 }, data: { x: between(-100, 100) } }), FEW),
    ...lengths(() => ({ sizes: { beta: 0 }, data: { x: between(-6, 6) }, inPlace: "dy" }), FEW),
    { sizes: { n, beta: 0 }, data: { dy, x } },
    { sizes: { n, beta: 1 }, data: { dy, x } },
  ];
  return { tolerance, cases };
};

const CUBIC = 2 * Math.sqrt(2 / Math.PI);
const cubic = (a: number): number => CUBIC * (a + 0.044715 * a ** 3);

export const gatedActivation = {
  gelu_forward_f32: forward(5.3),
  gelu_backward_f32: backward(slope(14, (a) => (0.5 + 0.4 * a) * Math.exp(-0.5 * a * a))),
  gelu_tanh_forward_f32: { ...forward(150), cases: [...forward(150).cases, ...unary(between(-1, 30), []).map((c) => ({ ...c, tolerance: ulps(5.3) }))] },
  // The rounding of the exponent counts as it grows.
  gelu_tanh_backward_f32: backward(
    slope(
      (a) => 10 + 3 * cubic(a),
      (a) => (1 + a * CUBIC * (1 + 3 * 0.044715 * a * a)) * Math.exp(-cubic(a)),
    ),
  ),
  silu_forward_f32: forward(3.2),
  silu_backward_f32: backward(slope(10, (a) => (1 + a) * Math.exp(-a))),
  mish_forward_f32: forward(4),
  mish_backward_f32: backward(slope(14, (a, x) => (x > 0 ? 1 + a * Math.exp(-a) : (1 + a) * Math.exp(-a)))),
} satisfies Record<string, KernelCases>;
