/** Every op in the ways it can be used: the tests of gradients and of backends run over all of them. */
import type { Tensor } from "../../src/graph/graph.ts";
import { biasRelu } from "../../src/graph/ops/bias-relu.ts";
import { convBlock } from "../../src/graph/ops/conv-block.ts";
import type { Conv2dSizes } from "../../src/graph/ops/conv2d.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { BATCH } from "../../src/shape.ts";
import type { Build, Input } from "./check.ts";

export interface Case {
  readonly name: string;
  readonly build: Build;
  readonly inputs: readonly Input[];
}

const N = BATCH;
const make = (name: string, build: Build, ...inputs: (Input | Input["shape"])[]): Case => ({
  name,
  build,
  inputs: inputs.map((input) => (Array.isArray(input) ? { shape: input } : (input as Input))),
});
const positive = (shape: Input["shape"]): Input => ({ shape, from: 0.2, to: 2 });
/** Small, where squares of long sums would cost the difference its digits. */
const unit = (shape: Input["shape"]): Input => ({ shape, from: -1, to: 1 });
const integers = (shape: Input["shape"], ...values: number[]): Input => ({ shape, values, dtype: "i32" });

const pairs: readonly [string, Input["shape"], Input["shape"]][] = [
  ["of one shape", [N, 5], [N, 5]],
  ["with a row", [N, 5], [5]],
  ["with a column", [N, 5], [N, 1]],
  ["with a scalar", [], [N, 2]],
  ["crossed", [N, 1, 3], [4, 1]],
  ["in four dimensions", [2, 1, 3, 1], [1, 2, 1, 3]],
  ["constant by batch", [2, 3], [N, 1, 3]],
];

const binary = (
  name: string,
  f: (a: ops.Value, b: ops.Value) => ReturnType<Build>,
  second: (shape: Input["shape"]) => Input = (shape) => ({ shape }),
  first = second,
): Case[] => pairs.map(([how, a, b]) => make(`${name} ${how}`, (x, y) => f(x, y), first(a), second(b)));

const apart = (shape: Input["shape"]): Input => ({ shape, from: -1.71, to: 2.03 });
const plain = (shape: Input["shape"]): Input => ({ shape });

/** What fusion makes of maxPool2d(relu(conv2d(x, w) + bias), 2). */
export const block = (x: Tensor, w: Tensor, bias: Tensor | null, relu: boolean, options: ops.Conv2dOptions = {}): Tensor =>
  convBlock({ x, w, bias, window: ops.conv2d(x, w, options).node.attributes as Conv2dSizes, relu })[0];

/** A recurrent op on leaves x, kernel, recurrent kernel and what `extra` asks for: everything it gives, weighted and added. */
const recurrent = (cell: ops.RecurrentCell, [T, D, U]: readonly [number, number, number], extra: string, options: Partial<ops.RecurrentOptions> = {}): Case => {
  const G = { simpleRnn: 1, lstm: 4, gru: 3 }[cell];
  const has = (what: string): boolean => extra.includes(what);
  const inputs: Record<string, Input> = {
    x: unit([N, T, D]),
    kernel: unit([D, G * U]),
    recurrentKernel: unit([U, G * U]),
    ...(has("bias") && { bias: unit(cell === "gru" ? [2, 3 * U] : [G * U]) }),
    ...(has("mask") && { mask: unit([N, T]) }),
    ...(has("state") && { h0: unit([N, U]), ...(cell === "lstm" && { c0: unit([N, U]) }) }),
    ...(has("dropout") && { dropout: unit([N, U]) }),
  };
  const build: Build = (...leaves) => {
    const { x, mask, h0, c0, dropout, ...given } = Object.fromEntries(Object.keys(inputs).map((name, i) => [name, leaves[i]]));
    const { outputs, h, c } = ops.recurrent(cell, x, {
      ...(given as unknown as Pick<ops.RecurrentOptions, "kernel" | "recurrentKernel" | "bias">),
      // Where the leaf is above a limit: no gradient flows there.
      ...(mask && { mask: ops.compare(mask, "greater", -0.4) }),
      ...(dropout && { recurrentMask: ops.mul(ops.compare(dropout, "greater", -0.2), 1.25) }),
      ...(h0 && { initialState: c0 ? [h0, c0] : [h0] }),
      ...options,
    });
    const parts = [has("last only") ? null : ops.square(ops.sum(outputs, { axes: 1 })), ops.mul(h, 0.7), c && ops.mul(ops.square(c), 0.3)];
    return parts.filter((part) => part != null).reduce((a, b) => ops.add(a, b));
  };
  return make(`recurrent ${cell}, ${T} steps of ${D} to ${U}${extra && `, ${extra}`}`, build, ...Object.values(inputs));
};

