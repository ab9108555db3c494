import { type Case, each, exact, type KernelCases, random, roundings } from "../harness.ts";
import { draw, integers } from "./common.ts";

/** H, W, C, OC, KH, KW: tiles and their rests, windows that do not fit, rows and columns that no window covers. */
const SHAPES = [
  [6, 6, 1, 4, 3, 3],
  [9, 12, 1, 7, 3, 3],
  [8, 7, 1, 1, 3, 3],
  [4, 5, 1, 33, 3, 3],
  [7, 6, 2, 5, 3, 3],
  [6, 9, 3, 18, 3, 3],
  [6, 5, 4, 3, 3, 3],
  [9, 8, 1, 9, 5, 5],
  [6, 6, 1, 2, 5, 7],
  [3, 3, 1, 4, 3, 3],
  [4, 4, 1, 16, 3, 3],
] as const;

/** More, for kernels that take any filter. */
const ANY = [
  [7, 6, 5, 12, 2, 3],
  [5, 6, 17, 8, 1, 1],
  [8, 9, 7, 3, 4, 2],
  [3, 4, 2, 6, 1, 4],
  [6, 7, 32, 70, 3, 3],
  [5, 5, 16, 64, 3, 3],
  [6, 4, 20, 66, 3, 3],
  [9, 5, 3, 131, 5, 3],
  [2, 2, 1, 5, 1, 1],
  [1, 1, 3, 2, 1, 1],
] as const;

export type Shape = readonly [number, number, number, number, number, number];
export const named = ([H, W, C, OC, KH, KW]: Shape, N: number): { N: number; H: number; W: number; C: number; OC: number; KH: number; KW: number } => ({
  N,
  H,
  W,
  C,
  OC,
  KH,
  KW,
});
export const windowsIn = ({ H, W, KH, KW }: { H: number; W: number; KH: number; KW: number }): number =>
  Math.floor((H - KH + 1) / 2) * Math.floor((W - KW + 1) / 2);

/** Small integers: sums are exact, and maxima are often equal. */
export const small = draw((u) => Math.round(2 * u));
/** Images of small integers on a ground of zeros, about `share` of which is not zero, in runs of seven. */
export const image =
  (share: number) =>
  (i: number): number =>
    random(41, Math.floor(i / 7)) + 1 < 2 * share ? Math.round(2 * random(42, i)) : 0;
/** What a rectified map holds: zeros, and what is above. */
export const rectified = draw((u) => Math.max(0, Math.round(3 * u)));
export const places = integers(4);
/** Gradients, a third of which is 0. */
export const some = draw((u) => (Math.abs(u) < 1 / 3 ? 0 : u));

/** The list of every window but each third. */
const windowList = (sizes: ReturnType<typeof named>): ReturnType<typeof windowListOf> => windowListOf(sizes, (n, w) => (n + w) % 3 !== 2);

/** The list of some windows w of each sample n, as conv_windows_f32 would write it. */
export function windowListOf(sizes: ReturnType<typeof named>, sees: (n: number, w: number) => boolean): { windows: number[]; counts: number[] } {
  const { N, W, C, KW } = sizes;
  const count = windowsIn(sizes);
  const columns = Math.floor((W - KW + 1) / 2);
  const windows = Array<number>(2 * N * count).fill(0x7ffffff0);
  const counts: number[] = [];
  for (let n = 0; n < N; n++) {
    let end = 2 * n * count;
    for (let w = 0; w < count; w++) {
      if (!sees(n, w)) continue;
      windows[end++] = w;
      windows[end++] = 4 * (2 * Math.floor(w / columns) * W + 2 * (w % columns)) * C;
    }
    counts.push(end / 2 - n * count);
  }
  return { windows, counts };
}

const windowCases: Case[] = [...SHAPES, ...ANY].flatMap((shape) =>
  [0, 1, 3].map((N, k): Case => {
    const { OC: _, ...sizes } = named(shape, N);
    return { sizes, data: { x: image([0, 0.1, 0.5][k]) }, shift: (N + shape[0]) % 4 };
  }),
);
windowCases.push({ sizes: { N: 1, H: 4, W: 4, C: 1, KH: 3, KW: 3 }, data: { x: (i) => (i === 9 ? -0 : 0) } });
// One pixel at a time: each corner of a patch is looked at.
for (const [H, W, C, KH, KW] of [
  [4, 4, 1, 3, 3],
  [6, 6, 3, 3, 3],
  [5, 8, 2, 2, 5],
  [2, 5, 1, 1, 1],
] as const)
  for (let pixel = 0; pixel < H * W * C; pixel++) windowCases.push({ sizes: { N: 1, H, W, C, KH, KW }, data: { x: (i) => (i === pixel ? 1 : 0) } });

