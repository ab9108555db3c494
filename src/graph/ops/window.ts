/** Windows that slide over images: what convolutions and pooling share. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { formatShape, isRows, type Shape } from "../../shape.ts";
import type { Tensor } from "../graph.ts";
import { reshape } from "./shaping.ts";

/** A height and a width, or one number for both. */
export type Pair = number | readonly [number, number];
/**
 * `valid`: only windows that lie inside the image. `same`: as many windows as strides fit, ceil(size / stride), the image being continued
 * by equally many rows and columns on both sides, the odd one at the end.
 */
export type Padding = "valid" | "same";
/** Also `causal`: as many windows as strides fit, each ending where it belongs, the sequence being continued by zeros before its start. */
export type SequencePadding = Padding | "causal";

/** What of a convolution is checked and said by its public function. */
export interface Convolution {
  readonly where: string;
  /** Shape of x as the user gave it. */
  readonly shape: Tensor["shape"];
  readonly strides: readonly [number, number];
  readonly padding: SequencePadding;
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

/** Where windows lie, by the names of the kernels' arguments. */
export interface Window {
  readonly OH: number;
  readonly OW: number;
  readonly KH: number;
  readonly KW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** Windows whose taps may lie apart. */
export interface DilatedWindow extends Window {
  /** Rows and columns from tap to tap; 1 also where a window has only one. */
  readonly dilationH: number;
  readonly dilationW: number;
}

/** More than any image has; kernels count in 32 bits. */
const MOST = 65535;

/** The two numbers of a pair, in an array of their own. @throws ConfigError unless they are positive integers up to 65535 */
export function pair(where: string, name: string, value: Pair): readonly [number, number] {
  const both = typeof value === "number" ? [value, value] : value;
  if (Array.isArray(both) && both.length === 2 && both.every((n) => Number.isInteger(n) && n > 0 && n <= MOST)) return [both[0], both[1]];
  throw new ConfigError({ where, got: `${name} = ${JSON.stringify(value)}`, expected: `a positive integer up to ${MOST}, or two for height and width` });
}

/** The number itself. @throws ConfigError unless it is a positive integer up to 65535 */
export function positive(where: string, name: string, value: number): number {
  if (Number.isInteger(value) && value > 0 && value <= MOST) return value;
  throw new ConfigError({ where, got: `${name} = ${JSON.stringify(value)}`, expected: `a positive integer up to ${MOST}` });
}

/** The padding itself. @throws ConfigError for anything else */
export function paddingOf(where: string, value: Padding): Padding {
  if (value === "valid" || value === "same") return value;
  throw new ConfigError({ where, got: `padding ${JSON.stringify(value)}`, expected: '"valid" or "same"' });
}

/** The padding itself. @throws ConfigError for anything else */
export function sequencePaddingOf(where: string, value: SequencePadding): SequencePadding {
  if (value === "valid" || value === "same" || value === "causal") return value;
  throw new ConfigError({ where, got: `padding ${JSON.stringify(value)}`, expected: '"valid", "same" or "causal"' });
}

/** Sequences [N,length,channels] as images of one row. @throws ShapeError for anything else */
export function rowOf(where: string, x: Tensor): Tensor {
  const [N, length, C] = x.shape;
  if (x.shape.length !== 3 || isRows(length) || isRows(C)) {
    throw new ShapeError({
      where,
      got: `input ${formatShape(x.shape)}`,
      expected: "sequences [N,length,channels]",
      hint: "give sequences of one channel a last dimension of 1, for example with reshape([length, 1])",
    });
  }
  return reshape(x, [N, 1, length, C]);
}

/** Height, width and channels of images x. @throws ShapeError unless x is [N,H,W,C] with fixed H, W and C */
export function imageSizes(where: string, x: Tensor): { H: number; W: number; C: number } {
  const [, H, W, C] = x.shape;
  if (x.shape.length !== 4 || [H, W, C].some(isRows)) {
    throw new ShapeError({
      where,
      got: `input ${formatShape(x.shape)}`,
      expected: "images [N,height,width,channels]",
      hint: "give images of one channel a last dimension of 1, for example with reshape([height, width, 1])",
    });
  }
  return { H: H as number, W: W as number, C: C as number };
}

/** Elements from the first to the last of `kernel` taps. */
export const reach = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** Number of windows along a side, and elements before its start in the first: Keras's rule. */
function side(size: number, kernel: number, stride: number, padding: SequencePadding): [count: number, pad: number] {
  if (padding === "valid") return [Math.floor((size - kernel) / stride) + 1, 0];
  const count = Math.ceil(size / stride);
  if (padding === "causal") return [count, kernel - 1];
  return [count, Math.floor(Math.max(0, (count - 1) * stride + kernel - size) / 2)];
}

/** The windows over images x, or over sequences as images of one row; `shape` is what the user gave. @throws ShapeError if none fits */
export function windowOf(
  where: string,
  shape: Shape,
  { H, W }: { H: number; W: number },
  [KH, KW]: readonly [number, number],
  [strideH, strideW]: readonly [number, number],
  padding: SequencePadding,
  dilation: readonly [number, number] = [1, 1],
): DilatedWindow {
  const [dilationH, dilationW] = [KH === 1 ? 1 : dilation[0], KW === 1 ? 1 : dilation[1]];
  const [height, width] = [reach(KH, dilationH), reach(KW, dilationW)];
  const [OH, padTop] = side(H, height, strideH, padding);
  const [OW, padLeft] = side(W, width, strideW, padding);
  if (OH < 1 || OW < 1) {
    const image = shape.length === 4;
    throw new ShapeError({
      where,
      got: `input ${formatShape(shape)} under a window of ${image ? `${height} x ` : ""}${width}`,
      expected: image ? "an image at least as large as the window" : "a sequence at least as long as the window",
      hint: `padding "same" takes ${image ? "images" : "sequences"} of any size`,
    });
  }
  return { OH, OW, KH, KW, strideH, strideW, padTop, padLeft, dilationH, dilationW };
}
