/**
 * x W^T in front of a rectifier: about half of the gradient that comes back is 0, and both products of the backward pass skip it, by lists of what is
 * not. Skipping zeros is exact for finite values.
 * @module
 */
import { at, type Dim } from "../../shape.ts";
import type { Node, Op, Tensor } from "../graph.ts";
import { matmulOp } from "./matmul.ts";
import { behind } from "./sparse-linear.ts";

/** How the kernels walk a matrix, or its transpose. */
interface Walk {
  readonly rows: Dim;
  readonly columns: Dim;
  readonly rowStride: number;
  readonly columnStride: number;
  /** Floats between the rows of the dense factor. */
  readonly step: number;
}

const listsOp: Op<Walk> = {
  name: "rectifiedLists",
  lower(node, to) {
    to.emit("sparse_lists_f32", {
      entries: to.output(node as Node, 0),
      counts: to.output(node as Node, 1),
      x: to.pointer(node.inputs[0]),
      ...node.attributes,
      capacity: at(node.attributes.columns, to.capacity),
    });
  },
};

/** y [rows,columns] = the product of listed rows with a dense factor of as many columns. */
const productOp: Op<null> = {
  name: "rectifiedProduct",
  accumulates: true,
  lower(node, to) {
    const [entries, counts, source] = node.inputs;
    const [rows, columns] = node.outputs[0].shape;
    to.emit("sparse_matmul_f32", {
      y: to.output(node),
      entries: to.pointer(entries),
      counts: to.pointer(counts),
      source: to.pointer(source),
      bias: null,
      rows,
      columns,
      capacity: at(entries.shape[1], to.capacity),
      ranges: 1,
      ldy: columns,
      beta: to.beta(node),
    });
  },
};

function product(dz: Tensor, walk: Walk, source: Tensor): Tensor {
  const { graph } = dz;
  const lists = graph.add(listsOp, [dz], walk, { shape: [walk.rows, walk.columns], dtype: "entries" }, { shape: [walk.rows], dtype: "i32" });
  return graph.add(productOp, [...lists, source], null, { shape: [walk.rows, walk.step], dtype: "f32" })[0];
}

const rectifiedLinearOp: Op<{ readonly transposeA: boolean; readonly transposeB: boolean }> = {
  name: "rectifiedLinear",
  lower: matmulOp.lower,
  gradient(node, [dz]) {
    if (dz === null) return [];
    const [x, w] = node.inputs;
    const [units, step] = w.shape as readonly number[];
    return [
      product(dz, { rows: x.shape[0], columns: units, rowStride: units, columnStride: 1, step }, w),
      product(dz, { rows: units, columns: x.shape[0], rowStride: 1, columnStride: units, step }, x),
    ];
  },
};

/** x w^T for a rectifier, x [N,in] and w [units,in]. */
export function rectifiedLinear(x: Tensor, w: Tensor): Tensor {
  return x.graph.add(rectifiedLinearOp, [x, w], { transposeA: false, transposeB: true }, { shape: [x.shape[0], w.shape[0]], dtype: "f32" })[0];
}

/** Most units whose rows, 12 vectors of each, stay in the caches next to the processor. */
const MOST_UNITS = 256;

/**
 * Whether a layer on x [N,in] with a rectifier behind it does better with its kernel in memory as [units,in]: the lists want a unit's weights in a
 * row. Not for what gets no gradient: the batch may have lists of its own. Nor if rows lie a multiple of 1 KB apart, which would fall
 * into few sets of the L1 cache.
 */
export function prefersUnitRows(x: Tensor, units: number): boolean {
  const [, width] = x.shape;
  return x.shape.length === 2 && (width as number) % 256 !== 0 && units <= MOST_UNITS && behind(x).op.gradient !== undefined;
}
