/** What users read when shapes, types or options are wrong. */
import { describe, expect, test } from "vitest";
import { ConfigError, type GradienteError, ShapeError } from "../../src/errors.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import * as ops from "../../src/graph/ops/index.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { loadGraph, runGraph } from "../../src/graph/run.ts";
import { BATCH as N, type Shape } from "../../src/shape.ts";
import { f64 } from "./check.ts";

const graph = new Graph();
let leaves = 0;
const t = (...shape: Shape): Tensor => host(graph, `t${leaves++}`, shape);
const i32 = (...shape: Shape): Tensor => host(graph, `t${leaves++}`, shape, "i32");
const elsewhere = host(new Graph(), "x", [N, 3]);
const no = undefined as unknown as Tensor;

type Wrong = [what: string, make: () => unknown, kind: typeof ShapeError | typeof ConfigError, message: string, hint?: string];

const wrong: Wrong[] = [
  [
    "a normalization of numbers",
    () => ops.batchNorm(t(N), t(3), t(3)),
    ShapeError,
    "batchNorm: got input [N], expected at least 2 dimensions, the last of them the channels",
  ],
  ["a gain of another width", () => ops.layerNorm(t(N, 3), t(4), t(3)), ShapeError, "layerNorm: got gamma [4] for [N,3], expected [3]"],
  [
    "statistics per sample",
    () => ops.batchNormInference(t(N, 3), t(3), t(3), t(N, 3), t(3)),
    ShapeError,
    "batchNormInference: got mean [N,3] for [N,3], expected [3]",
  ],
  ["epsilon 0", () => ops.layerNorm(t(N, 3), t(3), t(3), { epsilon: 0 }), ConfigError, "layerNorm: got epsilon = 0, expected a number above 0"],
  [
    "filters in Keras's order",
    () => ops.conv2d(t(N, 8, 8, 2), t(3, 3, 2, 5)),
    ShapeError,
    "conv2d: got input [N,8,8,2] and filters [3,3,2,5], expected filters [filters,height,width,2]",
    "layout: [3, 0, 1, 2]",
  ],
  [
    "a window that does not fit",
    () => ops.conv2d(t(N, 2, 8, 1), t(1, 3, 3, 1)),
    ShapeError,
    "conv2d: got input [N,2,8,1] under a window of 3 x 3, expected an image at least as large as the window",
    'padding "same"',
  ],
  [
    "images without channels",
    () => ops.maxPool2d(t(N, 8, 8), 2),
    ShapeError,
    "maxPool2d: got input [N,8,8], expected images [N,height,width,channels]",
    "a last dimension of 1",
  ],
  [
    "groups that do not divide the channels",
    () => ops.conv2d(t(N, 8, 8, 6), t(8, 3, 3, 2), { groups: 4 }),
    ShapeError,
    "conv2d: got input [N,8,8,6] and filters [8,3,3,2] in 4 groups, expected channels that 4 groups divide",
  ],
  [
    "filters for another number of groups",
    () => ops.conv2d(t(N, 8, 8, 6), t(8, 3, 3, 6), { groups: 2 }),
    ShapeError,
    "conv2d: got input [N,8,8,6] and filters [8,3,3,6] in 2 groups, expected filters [filters,height,width,3], as many for each group",
  ],
  [
    "groups of filters that are not equal",
    () => ops.conv2d(t(N, 8, 8, 6), t(7, 3, 3, 3), { groups: 2 }),
    ShapeError,
    "conv2d: got input [N,8,8,6] and filters [7,3,3,3] in 2 groups, expected filters [filters,height,width,3], as many for each group",
  ],
  ["no groups", () => ops.conv2d(t(N, 8, 8, 6), t(7, 3, 3, 6), { groups: 0 }), ConfigError, "conv2d: got groups = 0, expected a positive integer up to 65535"],
  [
    "a window whose taps lie too far apart",
    () => ops.conv2d(t(N, 8, 8, 1), t(1, 3, 3, 1), { dilationRate: [4, 2] }),
    ShapeError,
    "conv2d: got input [N,8,8,1] under a window of 9 x 5, expected an image at least as large as the window",
  ],
  [
    "depthwise filters of other channels",
    () => ops.depthwiseConv2d(t(N, 8, 8, 2), t(3, 3, 3, 1)),
    ShapeError,
    "depthwiseConv2d: got input [N,8,8,2] and filters [3,3,3,1], expected filters [height,width,2,multiplier]",
  ],
  [
    "transposed filters of other channels",
    () => ops.conv2dTranspose(t(N, 8, 8, 2), t(3, 3, 3, 2)),
    ShapeError,
    "conv2dTranspose: got input [N,8,8,2] and filters [3,3,3,2], expected filters [2,height,width,filters]",
  ],
  [
    "output padding of a stride",
    () => ops.conv2dTranspose(t(N, 8, 8, 2), t(2, 3, 3, 2), { strides: 2, outputPadding: 2 }),
    ConfigError,
    "conv2dTranspose: got outputPadding = 2 with strides = [2,2], expected whole numbers below the strides",
  ],
  [
    "a transposed convolution of which nothing is left",
    () => ops.conv2dTranspose(t(N, 1, 8, 2), t(2, 4, 3, 2), { padding: "same", outputPadding: 0 }),
    ShapeError,
    "conv2dTranspose: got input [N,1,8,2] for a result of 0 x 8, expected at least one row and column",
  ],
  ["an image as sequence", () => ops.conv1d(t(N, 8, 8, 2), t(2, 3, 2)), ShapeError, "conv1d: got input [N,8,8,2], expected sequences [N,length,channels]"],
  [
    "filters of sequences of other channels",
    () => ops.conv1d(t(N, 8, 2), t(2, 3, 3)),
    ShapeError,
    "conv1d: got input [N,8,2] and filters [2,3,3], expected filters [filters,length,2]",
  ],
  [
    "a window longer than the sequence",
    () => ops.conv1d(t(N, 4, 2), t(2, 3, 2), { dilationRate: 2 }),
    ShapeError,
    "conv1d: got input [N,4,2] under a window of 5, expected a sequence at least as long as the window",
  ],
  [
    "padding of sequences",
    () => ops.conv1d(t(N, 4, 2), t(2, 3, 2), { padding: "full" as never }),
    ConfigError,
    'conv1d: got padding "full", expected "valid", "same" or "causal"',
  ],
  [
    "a stride of two numbers",
    () => ops.conv1d(t(N, 4, 2), t(2, 3, 2), { strides: [1, 2] as never }),
    ConfigError,
    "conv1d: got strides = [1,2], expected a positive integer up to 65535",
  ],
  [
    "a pool longer than the sequence",
    () => ops.maxPool1d(t(N, 4, 2), 5),
    ShapeError,
    "maxPool1d: got input [N,4,2] under a window of 5, expected a sequence at least as long as the window",
  ],
  [
    "a pool of half an element",
    () => ops.averagePool1d(t(N, 4, 2), 1.5),
    ConfigError,
    "averagePool1d: got pool size = 1.5, expected a positive integer up to 65535",
  ],
  [
    "a pool of nothing",
    () => ops.averagePool2d(t(N, 8, 8, 1), [2, 0]),
    ConfigError,
    "averagePool2d: got pool size = [2,0], expected a positive integer up to 65535, or two for height and width",
  ],
  [
    "an unknown padding",
    () => ops.maxPool2d(t(N, 8, 8, 1), 2, { padding: "full" as never }),
    ConfigError,
    'maxPool2d: got padding "full", expected "valid" or "same"',
  ],
  ["add of shapes", () => ops.add(t(N, 3), t(4)), ShapeError, "add: got shapes [N,3] and [4], expected dimensions that are equal or 1, counted from the last"],
  [
    "mul of batch and number",
    () => ops.mul(t(N), t(5)),
    ShapeError,
    "mul: got shapes [N] and [5], expected dimensions that are equal or 1, counted from the last",
  ],
  [
    "batch by batch",
    () => ops.sub(t(N, 1), t(N)),
    ShapeError,
    "sub: got a result of shape [N,N], expected at most one dimension that grows with the batch",
    "no size that can be planned",
  ],
  ["numbers only", () => ops.add(1, 2), ConfigError, "add: got numbers only, expected a tensor, or tensors and numbers", "before they go into the graph"],
  ["an array", () => ops.mul(t(3), [1, 2] as never), ConfigError, "mul: got an array as operand 2, expected a tensor, or tensors and numbers", "constant("],
  ["nothing", () => ops.exp(no), ConfigError, "exp: got undefined as operand 1, expected a tensor, or tensors and numbers"],
  [
    "another graph",
    () => ops.maximum(t(N, 3), elsewhere),
    ConfigError,
    "maximum: got tensors of two graphs, expected tensors of one graph",
    "do not keep it outside",
  ],
  ["integers", () => ops.pow(i32(N), 3), ConfigError, "pow: got a tensor [N] of type i32, expected type f32", 'cast(x, "f32")'],
  [
    "too many uneven steps",
    () => ops.add(t(2, 1, 2, 1, 2), t(1, 2, 1, 2, 1)),
    ShapeError,
    "add: got a walk over shape [2,2,2,2,2] in 5 uneven steps, expected at most 4",
    "reshape()",
  ],
  [
    "an unknown relation",
    () => ops.compare(t(N), "above" as never, 1),
    ConfigError,
    'compare: got relation "above", expected equal, notEqual, less, lessEqual, greater, greaterEqual',
  ],
  [
    "a relation of objects' own",
    () => ops.compare(t(N), "toString" as never, 1),
    ConfigError,
    'compare: got relation "toString", expected equal, notEqual, less, lessEqual, greater, greaterEqual',
  ],
  [
    "comparison of shapes",
    () => ops.compare(t(2), "less", t(3)),
    ShapeError,
    "compare less: got shapes [2] and [3], expected dimensions that are equal or 1, counted from the last",
  ],
  [
    "where of shapes",
    () => ops.where(t(2), t(3), 0),
    ShapeError,
    "where: got shapes [2] and [3], expected dimensions that are equal or 1, counted from the last",
  ],
  ["where of an i32 condition", () => ops.where(i32(2), 1, 0), ConfigError, "where: got a tensor [2] of type i32, expected type f32", "cast"],
  ["clip the wrong way round", () => ops.clip(t(2), 1, 0), ConfigError, "clip: got hi = 0, expected a number of at least lo = 1"],
  ["clip at NaN", () => ops.clip(t(2), Number.NaN, 0), ConfigError, "clip: got lo = NaN, expected a number"],
  ["cast to an unknown type", () => ops.cast(t(2), "f64" as never), ConfigError, 'cast: got type "f64", expected "f32" or "i32"'],
  ["leakyRelu with a negative slope", () => ops.leakyRelu(t(2), -1), ConfigError, "leakyRelu: got alpha = -1, expected a finite number of at least 0"],
  ["elu with NaN", () => ops.elu(t(2), Number.NaN), ConfigError, "elu: got alpha = NaN, expected a finite number of at least 0"],
  ["relu of integers", () => ops.relu(i32(2)), ConfigError, "relu: got a tensor [2] of type i32, expected type f32", "cast"],
  ["relu of a number", () => ops.relu(3 as never), ConfigError, "relu: got a number, expected a tensor"],
  ["linear of nothing", () => ops.linear(no), ConfigError, "linear: got undefined, expected a tensor"],

  [
    "reshape to another size",
    () => ops.reshape(t(N, 6), [N, 5]),
    ShapeError,
    "reshape: got shape [N,5] for a tensor [N,6], expected as many values as [6N]",
    "BATCH",
  ],
  [
    "reshape with a rest",
    () => ops.reshape(t(N, 6), [N, 4, -1]),
    ShapeError,
    "reshape: got shape [N,4,-1] for a tensor [N,6], expected as many values as [6N]",
  ],
  [
    "reshape with two open dimensions",
    () => ops.reshape(t(N, 6), [-1, -1]),
    ShapeError,
    "reshape: got shape [-1], expected dimensions that are whole numbers, 0 or more",
  ],
  ["reshape to a fraction", () => ops.reshape(t(6), [1.5, 4]), ShapeError, "reshape: got shape [1.5,4], expected dimensions that are whole numbers, 0 or more"],
  [
    "reshape with two batches",
    () => ops.reshape(t(N, 6), [N, N]),
    ShapeError,
    "reshape: got a result of shape [N,N], expected at most one dimension that grows with the batch",
  ],
  [
    "transpose by half a permutation",
    () => ops.transpose(t(N, 2, 3), [0, 1]),
    ShapeError,
    "transpose: got permutation [0,1] of shape [N,2,3], expected each axis from 0 to 2 once",
  ],
  [
    "transpose by a repetition",
    () => ops.transpose(t(N, 2), [0, 0]),
    ShapeError,
    "transpose: got permutation [0,0] of shape [N,2], expected each axis from 0 to 1 once",
  ],
  ["transpose by a strange axis", () => ops.transpose(t(N, 2), [0, 2]), ShapeError, "transpose: got axis 2 of shape [N,2], expected an axis from -2 to 1"],
  [
    "transpose in many steps",
    () => ops.transpose(t(2, 2, 2, 2, 2)),
    ShapeError,
    "transpose: got a walk over shape [2,2,2,2,2] in 5 uneven steps, expected at most 4",
    "reshape()",
  ],
  [
    "broadcastTo a smaller shape",
    () => ops.broadcastTo(t(4, 3), [3]),
    ShapeError,
    "broadcastTo: got shape [3] for a tensor [4,3], expected dimensions that are equal to the tensor's, or where the tensor has 1",
  ],
  [
    "broadcastTo another shape",
    () => ops.broadcastTo(t(4), [N]),
    ShapeError,
    "broadcastTo: got shapes [4] and [N], expected dimensions that are equal or 1, counted from the last",
  ],
  ["reverse of the batch", () => ops.reverse(t(N, 3), 0), ShapeError, "reverse: got shape [N,3], expected axis 0 that does not grow with the batch"],
  [
    "reverse before the batch",
    () => ops.reverse(t(3, N), 0),
    ShapeError,
    "reverse: got axis 0 of shape [3,N], expected an axis behind the one that grows with the batch",
  ],
  [
    "slice with too few numbers",
    () => ops.slice(t(N, 3), [0], [2]),
    ShapeError,
    "slice: got begin [0] and size [2] of a tensor [N,3], expected 2 numbers each",
  ],
  [
    "slice outside",
    () => ops.slice(t(N, 3), [0, 2], [N, 2]),
    ShapeError,
    "slice: got begin 2 and size 2 on axis 1 of a tensor [N,3], expected begin at least 0, size at least 1, together at most 3",
  ],
  [
    "slice from before the start",
    () => ops.slice(t(N, 3), [0, -1], [N, 2]),
    ShapeError,
    "slice: got begin -1 and size 2 on axis 1 of a tensor [N,3], expected begin at least 0, size at least 1, together at most 3",
  ],
  [
    "slice of the batch",
    () => ops.slice(t(N, 3), [1, 0], [-1, 3]),
    ShapeError,
    "slice: got begin 1 and size -1 on axis 0 of a tensor [N,3], expected 0 and N",
    "taken whole",
  ],
  [
    "slice before the batch",
    () => ops.slice(t(3, N), [1, 0], [-1, -1]),
    ShapeError,
    "slice: got shape [3,N], expected a position that does not grow with the batch",
    "transpose()",
  ],
  [
    "pad with too few pairs",
    () => ops.pad(t(N, 3), [[0, 0]]),
    ShapeError,
    "pad: got paddings [[0,0]] of a tensor [N,3], expected 2 pairs [before, after] of counts",
  ],
  [
    "pad with negative counts",
    () => ops.pad(t(3), [[-1, 0]]),
    ShapeError,
    "pad: got paddings [[-1,0]] of a tensor [3], expected 1 pairs [before, after] of counts",
  ],
  [
    "pad of the batch",
    () =>
      ops.pad(t(N, 3), [
        [0, 1],
        [0, 0],
      ]),
    ShapeError,
    "pad: got [0,1] on axis 0 of a tensor [N,3], expected [0,0]",
    "cannot be padded",
  ],
  ["concat of nothing", () => ops.concat([]), ConfigError, "concat: got no tensors, expected an array of at least one tensor"],
  [
    "concat of shapes",
    () => ops.concat([t(N, 2, 3), t(N, 3, 3)], 2),
    ShapeError,
    "concat: got shapes [N,2,3] and [N,3,3], expected dimensions that are equal but for axis 2",
  ],
  ["concat of ranks", () => ops.concat([t(N, 2), t(N)]), ShapeError, "concat: got shapes [N,2] and [N], expected dimensions that are equal but for axis 1"],
  ["concat along the batch", () => ops.concat([t(N, 2), t(N, 2)], 0), ShapeError, "concat: got shape [N,2], expected axis 0 that does not grow with the batch"],
  [
    "concat before the batch",
    () => ops.concat([t(2, N), t(1, N)], 0),
    ShapeError,
    "concat: got shape [3,N], expected a position that does not grow with the batch",
    "transpose()",
  ],
  ["concat of a number", () => ops.concat([t(N, 2), 3 as never]), ConfigError, "concat: got a number, expected a tensor"],
  ["gather by floats", () => ops.gather(t(4, 2), t(3)), ConfigError, "gather: got a tensor [3] of type f32, expected type i32", 'cast(x, "i32")'],
  ["gather from a scalar", () => ops.gather(t(), i32(3)), ShapeError, "gather: got a tensor [], expected at least one dimension"],
  [
    "gather of batch by batch",
    () => ops.gather(t(4, N), i32(N)),
    ShapeError,
    "gather: got a result of shape [N,N], expected at most one dimension that grows with the batch",
  ],

  ["sum over a strange axis", () => ops.sum(t(N, 2), { axes: [2] }), ShapeError, "sum: got axis 2 of shape [N,2], expected an axis from -2 to 1"],
  ["max over an axis twice", () => ops.max(t(N, 2), { axes: [1, -1] }), ShapeError, "max: got axes [1,-1], expected each axis at most once"],
  ["min over a strange axis", () => ops.min(t(N, 2), { axes: 5 }), ShapeError, "min: got axis 5 of shape [N,2], expected an axis from -2 to 1"],
  ["mean over half an axis", () => ops.mean(t(N, 2), { axes: 0.5 }), ShapeError, "mean: got axis 0.5 of shape [N,2], expected an axis from -2 to 1"],
  ["logSumExp of integers", () => ops.logSumExp(i32(N)), ConfigError, "logSumExp: got a tensor [N] of type i32, expected type f32", "cast"],
  ["argmax of a scalar", () => ops.argmax(t()), ShapeError, "argmax: got axis -1 of shape [], expected a tensor with at least one dimension"],
  ["softmax of a scalar", () => ops.softmax(t()), ShapeError, "softmax: got axis -1 of shape [], expected a tensor with at least one dimension"],

  [
    "matmul of sizes",
    () => ops.matmul(t(N, 3), t(4, 2)),
    ShapeError,
    "matmul: got a [N,3] and b [4,2], expected as many columns of a as rows of b",
    "transposeA",
  ],
  [
    "matmul of transposed sizes",
    () => ops.matmul(t(N, 3), t(4, 2), { transposeA: true, transposeB: true }),
    ShapeError,
    "matmul: got a [N,3] and b [4,2], expected as many columns of a transposed as rows of b transposed",
  ],
  ["matmul of a vector", () => ops.matmul(t(3), t(3, 2)), ShapeError, "matmul: got a [3] and b [3,2], expected at least two dimensions each", "reshape()"],
  [
    "matmul of batches",
    () => ops.matmul(t(2, 4, 3), t(3, 3, 2)),
    ShapeError,
    "matmul of a [2,4,3] and b [3,3,2], dimensions before the last two: got shapes [2] and [3], expected dimensions that are equal or 1, counted from the last",
  ],
  [
    "matmul of batch by batch",
    () => ops.matmul(t(N, 3), t(N, 3), { transposeB: true }),
    ShapeError,
    "matmul: got a result of shape [N,N], expected at most one dimension that grows with the batch",
    "fixed set",
  ],
];

