import { type Case, type KernelCases, roundings } from "../harness.ts";
import { convolutionSizes, type Shape } from "./conv2d.ts";

type Depthwise = Omit<Shape, "OC">;
const shape = (
  N: number,
  image: Depthwise["image"],
  C: number,
  kernel: Depthwise["kernel"],
  strides: Depthwise["strides"] = [1, 1],
  padding: Depthwise["padding"] = "valid",
  dilation: Depthwise["dilation"] = [1, 1],
): Depthwise => ({ N, image, C, kernel, strides, padding, dilation });

const shapes: readonly Depthwise[] = [
  shape(0, [5, 5], 2, [3, 3]),
  // Every number of channels of a vector and of what is done at a time.
  ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 20, 23, 24, 25, 31, 32, 33, 40].map((C) => shape(1, [4, 7], C, [3, 3], [1, 1], "same")),
  shape(2, [1, 1], 3, [1, 1]),
  shape(1, [3, 3], 8, [3, 3]),
  shape(3, [6, 9], 5, [2, 3]),
  shape(2, [9, 12], 9, [3, 3], [2, 2], "same"),
  shape(2, [8, 17], 16, [3, 4], [2, 3], "same"),
  shape(1, [12, 16], 4, [5, 5], [1, 2]),
  // Strides beyond the window: pixels that no window meets.
  shape(2, [9, 13], 10, [1, 2], [3, 4]),
  // Windows larger than the image.
  shape(2, [2, 3], 3, [5, 4], [1, 1], "same"),
  shape(3, [2, 2], 8, [7, 7], [2, 2], "same"),
  // Taps apart; strides that meet them, that never do, and that do so now and then.
  shape(2, [9, 11], 8, [3, 2], [1, 1], "valid", [2, 3]),
  shape(1, [13, 12], 17, [4, 3], [2, 2], "same", [2, 2]),
  shape(2, [14, 19], 8, [5, 4], [2, 3], "valid", [3, 2]),
  shape(1, [25, 24], 12, [4, 5], [4, 6], "same", [6, 4]),
  shape(1, [4, 5], 3, [3, 3], [1, 2], "same", [5, 4]),
];

const sizes = (s: Depthwise): Record<string, number> => {
  const { OC: _, ldx: __, ldy: ___, ...rest } = convolutionSizes({ ...s, OC: s.C });
  return rest;
};
const taps = ({ KH, KW }: Record<string, number>): number => KH * KW;
const both = (make: (s: Depthwise, i: number) => Record<string, number>): Case[] =>
  [0, 1].flatMap((beta) => shapes.map((s, i) => ({ sizes: { ...make(s, i), beta }, shift: (i + beta) % 4 })));

/** Tolerances, which the random shapes use too. */
export const depthwiseTolerances = {
  depthwise_conv2d_nhwc_forward_f32: roundings((s) => 2 * taps(s) + 1, ["x", "w"]),
  depthwise_conv2d_nhwc_backward_input_f32: roundings((s) => 2 * taps(s) + 2, ["dx", "dy", "w"]),
  depthwise_conv2d_nhwc_backward_filter_f32: roundings((s) => 2 * s.N * s.OH * s.OW + 2, ["dw", "dy", "x"]),
};

export const depthwise = {
  depthwise_conv2d_nhwc_forward_f32: {
    tolerance: depthwiseTolerances.depthwise_conv2d_nhwc_forward_f32,
    cases: shapes.map((s, i) => ({ sizes: sizes(s), shift: i % 4 })),
  },
  depthwise_conv2d_nhwc_backward_input_f32: { tolerance: depthwiseTolerances.depthwise_conv2d_nhwc_backward_input_f32, cases: both(sizes) },
  depthwise_conv2d_nhwc_backward_filter_f32: {
    tolerance: depthwiseTolerances.depthwise_conv2d_nhwc_backward_filter_f32,
    cases: both((s, i) => ({ ...sizes(s), ld: s.C + (i % 4) })),
  },
} satisfies Record<string, KernelCases>;
