import { winogradFilterSize } from "../../../src/program/kernels/winograd.ts";
import { winograd as references } from "../../../src/program/reference/winograd.ts";
import { bound, type Case, each, type KernelCases, type Run, random, type Tolerance } from "../harness.ts";

/** m, r, and the error of a result in units of its largest value (at least 1): ten times a typical one, four times the worst measured. */
export const TILES: [m: number, r: number, error: number][] = [
  [2, 3, 2e-6],
  [3, 3, 8e-6],
  [4, 3, 1.5e-5],
  [5, 3, 2.5e-5],
  [6, 3, 3e-5],
  [2, 5, 5e-5],
  [4, 5, 3e-5],
];

const errorOf = (run: Run): number => (TILES.find(([m, r]) => m === run.sizes.tile && r === run.sizes.r) as (typeof TILES)[number])[2];
const largest = (values: ArrayLike<number>): number => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1);

/** Sums of products cancel in the transforms, so that small values err as much as large ones. */
const tolerance: Tolerance = bound((run, output) => {
  const limit = errorOf(run) * largest(run.after[output] as Float64Array);
  return () => limit;
});

/** A code may name another position of the window if the values differ by less than their errors. */
const codes: Tolerance = bound((run) => {
  const { N, PH, PW, OC } = run.sizes;
  const map = new Float64Array(N * PH * PW * OC * 4);
  const call = { ...run.before, y: map, OH: 2 * PH, OW: 2 * PW, dilation: 1, relu: 0 } as unknown as Parameters<typeof references.winograd_forward_f32>[0];
  references.winograd_forward_f32(call);
  const limit = 2 * errorOf(run) * largest(map);
  return (i) => {
    const [channel, column, row] = [i % OC, Math.floor(i / OC) % PW, Math.floor(i / OC / PW)];
    const at = (row * 4 * PW + 2 * column) * OC + channel;
    const [first, second] = [map[at], map[at + OC], map[at + 2 * PW * OC], map[at + (2 * PW + 1) * OC]].sort((a, b) => b - a);
    return first - second <= limit ? 3 : 0;
  };
});

interface Shape {
  readonly m: number;
  readonly r: number;
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly OC: number;
  readonly padTop: number;
  readonly padLeft: number;
  /** Zeros after the image. */
  readonly padBottom: number;
  readonly padRight: number;
  readonly block: number;
  /** Pixels from tap to tap. */
  readonly d: number;
}

/** Shapes that take every tile through every path: tails of channels, tiles that overhang, pads, blocks of images and of parts of one, phases of unequal size. */
function shapes(): Shape[] {
  const all: Shape[] = [];
  const add = (m: number, r: number, [N, H, W, C, OC]: number[], block: number, pads: number[] = [0, 0, 0, 0], d = 1): void => {
    const [padTop, padLeft, padBottom, padRight] = pads;
    all.push({ m, r, N, H, W, C, OC, padTop, padLeft, padBottom, padRight, block, d });
  };
  for (const [m, r] of TILES) {
    const same = [(r - 1) >> 1, (r - 1) >> 1, r >> 1, r >> 1];
    add(m, r, [2, 2 * m + r - 1, m + r - 1, 4, 8], 64);
    add(m, r, [3, 2 * m + r, 3 * m + r - 1, 5, 3], 8, same);
    add(m, r, [1, 4 * m + r + 1, 3 * m + r, 8, 9], 2);
    add(m, r, [9, r, r + 1, 1, 1], 7, same);
    add(m, r, [2, 7, 6, 33, 12], 30, [0, 2, 1, 0]);
    add(m, r, [1, 1, 2, 3, 70], 1, same);
    add(m, r, [0, 8, 8, 4, 8], 10, same);
    add(m, r, [1, r - 1, r, 2, 2], 10);
  }
  for (let C = 1; C <= 18; C++) add(4, 3, [1, 6, 7, C, 19 - C], 12);
  for (const tiles of [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 19, 25]) add(2, 3, [tiles, 4, 4, 12, 8], 64);
  for (const [m, r] of TILES) {
    const reach = (r - 1) * 2 + 1;
    // Phases that lie inside of the image; some of unequal size; some that have no output, or see no pixel; blocks that cut phases, and an image's phases.
    add(m, r, [2, 4 * m + reach - 1, 2 * m + reach - 1, 4, 8], 9, [0, 0, 0, 0], 2);
    add(m, r, [3, 2 * m + reach, 4 * m + reach + 2, 5, 9], 5, [r - 1, r - 1, r - 1, r - 1], 2);
    add(m, r, [2, 6 * m + 2 * r, 4 * m + 2 * r + 1, 3, 12], 1, [2, 1, 0, 3], 2);
    add(m, r, [2, 7, 5, 6, 8], 40, [4, 7, 5, 6], 3);
    add(m, r, [1, 2, 3, 8, 2], 20, [2 * r, 2 * r, 2 * r, 2 * r], 4);
  }
  add(5, 3, [2, 9, 9, 70, 17], 12, [1, 1, 1, 1]);
  add(4, 5, [2, 9, 9, 17, 70], 12, [2, 2, 2, 2]);
  return all;
}

const outputs = ({ r, d, H, W, padTop, padLeft, padBottom, padRight }: Shape): { OH: number; OW: number } => ({
  OH: Math.max(0, H + padTop + padBottom - (r - 1) * d),
  OW: Math.max(0, W + padLeft + padRight - (r - 1) * d),
});

