import { bound, type Case, each, type KernelCases, type Run, roundings, U } from "../harness.ts";
import { between } from "./common.ts";
import { add, div, given, mul, type Near, sqrt, sub } from "./near.ts";

const values = (run: Run, name: string): Float64Array => run.before[name] as Float64Array;
const epsilonOf = (run: Run): Near => given(Math.fround(run.sizes.epsilon));
const EPSILONS = [1e-3, 0.25];
const positive = between(0.01, 3);

/** A sum in f32 of `terms`, in any order. */
function total(terms: readonly Near[]): Near {
  const size = terms.reduce((s, { value, error }) => s + Math.abs(value) + error, 0);
  return { value: terms.reduce((s, { value }) => s + value, 0), error: terms.reduce((s, { error }) => s + error, 0) + 1.01 * (terms.length + 8) * U * size };
}

/** Mean and 1 / deviation of row r, and the row. */
function rowStatistics(run: Run, r: number): { x: Near[]; mean: Near; scale: Near } {
  const { n } = run.sizes;
  const x = [...values(run, "x").subarray(r * n, (r + 1) * n)].map(given);
  const mean = div(total(x), given(n));
  const squares = x.map((v) => {
    const d = sub(v, mean);
    return mul(d, d);
  });
  return { x, mean, scale: div(given(1), sqrt(add(div(total(squares), given(n)), epsilonOf(run)))) };
}

const layerForward = each({
  mean: bound((run) => (r) => rowStatistics(run, r).mean.error),
  scale: bound((run) => (r) => rowStatistics(run, r).scale.error),
  y: bound((run) => (i) => {
    const j = i % run.sizes.n;
    const { x, mean, scale } = rowStatistics(run, Math.floor(i / run.sizes.n));
    return add(mul(mul(sub(x[j], mean), scale), given(values(run, "gamma")[j])), given(values(run, "beta")[j])).error;
  }),
});

const layerBackward = bound((run) => {
  const { n, beta } = run.sizes;
  const of = (name: string, i: number): Near => given(values(run, name)[i]);
  return (i) => {
    const r = Math.floor(i / n);
    const [mean, scale] = [of("mean", r), of("scale", r)];
    const g = Array.from({ length: n }, (_, j) => mul(of("dy", r * n + j), of("gamma", j)));
    const far = Array.from({ length: n }, (_, j) => sub(of("x", r * n + j), mean));
    const share = div(given(1), given(n));
    const a = mul(total(g), share);
    const b = mul(mul(total(g.map((v, j) => mul(v, far[j]))), share), mul(scale, scale));
    const d = mul(sub(sub(g[i - r * n], a), mul(far[i - r * n], b)), scale);
    return (beta ? add(d, of("dx", i)) : d).error;
  };
});

const WIDTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 20, 23, 31, 32, 33, 35, 64, 67];
const MN: [number, number][] = [...WIDTHS.map((n): [number, number] => [3, n]), [0, 5], [2, 0], [1, 10], [9, 7], [65, 5], [130, 9], [64, 3], [2, 300]];
const rows = (make: (m: number, n: number, i: number) => Partial<Case> & { sizes?: Record<string, number> }): Case[] =>
  MN.map(([m, n], i) => {
    const more = make(m, n, i);
    return { shift: i % 4, ...more, sizes: { m, n, ...more.sizes } };
  });

export const layerNormalization = {
  layer_norm_forward_f32: {
    tolerance: layerForward,
    cases: [
      ...rows((_m, _n, i) => ({ sizes: { epsilon: EPSILONS[i % 2] } })),
      ...rows((_m, _n, i) => ({ sizes: { epsilon: EPSILONS[i % 2] }, data: { x: between(100, 101) } })),
      ...rows(() => ({ sizes: { epsilon: 1e-3 }, data: { x: -7 } })),
    ],
  },
  layer_norm_backward_input_f32: {
    tolerance: layerBackward,
    cases: [0, 1].flatMap((beta) => [
      ...rows(() => ({ sizes: { beta }, data: { scale: positive } })),
      ...rows(() => ({ sizes: { beta }, data: { scale: positive }, ...(!beta && { inPlace: "dy" }) })),
    ]),
  },
  layer_norm_backward_parameters_f32: {
    tolerance: roundings(({ m }) => m + 12, ["dy", "x", "scale"], ["mean"]),
    cases: rows((_m, n, i) => ({ sizes: { ld: n + (i % 3) }, data: { scale: positive } })),
  },
} satisfies Record<string, KernelCases>;
