/** Images read between their pixels. @module */
import { threefry } from "../../random.ts";
import type { Floats, References } from "./reference.ts";

const f = Math.fround;

type Add = (pixel: number, a: number, b: number, weight: number) => void;

/** Calls `add` with the four pixels around each of an image's positions. Positions and weights are rounded to f32, as the kernels have them. */
function around(coordinates: Floats, at: number, H: number, W: number, nearest: number, add: Add): void {
  const inside = (position: number, size: number): number => (nearest ? Math.min(Math.max(position, 0), size - 1) : position);
  const before = (position: number, size: number): number => Math.max(Math.min(Math.floor(position), size - 2), 0);
  const hat = (distance: number): number => Math.max(f(1 - Math.abs(f(distance))), 0);
  for (let pixel = 0; pixel < H * W; pixel++) {
    const v = inside(f(coordinates[at + pixel]), H);
    const u = inside(f(coordinates[at + H * W + pixel]), W);
    for (let a = before(v, H), end = a + 2; a < end; a++) {
      for (let b = before(u, W), last = b + 2; b < last; b++) add(pixel, a, b, hat(v - a) * hat(u - b));
    }
  }
}

/** A number from low to high, by the upper 24 bits of a word. */
const between = (ranges: Floats, at: number, word: number): number => ranges[at] + (word >>> 8) * 2 ** -24 * (ranges[at + 1] - ranges[at]);

/** Taylor's series on [-pi/4, pi/4]: Math.sin and Math.cos differ between engines. */
function sine(a: number): number {
  const z = a * a;
  return a * (1 + z * (-1 / 6 + z * (1 / 120 + z * (-1 / 5040 + z * (1 / 362880 + z * (-1 / 39916800))))));
}

function cosine(a: number): number {
  const z = a * a;
  return 1 + z * (-1 / 2 + z * (1 / 24 + z * (-1 / 720 + z * (1 / 40320 + z * (-1 / 3628800 + z * (1 / 479001600))))));
}

export const resample: References<"random_affine_coordinates_f32" | "resample_nhwc_forward_f32" | "resample_nhwc_backward_f32"> = {
  random_affine_coordinates_f32({ coordinates, key, positions, ranges, n, H, W, stream, oneZoom, flipVertical, flipHorizontal }) {
    const own = [0, 0];
    const [shifts, turn, zooms] = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    const [middleRow, middleColumn] = [(H - 1) / 2, (W - 1) / 2];
    for (let i = 0; i < n; i++) {
      threefry(own, key[0], key[1], positions[i], stream);
      for (const [block, words] of [shifts, turn, zooms].entries()) threefry(words, own[0], own[1], block, 0);
      const quarters = 4 * between(ranges, 0, turn[0]);
      const whole = Math.floor(quarters + 0.5);
      const angle = (quarters - whole) * (Math.PI / 2);
      const [s, c] = [sine(angle), cosine(angle)];
      const [sin, cos] = [
        [s, c],
        [c, -s],
        [-s, -c],
        [-c, s],
      ][whole & 3];
      const zoom = 1 + between(ranges, 2, zooms[0]);
      const rowZoom = flipVertical && turn[1] < 0 ? -zoom : zoom;
      const other = oneZoom ? zoom : 1 + between(ranges, 4, zooms[1]);
      const columnZoom = flipHorizontal && (turn[1] & 0x40000000) !== 0 ? -other : other;
      const down = middleRow + H * between(ranges, 6, shifts[0]);
      const right = middleColumn + W * between(ranges, 8, shifts[1]);
      const [yy, yx, xy, xx] = [rowZoom * cos, rowZoom * sin, -columnZoom * sin, columnZoom * cos];
      const [y0, x0] = [middleRow - yy * down - yx * right, middleColumn - xy * down - xx * right];
      for (let h = 0; h < H; h++) {
        const [v, u] = [f(yy * h + y0), f(xy * h + x0)];
        for (let w = 0; w < W; w++) {
          const at = (2 * i * H + h) * W + w;
          coordinates[at] = f(v + f(f(yx) * w));
          coordinates[at + H * W] = f(u + f(f(xx) * w));
        }
      }
    }
  },
  resample_nhwc_forward_f32({ y, x, coordinates, n, H, W, C, nearest }) {
    y.fill(0, 0, n * H * W * C);
    for (let i = 0; i < n; i++) {
      around(coordinates, 2 * i * H * W, H, W, nearest, (pixel, a, b, weight) => {
        for (let c = 0; c < C; c++) y[(i * H * W + pixel) * C + c] += weight * x[((i * H + a) * W + b) * C + c];
      });
    }
  },
  resample_nhwc_backward_f32({ dx, dy, coordinates, n, H, W, C, nearest }) {
    dx.fill(0, 0, n * H * W * C);
    for (let i = 0; i < n; i++) {
      around(coordinates, 2 * i * H * W, H, W, nearest, (pixel, a, b, weight) => {
        for (let c = 0; c < C; c++) dx[((i * H + a) * W + b) * C + c] += weight * dy[(i * H * W + pixel) * C + c];
      });
    }
  },
};
