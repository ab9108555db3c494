import type { Sizes } from "../../../src/program/kernels/index.ts";
import { type Case, type Content, exact, type KernelCases, type Tolerance, ulps } from "../harness.ts";
import { between, draw, FEW, FINITE, integers, LENGTHS, lengths, pairs, SPECIALS, unary } from "./common.ts";

type Four = readonly [number, number, number, number];

const sizesOf = (d: Four, p: string, P: Four, q: string, Q: Four): Sizes => {
  const sizes: Sizes = {};
  for (let i = 0; i < 4; i++) {
    sizes[`d${i}`] = d[i];
    sizes[`${p}${i}`] = P[i];
    sizes[`${q}${i}`] = Q[i];
  }
  return sizes;
};

/** The strides of a contiguous array. */
const dense = ([, d1, d2, d3]: Four): Four => [d1 * d2 * d3, d2 * d3, d3, 1];

/** Dimensions and strides of both operands: all ways of broadcasting that have a loop of their own, at widths around the vector's. */
const SHAPES: [Four, Four, Four][] = [];
for (const n of LENGTHS)
  SHAPES.push([
    [1, 1, 1, n],
    [n, n, n, 1],
    [n, n, n, 1],
  ]);
for (const m of [1, 2, 3, 5]) {
  for (const n of [1, 3, 4, 5, 7, 8, 9, 13, 17]) {
    const d: Four = [1, 1, m, n];
    const whole = dense(d);
    const row: Four = [0, 0, 0, 1];
    const column: Four = [0, 0, 1, 0];
    const scalar: Four = [0, 0, 0, 0];
    const padded: Four = [0, 0, n + 3, 1];
    const transposed: Four = [0, 0, 1, m];
    const strided: Four = [0, 0, 3 * n, 3];
    for (const b of [row, column, scalar, padded, transposed, strided]) SHAPES.push([d, whole, b], [d, b, whole]);
    SHAPES.push(
      [d, row, column],
      [d, column, row],
      [d, scalar, scalar],
      [d, column, column],
      [d, padded, padded],
      [d, transposed, strided],
      [d, row, transposed],
    );
  }
}
SHAPES.push(
  [[2, 3, 4, 5], dense([2, 3, 4, 5]), [0, 5, 0, 1]],
  [
    [2, 3, 4, 5],
    [0, 20, 5, 1],
    [15, 5, 0, 1],
  ],
  [[2, 3, 4, 5], [20, 0, 5, 1], dense([2, 3, 4, 5])],
  [[3, 2, 1, 5], dense([3, 2, 1, 5]), [5, 0, 0, 1]],
  [[2, 1, 3, 1], dense([2, 1, 3, 1]), [1, 0, 2, 0]],
  [
    [4, 1, 1, 1],
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ],
  [
    [2, 2, 2, 2],
    [1, 2, 4, 8],
    [8, 4, 2, 1],
  ],
  [
    [2, 3, 5, 7],
    [7, 14, 42, 1],
    [1, 2, 6, 30],
  ],
  [
    [3, 2, 2, 4],
    [40, 20, 5, 1],
    [16, 8, 4, 1],
  ],
  [
    [2, 3, 1, 4],
    [24, 8, 4, 1],
    [12, 4, 4, 1],
  ],
  [
    [0, 3, 4, 5],
    [60, 20, 5, 1],
    [60, 20, 5, 1],
  ],
  [
    [2, 0, 4, 5],
    [0, 20, 5, 1],
    [0, 20, 5, 1],
  ],
  [
    [2, 3, 0, 5],
    [0, 0, 5, 1],
    [0, 0, 5, 1],
  ],
  [
    [2, 3, 4, 0],
    [0, 0, 0, 1],
    [0, 0, 0, 1],
  ],
);

function binary(tolerance: Tolerance, a: Content | undefined, b: Content | undefined, special: readonly number[] = SPECIALS): KernelCases {
  const data = { ...(a !== undefined && { a }), ...(b !== undefined && { b }) };
  const [left, right] = pairs(special, special);
  const n = left.length;
  const flat = (n: number): Sizes => sizesOf([1, 1, 1, n], "a", [n, n, n, 1], "b", [n, n, n, 1]);
  const cases: Case[] = SHAPES.map(([d, A, B], i) => ({ sizes: sizesOf(d, "a", A, "b", B), data, shift: i % 4 }));
  for (const n of FEW) {
    for (const inPlace of ["a", "b"]) cases.push({ sizes: flat(n), data, inPlace, shift: n % 3 });
    cases.push({ sizes: sizesOf([1, 1, n, 5], "a", [0, 0, 5, 1], "b", [0, 0, 0, 1]), data, inPlace: "a" });
    cases.push({ sizes: sizesOf([1, 1, n, 5], "a", [0, 0, 1, 0], "b", [0, 0, 5, 1]), data, inPlace: "b" });
  }
  cases.push({ sizes: flat(n), data: { a: left, b: right } });
  return { tolerance, cases };
}

