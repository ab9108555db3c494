/**
 * Convolution (stride 1) + bias + rectifier + 2x2 max-pooling as one op, which never stores the map that is pooled. Its gradients are
 * sparse: at most one of a window's four positions has one, and none where the rectifier cut.
 * @module
 */
import { channelListsOf, type Sizes as KernelSizes, kernels, SHARD, windowsOf, winogradFilterSize } from "../../program/kernels/index.ts";
import type { Pointer } from "../../program/program.ts";
import { at, type Dim, times } from "../../shape.ts";
import type { Node, Op, Tensor } from "../graph.ts";
import { packed, packedFilters } from "./conv2d.ts";
import { grouped, sumShards } from "./shards.ts";
import { pad } from "./slicing.ts";
import { chooseWinograd, type WinogradTiles } from "./winograd.ts";

/** The kernels' size arguments but the samples. */
interface Sizes {
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly OC: number;
  readonly KH: number;
  readonly KW: number;
  /** 1: values below 0 become 0. */
  readonly relu: 0 | 1;
}

/** Where the image lies in its border of zeros. */
interface Border {
  readonly IH: number;
  readonly IW: number;
  readonly top: number;
  readonly left: number;
}

const samples = (node: Node<Sizes>): Dim => node.inputs[0].shape[0];

/** Samples whose gradients are listed together by channel: what they read of x shall stay in the L1 cache. */
const blockOf = ({ H, W, C }: Sizes): 1 | 2 | 4 => (H * W * C <= 2048 ? 4 : H * W * C <= 6144 ? 2 : 1);

/** Winograd's tiles for a block's outputs; null where the window kernels are better, as for few channels. */
function tilesOf({ H, W, C, OC, KH, KW }: Sizes): WinogradTiles | null {
  if (C <= 4 || KH !== KW) return null;
  const [rows, columns] = [H - KH + 1, W - KW + 1].map((n) => n & ~1);
  return chooseWinograd({ rows, columns, C, OC, r: KH, dilation: 1, pairs: rows * columns * KH * KW });
}

/**
 * Inputs: the image with its border, filters, the image as it is, which is given the gradient, and bias. Outputs: y, code and, for the gradients of
 * few channels, the windows that see something.
 */
const convBlockOp: Op<Sizes & { readonly border: Border }> = {
  name: "convBlock",
  lower(node, to) {
    const [x, w, , bias] = node.inputs;
    const { relu, OC, border: _, ...image } = node.attributes;
    const call = {
      y: to.output(node as Node),
      code: to.output(node as Node, 1),
      x: to.pointer(x),
      bias: bias === undefined ? null : to.pointer(bias),
      ...image,
      OC,
      relu,
      N: samples(node),
    };
    const tiles = tilesOf(node.attributes);
    if (tiles === null) {
      const windows = to.output(node as Node, 2);
      const counts = to.output(node as Node, 3);
      to.emit("conv_windows_f32", { windows, counts, x: call.x, ...image, N: call.N });
      const scratch = to.scratch("f32", kernels.conv_window_forward_f32.args.scratch.extent({ ...image, OC }));
      to.emit("conv_window_forward_f32", { ...call, w: packedFilters(node as Node, w, to), windows, counts, scratch });
      return;
    }
    const { tile } = tiles;
    const { C, KH: r } = image;
    const [, PH, PW] = node.outputs[0].shape;
    const sizes = { ...call, PH, PW, ...tiles, r, padTop: 0, padLeft: 0 };
    const scratchOf = (kernel: "winograd_filter_f32" | "winograd_pool_forward_f32"): Pointer =>
      to.scratch("f32", kernels[kernel].args.scratch.extent({ ...sizes, N: at(call.N, to.capacity) } as unknown as KernelSizes));
    const u = packed(node as Node, w, to, winogradFilterSize(OC, C, tile, r), (made) =>
      to.emit("winograd_filter_f32", { u: made, w: to.pointer(w), scratch: scratchOf("winograd_filter_f32"), OC, C, tile, r }),
    );
    to.emit("winograd_pool_forward_f32", { ...sizes, u, scratch: scratchOf("winograd_pool_forward_f32") });
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    const [x, w, image, bias] = node.inputs;
    const [y, code, windows, counts] = node.outputs;
    const { graph } = dy;
    const { border, ...sizes } = node.attributes;
    const { OC, KH, KW, C } = sizes;
    const N = samples(node);
    const perSample = times(N, windowsOf({ ...sizes }) * OC);
    const [windowChannels, windowCounts, channelEntries, channelCounts, sums] = graph.add(
      listsOp,
      [dy, y, code],
      sizes,
      { shape: [times(N, channelListsOf({ ...sizes }))], dtype: "u8" },
      { shape: [times(N, Math.ceil(OC / 64) * windowsOf({ ...sizes }) * 4)], dtype: "i32" },
      { shape: [perSample], dtype: "entries" },
      { shape: [N, OC], dtype: "i32" },
      { shape: [N, OC], dtype: "f32" },
    );
    const dx = graph.add(inputGradientOp, [x, windowChannels, windowCounts, dy, w], node.attributes, { shape: image.shape, dtype: "f32" })[0];
    if (listsWindows(sizes)) {
      const [dw, db] = graph.add(
        windowGradientOp,
        [x, dy, y, code, windows, counts],
        sizes,
        { shape: [N, OC * KH * KW * C], dtype: "f32" },
        { shape: [N, OC], dtype: "f32" },
      );
      return [null, sumShards(dw, w), dx, ...(bias === undefined ? [] : [sumShards(db, bias)])];
    }
    const dw = graph.add(filterGradientOp, [x, channelEntries, channelCounts], sizes, { shape: w.shape, dtype: "f32" })[0];
    return [null, dw, dx, ...(bias === undefined ? [] : [sumShards(sums, bias)])];
  },
};

