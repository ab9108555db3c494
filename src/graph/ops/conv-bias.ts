/** Convolution + bias + rectifier as one op: bias and rectifier cost little while an image of the result is in the cache. @module */
import { SHARD } from "../../program/kernels/index.ts";
import type { Node, Op, Tensor } from "../graph.ts";
import { type Conv2dSizes, convolutionGradients, emitConvolution } from "./conv2d.ts";
import { sum } from "./reduce.ts";
import { grouped, sumShards } from "./shards.ts";

type Sizes = Conv2dSizes & {
  /** 1: values below 0 become 0. */
  readonly relu: 0 | 1;
};

/** What passes back through the rectifier, and its sums over positions, shard by shard: one pass over memory. */
const passingOp: Op<null> = {
  name: "convBiasPassing",
  lower(node, to) {
    const [dy, y] = node.inputs;
    const [N, OH, OW, n] = y.shape as readonly number[];
    to.emit("relu_backward_sums_f32", {
      dx: to.output(node),
      sums: grouped(node, 1, to, SHARD, n),
      dy: to.pointer(dy),
      y: to.pointer(y),
      N,
      rows: OH * OW,
      n,
    });
  },
};

const convBiasOp: Op<Sizes> = {
  name: "convBias",
  lower(node, to) {
    const { relu, ...sizes } = node.attributes;
    emitConvolution(node as Node, to, sizes, node.inputs[2], relu);
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    const [x, w, bias] = node.inputs;
    const { relu, ...sizes } = node.attributes;
    if (!relu) return [...convolutionGradients(x, w, dy, sizes), sum(dy, { axes: [0, 1, 2] })];
    const [y] = node.outputs;
    const shapes = [y.shape, [y.shape[0], sizes.OC]].map((shape) => ({ shape, dtype: "f32" as const }));
    const [dz, sums] = dy.graph.add(passingOp, [dy, y], null, ...shapes);
    return [...convolutionGradients(x, w, dz, sizes), sumShards(sums, bias)];
  },
};

/** relu(conv2d(x, w) + bias), or without the rectifier. */
export function convBias(x: Tensor, w: Tensor, bias: Tensor, sizes: Conv2dSizes, relu: boolean, shape: Tensor["shape"]): Tensor {
  return x.graph.add(convBiasOp, [x, w, bias], { ...sizes, relu: relu ? 1 : 0 }, { shape, dtype: "f32" })[0];
}
