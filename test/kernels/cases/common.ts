/** What the cases of several kernels share. */
import { type Case, type Content, random } from "../harness.ts";

/** Every length up to two wide steps and a tail, and lengths around multiples of larger ones. */
export const LENGTHS: readonly number[] = [...Array.from({ length: 37 }, (_, n) => n), 47, 48, 49, 63, 64, 65, 67, 101, 127, 128, 131, 257];

/** Fewer of them. */
export const FEW: readonly number[] = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 37, 67];

export const SPECIALS: readonly number[] = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3,
  2 ** -149,
  -(2 ** -149),
  1e-40,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1e-30,
];

/** Those that are numbers. */
export const FINITE: readonly number[] = SPECIALS.filter(Number.isFinite);

let streams = 1000;

/** Random numbers of a stream of their own: f of one in (-1, 1). */
export function draw(f: (u: number) => number): (i: number) => number {
  const stream = streams++;
  return (i) => f(random(stream, i));
}

/** Numbers in [low, high). */
export const between = (low: number, high: number): ((i: number) => number) => draw((u) => low + ((u + 1) / 2) * (high - low));

/** Integers in [0, n). */
export const integers = (n: number): ((i: number) => number) => draw((u) => Math.min(n - 1, Math.floor(((u + 1) / 2) * n)));

/** Every pair of two lists, as two columns. */
export function pairs(xs: readonly number[], ys: readonly number[]): [number[], number[]] {
  return [xs.flatMap((x) => ys.map(() => x)), xs.flatMap(() => [...ys])];
}

/** A case for each length n, on aligned pointers and on others. */
export function lengths(make: (n: number) => Omit<Case, "sizes"> & { sizes?: Record<string, number> }, of: readonly number[] = LENGTHS): Case[] {
  return of.flatMap((n) =>
    [0, 1 + (n % 3)].map((shift) => {
      const c = make(n);
      return { shift, ...c, sizes: { n, ...c.sizes } };
    }),
  );
}

/** y = f(x): every length, y in place of x, and values that f may treat apart. */
export function unary(x: Content, special: readonly number[], sizes: Record<string, number> = {}): Case[] {
  return [
    ...lengths(() => ({ sizes, data: { x } })),
    ...lengths(() => ({ sizes, data: { x }, inPlace: "x" }), FEW),
    { sizes: { n: special.length, ...sizes }, data: { x: special } },
    // One at a time: the last lanes are computed apart.
    ...special.map((value) => ({ sizes: { n: 1, ...sizes }, data: { x: value } })),
  ];
}
