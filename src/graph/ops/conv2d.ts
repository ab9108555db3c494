/** Convolutions of images. @module */
import { ShapeError } from "../../errors.ts";
import { kernels, type Sizes, winogradFilterSize } from "../../program/kernels/index.ts";
import type { Pointer } from "../../program/program.ts";
import { at, type Dim, formatShape, isRows } from "../../shape.ts";
import type { Lowering, Node, Op, Tensor } from "../graph.ts";
import { depthwise } from "./depthwise.ts";
import { parameterOp } from "./leaf.ts";
import { planned, tensor } from "./operands.ts";
import { reshape, reshapeOp, transpose } from "./shaping.ts";
import { shift } from "./strides.ts";
import { type Convolution, type DilatedWindow, imageSizes, type Padding, type Pair, paddingOf, pair, positive, windowOf } from "./window.ts";
import { chooseWinograd, type WinogradTiles } from "./winograd.ts";

/** Options of {@link conv2d}. */
export interface Conv2dOptions {
  /** Default 1. */
  readonly strides?: Pair;
  /** Default `valid`. */
  readonly padding?: Padding;
  /** Rows and columns from tap to tap of a window. Default 1. */
  readonly dilationRate?: Pair;
  /** Convolutions side by side, each of channels / groups of the input to filters / groups of the result. Default 1. */
  readonly groups?: number;
}

/** Images, filters and windows of a convolution. */
export interface Conv2dSizes extends DilatedWindow {
  readonly H: number;
  readonly W: number;
  /** Of all groups, as OC. */
  readonly C: number;
  readonly OC: number;
  readonly groups: number;
}

/** The kernels' size arguments but the samples, for one of the groups. */
function ofGroup({ groups, C, OC, ...window }: Conv2dSizes) {
  return { ...window, C: C / groups, OC: OC / groups, ldx: C, ldy: OC };
}

/** Words of work space of a kernel: they do not depend on the samples. */
const workOf = (
  kernel: "conv2d_nhwc_forward_f32" | "conv2d_nhwc_backward_input_f32" | "conv2d_nhwc_backward_filter_f32",
  sizes: ReturnType<typeof ofGroup>,
): number => kernels[kernel].args.scratch.extent(sizes as unknown as Sizes);

/** Whether a tensor is a parameter, or one in another shape. */
function isParameter({ node }: Tensor): boolean {
  return node.op === (reshapeOp as Node["op"]) ? isParameter(node.inputs[0]) : node.op === (parameterOp as Node["op"]);
}

/** Filters in the form a product reads: made once per step if they depend on nothing but the weights. */
export function packed(node: Node, filter: Tensor, to: Lowering, size: number, emit: (packed: Pointer) => void): Pointer {
  const once = isParameter(filter);
  const pointer = once ? to.prepared(node.outputs[0], size) : to.scratch("f32", size);
  if (once) to.once(() => emit(pointer));
  else emit(pointer);
  return pointer;
}

/** Filters [OC,KH,KW,C] in panels of eight, group by group, as forward products read them. */
export function packedFilters(node: Node, w: Tensor, to: Lowering, groups = 1): Pointer {
  const [filters, ...taps] = w.shape as readonly number[];
  const K = taps.reduce((a, b) => a * b, 1);
  const OC = filters / groups;
  return packed(node, w, to, groups * padded(OC) * K, (p) => {
    for (let g = 0; g < groups; g++)
      to.emit("conv2d_pack_nhwc_forward_f32", { packed: shift(p, g * padded(OC) * K), w: shift(to.pointer(w), g * OC * K), OC, K });
  });
}

const padded = (channels: number): number => Math.ceil(channels / 8) * 8;

/** Outputs and taps of one dimension that meet a pixel, in pairs. */
function meetings(outputs: number, taps: number, dilation: number, size: number, pad: number): number {
  let sum = 0;
  for (let at = -pad, tap = 0; tap < taps; tap++, at += dilation) sum += Math.max(0, Math.min(outputs, size - at) - Math.max(0, -at));
  return sum;
}