const small = (): Content => draw((u) => Math.round(u * 2));
const compare = (): KernelCases => binary(exact, small(), small());

/** A function of one operand, that is fast enough to be computed on vectors four at a time. */
const simple = (tolerance: Tolerance, x: Content = between(-50, 50)): KernelCases => ({ tolerance, cases: unary(x, SPECIALS) });

/** Dimensions, strides of y and strides of x. */
const COPIES: [Four, Four, Four][] = [];
for (const n of FEW)
  COPIES.push([
    [1, 1, 1, n],
    [n, n, n, 1],
    [n, n, n, 1],
  ]);
for (const m of [1, 2, 3, 4, 5, 7, 8, 9, 13]) {
  for (const n of [1, 3, 4, 5, 8, 9, 11]) {
    const d: Four = [1, 1, m, n];
    COPIES.push(
      // A block of columns, a transpose of either side, of both, with gaps; rows, columns and one number repeated.
      [d, [0, 0, n + 2, 1], [0, 0, n + 5, 1]],
      [d, [0, 0, n, 1], [0, 0, 1, m]],
      [d, [0, 0, n + 3, 1], [0, 0, 1, m + 2]],
      [d, [0, 0, 1, m], [0, 0, n, 1]],
      [d, [0, 0, 1, m + 1], [0, 0, n + 1, 1]],
      [d, [0, 0, 1, m], [0, 0, 1, m]],
      [d, [0, 0, 2 * n, 2], [0, 0, n, 1]],
      [d, [0, 0, 2 * n + 1, 2], [0, 0, 3, 3 * m]],
      [d, [0, 0, n, 1], [0, 0, 3 * n, 3]],
      [d, [0, 0, n, 1], [0, 0, 0, 1]],
      [d, [0, 0, n, 1], [0, 0, 1, 0]],
      [d, [0, 0, n, 1], [0, 0, 0, 0]],
    );
  }
}
COPIES.push(
  [[2, 3, 4, 5], dense([2, 3, 4, 5]), [60, 20, 1, 4]],
  [[2, 3, 4, 5], dense([2, 3, 4, 5]), [1, 2, 6, 24]],
  [[2, 3, 4, 5], dense([2, 3, 4, 5]), [20, 40, 5, 1]],
  [[5, 4, 3, 2], [1, 5, 20, 60], dense([5, 4, 3, 2])],
  [[2, 3, 4, 5], [140, 42, 7, 1], dense([2, 3, 4, 5])],
  [[2, 3, 4, 5], dense([2, 3, 4, 5]), [0, 5, 0, 1]],
  [
    [3, 1, 4, 1],
    [4, 4, 1, 1],
    [1, 0, 3, 0],
  ],
  [
    [1, 1, 16, 17],
    [0, 0, 17, 1],
    [0, 0, 1, 16],
  ],
  [
    [1, 1, 17, 19],
    [0, 0, 19, 1],
    [0, 0, 1, 20],
  ],
  [
    [0, 3, 4, 5],
    [60, 20, 5, 1],
    [60, 20, 5, 1],
  ],
  [
    [2, 0, 4, 5],
    [0, 20, 5, 1],
    [0, 20, 5, 1],
  ],
  [
    [2, 3, 0, 5],
    [0, 0, 5, 1],
    [0, 0, 5, 1],
  ],
  [
    [2, 3, 4, 0],
    [0, 0, 0, 1],
    [0, 0, 0, 1],
  ],
);

const zeros = draw((u) => (u < -0.2 ? 0 : u < 0 ? -0 : u));

