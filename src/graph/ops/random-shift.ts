/** Images moved at random. @module */
import { ShapeError } from "../../errors.ts";
import { BATCH, formatShape, isRows } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { host } from "./leaf.ts";
import { option, tensor } from "./operands.ts";

interface Shift {
  readonly pixels: number;
  /** Which of the graph's draws this is. */
  readonly stream: number;
  readonly inverse: 0 | 1;
}

const randomShiftOp: Op<Shift> = {
  name: "randomShift",
  lower(node, to) {
    const [x, key, positions] = node.inputs;
    const [n, H, W, C] = x.shape;
    to.emit("random_shift_nhwc_f32", {
      y: to.output(node),
      x: to.pointer(x),
      key: to.pointer(key),
      positions: to.pointer(positions),
      n,
      H,
      W,
      C,
      ...node.attributes,
    });
  },
  gradient(node, [dy]) {
    const [, ...draws] = node.inputs;
    const { attributes } = node;
    return [dy && apply(dy, draws, { ...attributes, inverse: attributes.inverse === 1 ? 0 : 1 }), null, null];
  },
};

function apply(x: Tensor, draws: readonly Tensor[], attributes: Shift): Tensor {
  return x.graph.add(randomShiftOp, [x, ...draws], attributes, { shape: x.shape, dtype: "f32" })[0];
}

/**
 * y[i,h,w,:] = x[i,h-a,w-b,:], 0 where that lies outside: x [N,H,W,C]; a and b in -pixels..pixels are drawn anew for each sample and step, from
 * the seed and the sample's place in the batch. Gradient: the same, backwards.
 * @throws ShapeError unless x is a batch of images; ConfigError unless pixels is an integer, 0 or more
 */
export function randomShift(x: Tensor, pixels: number): Tensor {
  tensor("randomShift", x, "f32");
  option("randomShift", "pixels", pixels, "an integer, 0 to 65535", (n) => Number.isSafeInteger(n) && n >= 0 && n <= 65535);
  if (x.shape.length !== 4 || !isRows(x.shape[0]) || x.shape[0].rows !== 1)
    throw new ShapeError({ where: "randomShift", got: `input ${formatShape(x.shape)}`, expected: "[N,height,width,channels]" });
  const { graph } = x;
  const stream = graph.nodes.filter(({ op }) => op === (randomShiftOp as Op)).length;
  return apply(x, [host(graph, "randomKey", [2], "i32"), host(graph, "positions", [BATCH], "i32")], { pixels, stream, inverse: 0 });
}
