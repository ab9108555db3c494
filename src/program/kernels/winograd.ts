/**
 * Convolutions of stride 1 by Winograd's F(tile x tile, r x r), tensors NHWC, filters [OC,r,r,C]; (tile, r) is one of (2 to 6, 3), (2, 5), (4, 5).
 * `padTop` and `padLeft` zeros precede an image; the output's size says how many follow it. Taps lie `dilation` pixels apart: an image is worked
 * on as dilation^2 phases of pixels that do. `block` tiles are worked on at a time: the scratch holds their transforms.
 * @module
 */
import { flag, inout, input, kernel, optional, out, SHARD, type Sizes, type Split, scratch, size } from "./kernel.ts";

const ceil4 = (n: number): number => 4 * Math.ceil(n / 4);
/** Floats up to an odd number of cache lines. */
const slab = (floats: number): number => 16 * (Math.ceil(floats / 16) + ((Math.ceil(floats / 16) + 1) % 2));
const side = ({ tile, r }: Sizes): number => tile + r - 1;
const places = (s: Sizes): number => side(s) * side(s);

/** Floats of the transformed filters of a convolution from C to OC channels: panels of 8 outputs. */
export function winogradFilterSize(OC: number, C: number, tile: number, r: number): number {
  return Math.ceil(OC / 8) * winogradPanelSize(C, tile, r);
}

/** Floats of one panel. */
function winogradPanelSize(C: number, tile: number, r: number): number {
  const n = tile + r - 1;
  return n * n * slab(8 * ceil4(C));
}

/** Tiles of the largest block, its rows and columns of tiles: as the kernels cut `rows` x `columns` outputs of `N` images into phases and these into tiles. */
function largestBlock({ N, tile, block, dilation }: Sizes, rows: number, columns: number, pairs: boolean): { bands: number; across: number; tiles: number } {
  const [down, across] = [rows, columns].map((outputs) => Math.ceil(Math.ceil(outputs / dilation) / tile));
  if (N === 0 || down === 0 || across === 0) return { bands: 0, across: 0, tiles: 0 };
  let bands = Math.max(Math.floor(block / across), 1);
  if (pairs) bands += bands % 2;
  bands = Math.min(bands, down);
  const images = Math.max(Math.floor(block / (down * across)), 1);
  return { bands, across, tiles: Math.min(images, N * dilation * dilation) * bands * across };
}

/** Floats of a window of pixels under a block of tiles `edge` wide, `channels` deep. */
const windowSize = (bands: number, across: number, tile: number, edge: number, channels: number): number =>
  bands === 0 ? 0 : ((bands - 1) * tile + edge) * ((across - 1) * tile + edge) * ceil4(channels);

/** Of a forward kernel: transforms, products, a map of 8 channels, lists of what is 0, and the images with their border. */
function forwardScratch(s: Sizes, rows: number, columns: number, pairs: boolean): number {
  const { bands, across, tiles } = largestBlock(s, rows, columns, pairs);
  const transforms = places(s) * (4 + slab(tiles * ceil4(s.C)) + slab(tiles * 8));
  if (tiles === 0) return 0;
  const width = Math.ceil(columns / s.dilation);
  const zeros = (tiles / (bands * across)) * (bands * s.tile * width + 1) + width + s.r - 1;
  return transforms + bands * s.tile * across * s.tile * 8 + zeros + windowSize(bands, across, s.tile, side(s), s.C);
}

function backwardInputScratch(s: Sizes): number {
  const { bands, across, tiles } = largestBlock(s, s.OH, s.OW, false);
  const transforms = places(s) * (4 + slab(tiles * ceil4(s.OC)) + slab(tiles * 8));
  return tiles === 0 ? 0 : transforms + windowSize(bands, across, s.tile, side(s), 8) + windowSize(bands, across, s.tile, s.tile, s.OC);
}

function backwardFilterScratch(s: Sizes): number {
  const { bands, across, tiles } = largestBlock(s, s.OH, s.OW, false);
  const transforms = places(s) * (4 + slab(s.OC * ceil4(s.C)) + (tiles === 0 ? 0 : slab(tiles * ceil4(s.C)) + slab(tiles * ceil4(s.OC))));
  const windows = Math.max(windowSize(bands, across, s.tile, side(s), s.C), windowSize(bands, across, s.tile, s.tile, s.OC));
  return transforms + s.r * s.r * ceil4(s.C) + windows;
}

const filterScratch = (s: Sizes, channels: number): number => 4 * places(s) + s.r * s.r * ceil4(channels);
const flops = ({ N, C, OC, OH, OW, r }: Sizes): number => 2 * N * OH * OW * OC * C * r * r;

