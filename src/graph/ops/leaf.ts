/** Where values come from: parameters, batches of a dataset, constants, numbers the host writes. @module */
import { BATCH, count, type Shape } from "../../shape.ts";
import type { Graph, Op, Tensor, TensorType } from "../graph.ts";

/** How a dataset's samples are stored, and normalised as (x - shift) / scale. */
export interface SampleFormat {
  readonly dtype: "u8" | "f32";
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly shift: number;
  readonly scale: number;
}

export const parameterOp: Op<{ index: number }> = {
  name: "parameter",
  lower: (node, to) => to.alias(node.outputs[0], to.parameter(node.attributes.index)),
  gradient: () => [],
};

/** Parameter number `index` of the model. */
export function parameter(graph: Graph, index: number, shape: Shape): Tensor {
  return graph.add(parameterOp, [], { index }, { shape, dtype: "f32" })[0];
}

/** The rows of the dataset that the host's index list names. */
const indicesOp: Op<null> = {
  name: "indices",
  lower: (node, to) => to.alias(node.outputs[0], to.slot("indices", "i32", "scalars", BATCH)),
};

/** The index list of the batch [N]. */
export function indices(graph: Graph): Tensor {
  return graph.add(indicesOp, [], null, { shape: [BATCH], dtype: "i32" })[0];
}

/** Gathers and normalises the samples of the batch. */
export const batchOp: Op<SampleFormat> = {
  name: "batch",
  lower(node, to) {
    const { dtype, shape, shift, scale } = node.attributes;
    const width = shape.reduce((a, b) => a * b, 1);
    const data = to.slot("data", dtype, "data", 0);
    const call = { y: to.output(node), indices: to.pointer(node.inputs[0]), n: BATCH, width };
    if (dtype === "u8") to.emit("gather_rows_u8", { ...call, data, shift, scale });
    else to.emit("gather_rows_f32", { ...call, x: data });
  },
};

/** The samples of the batch [N, ...shape]. */
export function batch(rows: Tensor, format: SampleFormat): Tensor {
  return rows.graph.add(batchOp, [rows], format, { shape: [BATCH, ...format.shape], dtype: "f32" })[0];
}

const targetsOp: Op<{ shape: readonly number[]; dtype: TensorType }> = {
  name: "targets",
  lower(node, to) {
    const { shape, dtype } = node.attributes;
    const width = shape.reduce((a, b) => a * b, 1);
    const x = to.slot("targets", dtype === "i32" ? "i32" : "f32", "targets", 0);
    to.emit(dtype === "i32" ? "gather_rows_i32" : "gather_rows_f32", { y: to.output(node), x, indices: to.pointer(node.inputs[0]), n: BATCH, width });
  },
};

/** The targets of the batch: integer labels [N], or rows of numbers [N, ...shape]. */
export function targets(rows: Tensor, dtype: TensorType, shape: readonly number[]): Tensor {
  return rows.graph.add(targetsOp, [rows], { shape, dtype }, { shape: [BATCH, ...shape], dtype })[0];
}

const sampleWeightsOp: Op<null> = {
  name: "sampleWeights",
  lower(node, to) {
    const x = to.slot("sampleWeights", "f32", "sampleWeights", 0);
    to.emit("gather_rows_f32", { y: to.output(node), x, indices: to.pointer(node.inputs[0]), n: BATCH, width: 1 });
  },
};

/** How much each sample of the batch counts [N]. */
export function sampleWeights(rows: Tensor): Tensor {
  return rows.graph.add(sampleWeightsOp, [rows], null, { shape: [BATCH], dtype: "f32" })[0];
}

const hostOp: Op<{ name: string }> = {
  name: "host",
  lower: (node, to) =>
    to.alias(node.outputs[0], to.slot(node.attributes.name, node.outputs[0].dtype as "f32" | "i32", "scalars", count(node.outputs[0].shape))),
};

/** A value the host writes before each run, under a name. */
export function host(graph: Graph, name: string, shape: Shape, dtype: TensorType = "f32"): Tensor {
  return graph.add(hostOp, [], { name }, { shape, dtype })[0];
}

const constantOp: Op<{ values: readonly number[] }> = {
  name: "constant",
  lower(node, to) {
    const { values } = node.attributes;
    const at = to.slot("constant", node.outputs[0].dtype as "f32" | "i32", "constants", values.length);
    to.constant(at, values);
    to.alias(node.outputs[0], at);
  },
};

/** Fixed values. */
export function constant(graph: Graph, values: readonly number[], shape: readonly number[], dtype: TensorType = "f32"): Tensor {
  return graph.add(constantOp, [], { values }, { shape, dtype })[0];
}