describe("errors name the op, what was found, what was expected", () => {
  test.each(wrong)("%s", (_, make, kind, message, hint) => {
    let error: unknown;
    try {
      make();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(kind);
    const { message: said, hint: given } = error as GradienteError;
    expect(said.split("\nHint:")[0]).toBe(message);
    if (hint !== undefined) expect(given).toContain(hint);
  });
});

describe("runGraph", () => {
  const x = host(graph, "x", [N, 2]);
  test("a value for no leaf", async () => {
    await expect(runGraph(await f64(), [ops.neg(x)], { y: [1, 2] })).rejects.toThrow('runGraph: got a value for "y", expected one of x');
    await expect(runGraph(await f64(), [ops.constant(graph, [1], [])], { y: [1] })).rejects.toThrow('got a value for "y", expected one of no values');
  });
  test("too few values", async () => {
    await expect(runGraph(await f64(), [ops.neg(x)], { x: [1, 2] }, 2)).rejects.toThrow(
      'runGraph: got 2 values for "x", expected 4, for its shape [N,2] with 2 rows',
    );
  });
  test("more rows than fit", async () => {
    const loaded = await loadGraph(await f64(), [ops.neg(x)], 2);
    expect(() => loaded.run({}, 3)).toThrow("Program: got 3 rows, expected 0 to 2");
    loaded.dispose();
  });
  test("several results, and a leaf as result", async () => {
    const [a, b, c] = await runGraph(await f64(), [ops.mul(x, 2), x, ops.argmax(x)], { x: [1, 2, 5, 4] }, 2);
    expect([...a]).toEqual([2, 4, 10, 8]);
    expect([...b]).toEqual([1, 2, 5, 4]);
    expect(c).toEqual(Int32Array.of(1, 0));
  });
});
