import { type Case, exact, type KernelCases, roundings } from "../harness.ts";

/** A convolution in short. */
export interface Shape {
  readonly N: number;
  /** Height and width of the image. */
  readonly image: readonly [number, number];
  readonly C: number;
  readonly OC: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  /** Keras's rule, or zeros in front of rows and columns. */
  readonly padding: "valid" | "same";
  /** Default [1, 1]. */
  readonly dilation?: readonly [number, number];
}

/** Output size and padding in front, by Keras's rule. */
export function side(input: number, kernel: number, stride: number, padding: Shape["padding"]): [output: number, pad: number] {
  if (padding === "valid") return [Math.max(0, Math.floor((input - kernel) / stride) + 1), 0];
  const output = Math.ceil(input / stride);
  return [output, Math.floor(Math.max(0, (output - 1) * stride + kernel - input) / 2)];
}

/** Elements from the first to the last tap. */
export const reach = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** The size arguments of the window kernels. */
export function windowSizes({
  N,
  image: [H, W],
  C,
  kernel: [KH, KW],
  strides: [strideH, strideW],
  padding,
  dilation = [1, 1],
}: Omit<Shape, "OC">): Record<string, number> {
  const [OH, padTop] = side(H, reach(KH, dilation[0]), strideH, padding);
  const [OW, padLeft] = side(W, reach(KW, dilation[1]), strideW, padding);
  return { N, H, W, C, OH, OW, KH, KW, strideH, strideW, padTop, padLeft };
}

/** Those of the kernels of convolutions, with `apart` more channels between pixels and between positions. */
export function convolutionSizes(s: Shape, apart = 0): Record<string, number> {
  const [dilationH, dilationW] = s.dilation ?? [1, 1];
  return { ...windowSizes(s), OC: s.OC, dilationH, dilationW, ldx: s.C + apart, ldy: s.OC + 2 * apart };
}

const shape = (
  N: number,
  image: Shape["image"],
  C: number,
  OC: number,
  kernel: Shape["kernel"],
  strides: Shape["strides"] = [1, 1],
  padding: Shape["padding"] = "valid",
  dilation: Shape["dilation"] = [1, 1],
): Shape => ({ N, image, C, OC, kernel, strides, padding, dilation });

export const shapes: readonly Shape[] = [
  // One channel and 3x3 filters: rows of 4 positions, of 4 and a rest, of an odd number, and of too few.
  shape(2, [5, 6], 1, 4, [3, 3]),
  shape(1, [6, 7], 1, 6, [3, 3]),
  shape(3, [4, 11], 1, 13, [3, 3], [1, 1], "same"),
  shape(2, [7, 8], 1, 9, [3, 3], [1, 1], "same"),
  shape(1, [5, 5], 1, 3, [3, 3]),
  shape(1, [5, 9], 1, 4, [3, 3], [1, 2]),
  shape(1, [5, 9], 1, 4, [3, 3], [1, 1], "same", [1, 2]),
  shape(0, [5, 5], 2, 3, [3, 3]),
  shape(1, [1, 1], 1, 1, [1, 1]),
  shape(3, [3, 3], 1, 1, [3, 3]),
  shape(2, [6, 5], 3, 8, [3, 3]),
  shape(3, [7, 9], 4, 9, [3, 2], [1, 1], "same"),
  shape(2, [8, 8], 1, 5, [3, 3], [2, 2], "same"),
  shape(4, [9, 7], 5, 16, [2, 4], [2, 3], "same"),
  shape(1, [10, 10], 8, 17, [5, 5]),
  // Strides beyond the window: pixels that no window meets.
  shape(2, [9, 8], 2, 3, [1, 2], [3, 4]),
  shape(5, [6, 6], 17, 7, [1, 1]),
  shape(2, [5, 4], 33, 13, [3, 3], [1, 1], "same"),
  // Windows larger than the image.
  shape(2, [2, 3], 3, 4, [5, 4], [1, 1], "same"),
  shape(3, [2, 2], 3, 4, [7, 7], [2, 2], "same"),
  // Every number of rows of a tile, and blocks of positions.
  ...[1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13].map((n) => shape(1 + (n % 3), [1, n], 3, n, [1, 1])),
  shape(1, [17, 16], 70, 12, [3, 3]),
  shape(1, [20, 21], 200, 70, [1, 2]),
  // Taps apart, in rows, in columns, in both; with strides that meet them, that never do, and that do so now and then.
  shape(2, [9, 7], 3, 5, [3, 2], [1, 1], "valid", [2, 3]),
  shape(2, [9, 8], 1, 9, [3, 3], [1, 1], "same", [2, 1]),
  shape(3, [8, 9], 4, 8, [3, 3], [1, 1], "same", [1, 2]),
  shape(1, [13, 12], 5, 7, [4, 3], [2, 2], "same", [2, 2]),
  shape(2, [14, 13], 2, 6, [5, 4], [2, 3], "valid", [3, 2]),
  shape(1, [15, 14], 9, 10, [4, 5], [4, 6], "same", [6, 4]),
  shape(1, [4, 5], 3, 3, [3, 3], [1, 2], "same", [5, 4]),
];

