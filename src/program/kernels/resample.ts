/** Images read between their pixels, at positions that are drawn or given: augmentation. @module */
import { flag, input, kernel, out, type Sizes, type Split, size } from "./kernel.ts";

const pixels = (s: Sizes): number => s.H * s.W;
const image = (s: Sizes): number => pixels(s) * s.C;
const images = (s: Sizes): number => s.n * image(s);
const positionsOf = (s: Sizes): number => 2 * pixels(s);
const sizes = { n: size, H: size, W: size };

/**
 * coordinates[i,:,h,w] = row and column of the image from which pixel (h, w) of the new one comes: flip (zoom (turn by -t (p - shift))), p from the
 * centre. From the key and positions[i] (src/random.ts): block (positions[i], stream) is the sample's key, whose blocks are 0 the shifts of rows and
 * columns, 1 the angle and, as the two highest bits of the other word, the flips, 2 the zooms; uniform from low to high of `ranges`: rotation
 * [full turns], zoom of rows, of columns (those of rows with `oneZoom`), shift of rows, of columns [parts of the size].
 */
export const random_affine_coordinates_f32 = kernel(
  {
    coordinates: out("f32", (s) => s.n * positionsOf(s)),
    key: input("i32", () => 2),
    positions: input("i32", (s) => s.n),
    ranges: input("f32", () => 10),
    ...sizes,
    stream: size,
    oneZoom: flag,
    flipVertical: flag,
    flipHorizontal: flag,
  },
  (s) => 2 * s.n * positionsOf(s),
  { along: "n", shift: { coordinates: positionsOf, positions: () => 1 } },
);

const along = (...names: string[]): Split => ({
  along: "n",
  shift: { ...Object.fromEntries(names.map((name) => [name, image])), coordinates: positionsOf },
});

/** y[i,h,w,:] = sum over a, b of hat(v - a) hat(u - b) x[i,a,b,:], hat(d) = max(0, 1 - |d|), (v, u) = coordinates[i,:,h,w]; H, W at least 2; `nearest` moves (v, u) into the image. */
export const resample_nhwc_forward_f32 = kernel(
  {
    y: out("f32", images),
    x: input("f32", images),
    coordinates: input("f32", (s) => s.n * positionsOf(s)),
    ...sizes,
    C: size,
    nearest: flag,
  },
  (s) => 8 * images(s),
  along("y", "x"),
);

/** dx[i,a,b,:] = sum over h, w of hat(v - a) hat(u - b) dy[i,h,w,:], the transpose. */
export const resample_nhwc_backward_f32 = kernel(
  {
    dx: out("f32", images),
    dy: input("f32", images),
    coordinates: input("f32", (s) => s.n * positionsOf(s)),
    ...sizes,
    C: size,
    nearest: flag,
  },
  (s) => 8 * images(s),
  along("dx", "dy"),
);
