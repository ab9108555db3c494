/** Convolution + bias + rectifier as one op: bias and rectifier cost little while an image of the result is in the cache. @module */
import type { Node, Op, Tensor } from "../graph.ts";
import { biasReluGradient } from "./bias-relu.ts";
import { type Conv2dSizes, convolutionGradients, emitConvolution } from "./conv2d.ts";
import { sum } from "./reduce.ts";

type Sizes = Conv2dSizes & {
  /** 1: values below 0 become 0. */
  readonly relu: 0 | 1;
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
    const [dz, db] = relu ? biasReluGradient(dy, node.outputs[0], bias) : [dy, sum(dy, { axes: [0, 1, 2] })];
    return [...convolutionGradients(x, w, dz, sizes), db];
  },
};

/** relu(conv2d(x, w) + bias), or without the rectifier. */
export function convBias(x: Tensor, w: Tensor, bias: Tensor, sizes: Conv2dSizes, relu: boolean, shape: Tensor["shape"]): Tensor {
  return x.graph.add(convBiasOp, [x, w, bias], { ...sizes, relu: relu ? 1 : 0 }, { shape, dtype: "f32" })[0];
}
