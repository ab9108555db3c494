/** Images moved by whole pixels, each by its own random distance: augmentation. @module */
import { flag, input, kernel, out, type Sizes, size } from "./kernel.ts";

const image = (s: Sizes): number => s.H * s.W * s.C;
const images = (s: Sizes): number => s.n * image(s);

/**
 * y[i,h,w,:] = x[i,h-a,w-b,:], 0 outside; a, b in [-pixels, pixels] from the key and positions[i] (src/random.ts: block (positions[i], stream),
 * word x (2 pixels + 1) / 2^32 - pixels); with `inverse` -a, -b: the gradient.
 */
export const random_shift_nhwc_f32 = kernel(
  {
    y: out("f32", images),
    x: input("f32", images),
    key: input("i32", () => 2),
    positions: input("i32", (s) => s.n),
    n: size,
    H: size,
    W: size,
    C: size,
    pixels: size,
    stream: size,
    inverse: flag,
  },
  () => 0,
  { along: "n", shift: { y: image, x: image, positions: () => 1 } },
);
