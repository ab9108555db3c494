/** Convolutions of images. @module */
import { ShapeError } from "../../errors.ts";
import { kernels, type Sizes, winogradFilterSize } from "../../program/kernels/index.ts";
import type { Pointer } from "../../program/program.ts";
import { at, type Dim, formatShape, isRows } from "../../shape.ts";
import type { Lowering, Node, Op, Tensor } from "../graph.ts";
import { parameterOp } from "./leaf.ts";
import { planned, tensor } from "./operands.ts";
import { imageSizes, type Padding, type Pair, paddingOf, pair, type Window, windowOf } from "./window.ts";
import { chooseWinograd, type WinogradTiles } from "./winograd.ts";

/** Options of {@link conv2d}. */
export interface Conv2dOptions {
  /** Default 1. */
  readonly strides?: Pair;
  /** Default `valid`. */
  readonly padding?: Padding;
}

/** The kernels' size arguments but the samples. */
export interface Conv2dSizes extends Window {
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly OC: number;
}

/** Words of work space of a kernel: they do not depend on the samples. */
const workOf = (kernel: "conv2d_nhwc_forward_f32" | "conv2d_nhwc_backward_input_f32" | "conv2d_nhwc_backward_filter_f32", sizes: Conv2dSizes): number =>
  kernels[kernel].args.scratch.extent(sizes as unknown as Sizes);

/** Filters in the form a product reads: made once per step if they depend on nothing but the weights. */
export function packed(node: Node, filter: Tensor, to: Lowering, size: number, emit: (packed: Pointer) => void): Pointer {
  const once = filter.node.op === (parameterOp as Node["op"]);
  const pointer = once ? to.prepared(node.outputs[0], size) : to.scratch("f32", size);
  if (once) to.once(() => emit(pointer));
  else emit(pointer);
  return pointer;
}

/** Filters [OC,KH,KW,C] in panels of eight, as forward products read them. */
export function packedFilters(node: Node, w: Tensor, to: Lowering): Pointer {
  const [OC, ...taps] = w.shape as readonly number[];
  const K = taps.reduce((a, b) => a * b, 1);
  return packed(node, w, to, padded(OC) * K, (p) => to.emit("conv2d_pack_nhwc_forward_f32", { packed: p, w: to.pointer(w), OC, K }));
}

const padded = (channels: number): number => Math.ceil(channels / 8) * 8;

/** The tiles of a convolution forwards and of its filters' gradient, or of its input's gradient, or null: directly. */
function winogradOf({ OH, OW, C, OC, KH, KW, strideH, strideW }: Conv2dSizes, of: "output" | "input" = "output"): WinogradTiles | null {
  if (KH !== KW || strideH !== 1 || strideW !== 1) return null;
  const [inner, outer] = of === "output" ? [C, OC] : [OC, C];
  return chooseWinograd({ rows: OH, columns: OW, C: inner, OC: outer, r: KH });
}

/** The size arguments that the Winograd kernels share. */
const tiled = ({ H, W, C, OC, OH, OW, padTop, padLeft, KH }: Conv2dSizes, N: Dim, tiles: WinogradTiles) =>
  ({ N, H, W, C, OC, OH, OW, padTop, padLeft, r: KH, ...tiles }) as const;

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
  to.emit("conv2d_nhwc_forward_f32", {
    y: to.output(node),
    x: to.pointer(x),
    w: packedFilters(node, w, to),
    bias: bias && to.pointer(bias),
    ...sizes,
    N: x.shape[0],
    relu,
    scratch: to.scratch("f32", workOf("conv2d_nhwc_forward_f32", sizes)),
  });
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

const inputGradientOp: Op<Conv2dSizes> = {
  name: "conv2dInputGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, w] = node.inputs;
    const sizes = node.attributes as Conv2dSizes;
    const { C, OC, KH, KW, strideH } = sizes;
    const tiles = to.plain ? null : winogradOf(sizes, "input");
    if (tiles !== null) {
      const call = tiled(sizes, dy.shape[0], tiles);
      const { tile, r } = call;
      const transform = (u: Pointer): void => {
        const scratch = to.scratch("f32", kernels.winograd_filter_transposed_f32.args.scratch.extent({ tile, r }));
        to.emit("winograd_filter_transposed_f32", { u, w: to.pointer(w), scratch, OC, C, ldw: C, tile, r });
      };
      to.emit("winograd_backward_input_f32", {
        dx: to.output(node),
        dy: to.pointer(dy),
        u: packed(node as Node, w, to, winogradFilterSize(C, OC, tile, r), transform),
        scratch: tiledScratch(to, "winograd_backward_input_f32", call),
        ...call,
        beta: to.beta(node),
      });
      return;
    }
    to.emit("conv2d_nhwc_backward_input_f32", {
      dx: to.output(node),
      dy: to.pointer(dy),
      w: packed(node as Node, w, to, padded(C) * KH * KW * OC, (p) =>
        to.emit("conv2d_pack_nhwc_backward_input_f32", { packed: p, w: to.pointer(w), OC, C, KH, KW, strideH }),
      ),
      ...sizes,
      N: dy.shape[0],
      beta: to.beta(node),
      scratch: to.scratch("f32", workOf("conv2d_nhwc_backward_input_f32", sizes)),
    });
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
    to.emit("conv2d_nhwc_backward_filter_f32", {
      dw: to.output(node),
      dy: to.pointer(dy),
      x: to.pointer(x),
      ...sizes,
      N: x.shape[0],
      channels: sizes.OC,
      beta: to.beta(node),
      scratch: to.scratch("f32", workOf("conv2d_nhwc_backward_filter_f32", sizes)),
    });
  },
};

/**
 * y[n,i,j,o] = sum over a, b, c of x[n, i strides + a - pad, j strides + b - pad, c] w[o,a,b,c]: images x [N,H,W,C], filters w
 * [filters,KH,KW,C] (in the order that is fast in memory; Keras's [KH,KW,C,filters] transposed), y [N,OH,OW,filters]. x is 0 outside.
 * Gradients: dx = the sum of dy w over the windows a pixel is in; dw[o,a,b,c] = the sum of dy x over all positions and samples.
 * @throws ShapeError if x is no batch of images, w no filters for them, or no window fits; ConfigError for bad strides or padding
 */
export function conv2d(x: Tensor, w: Tensor, { strides = 1, padding = "valid" }: Conv2dOptions = {}): Tensor {
  tensor("conv2d", x, "f32");
  tensor("conv2d", w, "f32", x);
  const image = imageSizes("conv2d", x);
  const [OC, KH, KW, C] = w.shape;
  if (w.shape.length !== 4 || w.shape.some(isRows) || C !== image.C) {
    throw new ShapeError({
      where: "conv2d",
      got: `input ${formatShape(x.shape)} and filters ${formatShape(w.shape)}`,
      expected: `filters [filters,height,width,${image.C}]`,
      hint: "a parameter of Keras's shape [height,width,channels,filters] has this one with layout: [3, 0, 1, 2]",
    });
  }
  const window = windowOf(
    "conv2d",
    x.shape,
    image,
    pair("conv2d", "kernel size", [KH as number, KW as number]),
    pair("conv2d", "strides", strides),
    paddingOf("conv2d", padding),
  );
  const shape = planned("conv2d", [x.shape[0], window.OH, window.OW, OC]);
  return x.graph.add(conv2dOp, [x, w], { ...window, ...image, OC: OC as number }, { shape, dtype: "f32" })[0];
}