export const elementwise = {
  add_f32: binary(exact, undefined, undefined),
  sub_f32: binary(exact, undefined, undefined),
  mul_f32: binary(exact, undefined, undefined),
  div_f32: binary(exact, undefined, undefined),
  pow_f32: (() => {
    const { cases } = binary(exact, between(0, 10), between(-20, 20), [...SPECIALS, 2, -3, 1.5, 16777215, 0.3]);
    const n = 97;
    const flat = sizesOf([1, 1, 1, n], "a", [0, 0, 0, 1], "b", [0, 0, 0, 1]);
    const data = (a: Content, b: Content): Case => ({ sizes: flat, data: { a, b } });
    return {
      tolerance: ulps(0.55, { anyZero: false }),
      cases: [
        ...cases,
        data(
          between(-10, 10),
          draw((u) => Math.round(u * 9)),
        ),
        data(between(0.9, 1.1), between(-800, 800)),
        data(between(0, 1e-38), between(-1.1, 1.1)),
        data(between(0, 3e38), between(-1.1, 1.1)),
        // Where the polynomial of the logarithm errs most, many times over.
        data(between(1.36, 1.413), between(-120, 120)),
        data(between(0.71, 0.74), between(-120, 120)),
        data(between(0, 5), 2),
        data(between(0, 5), 0.5),
      ],
    };
  })(),
  minimum_f32: binary(exact, small(), small()),
  maximum_f32: binary(exact, small(), small()),
  equal_f32: compare(),
  not_equal_f32: compare(),
  less_f32: compare(),
  less_equal_f32: compare(),
  greater_f32: compare(),
  greater_equal_f32: compare(),

  neg_f32: simple(exact),
  abs_f32: simple(exact),
  sign_f32: simple(exact),
  sqrt_f32: simple(exact, between(0, 1000)),
  exp_f32: {
    tolerance: ulps((build) => (build === "relaxed" ? 0.95 : 1.2)),
    cases: [...unary(between(-10, 10), [...SPECIALS, 88.72, 88.73, 100, -87.5, -100, -103, -103.9, -104.1, -200]), ...unary(between(-104.5, 88.9), [])],
  },
  log_f32: {
    tolerance: ulps(0.8),
    cases: [
      ...unary(between(0, 3), [...SPECIALS, 1.0000001, 0.99999994, Math.SQRT2, Math.SQRT1_2, 1.1754943508222875e-38, 1.17e-38]),
      ...unary(between(0, 1e30), []),
      ...unary(between(0, 2e-38), []),
    ],
  },

  log_cosh_f32: {
    tolerance: ulps(4.4, { floor: 1e-38 }),
    cases: [
      ...unary(between(-3, 3), [...SPECIALS, 1e-4, -1e-4, 19.99, 20.01, -25, 100, 1e4, -1e4]),
      ...unary(between(-60, 60), []),
      ...unary(between(-1e-3, 1e-3), []),
    ],
  },

  where_f32: {
    tolerance: exact,
    cases: [
      ...lengths(() => ({ data: { condition: zeros } })),
      ...["condition", "a", "b"].flatMap((inPlace) => lengths(() => ({ data: { condition: zeros }, inPlace }), FEW)),
      ...[SPECIALS, SPECIALS.toReversed()].map((x) => ({ sizes: { n: x.length }, data: { condition: SPECIALS, a: x, b: x.map((v) => -v) } })),
    ],
  },
  fill_f32: { tolerance: exact, cases: [...lengths(() => ({ sizes: { value: 0.3 } })), ...SPECIALS.map((value) => ({ sizes: { n: 7, value } }))] },
  pad_images_f32: {
    tolerance: exact,
    cases: [
      [0, 2, 3, 2, 4, 5, 1, 1],
      [2, 1, 1, 1, 1, 1, 0, 0],
      [3, 2, 3, 1, 5, 4, 2, 1],
      [1, 3, 2, 5, 3, 7, 0, 5],
      [4, 4, 4, 8, 6, 6, 1, 1],
      [2, 3, 5, 3, 4, 5, 0, 0],
      [5, 1, 6, 4, 3, 8, 1, 2],
    ].flatMap(([N, H, W, C, OH, OW, top, left], i) => [0, -0.5].map((value) => ({ sizes: { N, H, W, C, OH, OW, top, left, value }, shift: i % 4 }))),
  },
  accumulate_f32: {
    tolerance: exact,
    cases: [0, 1].flatMap((beta) => [...lengths(() => ({ sizes: { beta } })), { sizes: { n: SPECIALS.length, beta }, data: { x: SPECIALS } }]),
  },
  scale_f32: {
    tolerance: exact,
    cases: [...unary(between(-9, 9), SPECIALS, { factor: 0.3 }), ...unary(between(-9, 9), FINITE, { factor: -7 }), ...unary(1, SPECIALS, { factor: 0 })],
  },
  strided_copy_f32: {
    tolerance: exact,
    cases: COPIES.flatMap(([d, y, x], i) => [0, 1].map((beta) => ({ sizes: { ...sizesOf(d, "y", y, "x", x), beta }, shift: (i + beta) % 4 }))),
  },
  cast_i32_f32: (() => {
    const extremes = [0, 1, -1, 2147483647, -2147483648, 16777217, -16777217, 16777219, 33554431, 1073741823];
    return { tolerance: exact, cases: unary(integers(100000), extremes) };
  })(),
  cast_f32_i32: {
    tolerance: exact,
    cases: unary(between(-1000, 1000), [...SPECIALS, 0.99, -0.99, 1.5, -1.5, 2147483520, 2147483648, -2147483648, -2147483904, 3e9, -3e9]),
  },
} satisfies Record<string, KernelCases>;
