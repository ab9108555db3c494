/**
 * The windows of conv-window.ts for 3x3 filters on 2 to 4 channels, by F(2x2,3x3) (A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks",
 * 2015): a window's four results are one tile, of 16 products instead of 36. Their errors are those of the sum itself, and zeros give exactly 0, as they do
 * there; an Infinity or NaN spreads over its window.
 */
import { window_products_tile, window_results } from "../build/generated/conv-windows";

/** Windows whose transformed patches are in memory at a time: they stay in the L1 cache. A multiple of three. */
const BLOCK: usize = 24;
/** Bytes of the transformed patches, and a cache line more: slabs a power of two apart would fall into few sets of the cache. */
const SLAB: usize = (BLOCK << 6) + 64;
/** Bytes of the products of three windows. */
const PRODUCTS: usize = 768;
/** Bytes of scratch that one image takes. */
export const SCRATCH: usize = PRODUCTS + 4 * SLAB;

/** Stores what F(2,3) makes of three taps, `step` bytes apart: g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2. */
// @ts-ignore: decorator
@inline
function store_taps(u: usize, step: usize, g0: v128, g1: v128, g2: v128): void {
  const half = f32x4.splat(0.5);
  const outer = f32x4.mul(f32x4.add(g0, g2), half), inner = f32x4.mul(g1, half);
  v128.store(u, g0);
  v128.store(u + step, f32x4.add(outer, inner));
  v128.store(u + 2 * step, f32x4.sub(outer, inner));
  v128.store(u + 3 * step, g2);
}

/** u [panels][4 columns][2][C][2][8] = the filters w, packed as [panels][3,3,C][8], in the form of F(2x2,3x3): of a column rows 1 and 2, then 0 and 3. */
export function transform_filters(u: usize, w: usize, panels: usize, C: usize): void {
  const pixel = C << 5, row = pixel * 3, column = pixel << 2, outer = pixel << 1;
  const half = f32x4.splat(0.5);
  for (; panels > 0; --panels, u += 4 * column - outer, w += 8 * pixel) {
    for (const end = w + pixel; w < end; w += 32, u += 32) {
      for (let i: usize = 0; i < 32; i += 16, u += 16) {
        const p = w + i, q = p + row, r = q + row;
        const a0 = v128.load(p), a1 = v128.load(p + pixel), a2 = v128.load(p + 2 * pixel);
        const b0 = f32x4.mul(v128.load(q), half), b1 = f32x4.mul(v128.load(q + pixel), half), b2 = f32x4.mul(v128.load(q + 2 * pixel), half);
        const c0 = v128.load(r), c1 = v128.load(r + pixel), c2 = v128.load(r + 2 * pixel);
        const s0 = f32x4.mul(f32x4.add(a0, c0), half), s1 = f32x4.mul(f32x4.add(a1, c1), half), s2 = f32x4.mul(f32x4.add(a2, c2), half);
        store_taps(u + outer, column, a0, a1, a2);
        store_taps(u, column, f32x4.add(s0, b0), f32x4.add(s1, b1), f32x4.add(s2, b2));
        store_taps(u + 32, column, f32x4.sub(s0, b0), f32x4.sub(s1, b1), f32x4.sub(s2, b2));
        store_taps(u + outer + 32, column, c0, c1, c2);
      }
    }
  }
}

/** Stores what F(2,3) makes of four pixels of a row: d0 - d2, d1 + d2, d2 - d1, d3 - d1. */
// @ts-ignore: decorator
@inline
function store_pixels(v: usize, d0: v128, d1: v128, d2: v128, d3: v128): void {
  v128.store(v, f32x4.sub(d0, d2));
  v128.store(v + SLAB, f32x4.add(d1, d2));
  v128.store(v + 2 * SLAB, f32x4.sub(d2, d1));
  v128.store(v + 3 * SLAB, f32x4.sub(d3, d1));
}

/** v [4 columns][slab] = the patches of listed windows in the form of F(2x2,3x3); slabs hold [window][4 rows][4]. */
function transform_patches(v: usize, x: usize, list: usize, end: usize, pixel: usize, line: usize): void {
  const two = pixel << 1, three = pixel * 3;
  for (; list < end; list += 8, v += 64) {
    const p = x + <usize>load<u32>(list, 4), q = p + line, r = q + line, s = r + line;
    const c0 = v128.load(r), c1 = v128.load(r + pixel), c2 = v128.load(r + two), c3 = v128.load(r + three);
    store_pixels(v, f32x4.sub(v128.load(p), c0), f32x4.sub(v128.load(p + pixel), c1), f32x4.sub(v128.load(p + two), c2), f32x4.sub(v128.load(p + three), c3));
    const b0 = v128.load(q), b1 = v128.load(q + pixel), b2 = v128.load(q + two), b3 = v128.load(q + three);
    store_pixels(v + 16, f32x4.add(b0, c0), f32x4.add(b1, c1), f32x4.add(b2, c2), f32x4.add(b3, c3));
    store_pixels(v + 32, f32x4.sub(c0, b0), f32x4.sub(c1, b1), f32x4.sub(c2, b2), f32x4.sub(c3, b3));
    store_pixels(v + 48, f32x4.sub(v128.load(s), b0), f32x4.sub(v128.load(s + pixel), b1), f32x4.sub(v128.load(s + two), b2), f32x4.sub(v128.load(s + three), b3));
  }
}

/** conv_window_forward_f32 for the listed windows of one image x. u: transformed filters; scratch: SCRATCH bytes. */
export function forward_by_tiles(y: usize, code: usize, x: usize, u: usize, bias: usize, list: usize, end: usize, pixel: usize, line: usize, C: usize, OC: usize, relu: i32, scratch: usize): void {
  const v = scratch + PRODUCTS;
  for (let last = list; list < end; list = last) {
    last = min(end, list + (BLOCK << 3));
    transform_patches(v, x, list, last, pixel, line);
    let filters = u;
    for (let j: usize = 0; j < OC; j += 8, filters += C << 9) {
      let patches = v;
      for (let three = list; three < last; three += 24, patches += 192) {
        window_products_tile(scratch, patches, SLAB, filters, C);
        window_results(y + (j << 2), code + j, scratch, three, min(three + 24, last), OC, OC - j, bias ? bias + (j << 2) : 0, relu);
      }
    }
  }
}
