import { bound, type Case, type Content, each, type KernelCases, type Run, U } from "../harness.ts";
import { between, integers, LENGTHS } from "./common.ts";

/** Of row `row`: the largest logit, the sum of e^(x - largest) without the 1 of one largest, and by how much that is off at most. */
function rowOf({ before, sizes: { n } }: Run, row: number): { largest: number; rest: number; error: number } {
  const x = (before.x as Float64Array).subarray(row * n, (row + 1) * n);
  const largest = x.reduce((a, b) => Math.max(a, b), -Infinity);
  const at = x.indexOf(largest);
  let [rest, error] = [0, 0];
  x.forEach((logit, j) => {
    if (j === at) return;
    const distance = logit - largest;
    const term = Math.exp(distance);
    rest += term;
    // The difference is rounded (an error of |x - max| U, relative in e^); exp is 1.2 ulp, 2.4 U, off; the sum n + 8 roundings.
    if (term > 0) error += term * (Math.abs(distance) + 2.4 + n + 8) * U;
  });
  return { largest, rest, error };
}

/** The quotient: both parts, the 1 that is added below, and its own rounding. What is 1e-30 or less is 0, give or take one rounding. */
const probability = bound((run) => {
  const x = run.before.x as Float64Array;
  const y = run.after.y as Float64Array;
  return (i) => {
    const { largest, rest, error } = rowOf(run, Math.floor(i / run.sizes.n));
    return 1.01 * y[i] * ((Math.abs(x[i] - largest) + 4.4) * U + error / (1 + rest));
  };
});

/** log1p(rest) within 3 ulp, 6 U, of what rest's own error makes of it; terms of 1e-30 or less are 0; the difference of logits; their sum. */
const loss = bound((run) => {
  const {
    before,
    sizes: { n },
  } = run;
  const [x, labels] = [before.x as Float64Array, before.labels as Int32Array];
  return (i) => {
    const { largest, rest, error } = rowOf(run, i);
    const log = Math.log1p(rest);
    const difference = largest - x[i * n + labels[i]];
    return 1.01 * (error / (1 + rest) + n * 1e-30 + 6 * U * log + U * difference + U * (log + difference)) + 2 ** -149;
  };
});

const SIZES: [number, number][] = [...LENGTHS.flatMap((n): [number, number][] => (n === 0 ? [] : [[3, n]])), [0, 5], [1, 10], [7, 10], [17, 3], [1, 1000]];

/** Logits of several kinds, with labels; rows of one large logit, of equal ones, and with some that have no chance. */
function logits(labelled: boolean): Case[] {
  const given = (n: number, x: Content, labels: Content = integers(n)): Case["data"] => ({ x, ...(labelled && { labels }) });
  const tests: Case[] = SIZES.flatMap(([m, n], i) => [
    { sizes: { m, n }, data: given(n, between(-1, 1)), shift: i % 4 },
    { sizes: { m, n }, data: given(n, between(-30, 30)), shift: (i + 1) % 4 },
  ]);
  for (const n of [1, 3, 4, 5, 8, 10, 17]) {
    for (let at = 0; at < n; at++) {
      const one =
        (large: number, rest: number) =>
        (i: number): number =>
          i % n === at ? large : rest;
      // Rest: 1e-9, which 1 + rest would lose; 0 by underflow; equal; masked.
      for (const x of [one(0, -20), one(60, 0), one(1000, -1000), one(1e30, -1e30), one(3, 3), one(2, -Infinity)]) {
        for (const label of labelled && n > 1 ? [at, (at + 1) % n] : [at]) {
          if (x(at + 1) === -Infinity && label !== at && n > 1) continue;
          tests.push({ sizes: { m: 2, n }, data: given(n, x, label) });
        }
      }
    }
  }
  return tests;
}

const invalid = (labelled: boolean): Case[] =>
  [1, 3, 4, 5, 9].flatMap((n) =>
    Array.from({ length: n }, (_, at) => ({ sizes: { m: 2, n }, data: { x: (i: number) => (i === at ? NaN : 1), ...(labelled && { labels: 0 }) } })),
  );

/** Around the magnitude that becomes 0: e^-69.0776 is 1e-30, and a quarter of e^-68.5 is less. */
const tiny: Case[] = [
  ...[3, 4, 5, 8].map((n) => ({ sizes: { m: 2, n }, data: { x: (i: number) => [0, -69.5, -68.5, -72, -87, -100, -60, -69][i % n] } })),
  ...[5, 6, 8, 11].map((n) => ({ sizes: { m: 2, n }, data: { x: (i: number) => (i % n < 4 ? 0 : -68.5) } })),
];

const withLabels = (cases: readonly Case[]): Case[] => cases.map((c) => ({ ...c, data: { labels: integers(c.sizes.n), ...c.data } }));

/** Backward: probabilities, which need not sum to 1. */
function backward(data: (n: number) => Record<string, Content>): Case[] {
  return [0, 1].flatMap((beta) => SIZES.map(([m, n], i) => ({ sizes: { m, n, beta }, data: { y: between(0, 1), ...data(n) }, shift: (i + beta) % 4 })));
}