export const cases: readonly Case[] = [
  ...binary("add", ops.add),
  ...binary("sub", ops.sub),
  ...binary("mul", ops.mul),
  ...binary("div", ops.div, positive, plain),
  ...binary("pow", ops.pow, plain, positive),
  ...binary("minimum", ops.minimum, apart, plain),
  ...binary("maximum", ops.maximum, apart, plain),
  make("numbers left and right", (x) => ops.add(ops.mul(2, ops.sub(1, x)), ops.div(ops.mul(ops.sub(x, 3), 0.5), ops.div(7, ops.add(x, 9)))), [N, 3]),
  make("minimum and maximum with numbers", (x) => ops.add(ops.minimum(x, 0.5), ops.maximum(-0.25, x)), [N, 7]),
  ...[0, 1, 2, 3, 0.5, -1, -2, 1.5, 2.5].map((exponent) => make(`pow ${exponent}`, (x) => ops.pow(x, exponent), positive([N, 3]))),
  make("pow of a negative base", (x) => ops.add(ops.pow(x, 3), ops.pow(x, -2)), { shape: [N, 3], from: -2, to: -0.3 }),
  make("pow of a number", (x) => ops.pow(1.7, x), [N, 3]),
  make("square", (x) => ops.square(x), [N, 3]),
  make("neg", (x) => ops.neg(x), [N, 3]),
  make("abs", (x) => ops.abs(x), [N, 7]),
  make("sign", (x) => ops.mul(ops.sign(x), x), [N, 7]),
  make("sqrt", (x) => ops.sqrt(x), positive([N, 3])),
  make("exp", (x) => ops.exp(x), [N, 3]),
  make("log", (x) => ops.log(x), positive([N, 3])),

  make("compare", (x, y) => ops.add(ops.mul(x, ops.compare(x, "less", y)), ops.mul(y, ops.compare(x, "greaterEqual", 0.1))), [N, 5], [5]),
  make("where", (c, a, b) => ops.where(ops.compare(c, "greater", 0), a, b), [N, 5], [5], [N, 1]),
  make("where with numbers", (x) => ops.where(ops.compare(x, "less", 0.3), 1.5, ops.mul(x, x)), [N, 5]),
  make("clip", (x) => ops.clip(x, -0.7, 1.1), [N, 9]),
  make("clip below", (x) => ops.clip(x, 0.3, Number.POSITIVE_INFINITY), [N, 9]),
  make("clip above", (x) => ops.clip(x, Number.NEGATIVE_INFINITY, 0.3), [N, 9]),
  make("cast", (x, i) => ops.mul(x, ops.cast(ops.cast(ops.cast(i, "f32"), "i32"), "f32")), [N], integers([N], 3, -1, 7)),

  ...[
    { rotation: 0.3, heightZoom: 0.4, heightShift: 0.2, widthShift: 0.1, flip: "horizontalAndVertical" } as const,
    { rotation: 0.1, heightZoom: 0.2, widthZoom: [0.3, 0.4], fillMode: "nearest" } as const,
    { rotation: 0.1, heightShift: 0.2, flip: "horizontal" } as const,
  ].flatMap((options, i) => [
    make(`randomAffine ${i}`, (x) => ops.square(ops.randomAffine(ops.randomAffine(x, options), { flip: "vertical" })), [N, 4, 5, 2]),
    make(`randomAffine ${i}, one channel`, (x) => ops.square(ops.randomAffine(x, options)), [N, 5, 7, 1]),
  ]),
  make("randomElastic", (x) => ops.square(ops.randomElastic(x, { alpha: 10, sigma: 1.5 })), [N, 9, 6, 1]),
  make("randomElastic to the border", (x) => ops.square(ops.randomElastic(x, { alpha: 30, sigma: 4, fillMode: "nearest" })), [N, 4, 5, 3]),
  make("randomShift", (x) => ops.square(ops.randomShift(ops.randomShift(x, 2), 1)), [N, 4, 3, 2]),
  ...(["simpleRnn", "lstm", "gru"] as const).flatMap((cell) => [
    recurrent(cell, [1, 1, 1], ""),
    recurrent(cell, [3, 2, 5], "bias"),
    recurrent(cell, [4, 3, 2], "bias, mask, state, dropout"),
    recurrent(cell, [3, 2, 3], "state, mask, backwards", { goBackwards: true }),
    recurrent(cell, [3, 2, 9], "last only, dropout"),
    recurrent(cell, [2, 3, 2], "bias, other functions", { activation: "sigmoid", recurrentActivation: "hardSigmoid" }),
    recurrent(cell, [2, 2, 2], "bias, linear", { activation: "linear", recurrentActivation: "tanh" }),
    recurrent(cell, [2, 2, 3], "bias, relu", { activation: "relu", recurrentActivation: "sigmoid" }),
  ]),

  make("dropout", (x) => ops.square(ops.dropout(ops.dropout(x, 0.4), 0.25)), [N, 9]),
  make("dropout of several rows per sample", (x) => ops.square(ops.dropout(ops.reshape(x, [{ rows: 3 }, -1]), 0.5)), [N, 12]),
  make("dropout of images", (x) => ops.square(ops.dropout(x, 0.5)), [N, 2, 3, 2]),
  make("spatialDropout", (x) => ops.square(ops.spatialDropout(x, 0.5)), [N, 2, 3, 5]),
  make("gaussianNoise", (x) => ops.square(ops.gaussianNoise(x, 0.3)), [N, 5]),
  make("gaussianDropout", (x) => ops.square(ops.gaussianDropout(x, 0.3)), [N, 5]),
  make("reshape", (x) => ops.square(ops.reshape(x, [-1, 2, 3])), [N, 6]),
  make("reshape into the batch", (x) => ops.square(ops.reshape(x, [{ rows: 2 }, -1])), [N, 6]),
  make("transpose", (x) => ops.square(ops.transpose(x)), [N, 4]),
  make("transpose of three", (x) => ops.square(ops.transpose(x, [2, 0, 1])), [N, 2, 3]),
  make("transpose of five", (x) => ops.square(ops.transpose(x, [0, 3, 4, 1, 2])), [N, 2, 1, 3, 2]),
  make("transpose of ones", (x) => ops.square(ops.transpose(x, [1, 0, 3, 2])), [N, 1, 4, 1]),
  make("broadcastTo", (x) => ops.square(ops.broadcastTo(x, [2, N, 3])), [N, 1]),
  make("broadcastTo from a scalar", (x) => ops.broadcastTo(x, [N, 3]), []),
  make("slice", (x) => ops.square(ops.slice(x, [0, 1, 2], [N, 2, -1])), [N, 4, 5]),
  make("slice of the first axis", (x) => ops.square(ops.slice(x, [1, 0], [2, -1])), [4, 3]),
  make("reverse", (x) => ops.square(ops.reverse(x, 1)), [N, 5, 3]),
  make("reverse of the last axis", (x) => ops.mul(ops.reverse(x, -1), x), [N, 2, 4]),
  make("reverse of the first axis", (x) => ops.square(ops.reverse(x, 0)), [3, 2]),
  make("overlapping slices", (x) => ops.mul(ops.slice(x, [0, 0], [N, 3]), ops.slice(x, [0, 1], [-1, 3])), [N, 4]),
  make(
    "pad",
    (x) =>
      ops.square(
        ops.pad(
          x,
          [
            [0, 0],
            [1, 2],
            [0, 3],
          ],
          0,
        ),
      ),
    [N, 2, 3],
  ),
  make(
    "pad with a value",
    (x) =>
      ops.square(
        ops.pad(
          x,
          [
            [2, 0],
            [1, 1],
          ],
          1.5,
        ),
      ),
    [2, 3],
  ),
  make("concat", (x, y, z) => ops.square(ops.concat([x, y, z])), [N, 2], [N, 1], [N, 3]),
  make("concat of one tensor twice", (x, y) => ops.square(ops.concat([x, y, x], 1)), [N, 2, 2], [N, 3, 2]),
  make("concat of constants", (x, y) => ops.concat([x, y], 0), [2, 3], [1, 3]),
  make("gather", (x, i) => ops.square(ops.gather(x, i)), [4, 3], integers([N], 2, 0, 2)),
  make("gather in two dimensions", (x, i) => ops.square(ops.gather(x, i)), [5, 2, 2], integers([N, 2], 4, 1, 1, 0, 4, 4)),
  make("gather from the batch", (x, i) => ops.gather(x, i), [N, 2], integers([4], 2, 0, 1, 2)),

  ...(
    [
      [undefined, []],
      [0, [3]],
      [1, [3, 0]],
      [[0, 2], [1]],
      [[1, 3], [0]],
      [-1, [2, 1, 0]],
      [[0, 1, 2, 3], []],
    ] as const
  ).flatMap(([axes]) =>
    [false, true].flatMap((keepDims) =>
      (["sum", "mean", "max", "min", "logSumExp"] as const).map((name) =>
        make(`${name} over ${JSON.stringify(axes) ?? "all"}${keepDims ? " kept" : ""}`, (x) => ops.square(ops[name](x, { axes, keepDims })), [N, 2, 3, 2]),
      ),
    ),
  ),
  make("sum over an axis of one", (x) => ops.square(ops.sum(x, { axes: 1 })), [N, 1, 2]),
  make("max over an axis of one", (x) => ops.square(ops.max(x, { axes: [1] })), [N, 1, 2]),
  make("argmax", (x) => ops.mul(ops.sum(x, { axes: 1 }), ops.cast(ops.argmax(x), "f32")), [N, 5]),

  make("matmul", (a, b) => ops.matmul(a, b), [N, 5], [5, 4]),
  make("matmul a^T b", (a, b) => ops.matmul(a, b, { transposeA: true }), [N, 4], [N, 2]),
  make("matmul a b^T", (a, b) => ops.matmul(a, b, { transposeB: true }), [N, 5], [4, 5]),
  make("matmul a^T b^T", (a, b) => ops.matmul(a, b, { transposeA: true, transposeB: true }), [5, N], [4, 5]),
  ...[false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) => {
      const a = (...batch: Input["shape"]): Input["shape"] => [...batch, ...(transposeA ? [3, 2] : [2, 3])];
      const b = (...batch: Input["shape"]): Input["shape"] => [...batch, ...(transposeB ? [4, 3] : [3, 4])];
      const how = `a${transposeA ? "^T" : ""} b${transposeB ? "^T" : ""}`;
      const product: Build = (x, y) => ops.matmul(x, y, { transposeA, transposeB });
      return [
        make(`matmul ${how} in batches`, product, a(N), b(N)),
        make(`matmul ${how} with one right side`, product, a(N, 2), b()),
        make(`matmul ${how} with one right side in dimensions of 1`, product, a(N), b(1, 1)),
        make(`matmul ${how} with one left side`, product, a(), b(N, 2)),
        make(`matmul ${how} in crossed batches`, product, a(N, 1), b(2)),
        make(`matmul ${how} in batches that repeat unevenly`, product, a(2, 1, N), b(2, 1)),
      ];
    }),
  ),
  make("matmul with itself", (x) => ops.matmul(x, x, { transposeA: true }), [N, 3]),

  ...(
    [
      ["conv2d", {}, [N, 4, 5, 2], [3, 3, 2, 2]],
      ["conv2d of one pixel", {}, [N, 2, 2, 3], [9, 1, 1, 3]],
      ["conv2d with same padding", { padding: "same" }, [N, 3, 4, 2], [2, 3, 2, 2]],
      ["conv2d with strides", { strides: 2 }, [N, 5, 6, 1], [2, 3, 2, 1]],
      ["conv2d with strides and same padding", { strides: [2, 3], padding: "same" }, [N, 5, 4, 2], [3, 3, 4, 2]],
      ["conv2d with strides beyond the window", { strides: 3 }, [N, 7, 5, 1], [2, 2, 1, 1]],
      ["conv2d under a window larger than the image", { padding: "same" }, [N, 2, 1, 2], [1, 5, 4, 2]],
      ["conv2d with taps apart", { dilationRate: [2, 1] }, [N, 5, 4, 2], [3, 2, 2, 2]],
      ["conv2d with taps apart and same padding", { dilationRate: 2, padding: "same" }, [N, 4, 5, 2], [2, 3, 3, 2]],
      ["conv2d with strides and taps apart", { dilationRate: [3, 2], strides: [2, 2], padding: "same" }, [N, 6, 5, 1], [2, 3, 3, 1]],
      ["conv2d in groups", { groups: 2 }, [N, 3, 4, 4], [6, 2, 2, 2]],
      ["conv2d in groups, with all options", { groups: 3, strides: 2, dilationRate: [1, 2], padding: "same" }, [N, 4, 5, 6], [3, 2, 3, 2]],
      ["conv2d in as many groups as channels", { groups: 3, padding: "same" }, [N, 3, 4, 3], [6, 2, 2, 1]],
    ] as const
  ).map(([name, options, x, w]) => make(name, (a, b) => ops.square(ops.conv2d(a, b, options)), [...x], [...w])),
  ...(
    [
      ["depthwiseConv2d", {}, [N, 4, 5, 3], [3, 2, 3, 1]],
      ["depthwiseConv2d with same padding and strides", { padding: "same", strides: [2, 1] }, [N, 5, 6, 5], [3, 3, 5, 1]],
      ["depthwiseConv2d with several filters per channel", { padding: "same" }, [N, 3, 4, 2], [2, 2, 2, 3]],
      ["depthwiseConv2d with taps apart", { dilationRate: [1, 2] }, [N, 3, 11, 4], [2, 3, 4, 1]],
      ["depthwiseConv2d with strides and taps apart", { dilationRate: 2, strides: [3, 2], padding: "same" }, [N, 5, 6, 2], [3, 2, 2, 2]],
    ] as const
  ).map(([name, options, x, w]) => make(name, (a, b) => ops.square(ops.depthwiseConv2d(a, b, options)), [...x], [...w])),
  ...(
    [
      ["conv2dTranspose", {}, [N, 3, 2, 2], [2, 3, 2, 3]],
      ["conv2dTranspose with strides", { strides: 2 }, [N, 3, 2, 3], [3, 3, 3, 2]],
      ["conv2dTranspose with strides and same padding", { strides: [2, 3], padding: "same" }, [N, 2, 3, 2], [2, 3, 4, 2]],
      ["conv2dTranspose with strides beyond the window", { strides: 3 }, [N, 2, 2, 1], [1, 2, 1, 3]],
      ["conv2dTranspose with outputPadding", { strides: 2, outputPadding: [1, 0] }, [N, 2, 3, 2], [2, 3, 2, 1]],
      ["conv2dTranspose with outputPadding and same padding", { strides: 2, padding: "same", outputPadding: 1 }, [N, 2, 3, 1], [1, 3, 4, 2]],
      ["conv2dTranspose with taps apart", { dilationRate: 2, padding: "same" }, [N, 3, 4, 1], [1, 3, 2, 2]],
    ] as const
  ).map(([name, options, x, w]) => make(name, (a, b) => ops.square(ops.conv2dTranspose(a, b, options)), [...x], [...w])),
  ...(
    [
      ["conv1d", {}, [N, 6, 3], [4, 3, 3]],
      ["conv1d with strides and same padding", { strides: 2, padding: "same" }, [N, 7, 2], [3, 3, 2]],
      ["conv1d that looks back", { padding: "causal", dilationRate: 2 }, [N, 6, 2], [3, 3, 2]],
      ["conv1d that looks back, with strides", { padding: "causal", strides: 2 }, [N, 7, 2], [1, 4, 2]],
      ["conv1d in groups", { groups: 2, padding: "same" }, [N, 5, 4], [6, 2, 2]],
      ["conv1d in as many groups as channels", { groups: 2, padding: "causal" }, [N, 5, 2], [4, 3, 1]],
    ] as const
  ).map(([name, options, x, w]) => make(name, (a, b) => ops.square(ops.conv1d(a, b, options)), [...x], [...w])),
  make(
    "conv2dTranspose of one tensor twice",
    (x, w) => ops.add(ops.conv2dTranspose(x, w), ops.conv2dTranspose(ops.conv2dTranspose(x, w, { padding: "same" }), w)),
    [N, 2, 3, 2],
    [2, 2, 2, 2],
  ),
  make(
    "depthwiseConv2d of one tensor twice",
    (x, w) => ops.add(ops.depthwiseConv2d(x, w), ops.depthwiseConv2d(ops.depthwiseConv2d(x, w, { padding: "same" }), w)),
    [N, 3, 3, 2],
    [2, 2, 2, 1],
  ),
  {
    name: "conv2d by tiles",
    build: (x, w) => ops.square(ops.conv2d(x, w, { padding: "same" })),
    inputs: [
      { shape: [N, 8, 8, 8], from: -0.4, to: 0.4 },
      { shape: [8, 3, 3, 8], from: -0.2, to: 0.3 },
    ],
  },
  {
    name: "conv2d by tiles, with taps apart",
    build: (x, w) => ops.square(ops.conv2d(x, w, { dilationRate: 2 })),
    inputs: [
      { shape: [N, 8, 8, 8], from: -0.4, to: 0.4 },
      { shape: [8, 3, 3, 8], from: -0.2, to: 0.3 },
    ],
  },
  make("conv2d with filters that are computed", (x, w) => ops.conv2d(x, ops.square(w)), [N, 3, 3, 1], [2, 2, 2, 1]),
  make("conv2d of one tensor twice", (x, w) => ops.add(ops.conv2d(x, w), ops.conv2d(ops.conv2d(x, w, { padding: "same" }), w)), [N, 3, 3, 2], [2, 2, 2, 2]),
  ...(
    [
      ["of one channel", {}, [N, 6, 7, 1], [5, 3, 3, 1]],
      ["of one channel and 5x5", {}, [N, 6, 6, 1], [2, 5, 5, 1]],
      ["of two channels", {}, [N, 5, 4, 2], [3, 3, 3, 2]],
      ["of three channels with same padding", { padding: "same" }, [N, 4, 5, 3], [2, 3, 3, 3]],
      ["of many channels", {}, [N, 4, 4, 7], [6, 3, 3, 7]],
      ["of many channels with same padding", { padding: "same" }, [N, 3, 4, 5], [3, 2, 4, 5]],
      ["of single pixels", {}, [N, 2, 5, 9], [4, 1, 1, 9]],
    ] as const
  ).flatMap(([name, options, x, w]) => [
    make(`convBlock ${name}`, (a, b, c) => ops.square(block(a, b, c, true, options)), unit(x), unit(w), unit([w[0]])),
    make(`convBlock ${name}, linear and without bias`, (a, b) => ops.square(block(a, b, null, false, options)), unit(x), unit(w)),
  ]),
  make("convBlock of one tensor twice", (x, w) => ops.add(block(x, w, null, true), block(ops.exp(x), w, null, false)), [N, 4, 5, 2], [2, 3, 3, 2]),
  make("convBlock with filters that are computed", (x, w, b) => block(x, ops.square(w), ops.square(b), true), [N, 4, 4, 1], [3, 3, 3, 1], [3]),
  ...(["maxPool2d", "averagePool2d"] as const).flatMap((name) => [
    make(name, (x) => ops.square(ops[name](x, 2)), [N, 4, 5, 3]),
    make(`${name} with same padding`, (x) => ops.square(ops[name](x, 2, { padding: "same" })), [N, 3, 5, 2]),
    make(`${name} of overlapping windows`, (x) => ops.square(ops[name](x, [3, 2], { strides: [1, 1] })), [N, 4, 3, 5]),
    make(`${name} of windows apart`, (x) => ops.square(ops[name](x, [1, 2], { strides: 3, padding: "same" })), [N, 5, 4, 1]),
    make(`${name} of one tensor twice`, (x) => ops.add(ops[name](x, 2), ops[name](ops.exp(x), 2)), [N, 2, 4, 1]),
  ]),
  ...(["maxPool1d", "averagePool1d"] as const).flatMap((name) => [
    make(name, (x) => ops.square(ops[name](x, 2)), [N, 5, 3]),
    make(`${name} of overlapping windows`, (x) => ops.square(ops[name](x, 3, { strides: 1, padding: "same" })), [N, 6, 2]),
  ]),

  make("batchNorm of features", (x, g, b) => ops.square(ops.batchNorm(x, g, b).y), [N, 5], [5], [5]),
  make("batchNorm of steps", (x, g, b) => ops.square(ops.batchNorm(x, g, b, { epsilon: 0.1 }).y), [N, 3, 17], [17], [17]),
  make("batchNorm of images", (x, g, b) => ops.square(ops.relu(ops.batchNorm(x, g, b).y)), [N, 3, 2, 6], [6], [6]),
  make("batchNorm of weights", (x, g, b) => ops.square(ops.batchNorm(x, g, b).y), [5, 2, 3], [3], [3]),
  make("batchNorm twice", (x, g) => ops.add(ops.batchNorm(ops.batchNorm(x, g, g).y, g, g).y, x), [N, 2, 4], [4]),
  make(
    "batchNormInference",
    (x, g, b) => {
      const [mean, variance] = [
        [1, -0.5, 0.2, 0, 2],
        [0.3, 1, 2, 0.01, 1.5],
      ].map((values) => ops.constant(x.graph, values, [5]));
      return ops.square(ops.relu(ops.batchNormInference(x, g, b, mean, variance)));
    },
    [N, 3, 5],
    [5],
    [5],
  ),
  make("layerNorm", (x, g, b) => ops.square(ops.layerNorm(x, g, b)), [N, 7], [7], [7]),
  make("layerNorm of steps", (x, g, b) => ops.square(ops.layerNorm(x, g, b, { epsilon: 0.1 })), [N, 2, 9], [9], [9]),
  make("layerNorm of weights", (x, g, b) => ops.square(ops.layerNorm(x, g, b)), [2, 3, 4], [4], [4]),

  make("relu", (x) => ops.relu(x), [N, 7]),
  make("biasRelu of maps", (z, b) => ops.square(biasRelu(z, b)), [N, 2, 2, 5], [5]),
  make("biasRelu of more rows than samples", (z, b) => ops.square(biasRelu(z, b)), [{ rows: 3 }, 2, 4], [4]),
  make("biasRelu with the samples inside", (z, b) => ops.square(biasRelu(z, b)), [5, N, 3], [3]),
  make("leakyRelu", (x) => ops.add(ops.leakyRelu(x), ops.leakyRelu(x, 0.05)), [N, 7]),
  make("elu", (x) => ops.add(ops.elu(x), ops.elu(x, 0.3)), [N, 7]),
  make("sigmoid", (x) => ops.sigmoid(x), [N, 7]),
  make("tanh", (x) => ops.tanh(x), [N, 7]),
  make("softplus", (x) => ops.softplus(x), [N, 7]),
  ...(["gelu", "geluTanh", "silu", "mish", "hardSilu", "softsign", "hardSigmoid", "hardTanh", "relu6", "selu", "logCosh"] as const).map((name) =>
    make(name, (x) => ops[name](x), { shape: [N, 9], from: -5, to: 7.3 }),
  ),
  make("linear", (x) => ops.linear(x), [N, 7]),
  make("softmax", (x) => ops.softmax(x), [N, 7]),
  make("softmax of a vector", (x) => ops.softmax(x), [5]),
  make("softmax over another axis", (x) => ops.softmax(x, 1), [N, 4, 3]),
  make("softmax over the batch", (x) => ops.softmax(x, 0), [N, 3]),
  make("logSoftmax", (x) => ops.logSoftmax(x), [N, 7]),
  make("logSoftmax over another axis", (x) => ops.square(ops.logSoftmax(x, 1)), [N, 4, 3]),

  make(
    "one tensor in many places",
    (x, w) => {
      const h = ops.tanh(ops.matmul(x, w));
      return ops.add(ops.mul(h, h), ops.sub(ops.matmul(h, w, { transposeB: true }), ops.add(ops.mul(x, x), ops.exp(ops.mul(x, 0.3)))));
    },
    [N, 3],
    [3, 3],
  ),
  make(
    "sums within sums",
    (x) => {
      const h = ops.relu(x);
      const y = ops.add(ops.relu(ops.add(h, 1)), ops.softmax(h));
      return ops.add(ops.sigmoid(y), ops.add(ops.tanh(y), ops.add(y, ops.add(h, ops.softplus(x)))));
    },
    [N, 3],
  ),
  make(
    "a sum of gradients that is a part of another",
    (x) => {
      const h = ops.relu(x);
      const y = ops.add(h, 1);
      return ops.add(ops.add(ops.sigmoid(y), ops.tanh(y)), ops.softplus(h));
    },
    [N, 3],
  ),
  make(
    "a layer by hand",
    (x, gain, shift) => {
      const centred = ops.sub(x, ops.mean(x, { axes: -1, keepDims: true }));
      const variance = ops.mean(ops.square(centred), { axes: -1, keepDims: true });
      return ops.add(ops.mul(ops.div(centred, ops.sqrt(ops.add(variance, 1e-3))), gain), shift);
    },
    [N, 6],
    [6],
    [6],
  ),
  make(
    "attention by hand",
    (q, k, v) => ops.matmul(ops.softmax(ops.mul(ops.matmul(q, k, { transposeB: true }), 0.5)), v),
    [N, 2, 3, 4],
    [N, 2, 5, 4],
    [N, 2, 5, 2],
  ),
];