/** The tiles of a convolution forwards and of its filters' gradient, or of its input's gradient, or null: directly. */
function winogradOf(sizes: Conv2dSizes, of: "output" | "input" = "output"): WinogradTiles | null {
  const { H, W, OH, OW, C, OC, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW, groups } = sizes;
  if (KH !== KW || dilationH !== dilationW || [strideH, strideW, groups].some((n) => n !== 1)) return null;
  const shape = { rows: OH, columns: OW, r: KH, dilation: dilationH };
  const all = OH * OW * KH * KW;
  if (of === "output") return chooseWinograd({ ...shape, C, OC, pairs: all });
  // The direct kernel leaves out what meets no pixel: most of it, where taps lie as far apart as the image is wide. Side by side they meet nothing at
  // its edge only, which costs as much in shorter tiles.
  const met = dilationH === 1 ? all : meetings(OH, KH, dilationH, H, padTop) * meetings(OW, KW, dilationW, W, padLeft);
  return chooseWinograd({ ...shape, C: OC, OC: C, pairs: met });
}

/** The size arguments that the Winograd kernels share. */
const tiled = ({ H, W, C, OC, OH, OW, padTop, padLeft, dilationH, KH }: Conv2dSizes, N: Dim, tiles: WinogradTiles) =>
  ({ N, H, W, C, OC, OH, OW, padTop, padLeft, dilation: dilationH, r: KH, ...tiles }) as const;

/** Floats of scratch for as many samples as the Program can run. */
const tiledScratch = (to: Lowering, kernel: `winograd_${"forward" | "backward_input" | "backward_filter"}_f32`, sizes: ReturnType<typeof tiled>): Pointer =>
  to.scratch("f32", kernels[kernel].args.scratch.extent({ ...sizes, N: at(sizes.N, to.capacity) }));

/** Emits y = relu(x * w + bias), or without either. */
export function emitConvolution(node: Node, to: Lowering, sizes: Conv2dSizes, bias: Tensor | null, relu: 0 | 1): void {
  const [x, w] = node.inputs;
  const tiles = to.plain ? null : winogradOf(sizes);
  if (tiles !== null) {
    emitWinograd(node, to, sizes, tiles, bias, relu);
    return;
  }
  const call = ofGroup(sizes);
  const { C, OC, KH, KW } = call;
  const [y, filters] = [to.output(node), packedFilters(node, w, to, sizes.groups)];
  for (let g = 0; g < sizes.groups; g++) {
    to.emit("conv2d_nhwc_forward_f32", {
      y: shift(y, g * OC),
      x: shift(to.pointer(x), g * C),
      w: shift(filters, g * padded(OC) * KH * KW * C),
      bias: bias && shift(to.pointer(bias), g * OC),
      ...call,
      N: x.shape[0],
      relu,
      scratch: to.scratch("f32", workOf("conv2d_nhwc_forward_f32", call)),
    });
  }
}

/** The same by tiles. */
function emitWinograd(node: Node, to: Lowering, sizes: Conv2dSizes, tiles: WinogradTiles, bias: Tensor | null, relu: 0 | 1): void {
  const [x, w] = node.inputs;
  const { C, OC } = sizes;
  const call = tiled(sizes, x.shape[0], tiles);
  const { tile, r } = call;
  const transform = (u: Pointer): void => {
    const scratch = to.scratch("f32", kernels.winograd_filter_f32.args.scratch.extent({ C, tile, r }));
    to.emit("winograd_filter_f32", { u, w: to.pointer(w), scratch, OC, C, tile, r });
  };
  to.emit("winograd_forward_f32", {
    y: to.output(node),
    x: to.pointer(x),
    u: packed(node, w, to, winogradFilterSize(OC, C, tile, r), transform),
    bias: bias && to.pointer(bias),
    scratch: tiledScratch(to, "winograd_forward_f32", call),
    ...call,
    relu,
  });
}

/** Gradients of input and filters of a convolution, from that of its result. */
export function convolutionGradients(x: Tensor, w: Tensor, dy: Tensor, sizes: Conv2dSizes): [dx: Tensor, dw: Tensor] {
  const { graph } = dy;
  return [
    graph.add(inputGradientOp, [dy, w], sizes, { shape: x.shape, dtype: "f32" })[0],
    graph.add(filterGradientOp, [dy, x], sizes, { shape: w.shape, dtype: "f32" })[0],
  ];
}