/** Every third time with other channels between pixels. */
const sizes = (s: Shape, i: number): Record<string, number> => convolutionSizes(s, i % 3);
const all = (make: (s: Shape, i: number) => Record<string, number>): Case[] => shapes.map((s, i) => ({ sizes: make(s, i), shift: i % 4 }));
const both = (make: (s: Shape, i: number) => Record<string, number>): Case[] =>
  [0, 1].flatMap((beta) => shapes.map((s, i) => ({ sizes: { ...make(s, i), beta }, shift: (i + beta) % 4 })));

const taps = ({ KH, KW }: Record<string, number>): number => KH * KW;

/** Tolerances, which the random shapes use too. */
export const tolerances = {
  conv2d_nhwc_forward_f32: roundings((s) => 2 * taps(s) * s.C + 2, ["x", "w", "bias"]),
  conv2d_nhwc_backward_input_f32: roundings((s) => 2 * taps(s) * s.OC + 2, ["dx", "dy", "w"]),
  conv2d_nhwc_backward_filter_f32: roundings((s) => 2 * s.N * s.OH * s.OW + 2, ["dw", "dy", "x"]),
};

export const conv2d = {
  conv2d_pack_nhwc_forward_f32: {
    tolerance: exact,
    cases: [0, 1, 7, 8, 9, 16, 17].flatMap((OC) => [0, 1, 3, 4, 5, 9, 27].map((K, i) => ({ sizes: { OC, K }, shift: (OC + i) % 4 }))),
  },
  conv2d_pack_nhwc_backward_input_f32: {
    tolerance: exact,
    cases: [
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17].map((C) => ({ sizes: { OC: 3, C, KH: 2, KW: 3, period: 1 }, shift: C % 4 })),
      ...all(({ OC, C, kernel: [KH, KW], strides: [period] }) => ({ OC, C, KH, KW, period })),
    ],
  },
  conv2d_nhwc_forward_f32: {
    tolerance: tolerances.conv2d_nhwc_forward_f32,
    cases: [0, 1, 2, 3].flatMap((k) =>
      shapes.map((s, i) => ({ sizes: { ...sizes(s, i + k), relu: k & 1 }, data: { ...(k < 2 && { bias: null }) }, shift: (i + k) % 4 })),
    ),
  },
  conv2d_nhwc_backward_input_f32: { tolerance: tolerances.conv2d_nhwc_backward_input_f32, cases: both(sizes) },
  conv2d_nhwc_backward_filter_f32: {
    tolerance: tolerances.conv2d_nhwc_backward_filter_f32,
    cases: [...both(sizes), { sizes: { ...sizes(shape(3, [2, 2], 3, 4, [3, 3]), 0), beta: 0 } }],
  },
} satisfies Record<string, KernelCases>;