/** Whether the filter gradient fits in registers, window by window. */
function listsWindows({ W, C, KH, KW }: Sizes): boolean {
  const fits = (KH === 3 && KW * C <= 12) || (KH === 5 && KW * C <= 8);
  return fits && (W + 1) * C < 2 ** 16;
}

/** dy as lists of what is not zero. */
const listsOp: Op<Sizes> = {
  name: "convBlockLists",
  lower(node, to) {
    const [dy, y, code] = node.inputs;
    const { OC } = node.attributes;
    const block = blockOf(node.attributes);
    to.emit("conv_block_lists_f32", {
      windowChannels: to.output(node as Node, 0),
      windowCounts: to.output(node as Node, 1),
      channelEntries: grouped(node as Node, 2, to, block, block * windowsOf({ ...node.attributes }) * OC),
      channelCounts: grouped(node as Node, 3, to, block, OC),
      db: grouped(node as Node, 4, to, SHARD, OC),
      dy: to.pointer(dy),
      y: to.pointer(y),
      code: to.pointer(code),
      scratch: to.scratch("f32", kernels.conv_block_lists_f32.args.scratch.extent({ ...node.attributes, block })),
      ...node.attributes,
      N: samples(node),
      block,
    });
  },
};

const inputGradientOp: Op<Sizes & { readonly border: Border }> = {
  name: "convBlockInputGradient",
  accumulates: true,
  lower(node, to) {
    const [, windowChannels, windowCounts, dy, w] = node.inputs;
    const { relu: _, border, ...sizes } = node.attributes;
    to.emit("conv_block_backward_input_f32", {
      dx: to.output(node as Node),
      windowChannels: to.pointer(windowChannels),
      windowCounts: to.pointer(windowCounts),
      dy: to.pointer(dy),
      w: to.pointer(w),
      ...sizes,
      ...border,
      N: samples(node),
      beta: to.beta(node as Node),
      scratch: to.scratch("f32", kernels.conv_block_backward_input_f32.args.scratch.extent({ ...sizes, ...border })),
    });
  },
};

const filterGradientOp: Op<Sizes> = {
  name: "convBlockFilterGradient",
  accumulates: true,
  lower(node, to) {
    const [x, channelEntries, channelCounts] = node.inputs;
    const { relu: _, ...sizes } = node.attributes;
    to.emit("conv_block_backward_filter_f32", {
      dw: to.output(node as Node),
      channelEntries: to.pointer(channelEntries),
      channelCounts: to.pointer(channelCounts),
      x: to.pointer(x),
      ...sizes,
      N: samples(node),
      block: blockOf(node.attributes),
      channels: sizes.OC,
      beta: to.beta(node as Node),
    });
  },
};

/** Gradients of w and bias by shards of samples, window by window. */
const windowGradientOp: Op<Sizes> = {
  name: "convBlockWindowGradient",
  lower(node, to) {
    const [x, dy, y, code, windows, counts] = node.inputs;
    const { OC, KH, KW, C } = node.attributes;
    to.emit("conv_window_gradient_f32", {
      dw: grouped(node as Node, 0, to, SHARD, OC * KH * KW * C),
      db: grouped(node as Node, 1, to, SHARD, OC),
      x: to.pointer(x),
      dy: to.pointer(dy),
      y: to.pointer(y),
      code: to.pointer(code),
      windows: to.pointer(windows),
      counts: to.pointer(counts),
      scratch: to.scratch("entries", kernels.conv_window_gradient_f32.args.scratch.extent({ ...node.attributes })),
      ...node.attributes,
      N: samples(node),
    });
  },
};

/** What a block convolves, and how. */
export interface ConvBlock {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly bias: Tensor | null;
  /** Of the convolution: OH, OW and the rows and columns of zeros before the image. */
  readonly window: { readonly OH: number; readonly OW: number; readonly padTop: number; readonly padLeft: number };
  readonly relu: boolean;
}

/** [y, code]: y = max over windows of 2x2 of (x * w + bias), rectified if `relu`. */
export function convBlock({ x, w, bias, window, relu }: ConvBlock): Tensor[] {
  const { OH, OW, padTop, padLeft } = window;
  const [OC, KH, KW, C] = w.shape as readonly number[];
  const [N, IH, IW] = x.shape as readonly [Dim, number, number, number];
  const bordered = pad(x, [
    [0, 0],
    [padTop, Math.max(0, OH + KH - 1 - IH - padTop)],
    [padLeft, Math.max(0, OW + KW - 1 - IW - padLeft)],
    [0, 0],
  ]);
  const [, H, W] = bordered.shape as readonly [Dim, number, number, number];
  const sizes: Sizes = { H, W, C, OC, KH, KW, relu: relu ? 1 : 0 };
  const shape = [N, Math.floor(OH / 2), Math.floor(OW / 2), OC];
  return x.graph.add(
    convBlockOp,
    bias === null ? [bordered, w, x] : [bordered, w, x, bias],
    { ...sizes, border: { IH, IW, top: padTop, left: padLeft } },
    { shape, dtype: "f32" },
    { shape, dtype: "u8" },
    { shape: [N, windowsOf({ ...sizes }), 2], dtype: "i32" },
    { shape: [N], dtype: "i32" },
  );
}
