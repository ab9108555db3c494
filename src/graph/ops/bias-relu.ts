/** Bias and rectifier behind a linear layer as one op: a pass over memory forwards, and one backwards, which sums the gradient of the bias too. @module */
import { SHARD } from "../../program/kernels/index.ts";
import { count, type Dim } from "../../shape.ts";
import type { Node, Op, Tensor } from "../graph.ts";
import { grouped, sumShards } from "./shards.ts";

/** Values of each unit: of a sample, or of all. */
const rows = (shape: readonly Dim[]): Dim => count(shape.slice(0, -1));

const gradientOp: Op<null> = {
  name: "biasReluGradient",
  lower(node, to) {
    const [dy, y] = node.inputs;
    const n = y.shape.at(-1) as number;
    to.emit("bias_relu_backward_f32", {
      dz: to.output(node as Node, 0),
      db: grouped(node as Node, 1, to, SHARD, n),
      dy: to.pointer(dy),
      y: to.pointer(y),
      N: y.shape[0],
      rows: rows(y.shape.slice(1)),
      n,
    });
  },
};

/** The gradients of z and bias, given that of y = relu(z + bias), whose first dimension is samples. */
export function biasReluGradient(dy: Tensor, y: Tensor, bias: Tensor): [dz: Tensor, db: Tensor] {
  const [dz, sums] = dy.graph.add(gradientOp, [dy, y], null, { shape: y.shape, dtype: "f32" }, { shape: [y.shape[0], y.shape.at(-1) as Dim], dtype: "f32" });
  return [dz, sumShards(sums, bias)];
}

const biasReluOp: Op<null> = {
  name: "biasRelu",
  lower(node, to) {
    const [z, bias] = node.inputs;
    to.emit("bias_relu_forward_f32", { y: to.output(node), z: to.pointer(z), bias: to.pointer(bias), rows: rows(z.shape), n: count(bias.shape) });
  },
  gradient: (node, [dy]) => (dy === null ? [] : biasReluGradient(dy, node.outputs[0], node.inputs[1])),
};

/** y = relu(z + bias), z [samples,...,units], bias [units]. */
export function biasRelu(z: Tensor, bias: Tensor): Tensor {
  return z.graph.add(biasReluOp, [z, bias], null, { shape: z.shape, dtype: "f32" })[0];
}
