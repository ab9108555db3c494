/** Images read between their pixels: linear interpolation in both directions, and its transpose. */
import { fma, store_tail, ZERO } from "./simd/f32x4";

/** The pixel before a position, or the last but one: with its neighbour it is inside. NaN counts as 0 when it becomes an integer. */
// @ts-ignore: decorator
@inline
function pixel_before(position: v128, last: v128): v128 {
  return f32x4.pmax(f32x4.pmin(f32x4.floor(position), last), ZERO);
}

/** What a pixel `distance` away counts: 1 - |distance|, or 0 from 1 on. Pixels outside the image would count with a colour of 0: they are left out. */
// @ts-ignore: decorator
@inline
function hat(distance: v128): v128 {
  return f32x4.pmax(f32x4.sub(f32x4.splat(1), f32x4.abs(distance)), ZERO);
}

/** Positions moved to the next pixel that there is. */
// @ts-ignore: decorator
@inline
function inside(position: v128, size: usize): v128 {
  return f32x4.pmin(f32x4.pmax(position, ZERO), f32x4.splat(<f32>(size - 1)));
}

/** Two pixels at p and two at q. */
// @ts-ignore: decorator
@inline
function two(p: usize, q: usize): v128 {
  return v128.load64_lane(q, v128.load64_zero(p), 1);
}

/** Images of one channel: four positions at a time. */
// @ts-ignore: decorator
@inline
function resample_plane(y: usize, x: usize, rows: usize, columns: usize, pixels: usize, H: usize, W: usize, nearest: i32): void {
  const lastRow = f32x4.splat(<f32>(H - 2)), lastColumn = f32x4.splat(<f32>(W - 2));
  const one = f32x4.splat(1);
  const width = i32x4.splat(<i32>W);
  const line = W << 2;
  for (let left = <isize>pixels; left > 0; left -= 4, y += 16, rows += 16, columns += 16) {
    let v = v128.load(rows), u = v128.load(columns);
    if (nearest) v = inside(v, H), u = inside(u, W);
    const top = pixel_before(v, lastRow), side = pixel_before(u, lastColumn);
    const at = i32x4.shl(i32x4.add(i32x4.mul(i32x4.trunc_sat_f32x4_s(top), width), i32x4.trunc_sat_f32x4_s(side)), 2);
    const p0 = x + <usize>i32x4.extract_lane(at, 0), p1 = x + <usize>i32x4.extract_lane(at, 1);
    const p2 = x + <usize>i32x4.extract_lane(at, 2), p3 = x + <usize>i32x4.extract_lane(at, 3);
    const above = hat(f32x4.sub(v, top)), below = hat(f32x4.sub(v, f32x4.add(top, one)));
    const first = fma(two(p0, p1), v128.shuffle<f32>(above, above, 0, 0, 1, 1), f32x4.mul(two(p0 + line, p1 + line), v128.shuffle<f32>(below, below, 0, 0, 1, 1)));
    const second = fma(two(p2, p3), v128.shuffle<f32>(above, above, 2, 2, 3, 3), f32x4.mul(two(p2 + line, p3 + line), v128.shuffle<f32>(below, below, 2, 2, 3, 3)));
    const before = hat(f32x4.sub(u, side)), after = hat(f32x4.sub(u, f32x4.add(side, one)));
    const value = fma(v128.shuffle<f32>(first, second, 0, 2, 4, 6), before, f32x4.mul(v128.shuffle<f32>(first, second, 1, 3, 5, 7), after));
    if (left >= 4) v128.store(y, value);
    else store_tail(y, value, <usize>left);
  }
}

/** What happens between a pixel `here` and the four around a position, of which p is the first and the others lie `line` and `next` further. */
@unmanaged
abstract class Exchange {
  abstract pixel(here: usize, p: usize, line: usize, next: usize, C: usize, w00: f32, w01: f32, w10: f32, w11: f32): void;
}

