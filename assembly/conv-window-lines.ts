/**
 * The windows of conv-window.ts for 3x3 filters on 2 to 4 channels, by F(2,3) along the lines of an image (S. Winograd, "Arithmetic complexity of
 * computations", 1980): four products for the two results of a line instead of six. Their errors are those of the sum itself, and zeros give
 * exactly 0, as they do there; an Infinity or NaN spreads over its window.
 */
import { window_products, window_results } from "../build/generated/conv-windows";

/** Windows whose transformed patches are in memory at a time: they stay in the L1 cache. A multiple of three. */
const BLOCK: usize = 24;
/** Bytes of the transformed patches, and a cache line more: slabs a power of two apart would fall into few sets of the cache. */
const SLAB: usize = (BLOCK << 6) + 64;
/** Bytes of the products of three windows. */
const PRODUCTS: usize = 768;
/** Bytes of scratch that one image takes. */
export const SCRATCH: usize = PRODUCTS + 4 * SLAB;

/** u [panels][4][C,3][8] = the filters w, packed as [panels][3,3,C][8], in the form of F(2,3): g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2. */
export function transform_filters(u: usize, w: usize, panels: usize, C: usize): void {
  const pixel = C << 5, slab = pixel * 3;
  const half = f32x4.splat(0.5);
  for (; panels > 0; --panels, u += 3 * slab, w += 3 * slab - pixel) {
    for (const end = w + pixel; w < end; w += 32) {
      for (let p = w; p < w + 3 * slab; p += slab, u += 32) {
        for (let i: usize = 0; i < 32; i += 16) {
          const g0 = v128.load(p + i), g2 = v128.load(p + i + 2 * pixel);
          const outer = f32x4.mul(f32x4.add(g0, g2), half), inner = f32x4.mul(v128.load(p + i + pixel), half);
          v128.store(u + i, g0);
          v128.store(u + i + slab, f32x4.add(outer, inner));
          v128.store(u + i + 2 * slab, f32x4.sub(outer, inner));
          v128.store(u + i + 3 * slab, g2);
        }
      }
    }
  }
}

/** v [4][slab] = the patches of listed windows in the form of F(2,3): d0 - d2, d1 + d2, d2 - d1, d1 - d3; slabs hold [window][4 rows][4]. */
function transform_patches(v: usize, x: usize, list: usize, end: usize, pixel: usize, line: usize): void {
  for (; list < end; list += 8) {
    let p = x + <usize>load<u32>(list, 4);
    for (let row = 4; row > 0; --row, p += line, v += 16) {
      const d0 = v128.load(p), d1 = v128.load(p + pixel), d2 = v128.load(p + 2 * pixel), d3 = v128.load(p + 3 * pixel);
      v128.store(v, f32x4.sub(d0, d2));
      v128.store(v + SLAB, f32x4.add(d1, d2));
      v128.store(v + 2 * SLAB, f32x4.sub(d2, d1));
      v128.store(v + 3 * SLAB, f32x4.sub(d1, d3));
    }
  }
}

/** conv_window_forward_f32 for the listed windows of one image x. u: transformed filters; scratch: SCRATCH bytes. */
export function forward_by_lines(y: usize, code: usize, x: usize, u: usize, bias: usize, list: usize, end: usize, pixel: usize, line: usize, C: usize, OC: usize, relu: i32, scratch: usize): void {
  const v = scratch + PRODUCTS;
  for (let last = list; list < end; list = last) {
    last = min(end, list + (BLOCK << 3));
    transform_patches(v, x, list, last, pixel, line);
    let filters = u;
    for (let j: usize = 0; j < OC; j += 8, filters += C * 384) {
      let patches = v;
      for (let three = list; three < last; three += 24, patches += 192) {
        window_products(scratch, patches, SLAB, filters, C);
        window_results(y + (j << 2), code + j, scratch, three, min(three + 24, last), OC, OC - j, bias ? bias + (j << 2) : 0, relu);
      }
    }
  }
}
