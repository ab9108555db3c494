import { bound, type Case, type Content, exact, type KernelCases, roundings, type Tolerance, U, ulps } from "../harness.ts";
import { between, FEW, FINITE, lengths, pairs, SPECIALS, unary } from "./common.ts";

const bell: Content = between(-6, 6);
const wide: Content = between(-120, 120);
/** Where the exponential's ends are, the smallest normal result and what lies beyond. */
const ENDS = [...SPECIALS, 86.9, -86.9, -87.5, -100, 88.8, 9, -9, 17.5, -17.5, 18.3, 1e-4, -1e-4, 1e-8, -1e-8];

const forward = (tolerance: Tolerance): KernelCases => ({ tolerance, cases: [...unary(bell, ENDS), ...unary(wide, [])] });
const forwardAlpha = (tolerance: Tolerance): KernelCases => ({
  tolerance,
  cases: [...unary(bell, ENDS, { alpha: 1 }), ...unary(wide, [], { alpha: 1 }), ...[0, 0.01, 0.3, 1.7].flatMap((alpha) => unary(bell, [], { alpha }))],
});

/** dx = dy f' + beta dx; `saved` names what f' is computed from. */
function backward(
  tolerance: Tolerance,
  saved: string,
  values: Content,
  special: { dy: readonly number[]; saved: readonly number[] },
  sizes: Record<string, number> = {},
): KernelCases {
  const [dy, points] = pairs(special.dy, special.saved);
  const n = dy.length;
  const cases: Case[] = [
    ...[0, 1].flatMap((beta) => lengths(() => ({ sizes: { beta, ...sizes }, data: { [saved]: values } }))),
    ...lengths(() => ({ sizes: { beta: 0, ...sizes }, data: { [saved]: values }, inPlace: "dy" }), FEW),
    { sizes: { n, beta: 0, ...sizes }, data: { dy, [saved]: points } },
    { sizes: { n, beta: 1, ...sizes }, data: { dy, [saved]: points } },
  ];
  return { tolerance, cases };
}

const all = { dy: SPECIALS, saved: SPECIALS };
const finite = { dy: FINITE, saved: [0, -0, 1, 0.5, -0.25, 0.99999994, 1e-30, 2 ** -149] };
const several = (make: (alpha: number) => KernelCases): KernelCases => ({
  tolerance: make(0.3).tolerance,
  cases: [1, 0, 0.01, 0.3, 1.7].flatMap((alpha) => make(alpha).cases),
});

/** The slope of a kink between limits, from its output. */
const limited = ({ scale, low, high }: { scale: number; low: number; high: number }): KernelCases =>
  backward(
    roundings(2, ["dx", "dy"]),
    "y",
    (i) => [low, high, (low + high) / 2, low + 0.1, high - 0.3][i % 5],
    { dy: FINITE, saved: [low, high, 0.5, 2 ** -149] },
    { scale, low, high },
  );

/** `count` roundings of dy f'(x), each of the result's size, and the sum with dx. */
const relative = (count: number): Tolerance =>
  bound(({ before, after, sizes: { beta } }) => {
    const [dx, out] = [before.dx as Float64Array, after.dx as Float64Array];
    return (i) => 1.01 * U * (beta ? count * Math.abs(out[i] - dx[i]) + Math.abs(out[i]) : count * Math.abs(out[i])) + 2 ** -147;
  });

/** Ends at e^-87. */
const END = 1.7e-38;

export const activation = {
  relu_forward_f32: forward(exact),
  // dy or 0, and one addition.
  relu_backward_f32: backward(exact, "y", bell, all),
  leaky_relu_forward_f32: forwardAlpha(exact),
  leaky_relu_backward_f32: several((alpha) => backward(roundings(2, ["dx", "dy"]), "y", bell, { dy: FINITE, saved: SPECIALS }, { alpha })),
  elu_forward_f32: (() => {
    const { cases } = forwardAlpha(exact);
    // The product doubles an error where it goes down a binade, and is rounded.
    return { tolerance: ulps(1.2), cases: cases.map((c) => (c.sizes.alpha === 1 ? c : { ...c, tolerance: ulps(2.9) })) };
  })(),
  // y + alpha, times dy, plus dx. NaN in y: dy (y + alpha).
  elu_backward_f32: several((alpha) =>
    backward(roundings(3, ["dx", "dy"]), "y", between(-alpha, 2), { dy: FINITE, saved: [0, -0, alpha, -alpha, -alpha / 3, 1e-30, -1e-30] }, { alpha }),
  ),
  sigmoid_forward_f32: forward(ulps(2.5, { floor: END })),
  sigmoid_backward_f32: backward(roundings(4, ["dx", "dy"]), "y", between(0, 1), { dy: FINITE, saved: [0, 1, 0.5, 0.99999994, 1e-30, 2 ** -149] }),
  tanh_forward_f32: forward(ulps(2.6, { anyZero: false })),
  tanh_backward_f32: backward(roundings(5, ["dx", "dy"]), "y", between(-1, 1), finite),
  softplus_forward_f32: forward(ulps(2.7, { floor: END })),
  // The sigmoid is 2.5 ulp off at most, or 5 roundings; then a product and a sum.
  softplus_backward_f32: backward(roundings(7, ["dx", "dy"]), "x", bell, {
    dy: FINITE.filter((x) => Math.abs(x) < 10),
    saved: [0, -0, 1, -1, 80, -80, 1e-30, 100],
  }),
  hard_silu_forward_f32: { tolerance: ulps(4, { floor: 2 ** -148 }), cases: [...unary(bell, [...ENDS, 3, -3, 2.9999998, -2.9999998]), ...unary(wide, [])] },
  hard_silu_backward_f32: backward(relative(5), "x", bell, { dy: [0, -0, 1, -2.5, 0.3], saved: [...FINITE, 3, -3, -1.5, 2.9999998, -2.9999998] }),
  softsign_forward_f32: { tolerance: ulps(2), cases: [...unary(bell, ENDS), ...unary(wide, [])] },
  softsign_backward_f32: backward(relative(5), "x", bell, { dy: [0, -0, 1, -2.5, 0.3], saved: FINITE.filter((x) => Math.abs(x) < 1e10) }),
  clamp_forward_f32: {
    tolerance: ulps(2),
    cases: [
      ...unary(bell, ENDS, { shift: 3, scale: 1 / 6, low: 0, high: 1 }),
      ...unary(bell, ENDS, { shift: 0, scale: 1, low: -1, high: 1 }),
      ...unary(wide, [], { shift: -1, scale: 0.3, low: -2, high: 5 }),
    ],
  },
  clamp_backward_f32: {
    tolerance: roundings(2, ["dx", "dy"]),
    cases: [
      { scale: 1 / 6, low: 0, high: 1 },
      { scale: 1, low: -1, high: 6 },
    ].flatMap((sizes) => limited(sizes).cases),
  },
} satisfies Record<string, KernelCases>;