@final @unmanaged
class Gather extends Exchange {
  @inline pixel(here: usize, p: usize, line: usize, next: usize, C: usize, w00: f32, w01: f32, w10: f32, w11: f32): void {
    const a = f32x4.splat(w00), b = f32x4.splat(w01), c = f32x4.splat(w10), d = f32x4.splat(w11);
    for (let left = <isize>C; left > 0; left -= 4, p += 16, here += 16) {
      const above = fma(v128.load(p), a, f32x4.mul(v128.load(p + next), b));
      const value = fma(v128.load(p + line), c, fma(v128.load(p + line + next), d, above));
      if (left >= 4) v128.store(here, value);
      else store_tail(here, value, <usize>left);
    }
  }
}

// @ts-ignore: decorator
@inline
function add_to(p: usize, value: f32): void {
  store<f32>(p, load<f32>(p) + value);
}

@final @unmanaged
class Scatter extends Exchange {
  @inline pixel(here: usize, p: usize, line: usize, next: usize, C: usize, w00: f32, w01: f32, w10: f32, w11: f32): void {
    for (const end = here + (C << 2); here < end; here += 4, p += 4) {
      const dy = load<f32>(here);
      add_to(p, dy * w00);
      add_to(p + next, dy * w01);
      add_to(p + line, dy * w10);
      add_to(p + line + next, dy * w11);
    }
  }
}

// @ts-ignore: decorator
@inline
function pixel_before_one(position: f32, last: f32): f32 {
  const pixel = floor(position);
  return pixel > last ? last : pixel > 0 ? pixel : 0;
}

// @ts-ignore: decorator
@inline
function hat_one(distance: f32): f32 {
  const weight: f32 = 1 - abs(distance);
  return weight > 0 ? weight : 0;
}

// @ts-ignore: decorator
@inline
function inside_one(position: f32, size: usize): f32 {
  const last = <f32>(size - 1);
  return position < 0 ? 0 : position > last ? last : position;
}

/** The pixels of one image and those of another at their positions, any number of channels. */
// @ts-ignore: decorator
@inline
function exchange<E extends Exchange>(here: usize, image: usize, rows: usize, columns: usize, H: usize, W: usize, C: usize, nearest: i32): void {
  const op = changetype<E>(0);
  const next = C << 2, line = W * next;
  const lastRow = <f32>(H - 2), lastColumn = <f32>(W - 2);
  for (const end = rows + ((H * W) << 2); rows < end; rows += 4, columns += 4, here += next) {
    let v = load<f32>(rows), u = load<f32>(columns);
    if (nearest) v = inside_one(v, H), u = inside_one(u, W);
    const top = pixel_before_one(v, lastRow), side = pixel_before_one(u, lastColumn);
    const above = hat_one(v - top), below = hat_one(v - (top + 1));
    const before = hat_one(u - side), after = hat_one(u - (side + 1));
    op.pixel(here, image + <usize>top * line + <usize>side * next, line, next, C, above * before, above * after, below * before, below * after);
  }
}

/**
 * y[i,h,w,:] = sum over the pixels a, b of hat(v - a) hat(u - b) x[i,a,b,:], hat(d) = max(0, 1 - |d|): x, y [n,H,W,C] apart, H and W 2 or more;
 * v = coordinates[i,0,h,w] and u = coordinates[i,1,h,w], rounded as f32. Outside lies 0, or with `nearest` the nearest pixel. Loads reach 12 bytes past x.
 */
export function resample_nhwc_forward_f32(y: usize, x: usize, coordinates: usize, n: usize, H: usize, W: usize, C: usize, nearest: i32): void {
  const plane = (H * W) << 2;
  for (; n > 0; --n, y += plane * C, x += plane * C, coordinates += 2 * plane) {
    if (C == 1) resample_plane(y, x, coordinates, coordinates + plane, H * W, H, W, nearest);
    else exchange<Gather>(y, x, coordinates, coordinates + plane, H, W, C, nearest);
  }
}

/** dx[i,a,b,:] = sum over h, w, in this order, of hat(v - a) hat(u - b) dy[i,h,w,:], the transpose of the above. Overwrites dx. */
export function resample_nhwc_backward_f32(dx: usize, dy: usize, coordinates: usize, n: usize, H: usize, W: usize, C: usize, nearest: i32): void {
  const plane = (H * W) << 2;
  memory.fill(dx, 0, n * plane * C);
  for (; n > 0; --n, dy += plane * C, dx += plane * C, coordinates += 2 * plane) exchange<Scatter>(dy, dx, coordinates, coordinates + plane, H, W, C, nearest);
}
