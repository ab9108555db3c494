/** Rows picked by index. @module */
import { ShapeError } from "../../errors.ts";
import { count, formatShape, type Shape } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { planned, tensor } from "./operands.ts";

const gatherOp: Op<null> = {
  name: "gather",
  lower(node, to) {
    const [x, indices] = node.inputs;
    const kernel = x.dtype === "i32" ? "gather_rows_i32" : "gather_rows_f32";
    to.emit(kernel, { y: to.output(node), x: to.pointer(x), indices: to.pointer(indices), n: count(indices.shape), width: count(x.shape.slice(1)) });
  },
  gradient(node, [g]) {
    const [x, indices] = node.inputs;
    return [g && scatter(g, indices, x.shape), null];
  },
};

const scatterOp: Op<null> = {
  name: "scatterAdd",
  accumulates: true,
  lower(node, to) {
    const [dy, indices] = node.inputs;
    const [rows, ...rest] = node.outputs[0].shape;
    to.emit("scatter_add_rows_f32", {
      dx: to.output(node),
      dy: to.pointer(dy),
      indices: to.pointer(indices),
      n: count(indices.shape),
      width: count(rest),
      ld: count(rest),
      rows,
      beta: to.beta(node),
    });
  },
  gradient: (node, [g]) => [g && gather(g, node.inputs[1]), null],
};

function scatter(dy: Tensor, indices: Tensor, shape: Shape): Tensor {
  return dy.graph.add(scatterOp, [dy, indices], null, { shape, dtype: "f32" })[0];
}

/**
 * y[i...,:] = x[indices[i...],:]: x [rows,...rest], indices (i32) of any shape, y [...indices' shape,...rest]. Indices must lie in
 * [0, rows): they are not checked. Gradient: dx[indices[i],:] += dy[i,:], in order of i.
 * @throws ShapeError if x is a scalar; ConfigError unless the indices are i32
 */
export function gather(x: Tensor, indices: Tensor): Tensor {
  tensor("gather", x, "any");
  tensor("gather", indices, "i32", x);
  if (x.shape.length === 0) throw new ShapeError({ where: "gather", got: `a tensor ${formatShape(x.shape)}`, expected: "at least one dimension" });
  const shape = planned("gather", [...indices.shape, ...x.shape.slice(1)]);
  return x.graph.add(gatherOp, [x, indices], null, { shape, dtype: x.dtype })[0];
}
