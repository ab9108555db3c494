/**
 * Pooling of images [N,H,W,C] to [N,OH,OW,C], f32, four channels at a time: any window, strides and padding. What lies outside the image
 * does not count. Loads may reach 12 bytes past an operand, stores never do.
 */
import { store_tail, ZERO } from "./simd/f32x4";

/** The first element of a window inside the image. */
// @ts-ignore: decorator
@inline
function first(start: isize): isize {
  return max<isize>(0, -start);
}

/** The end of a window inside the image. */
// @ts-ignore: decorator
@inline
function end(start: isize, kernel: usize, size: usize): isize {
  return min<isize>(<isize>kernel, <isize>size - start);
}

/** Stores v, or its first `left` lanes if they are fewer than 4. */
// @ts-ignore: decorator
@inline
function store_up_to(p: usize, v: v128, left: usize): void {
  if (left >= 4) v128.store(p, v);
  else store_tail(p, v, left);
}

/** y = the largest of each window, argmax = its place in it, the first of equals; a NaN counts as largest. */
export function maxpool2d_nhwc_forward_f32(y: usize, argmax: usize, x: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize): void {
  const pixel = C << 2, row = W * pixel;
  for (; N > 0; --N, x += H * row) {
    for (let i: usize = 0; i < OH; ++i) {
      const top = <isize>(i * strideH - padTop);
      const a0 = first(top), a1 = end(top, KH, H);
      for (let j: usize = 0; j < OW; ++j, y += pixel, argmax += pixel) {
        const left = <isize>(j * strideW - padLeft);
        const b0 = first(left), b1 = end(left, KW, W);
        const corner = x + <usize>(top + a0) * row + <usize>(left + b0) * pixel;
        for (let c: usize = 0; c < C; c += 4) {
          let start = corner + (c << 2);
          let largest = v128.load(start), place = i32x4.splat(<i32>(a0 * <isize>KW + b0));
          for (let a = a0; a < a1; ++a, start += row) {
            let p = start;
            for (let b = b0; b < b1; ++b, p += pixel) {
              const v = v128.load(p);
              // Also if v is a NaN, but not if the largest is one already.
              const wins = v128.andnot(f32x4.eq(largest, largest), f32x4.le(v, largest));
              largest = v128.bitselect(v, largest, wins);
              place = v128.bitselect(i32x4.splat(<i32>(a * <isize>KW + b)), place, wins);
            }
          }
          store_up_to(y + (c << 2), largest, C - c);
          store_up_to(argmax + (c << 2), place, C - c);
        }
      }
    }
  }
}

/** dx = beta dx + dy at the place that was the largest of its window. */
export function maxpool2d_nhwc_backward_f32(dx: usize, dy: usize, argmax: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, beta: i32): void {
  const pixel = C << 2, row = W * pixel;
  if (!beta) memory.fill(dx, 0, N * H * row);
  for (; N > 0; --N, dx += H * row) {
    for (let i: usize = 0; i < OH; ++i) {
      const top = <isize>(i * strideH - padTop);
      const a0 = first(top), a1 = end(top, KH, H);
      for (let j: usize = 0; j < OW; ++j, dy += pixel, argmax += pixel) {
        const left = <isize>(j * strideW - padLeft);
        const b0 = first(left), b1 = end(left, KW, W);
        const corner = dx + <usize>(top + a0) * row + <usize>(left + b0) * pixel;
        for (let c: usize = 0; c < C; c += 4) {
          const g = v128.load(dy + (c << 2)), place = v128.load(argmax + (c << 2));
          let start = corner + (c << 2);
          for (let a = a0; a < a1; ++a, start += row) {
            let p = start;
            for (let b = b0; b < b1; ++b, p += pixel) {
              const part = v128.and(g, i32x4.eq(place, i32x4.splat(<i32>(a * <isize>KW + b))));
              store_up_to(p, f32x4.add(v128.load(p), part), C - c);
            }
          }
        }
      }
    }
  }
}

/** y = the mean of what lies inside the image, of each window. */
export function averagepool2d_nhwc_forward_f32(y: usize, x: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize): void {
  const pixel = C << 2, row = W * pixel;
  for (; N > 0; --N, x += H * row) {
    for (let i: usize = 0; i < OH; ++i) {
      const top = <isize>(i * strideH - padTop);
      const a0 = first(top), a1 = end(top, KH, H);
      for (let j: usize = 0; j < OW; ++j, y += pixel) {
        const left = <isize>(j * strideW - padLeft);
        const b0 = first(left), b1 = end(left, KW, W);
        const corner = x + <usize>(top + a0) * row + <usize>(left + b0) * pixel;
        const count = f32x4.splat(<f32>((a1 - a0) * (b1 - b0)));
        for (let c: usize = 0; c < C; c += 4) {
          let start = corner + (c << 2), sum = ZERO;
          for (let a = a0; a < a1; ++a, start += row) {
            let p = start;
            for (let b = b0; b < b1; ++b, p += pixel) sum = f32x4.add(sum, v128.load(p));
          }
          store_up_to(y + (c << 2), f32x4.div(sum, count), C - c);
        }
      }
    }
  }
}

/** dx = beta dx + dy / (elements of the window inside the image), over the windows it is in. */
export function averagepool2d_nhwc_backward_f32(dx: usize, dy: usize, N: usize, H: usize, W: usize, C: usize, OH: usize, OW: usize, KH: usize, KW: usize, strideH: usize, strideW: usize, padTop: usize, padLeft: usize, beta: i32): void {
  const pixel = C << 2, row = W * pixel;
  if (!beta) memory.fill(dx, 0, N * H * row);
  for (; N > 0; --N, dx += H * row) {
    for (let i: usize = 0; i < OH; ++i) {
      const top = <isize>(i * strideH - padTop);
      const a0 = first(top), a1 = end(top, KH, H);
      for (let j: usize = 0; j < OW; ++j, dy += pixel) {
        const left = <isize>(j * strideW - padLeft);
        const b0 = first(left), b1 = end(left, KW, W);
        const corner = dx + <usize>(top + a0) * row + <usize>(left + b0) * pixel;
        const count = f32x4.splat(<f32>((a1 - a0) * (b1 - b0)));
        for (let c: usize = 0; c < C; c += 4) {
          const g = f32x4.div(v128.load(dy + (c << 2)), count);
          let start = corner + (c << 2);
          for (let a = a0; a < a1; ++a, start += row) {
            let p = start;
            for (let b = b0; b < b1; ++b, p += pixel) store_up_to(p, f32x4.add(v128.load(p), g), C - c);
          }
        }
      }
    }
  }
}
