/** Where the pixels of images that are turned, scaled, moved and mirrored at random come from. */
import { LANE } from "./simd/constants";
import { store_tail } from "./simd/f32x4";
import { threefry_2x32 } from "./simd/threefry";

/** A number in [low, high) from 32 random bits: range holds both. */
// @ts-ignore: decorator
@inline
function within(range: usize, bits: u64): f64 {
  const low = <f64>load<f32>(range), high = <f64>load<f32>(range, 4);
  return low + <f64>(<u32>bits >> 8) * (1.0 / 16777216.0) * (high - low);
}

/** Taylor's series on [-pi/4, pi/4]: within 7e-12 of the function, the cosine's within 4e-13. */
// @ts-ignore: decorator
@inline
function sine(a: f64): f64 {
  const z = a * a;
  return a * (1 + z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880 + z * (-1.0 / 39916800))))));
}

// @ts-ignore: decorator
@inline
function cosine(a: f64): f64 {
  const z = a * a;
  return 1 + z * (-1.0 / 2 + z * (1.0 / 24 + z * (-1.0 / 720 + z * (1.0 / 40320 + z * (-1.0 / 3628800 + z * (1.0 / 479001600))))));
}

/**
 * coordinates[i,:,h,w] = the row and column of the image from which pixel (h, w) of the new one comes: with its place p from the centre and the angle t,
 * flip (zoom (turn by -t (p - shift))). What a sample draws follows from the block (positions[i], stream) of the key, two words: its blocks are
 * 0 the shifts of rows and columns, 1 the angle and, in the two highest bits of the other word, the flips, 2 the zooms. ranges: low and high of
 * rotation [full turns, anticlockwise], the zoom of rows and of columns [1 + it is the step], the shift of rows and of columns [heights, widths].
 * `oneZoom`: columns are zoomed as rows are. In f64 until the last sum, so that turns by nothing and flips are exact.
 */
export function random_affine_coordinates_f32(
  coordinates: usize, key: usize, positions: usize, ranges: usize, n: usize, H: usize, W: usize, stream: usize, oneZoom: i32, flipVertical: i32, flipHorizontal: i32,
): void {
  const k0 = load<u32>(key), k1 = load<u32>(key, 4);
  const middleRow = (<f64>H - 1) / 2, middleColumn = (<f64>W - 1) / 2;
  const lanes = f32x4.convert_i32x4_s(v128.load(LANE));
  const four = f32x4.splat(4);
  for (; n > 0; --n, positions += 4) {
    const own = threefry_2x32(k0, k1, load<u32>(positions), <u32>stream);
    const shifts = threefry_2x32(<u32>own, <u32>(own >> 32), 0, 0);
    const turn = threefry_2x32(<u32>own, <u32>(own >> 32), 1, 0);
    const zooms = threefry_2x32(<u32>own, <u32>(own >> 32), 2, 0);
    const quarters = 4 * within(ranges, turn);
    const whole = floor(quarters + 0.5);
    const angle = (quarters - whole) * 1.5707963267948966;
    const s = sine(angle), c = cosine(angle);
    const quadrant = <i32>whole & 3;
    const sin = quadrant == 0 ? s : quadrant == 1 ? c : quadrant == 2 ? -s : -c;
    const cos = quadrant == 0 ? c : quadrant == 1 ? -s : quadrant == 2 ? -c : s;
    let rowZoom = 1 + within(ranges + 8, zooms);
    let columnZoom = oneZoom ? rowZoom : 1 + within(ranges + 16, zooms >> 32);
    if (flipVertical & <i32>(turn >> 63)) rowZoom = -rowZoom;
    if (flipHorizontal & <i32>(turn >> 62)) columnZoom = -columnZoom;
    const down = middleRow + <f64>H * within(ranges + 24, shifts), right = middleColumn + <f64>W * within(ranges + 32, shifts >> 32);
    const yy = rowZoom * cos, yx = rowZoom * sin, xy = -columnZoom * sin, xx = columnZoom * cos;
    const y0 = middleRow - yy * down - yx * right, x0 = middleColumn - xy * down - xx * right;
    const stepY = f32x4.splat(<f32>yx), stepX = f32x4.splat(<f32>xx);
    const plane = (H * W) << 2;
    for (let h: usize = 0; h < H; ++h, coordinates += W << 2) {
      const v = f32x4.splat(<f32>(yy * <f64>h + y0)), u = f32x4.splat(<f32>(xy * <f64>h + x0));
      let w = lanes, at = coordinates;
      // A tail inside of the loop makes it six times as slow.
      for (const end = at + ((W & ~3) << 2); at < end; at += 16, w = f32x4.add(w, four)) {
        v128.store(at, f32x4.add(v, f32x4.mul(stepY, w)));
        v128.store(at + plane, f32x4.add(u, f32x4.mul(stepX, w)));
      }
      if (W & 3) {
        store_tail(at, f32x4.add(v, f32x4.mul(stepY, w)), W & 3);
        store_tail(at + plane, f32x4.add(u, f32x4.mul(stepX, w)), W & 3);
      }
    }
    coordinates += plane;
  }
}
