/**
 * Pooling of images [N,H,W,C] to [N,OH,OW,C] over windows KH x KW at steps of strideH and strideW; window (i, j) begins at row
 * i strideH - padTop and column j strideW - padLeft, and what lies outside the image does not count. Each window meets the image.
 * @module
 */
import { flag, inout, input, kernel, out, type Sizes, type Split } from "./kernel.ts";
import { images, windows } from "./window.ts";

const image = (s: Sizes): number => s.H * s.W * s.C;
const map = (s: Sizes): number => s.OH * s.OW * s.C;
const x = (s: Sizes): number => s.N * image(s);
const y = (s: Sizes): number => s.N * map(s);
const sizes = { ...images, ...windows };
const flops = (s: Sizes): number => y(s) * s.KH * s.KW;
const samples = (...names: string[]): Split => ({
  along: "N",
  shift: Object.fromEntries(names.map((name) => [name, name === "x" || name === "dx" ? image : map])),
});

/** y = the largest of each window; argmax = its place a KW + b in the window: the first of equals. A NaN counts as largest. */
export const maxpool2d_nhwc_forward_f32 = kernel({ y: out("f32", y), argmax: out("i32", y), x: input("f32", x), ...sizes }, flops, samples("y", "argmax", "x"));
/** dx = the sum of dy over the windows whose largest it was, + beta dx. */
export const maxpool2d_nhwc_backward_f32 = kernel(
  { dx: inout("f32", x), dy: input("f32", y), argmax: input("i32", y), ...sizes, beta: flag },
  y,
  samples("dx", "dy", "argmax"),
);
/** y = the mean of each window, of what lies inside the image. */
export const averagepool2d_nhwc_forward_f32 = kernel({ y: out("f32", y), x: input("f32", x), ...sizes }, flops, samples("y", "x"));
/** dx = the sum of dy / (elements of the window inside the image) over the windows it is in, + beta dx. */
export const averagepool2d_nhwc_backward_f32 = kernel({ dx: inout("f32", x), dy: input("f32", y), ...sizes, beta: flag }, flops, samples("dx", "dy"));
