/**
 * Depthwise convolutions of images [N,H,W,C] with one filter per channel, w [KH,KW,C], to [N,OH,OW,C], any kernel size, strides, padding and
 * dilation: y[n,i,j,c] = sum over a, b of x[n, i strideH + a dilationH - padTop, j strideW + b dilationW - padLeft, c] w[a,b,c], where x is 0
 * outside.
 * @module
 */
import { flag, inout, input, kernel, out, type Sizes, scratch, size } from "./kernel.ts";
import { images, windows } from "./window.ts";

const image = (s: Sizes): number => s.H * s.W * s.C;
const map = (s: Sizes): number => s.OH * s.OW * s.C;
const x = (s: Sizes): number => s.N * image(s);
const y = (s: Sizes): number => s.N * map(s);
const w = (s: Sizes): number => s.KH * s.KW * s.C;
const flops = (s: Sizes): number => 2 * y(s) * s.KH * s.KW;
const sizes = { ...images, ...windows, dilationH: size, dilationW: size };
/** Of runs of C elements that are `ld` apart: from the first to the last. */
const spaced = (runs: number, { ld, C }: Sizes): number => (runs * C === 0 ? 0 : (runs - 1) * ld + C);

/** Each channel of x with its filter. */
export const depthwise_conv2d_nhwc_forward_f32 = kernel(
  { y: out("f32", y), x: input("f32", x), w: input("f32", w), ...sizes, scratch: scratch("f32", (s) => 2 * (s.OH + s.OW)) },
  flops,
  { along: "N", shift: { y: map, x: image } },
);

/** dx[n,i,j,c] = sum of dy[n,(i + padTop - a dilationH)/strideH,(j + padLeft - b dilationW)/strideW,c] w[a,b,c] where the divisions are exact, + beta dx. */
export const depthwise_conv2d_nhwc_backward_input_f32 = kernel(
  { dx: inout("f32", x), dy: input("f32", y), w: input("f32", w), ...sizes, beta: flag, scratch: scratch("f32", (s) => 2 * (s.H + s.W)) },
  flops,
  { along: "N", shift: { dx: image, dy: map } },
);

/**
 * dw[a,b,c] = sum over n, i, j of dy[n,i,j,c] x[n, i strideH + a dilationH - padTop, j strideW + b dilationW - padLeft, c], in this order, + beta dw.
 * The three have `ld` channels, of which this takes C.
 */
export const depthwise_conv2d_nhwc_backward_filter_f32 = kernel(
  {
    dw: inout("f32", (s) => spaced(s.KH * s.KW, s)),
    dy: input("f32", (s) => spaced(s.N * s.OH * s.OW, s)),
    x: input("f32", (s) => spaced(s.N * s.H * s.W, s)),
    ...sizes,
    ld: size,
    beta: flag,
    scratch: scratch("f32", (s) => 2 * (s.OH + s.OW)),
  },
  flops,
  { along: "C", shift: { dw: () => 1, dy: () => 1, x: () => 1 }, grain: 8 },
);
