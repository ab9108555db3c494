/** Layer normalization over the last axis. @module */
import { count, type Dim } from "../../shape.ts";
import type { Node, Op, Tensor } from "../graph.ts";
import { checkChannels, epsilonOf, type NormalizationOptions } from "./batch-norm.ts";

interface Attributes {
  readonly epsilon: number;
}

const rows = ({ shape }: Tensor): { m: Dim; n: Dim } => ({ m: count(shape.slice(0, -1)), n: shape[shape.length - 1] });

/** Outputs y, and of each row its mean and 1 / deviation. */
const layerNormOp: Op<Attributes> = {
  name: "layerNorm",
  lower(node, to) {
    const [x, gamma, beta] = node.inputs;
    to.emit("layer_norm_forward_f32", {
      y: to.output(node as Node),
      mean: to.output(node as Node, 1),
      scale: to.output(node as Node, 2),
      x: to.pointer(x),
      gamma: to.pointer(gamma),
      beta: to.pointer(beta),
      ...rows(x),
      epsilon: node.attributes.epsilon,
    });
  },
  gradient(node, [dy]) {
    if (dy === null) return [];
    const [x, gamma] = node.inputs;
    const [, mean, scale] = node.outputs;
    const column = { shape: gamma.shape, dtype: "f32" } as const;
    const [dx] = dy.graph.add(inputGradientOp, [dy, x, mean, scale, gamma], null, { shape: x.shape, dtype: "f32" });
    return [dx, ...dy.graph.add(parameterGradientsOp, [dy, x, mean, scale], null, column, column)];
  },
};

const inputGradientOp: Op<null> = {
  name: "layerNormInputGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, x, mean, scale, gamma] = node.inputs.map((t) => to.pointer(t));
    to.emit("layer_norm_backward_input_f32", { dx: to.output(node), dy, x, mean, scale, gamma, ...rows(node.inputs[1]), beta: to.beta(node) });
  },
};

const parameterGradientsOp: Op<null> = {
  name: "layerNormParameterGradients",
  lower(node, to) {
    const [dy, x, mean, scale] = node.inputs.map((t) => to.pointer(t));
    const { m, n } = rows(node.inputs[1]);
    to.emit("layer_norm_backward_parameters_f32", { dgamma: to.output(node, 0), dbeta: to.output(node, 1), dy, x, mean, scale, m, n, ld: n });
  },
};

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and (biased) variance of each row of x [N,...,C] over its last axis;
 * gamma and beta [C]. (Ba, Kiros & Hinton 2016)
 * @throws ShapeError unless x has 2 dimensions or more and gamma and beta are [C]; ConfigError unless epsilon is above 0
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, options: NormalizationOptions = {}): Tensor {
  const shape = checkChannels("layerNorm", x, { gamma, beta });
  const epsilon = epsilonOf("layerNorm", options);
  const row = { shape: shape.slice(0, -1), dtype: "f32" } as const;
  return x.graph.add(layerNormOp, [x, gamma, beta], { epsilon }, { shape, dtype: "f32" }, row, row)[0];
}
