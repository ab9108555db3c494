/** Sums over samples as a part for each shard of them, so that threads may share the work and no sum is cut. @module */
import type { Pointer } from "../../program/program.ts";
import { at, count } from "../../shape.ts";
import type { Lowering, Node, Op, Tensor } from "../graph.ts";

/** Memory of an output that is made of runs of `group` samples, the last of which may be incomplete. */
export function grouped(node: Node, index: number, to: Lowering, group: number, perGroup: number): Pointer {
  const tensor = node.outputs[index];
  const pointer = to.scratch(tensor.dtype, Math.ceil(at(node.inputs[0].shape[0], to.capacity) / group) * perGroup);
  to.alias(tensor, pointer);
  return pointer;
}

const sumShardsOp: Op<null> = {
  name: "sumShards",
  accumulates: true,
  lower(node, to) {
    const [parts] = node.inputs;
    const y = node.outputs[0];
    to.emit("sum_shards_f32", { y: to.output(node), parts: to.pointer(parts), rows: parts.shape[0], n: count(y.shape), beta: to.beta(node) });
  },
};

/** The sum over samples of what is summed by shards, in the shape of `like`. */
export function sumShards(parts: Tensor, like: Tensor): Tensor {
  return parts.graph.add(sumShardsOp, [parts], null, { shape: like.shape, dtype: "f32" })[0];
}
