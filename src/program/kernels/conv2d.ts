/**
 * Convolutions of images [N,H,W,C] with filters [OC,KH,KW,C] to [N,OH,OW,OC], any kernel size, strides and padding:
 * y[n,i,j,o] = sum over a, b, c of x[n, i strideH + a - padTop, j strideW + b - padLeft, c] w[o,a,b,c], where x is 0 outside.
 *
 * The products read filters that were packed to panels of 8 channels: [OC/8][KH,KW,C][8] forwards and
 * [C/8][KW][KH][OC][8] for the gradient of the input, where rows of taps come in the order 0, strideH, 2 strideH ..., 1, 1 + strideH .... Channels past the last are zero.
 * @module
 */
import { flag, inout, input, kernel, optional, out, type Sizes, type Split, scratch, size } from "./kernel.ts";
import { images, windows } from "./window.ts";

const image = (s: Sizes): number => s.H * s.W * s.C;
const map = (s: Sizes): number => s.OH * s.OW * s.OC;
const x = (s: Sizes): number => s.N * image(s);
const y = (s: Sizes): number => s.N * map(s);
const w = (s: Sizes): number => s.OC * s.KH * s.KW * s.C;
const padded = (channels: number): number => Math.ceil(channels / 8) * 8;
const flops = (s: Sizes): number => 2 * y(s) * s.KH * s.KW * s.C;

const sizes = { ...images, OC: size, ...windows };

/** Floats of the image with its border: the rows and columns that windows reach. */
const bordered = ({ H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft }: Sizes): number =>
  Math.max((OH - 1) * strideH + KH, H + padTop) * Math.max((OW - 1) * strideW + KW, W + padLeft) * C;
/** Two words per position. */
const positions = scratch("f32", (s) => 2 * s.OH * s.OW);
/** Positions whose gradients the filter gradient packs at a time. */
const BLOCK = 128;
/** The same and an image with its border. */
const work = scratch("f32", (s) => (s.N * s.OH * s.OW === 0 ? 0 : bordered(s) + 2 * s.OH * s.OW + 32));

const samples: Split = { along: "N", shift: { y: map, x: image } };

/** packed [OC/8][KH,KW,C][8] = w [OC,KH,KW,C], K = KH KW C. */
export const conv2d_pack_nhwc_forward_f32 = kernel({ packed: out("f32", (s) => padded(s.OC) * s.K), w: input("f32", (s) => s.OC * s.K), OC: size, K: size });
/** packed [C/8][KW][KH][OC][8] = w [OC,KH,KW,C]. */
export const conv2d_pack_nhwc_backward_input_f32 = kernel({
  packed: out("f32", (s) => padded(s.C) * s.KH * s.KW * s.OC),
  w: input("f32", w),
  OC: size,
  C: size,
  KH: size,
  KW: size,
  strideH: size,
});

/** y = x * w + bias, not below 0 if relu; `w` is packed. */
export const conv2d_nhwc_forward_f32 = kernel(
  {
    y: out("f32", y),
    x: input("f32", x),
    w: input("f32", (s) => padded(s.OC) * s.KH * s.KW * s.C),
    bias: optional("f32", (s) => s.OC),
    ...sizes,
    relu: flag,
    scratch: work,
  },
  flops,
  samples,
);

/** dx[n,i,j,c] = sum of dy[n,(i + padTop - a)/strideH,(j + padLeft - b)/strideW,o] w[o,a,b,c] where the divisions are exact, + beta dx; `w` is packed. */
export const conv2d_nhwc_backward_input_f32 = kernel(
  {
    dx: inout("f32", x),
    dy: input("f32", y),
    w: input("f32", (s) => padded(s.C) * s.KH * s.KW * s.OC),
    ...sizes,
    beta: flag,
    scratch: positions,
  },
  flops,
  { along: "N", shift: { dx: image, dy: map } },
);

/** dw[o,a,b,c] = sum over n, i, j of dy[n,i,j,o] x[n, i strideH + a - padTop, j strideW + b - padLeft, c], in this order, + beta dw. dy has `channels` channels, of which this takes OC. */
export const conv2d_nhwc_backward_filter_f32 = kernel(
  {
    dw: inout("f32", w),
    dy: input("f32", (s) => (y(s) === 0 ? 0 : (s.N * s.OH * s.OW - 1) * s.channels + s.OC)),
    x: input("f32", x),
    ...sizes,
    channels: size,
    beta: flag,
    scratch: scratch("f32", (s) => (s.N * s.OH * s.OW === 0 ? 0 : bordered(s) + 2 * s.OH * s.OW + s.OC * Math.min(BLOCK, s.OH * s.OW) + 64)),
  },
  flops,
  { along: "OC", shift: { dw: (s) => s.KH * s.KW * s.C, dy: () => 1 } },
);
