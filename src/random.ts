/**
 * Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * A number depends only on its key and its place, never on what was drawn before. All arithmetic is 32-bit integer or single
 * rounded f32, so that the WebAssembly twins (assembly/random.ts) and every engine give the same bits.
 * @module
 */

/** Two 32-bit words. */
export type Key = readonly [number, number];

/** What random numbers are drawn for: a word of the key, so that no two uses share a stream. */
export const Purpose = {
  initializer: 1,
  shuffle: 2,
  split: 3,
  dropout: 4,
  noise: 5,
  augmentation: 6,
  data: 7,
  layers: 8,
  statistics: 9,
  folds: 12,
  search: 11,
} as const;

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/** The block of `counter` under `key`: writes two words to `out`. */
export function threefry(out: Int32Array | number[], k0: number, k1: number, c0: number, c1: number): void {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  let ka = k1;
  let kb = k2;
  let kc = k0;
  for (let group = 1; group <= 5; group++) {
    const first = (group & 1) === 1 ? 0 : 4;
    for (let i = first; i < first + 4; i++) {
      const r = ROTATIONS[i];
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    }
    x0 = (x0 + ka) | 0;
    x1 = (x1 + kb + group) | 0;
    const t = ka;
    ka = kb;
    kb = kc;
    kc = t;
  }
  out[0] = x0;
  out[1] = x1;
}

/** The key of a stream: `seed` (any finite number: its low 32 bits and the next 21) and words that name the use. */
export function deriveKey(seed: number, ...words: number[]): Key {
  const block = [seed | 0, Math.floor(seed / 4294967296) | 0];
  for (const word of words) threefry(block, block[0], block[1], word, words.length);
  return [block[0], block[1]];
}

/** y[i] uniform in [0,1): a multiple of 2^-24. */
export function fillUniform(y: { [i: number]: number }, n: number, key: Key): void {
  const block = new Int32Array(2);
  for (let i = 0; i < n; i++) {
    if ((i & 1) === 0) threefry(block, key[0], key[1], i >>> 1, 0);
    y[i] = (block[i & 1] >>> 8) * 2 ** -24;
  }
}

const f = Math.fround;
const bits = new Int32Array(1);
const floatOfBits = new Float32Array(bits.buffer);
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f);
const LN2_HIGH = 0.693359375;
const LN2_LOW = f(-2.1219444e-4);
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f);
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f);
const HALF_PI = f(Math.PI / 2);

/** Natural logarithm of a positive normal f32 (Cephes logf), every operation rounded to f32. */
function logf(x: number): number {
  floatOfBits[0] = x;
  const i = (bits[0] - 0x3f3504f3) | 0;
  const e = i >> 23;
  bits[0] = (bits[0] - (e << 23)) | 0;
  const m = f(floatOfBits[0] - 1);
  const z = f(m * m);
  let p = LOG[0];
  for (let k = 1; k < 9; k++) p = f(f(p * m) + LOG[k]);
  p = f(f(p * m) * z);
  p = f(p + f(e * LN2_LOW));
  p = f(p - f(0.5 * z));
  return f(f(m + p) + f(e * LN2_HIGH));
}

/** y[i] standard normal: Box-Muller on the words of block i>>1; even i the cosine, odd i the sine. */
export function fillNormal(y: { [i: number]: number }, n: number, key: Key): void {
  const block = new Int32Array(2);
  for (let i = 0; i < n; i += 2) {
    threefry(block, key[0], key[1], i >>> 1, 0);
    const u = f(((block[0] >>> 8) + 1) * 2 ** -24);
    const radius = f(Math.sqrt(f(-2 * logf(u))));
    const turns = f((block[1] >>> 8) * 2 ** -22);
    const quadrant = Math.floor(f(turns + 0.5));
    const a = f(f(turns - quadrant) * HALF_PI);
    const z = f(a * a);
    let s = f(f(f(f(SIN[0] * z) + SIN[1]) * z) + SIN[2]);
    s = f(f(f(s * z) * a) + a);
    let c = f(f(f(f(COS[0] * z) + COS[1]) * z) + COS[2]);
    c = f(f(f(f(c * z) * z) - f(0.5 * z)) + 1);
    const sine = quadrant & 1 ? c : s;
    const cosine = quadrant & 1 ? s : c;
    y[i] = f(radius * ((quadrant + 1) & 2 ? -cosine : cosine));
    if (i + 1 < n) y[i + 1] = f(radius * (quadrant & 2 ? -sine : sine));
  }
}

/** A permutation of 0..n-1 (Fisher-Yates, exact integers). */
export function permutation(n: number, key: Key): Int32Array {
  const order = new Int32Array(n);
  const block = new Int32Array(2);
  for (let i = 0; i < n; i++) {
    order[i] = i;
    if ((i & 1) === 0) threefry(block, key[0], key[1], i >>> 1, 0);
    const j = Math.floor(((block[i & 1] >>> 0) / 4294967296) * (i + 1));
    order[i] = order[j];
    order[j] = i;
  }
  return order;
}
