/** Images read between their pixels. @module */
import type { Op, Tensor } from "../graph.ts";

/** What lies outside an image: 0, or its nearest pixel. */
export type FillMode = "constant" | "nearest";

const resampleOp: Op<{ readonly nearest: 0 | 1 }> = {
  name: "resample",
  lower(node, to) {
    const [x, coordinates] = node.inputs;
    const [n, H, W, C] = x.shape;
    to.emit("resample_nhwc_forward_f32", { y: to.output(node), x: to.pointer(x), coordinates: to.pointer(coordinates), n, H, W, C, ...node.attributes });
  },
  gradient(node, [dy]) {
    const [x, coordinates] = node.inputs;
    return [dy && x.graph.add(resampleBackwardOp, [dy, coordinates], node.attributes, { shape: x.shape, dtype: "f32" })[0], null];
  },
};

const resampleBackwardOp: Op<{ readonly nearest: 0 | 1 }> = {
  name: "resampleBackward",
  lower(node, to) {
    const [dy, coordinates] = node.inputs;
    const [n, H, W, C] = dy.shape;
    to.emit("resample_nhwc_backward_f32", { dx: to.output(node), dy: to.pointer(dy), coordinates: to.pointer(coordinates), n, H, W, C, ...node.attributes });
  },
  gradient(node, [g]) {
    const [dy, coordinates] = node.inputs;
    return [g && dy.graph.add(resampleOp, [g, coordinates], node.attributes, { shape: dy.shape, dtype: "f32" })[0], null];
  },
};

/**
 * y[i,h,w,:] = x[i] at the row coordinates[i,0,h,w] and the column coordinates[i,1,h,w], between pixels by linear interpolation in both directions.
 * Gradient: the transpose for x; none for the coordinates, which are drawn.
 */
export function resample(x: Tensor, coordinates: Tensor, fillMode: FillMode): Tensor {
  return x.graph.add(resampleOp, [x, coordinates], { nearest: fillMode === "nearest" ? 1 : 0 }, { shape: x.shape, dtype: "f32" })[0];
}
