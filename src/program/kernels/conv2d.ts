/**
 * Convolutions of images [N,H,W,C] with filters [OC,KH,KW,C] to [N,OH,OW,OC], any kernel size, strides, padding and dilation:
 * y[n,i,j,o] = sum over a, b, c of x[n, i strideH + a dilationH - padTop, j strideW + b dilationW - padLeft, c] w[o,a,b,c], where x is 0
 * outside. ldx and ldy are the floats from pixel to pixel of images and maps, which may have other channels.
 *
 * The products read filters that were packed to panels of 8 channels: [OC/8][KH,KW,C][8] forwards and
 * [C/8][KW][KH][OC][8] for the gradient of the input, where rows of taps come in the
 * order 0, period, 2 period ..., 1, 1 + period ... with period = strideH / gcd(strideH, dilationH). Channels past the last are zero.
 * @module
 */
import { flag, inout, input, kernel, optional, out, type Sizes, type Split, scratch, size } from "./kernel.ts";
import { images, windows } from "./window.ts";

const image = (s: Sizes): number => s.H * s.W * s.ldx;
const map = (s: Sizes): number => s.OH * s.OW * s.ldy;
/** From the first to the last of `channels` channels of all pixels. */
const reach = (pixels: number, ld: number, channels: number): number => (pixels * channels === 0 ? 0 : (pixels - 1) * ld + channels);
const x = (s: Sizes): number => reach(s.N * s.H * s.W, s.ldx, s.C);
const y = (s: Sizes): number => reach(s.N * s.OH * s.OW, s.ldy, s.OC);
const w = (s: Sizes): number => s.OC * s.KH * s.KW * s.C;
const padded = (channels: number): number => Math.ceil(channels / 8) * 8;
const flops = (s: Sizes): number => 2 * s.N * s.OH * s.OW * s.OC * s.KH * s.KW * s.C;

const sizes = { ...images, OC: size, ...windows, dilationH: size, dilationW: size, ldx: size, ldy: size };

/** Floats of the image with its border: the rows and columns that windows reach. */
const bordered = ({ H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW }: Sizes): number =>
  Math.max((OH - 1) * strideH + (KH - 1) * dilationH + 1, H + padTop) * Math.max((OW - 1) * strideW + (KW - 1) * dilationW + 1, W + padLeft) * C;
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
  period: size,
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

/** dx[n,i,j,c] = sum of dy[n,(i + padTop - a dilationH)/strideH,(j + padLeft - b dilationW)/strideW,o] w[o,a,b,c] where the divisions are exact, + beta dx; `w` is packed. */
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

/** dw[o,a,b,c] = sum over n, i, j of dy[n,i,j,o] x[n, i strideH + a dilationH - padTop, j strideW + b dilationW - padLeft, c], in this order, + beta dw. */
export const conv2d_nhwc_backward_filter_f32 = kernel(
  {
    dw: inout("f32", w),
    dy: input("f32", y),
    x: input("f32", x),
    ...sizes,
    beta: flag,
    scratch: scratch("f32", (s) => (s.N * s.OH * s.OW === 0 ? 0 : bordered(s) + 2 * s.OH * s.OW + (s.OC + 3) * Math.max(9, Math.min(BLOCK, s.OH * s.OW)) + 64)),
  },
  flops,
  { along: "OC", shift: { dw: (s) => s.KH * s.KW * s.C, dy: () => 1 } },
);