const forwardCases: Case[] = [...SHAPES, ...ANY].flatMap((shape) =>
  [0, 1, 3].flatMap((N) =>
    [0, 1].map((relu): Case => {
      const sizes = named(shape, N);
      return { sizes: { ...sizes, relu }, data: { x: small, w: small, bias: (N + relu) % 2 ? small : null, ...windowList(sizes) }, shift: (N + shape[0]) % 4 };
    }),
  ),
);

// More windows than are transformed at a time; every one of them listed.
for (const C of [2, 3]) {
  const sizes = named([13, 14, C, 11, 3, 3], 2);
  const [listed, all] = [windowList(sizes), windowListOf(sizes, () => true)];
  for (const list of [listed, all]) forwardCases.push({ sizes: { ...sizes, relu: 0 }, data: { x: small, w: small, bias: small, ...list } });
}

// Rounding errors of what is near may not pass for results where all is zero: filters below 0 give 0 there, and only there.
for (const C of [2, 3, 4]) {
  const x = draw((u) => (1 + u) / 2 + 0.5);
  const ground = (i: number): number => (random(46, Math.floor(i / (4 * C))) > 0 ? 0 : x(i));
  const w = draw((u) => -0.5 - Math.abs(u));
  const sizes = named([16, 19, C, 13, 3, 3], 2);
  for (const bias of [null, 0]) forwardCases.push({ sizes: { ...sizes, relu: 1 }, data: { x: ground, w, bias, ...windowListOf(sizes, () => true) } });
}

const gradientCases: Case[] = SHAPES.filter(([, , C, , KH, KW]) => (KH === 3 && KW * C <= 12) || (KH === 5 && KW * C <= 8)).flatMap((shape) =>
  [0, 1, 4, 9].flatMap((N) =>
    [0, 1].map((relu): Case => {
      const sizes = named(shape, N);
      return { sizes: { ...sizes, relu }, data: { dy: some, y: rectified, code: places, ...windowList(sizes) }, shift: (N + shape[1]) % 4 };
    }),
  ),
);

const sumCases: Case[] = [0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 33].flatMap((n) =>
  [0, 1, 4, 5, 13].flatMap((rows) => [0, 1].map((beta): Case => ({ sizes: { rows, n, beta }, shift: (n + rows) % 4 }))),
);

const listCases: Case[] = [...SHAPES, ...ANY].flatMap((shape) =>
  [0, 1, 2, 7].flatMap((N, k) =>
    [0, 1].map((relu): Case => {
      const sizes = named(shape, N);
      return { sizes: { ...sizes, block: [1, 2, 4, 4, 2, 1][k + relu], relu }, data: { dy: some, y: rectified, code: places }, shift: (N + shape[1]) % 4 };
    }),
  ),
);

// Lines so long that their number of bytes fills all of a word; filters almost as long, so that windows are few.
for (const block of [1, 4]) {
  const sizes = named([4, 2 ** 20 + 9, 5, 6, 3, 2 ** 20], 5);
  listCases.push({ sizes: { ...sizes, block, relu: 1 }, data: { dy: some, y: rectified, code: places } });
}

/** Lists of random length up to `most`, of entries that name one of `choices` offsets (the last ones of all lists are garbage). */
function entriesOf(counts: readonly number[], capacity: number, offsetOf: (list: number, i: number) => number): { offset: Int32Array; value: Float32Array } {
  const offset = new Int32Array(counts.length * capacity).fill(0x7ffffff0);
  const value = new Float32Array(counts.length * capacity).fill(Number.NaN);
  counts.forEach((count, list) => {
    for (let i = 0; i < count; i++) {
      offset[list * capacity + i] = offsetOf(list, i);
      value[list * capacity + i] = random(43, list * capacity + i);
    }
  });
  return { offset, value };
}
const pick = (i: number, n: number): number => Math.min(n - 1, Math.floor(((random(44, i) + 1) / 2) * n));