export const conv2dOp: Op<Conv2dSizes> = {
  name: "conv2d",
  lower(node, to) {
    emitConvolution(node as Node, to, node.attributes, null, 0);
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    const [x, w] = node.inputs;
    return convolutionGradients(x, w, dy, node.attributes);
  },
};

/** Emits dx + beta dx from inputs dy and w. */
function emitInputGradient(node: Node, to: Lowering, sizes: Conv2dSizes): void {
  const [dy, w] = node.inputs;
  const [dx, beta] = [to.output(node), to.beta(node)];
  const tiles = to.plain ? null : winogradOf(sizes, "input");
  if (tiles !== null) {
    const { C, OC } = sizes;
    const call = tiled(sizes, dy.shape[0], tiles);
    const { tile, r } = call;
    const transform = (u: Pointer): void => {
      const scratch = to.scratch("f32", kernels.winograd_filter_transposed_f32.args.scratch.extent({ tile, r }));
      to.emit("winograd_filter_transposed_f32", { u, w: to.pointer(w), scratch, OC, C, ldw: C, tile, r });
    };
    const u = packed(node, w, to, winogradFilterSize(C, OC, tile, r), transform);
    to.emit("winograd_backward_input_f32", { dx, dy: to.pointer(dy), u, scratch: tiledScratch(to, "winograd_backward_input_f32", call), ...call, beta });
    return;
  }
  const call = ofGroup(sizes);
  const { C, OC, KH, KW, strideH, dilationH } = call;
  let period = 1;
  while ((period * dilationH) % strideH !== 0) period++;
  const panels = padded(C) * KH * KW * OC;
  const filters = packed(node, w, to, sizes.groups * panels, (p) => {
    for (let g = 0; g < sizes.groups; g++) {
      const group = shift(to.pointer(w), g * OC * KH * KW * C);
      to.emit("conv2d_pack_nhwc_backward_input_f32", { packed: shift(p, g * panels), w: group, OC, C, KH, KW, period });
    }
  });
  for (let g = 0; g < sizes.groups; g++) {
    to.emit("conv2d_nhwc_backward_input_f32", {
      dx: shift(dx, g * C),
      dy: shift(to.pointer(dy), g * OC),
      w: shift(filters, g * panels),
      ...call,
      N: dy.shape[0],
      beta,
      scratch: to.scratch("f32", workOf("conv2d_nhwc_backward_input_f32", call)),
    });
  }
}

const inputGradientOp: Op<Conv2dSizes> = {
  name: "conv2dInputGradient",
  accumulates: true,
  lower(node, to) {
    emitInputGradient(node as Node, to, node.attributes);
  },
};

/** Forwards what the gradient of a convolution's input is, and backwards that convolution: x and w, the sizes are the convolution's. */
export const conv2dTransposeOp: Op<Conv2dSizes> = {
  name: "conv2dTranspose",
  accumulates: true,
  lower(node, to) {
    emitInputGradient(node as Node, to, node.attributes);
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    const [x, w] = node.inputs;
    const { graph } = dy;
    return [
      graph.add(conv2dOp, [dy, w], node.attributes, { shape: x.shape, dtype: "f32" })[0],
      graph.add(filterGradientOp, [x, dy], node.attributes, { shape: w.shape, dtype: "f32" })[0],
    ];
  },
};

const filterGradientOp: Op<Conv2dSizes> = {
  name: "conv2dFilterGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, x] = node.inputs;
    const sizes = node.attributes as Conv2dSizes;
    const tiles = to.plain ? null : winogradOf(sizes);
    if (tiles !== null) {
      // The sums over tiles are read and written once for each block: larger ones are better.
      const call = tiled(sizes, x.shape[0], { ...tiles, block: 2 * tiles.block });
      to.emit("winograd_backward_filter_f32", {
        dw: to.output(node),
        x: to.pointer(x),
        dy: to.pointer(dy),
        scratch: tiledScratch(to, "winograd_backward_filter_f32", call),
        ...call,
        ldy: sizes.OC,
        beta: to.beta(node),
      });
      return;
    }
    const call = ofGroup(sizes);
    const { C, OC, KH, KW } = call;
    const [dw, beta] = [to.output(node), to.beta(node)];
    for (let g = 0; g < sizes.groups; g++) {
      to.emit("conv2d_nhwc_backward_filter_f32", {
        dw: shift(dw, g * OC * KH * KW * C),
        dy: shift(to.pointer(dy), g * OC),
        x: shift(to.pointer(x), g * C),
        ...call,
        N: x.shape[0],
        beta,
        scratch: to.scratch("f32", workOf("conv2d_nhwc_backward_filter_f32", call)),
      });
    }
  },
};

