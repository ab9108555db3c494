import { type Case, exact, type KernelCases, roundings } from "../harness.ts";
import { between, draw, SPECIALS } from "./common.ts";
import { type Shape, windowSizes } from "./conv2d.ts";

type Pool = Omit<Shape, "OC">;
const pool = (
  N: number,
  image: Pool["image"],
  C: number,
  kernel: Pool["kernel"],
  strides: Pool["strides"] = kernel,
  padding: Pool["padding"] = "valid",
): Pool => ({ N, image, C, kernel, strides, padding });

const pools: readonly Pool[] = [
  pool(0, [4, 4], 3, [2, 2]),
  pool(1, [1, 1], 1, [1, 1]),
  ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 17].map((C) => pool(2, [4, 6], C, [2, 2])),
  // What does not fill a window is left out, or is a window of its own.
  pool(1, [5, 7], 5, [2, 2]),
  pool(1, [5, 7], 5, [2, 2], [2, 2], "same"),
  // Windows that overlap, and pixels in none.
  pool(1, [7, 8], 3, [3, 3], [2, 1]),
  pool(2, [7, 8], 4, [3, 2], [1, 1], "same"),
  pool(1, [9, 9], 6, [2, 1], [3, 4]),
  pool(1, [2, 3], 2, [5, 5], [1, 1], "same"),
];

/** A place inside the image for each window and channel. */
export function places(s: Record<string, number>): number[] {
  const random = draw((u) => (u + 1) / 2);
  const result: number[] = [];
  for (let n = 0; n < s.N; n++) {
    for (let i = 0; i < s.OH; i++) {
      for (let j = 0; j < s.OW; j++) {
        for (let c = 0; c < s.C; c++) {
          const pick = (start: number, kernel: number, size: number, u: number): number => {
            const low = Math.max(0, -start);
            return low + Math.floor(u * (Math.min(kernel, size - start) - low));
          };
          const a = pick(i * s.strideH - s.padTop, s.KH, s.H, random(2 * result.length));
          const b = pick(j * s.strideW - s.padLeft, s.KW, s.W, random(2 * result.length + 1));
          result.push(a * s.KW + b);
        }
      }
    }
  }
  return result;
}

/** Windows that an element is in, at most. */
const meets = ({ KH, KW, strideH, strideW }: Record<string, number>): number => Math.ceil(KH / strideH) * Math.ceil(KW / strideW);
const forward: Case[] = pools.map((p, i) => ({ sizes: windowSizes(p), shift: i % 4 }));
const backward: Case[] = [0, 1].flatMap((beta) => pools.map((p, i) => ({ sizes: { ...windowSizes(p), beta }, shift: (i + beta) % 4 })));

/** Tolerances, which the random shapes use too. */
export const poolTolerances = {
  maxpool2d_nhwc_forward_f32: exact,
  maxpool2d_nhwc_backward_f32: roundings((s) => meets(s) + 1, ["dx", "dy"]),
  averagepool2d_nhwc_forward_f32: roundings((s) => s.KH * s.KW + 1, ["x"]),
  averagepool2d_nhwc_backward_f32: roundings((s) => 2 * meets(s) + 1, ["dx", "dy"]),
};

export const pooling = {
  maxpool2d_nhwc_forward_f32: {
    tolerance: exact,
    cases: [
      ...forward,
      // Ties: few values, so that the largest are many.
      ...forward.map((c) => ({ ...c, data: { x: draw((u) => Math.round(2 * u)) } })),
      // Every value at every place of a window, and among others.
      ...SPECIALS.map((value) => ({
        sizes: windowSizes(pool(1, [6, 6], 5, [3, 3])),
        data: { x: draw((u) => (Math.abs(u) < 0.15 ? value : Math.round(u * 3))) },
      })),
      { sizes: windowSizes(pool(1, [16, 16], 4, [2, 2])), data: { x: (i) => SPECIALS[(i * 7 + (i >> 4)) % SPECIALS.length] } },
    ],
  },
  maxpool2d_nhwc_backward_f32: {
    tolerance: poolTolerances.maxpool2d_nhwc_backward_f32,
    cases: backward.map((c) => ({ ...c, data: { argmax: places(c.sizes) } })),
  },
  averagepool2d_nhwc_forward_f32: {
    tolerance: poolTolerances.averagepool2d_nhwc_forward_f32,
    cases: [...forward, { sizes: windowSizes(pool(1, [6, 6], 5, [3, 3])), data: { x: between(1, 2) } }],
  },
  averagepool2d_nhwc_backward_f32: { tolerance: poolTolerances.averagepool2d_nhwc_backward_f32, cases: backward },
} satisfies Record<string, KernelCases>;