/** @param border rows or columns of zeros at the top, left, bottom and right of the image */
export function inputCase(shape: Shape, N: number, beta: number, [top, before, bottom, after]: readonly number[]): Case {
  const sizes = named(shape, N);
  const { OC } = sizes;
  const count = windowsIn(sizes);
  const counts: number[] = [];
  const channels: number[] = [];
  for (let n = 0; n < N; n++)
    for (let g = 0; g < OC; g += 64) {
      const width = Math.min(64, OC - g);
      for (let w = 0; w < count; w++) {
        let left = width;
        for (let place = 0; place < 4; place++) {
          const k = counts.length;
          // The second image has no empty list, so that its table is full. Else every fourth window has all in one place, every fifth is full, every third list empty.
          const length =
            n === 1 && width > 3
              ? place === 3
                ? left
                : 1
              : (w + n) % 4 === 2
                ? place === w % 4
                  ? width
                  : 0
                : w % 5 === 4
                  ? place === 3
                    ? left
                    : pick(k, left + 1)
                  : k % 3 === 2
                    ? 0
                    : pick(k, Math.floor(left / 2) + 1);
          counts.push(length);
          left -= length;
          for (let i = 0; i < length; i++) channels.push(i === 0 ? width - 1 : pick(channels.length, width));
        }
        // Up to three channels behind a list are read, as there are here; any other is none.
        for (let i = 0; i < left; i++) channels.push(i < 3 ? width - 1 : 255);
      }
      for (let i = 0; i < 8; i++) channels.push(i < 3 ? width - 1 : 255);
    }
  const inside = { IH: sizes.H - top - bottom, IW: sizes.W - before - after, top, left: before };
  return { sizes: { ...sizes, ...inside, beta }, data: { windowChannels: channels, windowCounts: counts }, shift: (N + shape[0]) % 4 };
}

export function filterCase(shape: Shape, N: number, block: number, beta: number, part = 0): Case {
  const sizes = named(shape, N);
  const { H, W, C, OC, KH, KW } = sizes;
  const channels = OC + part;
  const count = windowsIn(sizes);
  const blocks = Math.ceil(N / block);
  const counts = Array.from({ length: blocks * channels }, (_, k) => {
    const most = Math.min(block, N - Math.floor(k / channels) * block) * count;
    return k % 3 === 2 ? 0 : k % 5 === 3 ? most : pick(k, most + 1);
  });
  const offsetOf = (list: number, i: number): number => {
    const n = pick(list + 7 * i, Math.min(block, N - Math.floor(list / channels) * block));
    const [row, column] = i === 0 ? [H - KH, W - KW] : [pick(list + i, H - KH + 1), pick(list + 3 * i, W - KW + 1)];
    return 4 * ((n * H + row) * W + column) * C;
  };
  return {
    sizes: { ...sizes, block, channels, beta },
    data: { channelEntries: entriesOf(counts, block * count, offsetOf), channelCounts: counts },
    shift: (N + shape[0]) % 4,
  };
}

const fits = (shape: Shape): boolean => windowsIn(named(shape, 1)) > 0;
const BORDERS = [
  [0, 0, 0, 0],
  [1, 1, 1, 1],
  [0, 0, 1, 0],
  [2, 0, 0, 1],
];
const inputCases = [...SHAPES, ...ANY].flatMap((shape) =>
  [0, 1, 3].flatMap((N, i) =>
    [0, 1].flatMap((beta) =>
      BORDERS.slice(0, i + 2)
        .filter(([top, left, bottom, right]) => top + bottom < shape[0] && left + right < shape[1])
        .map((border) => inputCase(shape, N, beta, border)),
    ),
  ),
);
const filterCases = [...SHAPES, ...ANY]
  .filter(fits)
  .flatMap((shape) => [0, 1, 5].flatMap((N) => [0, 1].map((beta) => filterCase(shape, N, [1, 2, 4][(N + beta) % 3], beta, (N + beta) % 2))));

export const convWindow = {
  conv_windows_f32: { tolerance: exact, cases: windowCases },
  conv_window_forward_f32: { tolerance: { kind: "exact", anyZero: true }, cases: forwardCases },
  conv_window_gradient_f32: {
    tolerance: roundings((s) => 4 * windowsIn(s as ReturnType<typeof named>) + 4, ["x", "dy"]),
    cases: gradientCases,
  },
  sum_shards_f32: { tolerance: roundings(({ rows }) => rows / 4 + 2, ["y", "parts"]), cases: sumCases },
} satisfies Record<string, KernelCases>;

export const convBlock = {
  conv_block_lists_f32: {
    tolerance: each({
      windowChannels: exact,
      windowCounts: exact,
      channelEntries: exact,
      channelCounts: exact,
      db: roundings((s) => 4 * windowsIn(s as ReturnType<typeof named>) + 4, ["dy"]),
    }),
    garbage: ["windowChannels", "channelEntries"],
    cases: listCases,
  },
  conv_block_backward_input_f32: { tolerance: roundings(({ KH, KW, OC }) => KH * KW * OC + 4, ["dx", "dy", "w"]), cases: inputCases },
  conv_block_backward_filter_f32: {
    tolerance: roundings((s) => s.N * windowsIn(s as ReturnType<typeof named>) + 8, ["dw", "channelEntries", "x"]),
    cases: filterCases,
  },
} satisfies Record<string, KernelCases>;
