/** Random shifts of images. @module */
import { threefry } from "../../random.ts";
import type { References } from "./reference.ts";

export const shift: References<"random_shift_nhwc_f32"> = {
  random_shift_nhwc_f32({ y, x, key, positions, n, H, W, C, pixels, stream, inverse }) {
    const words = [0, 0];
    const distance = (word: number): number => {
      const d = Math.floor(((word >>> 0) * (2 * pixels + 1)) / 4294967296) - pixels;
      return inverse ? -d : d;
    };
    for (let i = 0; i < n; i++) {
      threefry(words, key[0], key[1], positions[i], stream);
      const [a, b] = [distance(words[0]), distance(words[1])];
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          const inside = h - a >= 0 && h - a < H && w - b >= 0 && w - b < W;
          for (let c = 0; c < C; c++) y[((i * H + h) * W + w) * C + c] = inside ? x[((i * H + h - a) * W + w - b) * C + c] : 0;
        }
      }
    }
  },
};
