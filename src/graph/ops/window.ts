/** Windows that slide over images: what convolutions and pooling share. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { formatShape, isRows, type Shape } from "../../shape.ts";
import type { Tensor } from "../graph.ts";

/** A height and a width, or one number for both. */
export type Pair = number | readonly [number, number];
/**
 * `valid`: only windows that lie inside the image. `same`: as many windows as strides fit, ceil(size / stride), the image being continued
 * by equally many rows and columns on both sides, the odd one at the end.
 */
export type Padding = "valid" | "same";

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

/** More than any image has; kernels count in 32 bits. */
const MOST = 65535;

/** The two numbers of a pair. @throws ConfigError unless they are positive integers up to 65535 */
export function pair(where: string, name: string, value: Pair): readonly [number, number] {
  const both = typeof value === "number" ? [value, value] : value;
  if (Array.isArray(both) && both.length === 2 && both.every((n) => Number.isInteger(n) && n > 0 && n <= MOST))
    return both as unknown as readonly [number, number];
  throw new ConfigError({ where, got: `${name} = ${JSON.stringify(value)}`, expected: `a positive integer up to ${MOST}, or two for height and width` });
}

/** The padding itself. @throws ConfigError for anything else */
export function paddingOf(where: string, value: Padding): Padding {
  if (value === "valid" || value === "same") return value;
  throw new ConfigError({ where, got: `padding ${JSON.stringify(value)}`, expected: '"valid" or "same"' });
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

/** Number of windows along a side, and elements before its start in the first: Keras's rule. */
function side(size: number, kernel: number, stride: number, padding: Padding): [count: number, pad: number] {
  if (padding === "valid") return [Math.floor((size - kernel) / stride) + 1, 0];
  const count = Math.ceil(size / stride);
  return [count, Math.floor(Math.max(0, (count - 1) * stride + kernel - size) / 2)];
}

/** The windows over images x. @throws ShapeError if none fits */
export function windowOf(
  where: string,
  shape: Shape,
  { H, W }: { H: number; W: number },
  [KH, KW]: readonly [number, number],
  [strideH, strideW]: readonly [number, number],
  padding: Padding,
): Window {
  const [OH, padTop] = side(H, KH, strideH, padding);
  const [OW, padLeft] = side(W, KW, strideW, padding);
  if (OH < 1 || OW < 1) {
    throw new ShapeError({
      where,
      got: `input ${formatShape(shape)} under a window of ${KH} x ${KW}`,
      expected: "an image at least as large as the window",
      hint: 'padding "same" takes images of any size',
    });
  }
  return { OH, OW, KH, KW, strideH, strideW, padTop, padLeft };
}