const few: [number, number][] = [
  [2, 1],
  [3, 5],
  [2, 8],
  [2, 11],
];

export const softmax = {
  softmax_forward_f32: {
    tolerance: probability,
    cases: [...logits(false), ...invalid(false), ...tiny, ...few.map(([m, n]) => ({ sizes: { m, n }, inPlace: "x" })), { sizes: { m: 3, n: 0 } }],
  },
  softmax_backward_f32: {
    // y (dy - sum): n + 8 roundings in the sum, three more around it, all of at most |y| (|dy| + sum of |dy y|) + |dx|.
    tolerance: bound((run) => {
      const {
        sizes: { m, n, beta },
        before,
      } = run;
      const [dx, dy, y] = [before.dx as Float64Array, before.dy as Float64Array, before.y as Float64Array];
      const sums = Array.from({ length: m }, (_, r) => y.subarray(r * n, (r + 1) * n).reduce((s, p, j) => s + Math.abs(p * dy[r * n + j]), 0));
      return (i) => 1.01 * U * ((n + 8) * Math.abs(y[i]) * sums[Math.floor(i / n)] + 3 * Math.abs(y[i] * dy[i]) + (beta ? Math.abs(dx[i]) : 0));
    }),
    cases: [
      ...backward(() => ({})),
      ...few.flatMap(([m, n]) => ["dy", "y"].map((inPlace) => ({ sizes: { m, n, beta: 0 }, data: { y: between(0, 1) }, inPlace }))),
      { sizes: { m: 3, n: 0, beta: 0 } },
    ],
  },
  log_softmax_forward_f32: {
    // As the loss: x - largest, log1p(rest), their difference.
    tolerance: bound((run) => {
      const x = run.before.x as Float64Array;
      const { n } = run.sizes;
      return (i) => {
        const { largest, rest, error } = rowOf(run, Math.floor(i / n));
        const log = Math.log1p(rest);
        const difference = largest - x[i];
        return 1.01 * (error / (1 + rest) + n * 1e-30 + 6 * U * log + U * difference + U * (log + difference)) + 2 ** -149;
      };
    }),
    cases: [...logits(false), ...invalid(false), ...tiny, ...few.map(([m, n]) => ({ sizes: { m, n }, inPlace: "x" })), { sizes: { m: 3, n: 0 } }],
  },
  log_softmax_backward_f32: {
    // e^y 2.4 U off, n + 8 roundings in the sum, three more around it; e^y of 1e-30 or less is 0.
    tolerance: bound((run) => {
      const {
        sizes: { m, n, beta },
        before,
      } = run;
      const [dx, dy, y] = [before.dx as Float64Array, before.dy as Float64Array, before.y as Float64Array];
      const sums = Array.from({ length: m }, (_, r) => dy.subarray(r * n, (r + 1) * n).reduce((s, d) => s + Math.abs(d), 0));
      return (i) => {
        const sum = sums[Math.floor(i / n)];
        return 1.01 * (U * ((n + 13) * Math.exp(y[i]) * sum + 2 * Math.abs(dy[i]) + (beta ? Math.abs(dx[i]) : 0)) + 1e-30 * sum) + 2 ** -149;
      };
    }),
    cases: [
      ...[0, 1].flatMap((beta) => SIZES.map(([m, n], i) => ({ sizes: { m, n, beta }, data: { y: between(-9, 0) }, shift: (i + beta) % 4 }))),
      ...few.flatMap(([m, n]) => [0, -50, -80, -1e4].map((y) => ({ sizes: { m, n, beta: 0 }, data: { y }, inPlace: "dy" }))),
      { sizes: { m: 3, n: 0, beta: 0 } },
    ],
  },
  softmax_cross_entropy_forward_f32: { tolerance: each({ y: probability, loss }), cases: [...logits(true), ...invalid(true), ...withLabels(tiny)] },
  softmax_cross_entropy_backward_f32: {
    // y - 1, the product, the sum with dx.
    tolerance: bound(({ before, sizes: { n, beta } }) => {
      const [dx, dloss, y] = [before.dx as Float64Array, before.dloss as Float64Array, before.y as Float64Array];
      const labels = before.labels as Int32Array;
      return (i) => {
        const row = Math.floor(i / n);
        return 3.01 * U * (Math.abs(dloss[row] * (y[i] - (i - row * n === labels[row] ? 1 : 0))) + (beta ? Math.abs(dx[i]) : 0)) + 2 ** -148;
      };
    }),
    cases: [
      ...backward((n) => ({ labels: integers(n) })),
      ...few.flatMap(([m, n]) => [0, n - 1].map((labels) => ({ sizes: { m, n, beta: 0 }, data: { y: between(0, 1), labels }, inPlace: "y" }))),
      ...[0, 1].flatMap((beta) => [0, 3, 4, 8].map((labels) => ({ sizes: { m: 2, n: 9, beta }, data: { y: 1, labels } }))),
    ],
  },
  cross_entropy_logits_f32: { tolerance: loss, cases: [...logits(true), ...invalid(true)] },
} satisfies Record<string, KernelCases>;
