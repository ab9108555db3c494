import { bound, type Case, type KernelCases, type Run, roundings, U } from "../harness.ts";
import { between, draw } from "./common.ts";
import { add, div, given, mul, type Near, sqrt, sub } from "./near.ts";

/** Samples up to three shards, pixels past a run, channels that fill vectors or not, and that stand in rows of many or of one pixel. */
const NPC: [number, number, number][] = [
  ...[1, 2, 3, 4, 5, 8, 9, 13].map((N): [number, number, number] => [N, 3, 5]),
  ...[1, 2, 3, 4, 7, 8, 15, 16, 17, 19, 20, 31, 32, 33, 48, 63, 64, 65, 67, 80, 130].map((C): [number, number, number] => [5, 2, C]),
  ...[1, 3, 4, 7].map((C): [number, number, number] => [4, 70, C]),
  [9, 20, 32],
  [6, 9, 70],
  [3, 3, 300],
  [0, 3, 5],
  [4, 0, 5],
];
const EPSILONS = [1e-3, 0.25];
const SHARD = 4;

const shapes = (make: (C: number, i: number) => Partial<Case> & { sizes?: Record<string, number> }): Case[] =>
  NPC.map(([N, P, C], i) => {
    const more = make(C, i);
    return { shift: i % 4, ...more, sizes: { N, P, C, ...more.sizes } };
  });

const values = (run: Run, name: string): Float64Array => run.before[name] as Float64Array;

/** Of channel c of a shard: how far its values are from the first, all together, and squared. */
const moments = bound((run) => {
  const { N, P, C } = run.sizes;
  const x = values(run, "x");
  return (at) => {
    const [shard, row, c] = [Math.floor(at / (3 * C)), Math.floor(at / C) % 3, at % C];
    const first = shard * SHARD * P * C + c;
    let sum = 0;
    for (let i = first; i < Math.min(N, (shard + 1) * SHARD) * P * C; i += C) sum += Math.abs(x[i] - x[first]) ** row;
    return row === 0 ? 0 : 1.01 * (SHARD * P + 4) * U * sum;
  };
});

/** Sums in f64, then one rounding. `magnitude` of what is added; f64 gets 16 more bits of room than it needs. */
const inDouble = (magnitude: (run: Run, c: number) => number) => (run: Run, output: string) => (c: number) =>
  1.001 * U * Math.abs((run.after[output] as Float64Array)[c]) + 2 ** -44 * magnitude(run, c) + 2 ** -149;

function statisticsSize(run: Run, c: number): number {
  const { N, P, C } = run.sizes;
  const parts = values(run, "parts");
  const mean = (run.after.mean as Float64Array)[c];
  let size = 0;
  for (let n = 0, at = c; n < N; n += SHARD, at += 3 * C) {
    const [first, sum, squares] = [0, C, 2 * C].map((row) => Math.abs(parts[at + row]));
    const d = Math.abs(parts[at] - mean);
    size += Math.max(SHARD * P * first + sum, squares + (d + first) * (2 * sum + SHARD * P * (d + first)));
  }
  return size / (N * P);
}

const epsilonOf = (run: Run): Near => given(Math.fround(run.sizes.epsilon));
const deviation = (run: Run, c: number): Near => sqrt(add(given(values(run, "variance")[c]), epsilonOf(run)));

const forward = bound((run) => {
  const of = (name: string, i: number): Near => given(values(run, name)[i]);
  return (i) => {
    const c = i % run.sizes.C;
    return add(mul(sub(of("x", i), of("mean", c)), div(of("gamma", c), deviation(run, c))), of("beta", c)).error;
  };
});

const backwardInput = bound((run) => {
  const { C, total, beta } = run.sizes;
  const of = (name: string, i: number): Near => given(values(run, name)[i]);
  const share = total === 0 ? given(0) : div(given(1), given(total));
  return (i) => {
    const c = i % C;
    const s = deviation(run, c);
    const y = run.before.y as Float64Array | null;
    const dz = y === null || y[i] > 0 ? of("dy", i) : given(0);
    const far = mul(sub(of("x", i), of("mean", c)), div(mul(of("dgamma", c), share), s));
    const d = mul(sub(sub(dz, mul(of("dbeta", c), share)), far), div(of("gamma", c), s));
    return (beta ? add(d, of("dx", i)) : d).error;
  };
});

/** What a rectifier gives: zeros are where nothing passes. */
const rectified = draw((u) => Math.max(0, u));
const positive = between(0.01, 3);

export const batchNormalization = {
  batch_norm_moments_f32: {
    tolerance: moments,
    cases: [...shapes(() => ({})), ...shapes((_, i) => ({ data: { x: between(1000, 1000 + i) } }))],
  },
  batch_norm_statistics_f32: {
    tolerance: bound(inDouble(statisticsSize)),
    cases: [
      ...shapes(() => ({ data: { parts: between(0.1, 0.3) } })),
      ...shapes((C) => ({ data: { parts: (i) => (Math.floor(i / C) % 3 === 0 ? 7 + i / 1e3 : 0) } })),
      // Rounding made the squares too small: no variance is below 0.
      ...shapes((C) => ({ data: { parts: (i) => [2, 1, -1][Math.floor(i / C) % 3] } })),
    ],
  },
  batch_norm_forward_f32: {
    tolerance: forward,
    cases: [0, 1].flatMap((relu) => [
      ...shapes((_, i) => ({ sizes: { relu, epsilon: EPSILONS[i % 2] }, data: { variance: positive } })),
      ...shapes((_, i) => ({ sizes: { relu, epsilon: EPSILONS[i % 2] }, data: { variance: 0 }, inPlace: "x" })),
    ]),
  },
  batch_norm_backward_sums_f32: {
    tolerance: roundings(({ P }) => SHARD * P + 8, ["dy", "x"], ["mean"]),
    cases: [null, rectified].flatMap((y) => shapes(() => ({ data: { y } }))),
  },
  batch_norm_backward_parameters_f32: {
    tolerance: bound(
      inDouble((run, c) => {
        const { N, C, epsilon } = run.sizes;
        let size = 0;
        for (let n = 0, at = c; n < N; n += SHARD, at += 2 * C) size += Math.max(Math.abs(values(run, "parts")[at]), Math.abs(values(run, "parts")[at + C]));
        return size * Math.max(1, 1 / Math.sqrt(values(run, "variance")[c] + epsilon));
      }),
    ),
    cases: NPC.map(([N, , C], i) => ({ sizes: { N, C, epsilon: EPSILONS[i % 2] }, data: { variance: positive }, shift: i % 4 })),
  },
  batch_norm_backward_input_f32: {
    tolerance: backwardInput,
    cases: [0, 1].flatMap((beta) =>
      [null, rectified].flatMap((y) => [
        ...shapes((_, i) => ({ sizes: { beta, total: 5 + i, epsilon: EPSILONS[i % 2] }, data: { variance: positive, y } })),
        ...shapes((_, i) => ({ sizes: { beta, total: 0, epsilon: EPSILONS[i % 2] }, data: { variance: positive, y }, ...(!beta && { inPlace: "dy" }) })),
      ]),
    ),
  },
} satisfies Record<string, KernelCases>;
