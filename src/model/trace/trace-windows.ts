/** What the windows of convolutions and pooling saw, for one element of a traced instruction. @module */
import { type Instruction, isPointer, kernelOf, sizesOf } from "../../program/program.ts";

/** A window and the numbers under it; rows and columns may begin outside the image. */
interface Window {
  /** Sample, row, column, channel of the element. */
  readonly element: readonly [number, number, number, number];
  readonly value: number;
  /** Of the window's first element in the image. */
  readonly row: number;
  readonly column: number;
  /** Height and width. */
  readonly size: readonly [number, number];
}

/** The window that made a convolution's largest value of sample 0. */
export interface ConvolutionWindow extends Window {
  readonly kind: "convolution";
  /** [height,width,channels] under the window; 0 outside the image. */
  readonly patch: readonly number[];
  /** The filter [height,width,channels]. */
  readonly filter: readonly number[];
}

/** The window that made a pooled value, the largest of sample 0. */
export interface PoolingWindow extends Window {
  readonly kind: "pooling";
  /** [height,width] under the window; null outside the image. */
  readonly patch: readonly (number | null)[];
  /** Row and column, in the window, of the largest; absent for means. */
  readonly largest?: readonly [number, number];
}

/** Where the gradients of max-pooling went, in one channel of sample 0: the one with the largest. */
export interface PoolingRoutes {
  readonly kind: "routes";
  readonly channel: number;
  /** Of a window. */
  readonly size: readonly [number, number];
  /** Rows and columns of windows. */
  readonly windows: readonly [number, number];
  /** Place in its window, row x width + column, that each window's gradient went to. */
  readonly places: readonly number[];
  /** The gradient of each window. */
  readonly gradients: readonly number[];
}

/** What a window instruction shows. */
export type TraceWindow = ConvolutionWindow | PoolingWindow | PoolingRoutes;

type Values = Float32Array | Int32Array | Float64Array;

/** The place of the largest of the first `count` values. */
function largest(values: Values, count: number, of: (x: number) => number = (x) => x): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (of(values[i]) > of(values[best])) best = i;
  return best;
}

/** The window of an instruction that has one; `read` gives a slot's first values. */
export function windowOf(instruction: Instruction, rows: number, read: (slot: number, length: number) => Values): TraceWindow | undefined {
  const { kernel } = instruction;
  if (!/^(conv2d|maxpool2d|averagepool2d)_nhwc_forward_f32$|^maxpool2d_nhwc_backward_f32$/.test(kernel)) return undefined;
  const s = sizesOf(instruction, rows);
  const { H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft } = s;
  const operand = (name: string): Values => {
    const { args } = kernelOf(kernel);
    const index = Object.keys(args).indexOf(name);
    const pointer = instruction.operands[index];
    const arg = args[name];
    return isPointer(pointer) && arg.kind === "pointer" ? read(pointer.slot, pointer.at + arg.extent(s)).subarray(pointer.at) : new Float32Array(0);
  };
  if (s.N === 0) return undefined;
  const size = [KH, KW] as const;
  if (kernel === "maxpool2d_nhwc_backward_f32") {
    const [dy, argmax] = [operand("dy"), operand("argmax")];
    const channel = largest(dy, OH * OW * C, Math.abs) % C;
    const every = (values: Values): number[] => Array.from({ length: OH * OW }, (_, i) => values[i * C + channel]);
    return { kind: "routes", channel, size, windows: [OH, OW], places: every(argmax), gradients: every(dy) };
  }
  // Pooling knows neither groups nor gaps.
  const { OC: channels = C, ldx = C, ldy = C, dilationH = 1, dilationW = 1 } = s;
  const [map, x] = [operand("y"), operand("x")];
  const y = map.filter((_, k) => k % ldy < channels);
  const at = largest(y, OH * OW * channels);
  const [o, j, i] = [at % channels, Math.floor(at / channels) % OW, Math.floor(at / channels / OW)];
  const [row, column] = [i * strideH - padTop, j * strideW - padLeft];
  const window = { element: [0, i, j, o] as const, value: y[at], row, column, size };
  const pixel = (a: number, b: number, c: number): number | null =>
    row + a >= 0 && row + a < H && column + b >= 0 && column + b < W ? x[((row + a) * W + column + b) * ldx + c] : null;
  const places = Array.from({ length: KH * KW }, (_, k) => [Math.floor(k / KW) * dilationH, (k % KW) * dilationW] as const);
  if (kernel === "conv2d_nhwc_forward_f32") {
    const packed = operand("w");
    const K = KH * KW * C;
    const patch = places.flatMap(([a, b]) => Array.from({ length: C }, (_, c) => pixel(a, b, c) ?? 0));
    return { kind: "convolution", ...window, patch, filter: Array.from({ length: K }, (_, k) => packed[(o - (o % 8)) * K + 8 * k + (o % 8)]) };
  }
  const patch = places.map(([a, b]) => pixel(a, b, o));
  if (kernel === "averagepool2d_nhwc_forward_f32") return { kind: "pooling", ...window, patch };
  const place = operand("argmax")[at];
  return { kind: "pooling", ...window, patch, largest: [Math.floor(place / KW), place % KW] };
}