/** The convolution of images x [N,H,W,C] with filters w [OC,KH,KW,C/groups] of fitting channels. */
export function convolution(x: Tensor, w: Tensor, { where, shape: given, strides, padding, dilation, groups }: Convolution): Tensor {
  const image = imageSizes(where, x);
  const [OC, KH, KW] = w.shape as readonly number[];
  if (groups > 1 && groups === image.C) {
    // One channel per group: the filters of a depthwise convolution, in its order.
    const filters = reshape(transpose(w, [1, 2, 3, 0]), [KH, KW, groups, OC / groups]);
    return depthwise(x, filters, { where, shape: given, strides, padding, dilation });
  }
  const window = windowOf(where, given, image, [KH, KW], strides, padding, dilation);
  const shape = planned(where, [x.shape[0], window.OH, window.OW, OC]);
  return x.graph.add(conv2dOp, [x, w], { ...window, ...image, OC, groups }, { shape, dtype: "f32" })[0];
}

/** Checks that filters [filters,...window,channels / groups] fit. @throws ShapeError, ConfigError for bad groups */
export function checkFilters(where: string, x: Tensor, w: Tensor, groups: number, window: string, hint: string): void {
  positive(where, "groups", groups);
  const C = x.shape[x.shape.length - 1] as number;
  const [filters] = w.shape;
  if (w.shape.length === x.shape.length && !w.shape.some(isRows) && C % groups === 0 && (filters as number) % groups === 0 && w.shape.at(-1) === C / groups)
    return;
  throw new ShapeError({
    where,
    got: `input ${formatShape(x.shape)} and filters ${formatShape(w.shape)}${groups > 1 ? ` in ${groups} groups` : ""}`,
    expected:
      C % groups === 0 ? `filters [filters,${window},${C / groups}]${groups > 1 ? `, as many for each group` : ""}` : `channels that ${groups} groups divide`,
    hint,
  });
}

/**
 * y[n,i,j,o] = sum over a, b, c of x[n, i strides + a dilationRate - pad, j strides + b dilationRate - pad, c] w[o,a,b,c]: images x [N,H,W,C],
 * filters w [filters,KH,KW,C] (in the order that is fast in memory; Keras's [KH,KW,C,filters] transposed), y [N,OH,OW,filters]. x is 0 outside.
 * With groups, w is [filters,KH,KW,C/groups], and the first filters / groups of them see the first C / groups channels.
 * Gradients: dx = the sum of dy w over the windows a pixel is in; dw[o,a,b,c] = the sum of dy x over all positions and samples.
 * @throws ShapeError if x is no batch of images, w no filters for them, or no window fits; ConfigError for bad strides, padding, dilation or groups
 */
export function conv2d(x: Tensor, w: Tensor, { strides = 1, padding = "valid", dilationRate = 1, groups = 1 }: Conv2dOptions = {}): Tensor {
  tensor("conv2d", x, "f32");
  tensor("conv2d", w, "f32", x);
  imageSizes("conv2d", x);
  const hint = "a parameter of Keras's shape [height,width,channels,filters] has this one with layout: [3, 0, 1, 2]";
  checkFilters("conv2d", x, w, groups, "height,width", hint);
  pair("conv2d", "kernel size", [w.shape[1] as number, w.shape[2] as number]);
  return convolution(x, w, {
    where: "conv2d",
    shape: x.shape,
    strides: pair("conv2d", "strides", strides),
    padding: paddingOf("conv2d", padding),
    dilation: pair("conv2d", "dilationRate", dilationRate),
    groups,
  });
}