const bySamples = (shift: Split["shift"]): Split => ({ along: "N", grain: SHARD, shift });
const image = (s: Sizes): number => s.H * s.W * s.C;
const filters = { w: input("f32", (s) => s.OC * s.r * s.r * s.C) };
const x = input("f32", (s) => s.N * image(s));
const u = input("f32", (s) => winogradFilterSize(s.OC, s.C, s.tile, s.r));
const bias = optional("f32", (s) => s.OC);
const transform = { tile: size, r: size };
const shapes = { N: size, H: size, W: size, C: size, OC: size };
const pads = { padTop: size, padLeft: size };
const window = { ...pads, dilation: size };

/** u = G w G^T: the filters as winograd_forward and winograd_pool_forward read them. */
export const winograd_filter_f32 = kernel(
  {
    u: out("f32", (s) => winogradFilterSize(s.OC, s.C, s.tile, s.r)),
    ...filters,
    scratch: scratch("f32", (s) => filterScratch(s, 4)),
    OC: size,
    C: size,
    ...transform,
  },
  () => 0,
  { along: "OC", grain: 8, shift: { u: (s) => winogradPanelSize(s.C, s.tile, s.r) / 8, w: (s) => s.r * s.r * s.C } },
);

/** The filters as winograd_backward_input reads them: panels of 8 input channels. w has ldw channels. */
export const winograd_filter_transposed_f32 = kernel(
  {
    u: out("f32", (s) => winogradFilterSize(s.C, s.OC, s.tile, s.r)),
    w: input("f32", (s) => (s.OC === 0 || s.C === 0 ? 0 : (s.OC * s.r * s.r - 1) * s.ldw + s.C)),
    scratch: scratch("f32", (s) => filterScratch(s, 8)),
    OC: size,
    C: size,
    ldw: size,
    ...transform,
  },
  () => 0,
  { along: "C", grain: 8, shift: { u: (s) => winogradPanelSize(s.OC, s.tile, s.r) / 8, w: () => 1 } },
);

/** y [N,OH,OW,OC] = conv(x [N,H,W,C], filters, taps `dilation` apart) + bias, rectified if relu. */
export const winograd_forward_f32 = kernel(
  {
    y: out("f32", (s) => s.N * s.OH * s.OW * s.OC),
    x,
    u,
    bias,
    scratch: scratch("f32", (s) => forwardScratch(s, s.OH, s.OW, false)),
    ...shapes,
    OH: size,
    OW: size,
    ...window,
    ...transform,
    block: size,
    relu: flag,
  },
  flops,
  bySamples({ y: (s) => s.OH * s.OW * s.OC, x: image }),
);

const pooled = (s: Sizes): number => s.PH * s.PW * s.OC;

/** The same, taps side by side, and the maxima of 2 x 2 windows of it, 2 apart: y [N,PH,PW,OC], and code, the place (2 row + column) of each window's first maximum. */
export const winograd_pool_forward_f32 = kernel(
  {
    y: out("f32", (s) => s.N * pooled(s)),
    code: out("u8", (s) => s.N * pooled(s)),
    x,
    u,
    bias,
    scratch: scratch("f32", (s) => forwardScratch({ ...s, dilation: 1 }, 2 * s.PH, 2 * s.PW, s.tile % 2 === 1)),
    ...shapes,
    PH: size,
    PW: size,
    ...pads,
    ...transform,
    block: size,
    relu: flag,
  },
  (s) => flops({ ...s, OH: 2 * s.PH, OW: 2 * s.PW }),
  bySamples({ y: pooled, code: pooled, x: image }),
);

/** dx [N,H,W,C] = what dy [N,OH,OW,OC] gives through the convolution, + beta dx. u: transposed filters. */
export const winograd_backward_input_f32 = kernel(
  {
    dx: inout("f32", (s) => s.N * image(s)),
    dy: input("f32", (s) => s.N * s.OH * s.OW * s.OC),
    u: input("f32", (s) => winogradFilterSize(s.C, s.OC, s.tile, s.r)),
    scratch: scratch("f32", backwardInputScratch),
    ...shapes,
    OH: size,
    OW: size,
    ...window,
    ...transform,
    block: size,
    beta: flag,
  },
  flops,
  bySamples({ dx: image, dy: (s) => s.OH * s.OW * s.OC }),
);

/** dw [OC,r,r,C] = the filters' gradient, summed over tiles in order of the samples, + beta dw. dy has ldy channels, of which OC count. */
export const winograd_backward_filter_f32 = kernel(
  {
    dw: inout("f32", (s) => s.OC * s.r * s.r * s.C),
    x,
    dy: input("f32", (s) => (s.N * s.OH * s.OW === 0 ? 0 : (s.N * s.OH * s.OW - 1) * s.ldy + s.OC)),
    scratch: scratch("f32", backwardFilterScratch),
    ...shapes,
    OH: size,
    OW: size,
    ...window,
    ldy: size,
    ...transform,
    block: size,
    beta: flag,
  },
  flops,
  { along: "OC", grain: 8, shift: { dw: (s) => s.r * s.r * s.C, dy: () => 1 } },
);
