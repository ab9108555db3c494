/**
 * Noise for training: dropout and its kin. What a sample draws follows from the model's seed, the step, its place in the batch and which of the
 * graph's draws this is: it does not depend on threads, micro-batches or what was drawn before.
 * @module
 */
import { ShapeError } from "../../errors.ts";
import { Purpose } from "../../random.ts";
import { BATCH, count, divide, formatShape, isRows, type Shape } from "../../shape.ts";
import type { Graph, Op, Tensor } from "../graph.ts";
import { add, mul } from "./elementwise.ts";
import { host } from "./leaf.ts";
import { option, tensor } from "./operands.ts";

/** Numbers per sample: 0 or `value`, or normal. */
type Draw = { readonly stream: number } & ({ readonly threshold: number; readonly value: number } | { readonly mean: number; readonly stddev: number });

const drawOp: Op<Draw> = {
  name: "draw",
  lower(node, to) {
    const [key, positions] = node.inputs.map((input) => to.pointer(input));
    // A first dimension of several rows per sample, such as steps, lies as one row does.
    const width = divide(count(node.outputs[0].shape), BATCH) as number;
    const call = { y: to.output(node), key, positions, n: BATCH, width };
    const { attributes } = node;
    if ("threshold" in attributes) to.emit("dropout_mask_f32", { ...call, ...attributes });
    else to.emit("normal_rows_f32", { ...call, ...attributes });
  },
};

type Numbers = { threshold: number; value: number } | { mean: number; stddev: number };

/** Purposes keep the streams of masks and normal numbers apart, and both from those of shifts, which have no purpose. */
function drawn(graph: Graph, shape: Shape, purpose: number, numbers: Numbers): Tensor {
  const stream = purpose * 65536 + graph.nodes.filter(({ op }) => op === (drawOp as Op)).length;
  const inputs = [host(graph, "randomKey", [2], "i32"), host(graph, "positions", [BATCH], "i32")];
  return graph.add(drawOp, inputs, { ...numbers, stream }, { shape, dtype: "f32" })[0];
}

/** Normal numbers of mean 0 [N,...], drawn as those of `gaussianNoise`. */
export const normalRows = (graph: Graph, shape: Shape, stddev: number): Tensor => drawn(graph, shape, Purpose.noise, { mean: 0, stddev });

/** Random numbers of a shape [N,...] for x. */
function draw(where: string, x: Tensor, shape: Shape, numbers: Numbers): Tensor {
  if (shape.length < 2 || !isRows(shape[0])) throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: "[N,...,features]" });
  return drawn(x.graph, shape, "threshold" in numbers ? Purpose.dropout : Purpose.noise, numbers);
}

const isRate = (rate: number): boolean => rate >= 0 && rate < 1;

/** Rate 0 draws nothing. */
function masked(where: string, x: Tensor, rate: number, shape: (x: Shape) => Shape): Tensor {
  tensor(where, x, "f32");
  option(where, "rate", rate, "a number, 0 or more, below 1", isRate);
  if (rate === 0) return x;
  return mul(x, draw(where, x, shape(x.shape), { threshold: Math.ceil(rate * 2 ** 24), value: 1 / (1 - rate) }));
}

/**
 * y = x / (1 - rate), or 0 with probability `rate`, for each element by itself: inverted dropout, so that nothing is to be scaled outside training
 * (Srivastava et al. 2014). Gradient: dx = dy through the same mask, which is kept: to draw it takes 25 times as long as to read it.
 * @throws ConfigError unless 0 <= rate < 1; ShapeError unless x is [N,...]
 */
export function dropout(x: Tensor, rate: number): Tensor {
  return masked("dropout", x, rate, (shape) => shape);
}

/**
 * Dropout of whole feature maps: of each sample of x [N,...,channels] a channel is kept, or 0 everywhere (Tompson et al. 2015).
 * @throws ConfigError unless 0 <= rate < 1; ShapeError unless x is [N,...,channels]
 */
export function spatialDropout(x: Tensor, rate: number): Tensor {
  return masked("spatialDropout", x, rate, (shape) => shape.map((dim, i) => (i === 0 || i === shape.length - 1 ? dim : 1)));
}

/** y = x + normal noise of mean 0. Gradient: dx = dy. @throws ConfigError unless stddev is finite and at least 0; ShapeError unless x is [N,...] */
export function gaussianNoise(x: Tensor, stddev: number): Tensor {
  tensor("gaussianNoise", x, "f32");
  option("gaussianNoise", "stddev", stddev, "a finite number, 0 or more", (s) => Number.isFinite(Math.fround(s)) && s >= 0);
  return stddev === 0 ? x : add(x, draw("gaussianNoise", x, x.shape, { mean: 0, stddev }));
}

/**
 * y = x times normal noise of mean 1 and variance rate / (1 - rate), that of dropout (Srivastava et al. 2014, section 10). Gradient: dx = dy
 * times the same noise.
 * @throws ConfigError unless 0 <= rate < 1; ShapeError unless x is [N,...]
 */
export function gaussianDropout(x: Tensor, rate: number): Tensor {
  tensor("gaussianDropout", x, "f32");
  option("gaussianDropout", "rate", rate, "a number, 0 or more, below 1", isRate);
  return rate === 0 ? x : mul(x, draw("gaussianDropout", x, x.shape, { mean: 1, stddev: Math.sqrt(rate / (1 - rate)) }));
}
