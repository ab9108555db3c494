/**
 * x W + b for a batch x of u8 images that are mostly zero: by lists of the pixels that are not. Skipping zeros is exact for finite
 * weights. The lists serve the forward product and the weight gradient; no gradient flows to the images.
 * @module
 */
import { BATCH, type Dim } from "../../shape.ts";
import type { Lowering, Node, Op, Tensor } from "../graph.ts";
import { batchOp, type SampleFormat } from "./leaf.ts";
import { sum } from "./reduce.ts";
import { reshapeOp } from "./shaping.ts";

/** How the product is laid out. */
export interface SparseLayout {
  /** Pixels per image. */
  readonly width: number;
  /** Outputs. */
  readonly columns: number;
  /**
   * Floats between rows of the dense factors as the lists address them. Larger than `columns` where rows of a power of two bytes
   * would fall into few sets of the cache: the factors are then copied to padded rows first, which pays when a step has many passes.
   */
  readonly step: number;
  /** Runs of pixels whose weights stay in the L1 cache together. */
  readonly ranges: number;
}

type Lists = SparseLayout & { readonly format: SampleFormat; readonly capacity: number };

const listsOp: Op<Lists> = {
  name: "sparseLists",
  lower(node, to) {
    const { width, step, ranges, format, capacity } = node.attributes;
    const values = Array.from({ length: 256 }, (_, value) => Math.fround((value - format.shift) / format.scale));
    const table = to.slot("table", "f32", "constants", 256);
    to.constant(table, values);
    to.emit("sparse_lists_u8", {
      rowEntries: to.output(node, 0),
      rowCounts: to.output(node, 1),
      columnEntries: to.output(node, 2),
      columnCounts: to.output(node, 3),
      data: to.slot(format.column, "u8", "data", 0),
      indices: to.pointer(node.inputs[0]),
      table,
      rows: BATCH,
      width,
      ranges,
      capacity,
      rowStep: step,
      columnStep: step,
    });
  },
};

/** Copies a matrix to rows `step` apart if they are not already. */
function padded(to: Lowering, tensor: Tensor, rows: Dim, { columns, step }: SparseLayout, prepare: boolean): ReturnType<Lowering["pointer"]> {
  if (step === columns) return to.pointer(tensor);
  const y = prepare ? to.prepared(tensor, (rows as number) * step) : to.scratch("f32", typeof rows === "number" ? rows * step : { rows: rows.rows * step });
  const copy = (): void =>
    to.emit("strided_copy_f32", {
      y,
      x: to.pointer(tensor),
      d0: 1,
      d1: 1,
      d2: rows,
      d3: columns,
      y0: 0,
      y1: 0,
      y2: step,
      y3: 1,
      x0: 0,
      x1: 0,
      x2: columns,
      x3: 1,
      beta: 0,
    });
  if (prepare) to.once(copy);
  else copy();
  return y;
}

/** Forward product. */
export const sparseLinearOp: Op<SparseLayout> = {
  name: "sparseLinear",
  lower(node, to) {
    const [entries, counts, , , w, bias] = node.inputs;
    const { width, columns, ranges } = node.attributes;
    to.emit("sparse_matmul_f32", {
      y: to.output(node),
      entries: to.pointer(entries),
      counts: to.pointer(counts),
      source: padded(to, w, width, node.attributes, true),
      bias: bias === undefined ? null : to.pointer(bias),
      rows: BATCH,
      columns,
      capacity: width,
      ranges,
      ldy: columns,
      beta: 0,
    });
  },
  gradient(node, [dy]) {
    const [, , entries, counts, w, bias] = node.inputs;
    if (dy === null) return [];
    const dw = dy.graph.add(weightGradientOp, [entries, counts, dy], node.attributes, { shape: w.shape, dtype: "f32" })[0];
    return [null, null, null, null, dw, ...(bias === undefined ? [] : [sum(dy, { axes: [0] })])];
  },
};

const weightGradientOp: Op<SparseLayout> = {
  name: "sparseWeightGradient",
  accumulates: true,
  lower(node, to) {
    const [entries, counts, dy] = node.inputs;
    const { width, columns } = node.attributes;
    to.emit("sparse_matmul_f32", {
      y: to.output(node),
      entries: to.pointer(entries),
      counts: to.pointer(counts),
      source: padded(to, dy, BATCH, node.attributes, false),
      bias: null,
      rows: width,
      columns,
      capacity: to.capacity,
      ranges: 1,
      ldy: columns,
      beta: to.beta(node),
    });
  },
};

/** The lists of a batch (its index list [N]), as four tensors. */
export function sparseLists(rows: Tensor, format: SampleFormat, layout: SparseLayout, capacity: number): Tensor[] {
  const { width, ranges } = layout;
  return rows.graph.add(
    listsOp,
    [rows],
    { ...layout, format, capacity },
    { shape: [BATCH, width], dtype: "entries" },
    { shape: [BATCH, ranges], dtype: "i32" },
    { shape: [width, capacity], dtype: "entries" },
    { shape: [width], dtype: "i32" },
  );
}

/** x w + bias by lists. */
export function sparseLinear(lists: readonly Tensor[], w: Tensor, bias: Tensor | null, layout: SparseLayout): Tensor {
  return w.graph.add(sparseLinearOp, bias === null ? [...lists, w] : [...lists, w, bias], layout, { shape: [BATCH, layout.columns], dtype: "f32" })[0];
}

/** What a tensor is a reshaped view of. */
export function behind(tensor: Tensor): Node {
  let { node } = tensor;
  while (node.op === (reshapeOp as Node["op"])) node = node.inputs[0].node;
  return node;
}

/** The batch that a tensor is a reshaped view of. */
export function batchBehind(tensor: Tensor): Node | null {
  const node = behind(tensor);
  return node.op === (batchOp as Node["op"]) ? node : null;
}
