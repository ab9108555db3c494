/** Where values come from: parameters, batches of a dataset, constants, numbers the host writes. @module */
import { BATCH, count, type Shape } from "../../shape.ts";
import type { Graph, Op, Tensor, TensorType } from "../graph.ts";

/** How the samples of an input are stored, and normalised as (x - shift) / scale. */
export interface SampleFormat {
  /** Name of their slot. */
  readonly column: string;
  readonly dtype: "u8" | "f32";
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly shift: number;
  readonly scale: number;
  /** Bytes that are mostly zero: worth lists of those that are not. */
  readonly sparse: boolean;
}

/** How the targets of an output are stored: integer labels, or rows of numbers. */
export interface TargetFormat {
  /** Name of their slot. */
  readonly column: string;
  readonly dtype: "i32" | "f32";
  /** Of one target. */
  readonly shape: readonly number[];
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

const stateOp: Op<{ index: number }> = {
  name: "state",
  lower: (node, to) => to.alias(node.outputs[0], to.state(node.attributes.index, count(node.outputs[0].shape))),
};

/** State number `index` of the model, as the last pass left it; no gradient flows into it. */
export function state(graph: Graph, index: number, shape: Shape): Tensor {
  return graph.add(stateOp, [], { index }, { shape, dtype: "f32" })[0];
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
    const { column, dtype, shape, shift, scale } = node.attributes;
    const width = shape.reduce((a, b) => a * b, 1);
    const data = to.slot(column, dtype, "data", 0);
    const call = { y: to.output(node), indices: to.pointer(node.inputs[0]), n: BATCH, width };
    if (dtype === "u8") to.emit("gather_rows_u8", { ...call, data, shift, scale });
    else to.emit("gather_rows_f32", { ...call, x: data });
  },
};

/** The samples of the batch [N, ...shape]. */
export function batch(rows: Tensor, format: SampleFormat): Tensor {
  return rows.graph.add(batchOp, [rows], format, { shape: [BATCH, ...format.shape], dtype: "f32" })[0];
}

const targetsOp: Op<TargetFormat> = {
  name: "targets",
  lower(node, to) {
    const { column, shape, dtype } = node.attributes;
    const width = shape.reduce((a, b) => a * b, 1);
    const x = to.slot(column, dtype, "data", 0);
    to.emit(dtype === "i32" ? "gather_rows_i32" : "gather_rows_f32", { y: to.output(node), x, indices: to.pointer(node.inputs[0]), n: BATCH, width });
  },
};

/** The targets of the batch: integer labels [N], or rows of numbers [N, ...shape]. */
export function targets(rows: Tensor, format: TargetFormat): Tensor {
  return rows.graph.add(targetsOp, [rows], format, { shape: [BATCH, ...format.shape], dtype: format.dtype })[0];
}

const sampleWeightsOp: Op<{ column: string }> = {
  name: "sampleWeights",
  lower(node, to) {
    const x = to.slot(node.attributes.column, "f32", "data", 0);
    to.emit("gather_rows_f32", { y: to.output(node), x, indices: to.pointer(node.inputs[0]), n: BATCH, width: 1 });
  },
};

/** How much each sample of the batch counts [N]. @param column name of the slot of the weights */
export function sampleWeights(rows: Tensor, column: string): Tensor {
  return rows.graph.add(sampleWeightsOp, [rows], { column }, { shape: [BATCH], dtype: "f32" })[0];
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