let streams = 500;

/** The transforms of random filters. */
export function transformedFilters(inner: number, outer: number, m: number, r: number): Float64Array {
  const stream = streams++;
  const u = new Float64Array(winogradFilterSize(outer, inner, m, r));
  const w = Float64Array.from({ length: outer * r * r * inner }, (_, i) => Math.fround(random(stream, i)));
  references.winograd_filter_f32({ u, w, scratch: new Float64Array(0), OC: outer, C: inner, tile: m, r });
  return u;
}

type Sized = Record<string, number>;
const dimensions = ({ m, r, d, N, H, W, C, OC, padTop, padLeft, block }: Shape): Sized => ({ N, H, W, C, OC, padTop, padLeft, dilation: d, tile: m, r, block });
const flags = (of: readonly Shape[], make: (shape: Shape, flag: number, index: number) => Case): Case[] =>
  of.flatMap((shape, i) => (i < 16 ? [0, 1] : [i & 1]).map((flag) => ({ shift: (i + flag) % 4, ...make(shape, flag, i) })));
const bias = (flag: number, index: number): { bias?: null } => (index % 3 === flag ? { bias: null } : {});

const all = shapes();
const undilated = all.filter(({ d }) => d === 1);

const forward = flags(all, (shape, relu, index) => ({
  sizes: { ...dimensions(shape), ...outputs(shape), relu },
  data: { u: transformedFilters(shape.C, shape.OC, shape.m, shape.r), ...bias(relu, index) },
}));

// Images that are mostly black: where a window sees nothing, nothing is left of what the transforms round.
for (const [m, r] of TILES) {
  const C = m === 4 ? 6 : 4;
  const black = (dilation: number): Case => ({
    sizes: {
      ...{ N: 2, H: 13, W: 12, C, OC: 8, OH: 13, OW: 12, padTop: (r >> 1) * dilation, padLeft: (r >> 1) * dilation },
      ...{ dilation, tile: m, r, block: 64, relu: 0 },
    },
    data: { u: transformedFilters(C, 8, m, r), bias: null, x: (i) => (i % 331 === 40 ? 0.7 : 0) },
    tolerance: bound((run, output) => {
      const y = run.after[output] as Float64Array;
      const limit = errorOf(run) * largest(y);
      return (i) => (y[i] === 0 ? 0 : limit);
    }),
  });
  forward.push(black(1), black(2));
}

const pooledDimensions = (shape: Shape): Sized => {
  const { dilation: _, ...sizes } = dimensions(shape);
  return sizes;
};
const pooled = flags(undilated, (shape, relu, index) => {
  const { OH, OW } = outputs(shape);
  return {
    sizes: { ...pooledDimensions(shape), PH: OH >> 1, PW: OW >> 1, relu },
    data: { u: transformedFilters(shape.C, shape.OC, shape.m, shape.r), ...bias(relu, index) },
  };
});
// Windows of equal values: the first counts.
pooled.push({
  sizes: { N: 1, H: 6, W: 6, C: 4, OC: 8, PH: 2, PW: 2, padTop: 0, padLeft: 0, tile: 2, r: 3, block: 4, relu: 0 },
  data: { x: 0.5, u: 0.25, bias: [0, 1, 2, 3, 4, 5, 6, 7] },
  tolerance: { kind: "exact" },
});

const backwardInput = flags(all, (shape, beta) => ({
  sizes: { ...dimensions(shape), ...outputs(shape), beta },
  data: { u: transformedFilters(shape.OC, shape.C, shape.m, shape.r) },
}));

// Taps that only zeros meet have no gradient: Winograd's is the error of a sum of 0, which added to a number is no change in f64.
const backwardFilter = flags(all, (shape, beta, index) => ({
  sizes: { ...dimensions(shape), ...outputs(shape), ldy: shape.OC + 3 * (index % 2), beta: Math.min(shape.H, shape.W) <= (shape.r - 1) * shape.d ? 0 : beta },
}));

const filterSizes = TILES.flatMap(([m, r]) => [
  [m, r, 8, 4],
  [m, r, 3, 5],
  [m, r, 17, 8],
  [m, r, 1, 1],
]);
filterSizes.push([4, 3, 70, 33], [3, 3, 6, 90], [2, 3, 0, 4], [2, 3, 4, 0]);
const filter = filterSizes.map(([m, r, OC, C], i) => ({ sizes: { tile: m, r, OC, C }, shift: i % 4 }));
const transposed = filterSizes.map(([m, r, OC, C], i) => ({ sizes: { tile: m, r, OC, C, ldw: C + 3 * (i % 3) }, shift: i % 4 }));

export const winograd = {
  // Sums of 25 products of factors up to 1.
  winograd_filter_f32: { tolerance: bound(() => () => 1e-6), cases: filter },
  winograd_filter_transposed_f32: { tolerance: bound(() => () => 1e-6), cases: transposed },
  winograd_forward_f32: { tolerance, cases: forward },
  winograd_pool_forward_f32: { tolerance: each({ y: tolerance, code: codes }), cases: pooled },
  winograd_backward_input_f32: { tolerance, cases: backwardInput },
  winograd_backward_filter_f32: { tolerance, cases: backwardFilter },
} satisfies Record<string, KernelCases>;
