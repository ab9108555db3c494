/** Batch normalization over the last axis, by the statistics of the batch or by given ones. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { SHARD } from "../../program/kernels/index.ts";
import type { Operand, Pointer } from "../../program/program.ts";
import { at, BATCH, count, type Dim, formatShape, isRows, type Shape, times } from "../../shape.ts";
import type { Lowering, Node, Op, Tensor } from "../graph.ts";
import { fixed, option, tensor } from "./operands.ts";

/** Options of normalizations. */
export interface NormalizationOptions {
  /** Added to the variance. Default 1e-3, as in Keras; PyTorch: 1e-5. */
  epsilon?: number;
}

interface Sizes {
  readonly epsilon: number;
  /** 1: values below 0 become 0. */
  readonly relu: 0 | 1;
}

/** x as [N,P,C]: N samples of P pixels of C channels. */
function pixels({ shape }: Tensor): { N: Dim; P: number; C: number } {
  const C = shape[shape.length - 1] as number;
  const rows = count(shape.slice(0, -1));
  return isRows(rows) ? { N: BATCH, P: rows.rows, C } : { N: shape[0], P: count(shape.slice(1, -1)) as number, C };
}

/** Memory for `rows` rows of C per SHARD of samples. */
function partsOf(to: Lowering, { N, C }: { N: Dim; C: number }, rows: number): Pointer {
  return to.scratch("f32", Math.ceil(at(N, to.capacity) / SHARD) * rows * C);
}

/** Floats of `count` tables: see the kernels. */
const tables = (to: Lowering, count: number, C: number): Pointer => to.scratch("f32", count * (Math.max(C, 256) + 4));

function emitForward(node: Node, to: Lowering, mean: Pointer, variance: Pointer): void {
  const [x, gamma, beta] = node.inputs;
  const size = pixels(x);
  const { epsilon, relu } = node.attributes as Sizes;
  to.emit("batch_norm_forward_f32", {
    y: to.output(node),
    x: to.pointer(x),
    mean,
    variance,
    gamma: to.pointer(gamma),
    beta: to.pointer(beta),
    ...size,
    epsilon,
    relu,
    scratch: tables(to, 3, size.C),
  });
}

export const batchNormOp: Op<Sizes> = {
  name: "batchNorm",
  lower(node, to) {
    const [x] = node.inputs;
    const size = pixels(x);
    const parts = partsOf(to, size, 3);
    const [mean, variance] = [to.output(node as Node, 1), to.output(node as Node, 2)];
    to.emit("batch_norm_moments_f32", { parts, x: to.pointer(x), ...size });
    to.emit("batch_norm_statistics_f32", { mean, variance, parts, ...size });
    emitForward(node as Node, to, mean, variance);
  },
  gradient(node, [dy, dMean, dVariance]) {
    if (dMean !== null || dVariance !== null) {
      throw new ConfigError({
        where: "batchNorm",
        got: "a loss that depends on its mean or variance",
        expected: "statistics that are only kept",
        hint: "compute them with ops.mean() to differentiate them",
      });
    }
    const [x, gamma] = node.inputs;
    const [y, mean, variance] = node.outputs;
    return dy === null ? [] : gradients(node, { dy, x, y, gamma, mean, variance, total: times(pixels(x).N, pixels(x).P) });
  },
};

/** The same by given statistics: inputs x, gamma, beta, mean, variance. */
export const batchNormInferenceOp: Op<Sizes> = {
  name: "batchNormInference",
  lower(node, to) {
    const [, , , mean, variance] = node.inputs;
    emitForward(node as Node, to, to.pointer(mean), to.pointer(variance));
  },
  gradient(node, [dy]) {
    const [x, gamma, , mean, variance] = node.inputs;
    return dy === null ? [] : [...gradients(node, { dy, x, y: node.outputs[0], gamma, mean, variance, total: 0 }), null, null];
  },
};

interface Backward {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly y: Tensor;
  readonly gamma: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  /** Values per channel that the statistics are of; 0 if they are given. */
  readonly total: Dim;
}

/** The gradients of x, gamma and beta. With a rectifier dy counts where y > 0. */
function gradients({ attributes }: Node<Sizes>, { dy, x, y, gamma, mean, variance, total }: Backward): Tensor[] {
  const mask = attributes.relu ? [y] : [];
  const channel = { shape: gamma.shape, dtype: "f32" } as const;
  const [dgamma, dbeta] = dy.graph.add(parameterGradientsOp, [dy, x, mean, variance, ...mask], attributes, channel, channel);
  // By given statistics the gradient does not flow through what was summed.
  const sums = total === 0 ? [mean, mean] : [dgamma, dbeta];
  const [dx] = dy.graph.add(inputGradientOp, [dy, x, mean, variance, gamma, ...sums, ...mask], { ...attributes, total }, { shape: x.shape, dtype: "f32" });
  return [dx, dgamma, dbeta];
}

const pointerOf = (to: Lowering, tensor: Tensor | undefined): Operand => (tensor === undefined ? null : to.pointer(tensor));

const parameterGradientsOp: Op<Sizes> = {
  name: "batchNormParameterGradients",
  lower(node, to) {
    const [dy, x, mean, variance, y] = node.inputs;
    const size = pixels(x);
    const parts = partsOf(to, size, 2);
    to.emit("batch_norm_backward_sums_f32", { parts, dy: to.pointer(dy), x: to.pointer(x), y: pointerOf(to, y), mean: to.pointer(mean), ...size });
    to.emit("batch_norm_backward_parameters_f32", {
      dgamma: to.output(node as Node, 0),
      dbeta: to.output(node as Node, 1),
      parts,
      variance: to.pointer(variance),
      N: size.N,
      C: size.C,
      epsilon: node.attributes.epsilon,
    });
  },
};

const inputGradientOp: Op<Sizes & { readonly total: Dim }> = {
  name: "batchNormInputGradient",
  accumulates: true,
  lower(node, to) {
    const [dy, x, mean, variance, gamma, dgamma, dbeta, y] = node.inputs;
    const size = pixels(x);
    const { epsilon, total } = node.attributes;
    to.emit("batch_norm_backward_input_f32", {
      dx: to.output(node as Node),
      dy: to.pointer(dy),
      x: to.pointer(x),
      y: pointerOf(to, y),
      mean: to.pointer(mean),
      variance: to.pointer(variance),
      gamma: to.pointer(gamma),
      dgamma: to.pointer(dgamma),
      dbeta: to.pointer(dbeta),
      ...size,
      total,
      epsilon,
      beta: to.beta(node as Node),
      scratch: tables(to, 4, size.C),
    });
  },
};

/** Epsilon, checked. */
export function epsilonOf(where: string, { epsilon = 1e-3 }: NormalizationOptions): number {
  return option(where, "epsilon", epsilon, "a number above 0", (value) => Number.isFinite(value) && value > 0);
}

/** Checks x and what stands per channel. */
export function checkChannels(where: string, x: Tensor, perChannel: Readonly<Record<string, Tensor>>): Shape {
  const { shape } = tensor(where, x, "f32");
  if (shape.length < 2) throw new ShapeError({ where, got: `input ${formatShape(shape)}`, expected: "at least 2 dimensions, the last of them the channels" });
  const C = fixed(where, "a last dimension", shape[shape.length - 1], shape);
  for (const [name, value] of Object.entries(perChannel)) {
    const given = tensor(where, value, "f32", x).shape;
    if (given.length !== 1 || given[0] !== C)
      throw new ShapeError({ where, got: `${name} ${formatShape(given)} for ${formatShape(shape)}`, expected: `[${C}]` });
  }
  return shape;
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and (biased) variance [C] of each channel of x [N,...,C] over all else:
 * over the rows of the running batch (of each pass of a step by itself). No gradient flows through the mean and variance that are returned.
 * Sums are taken in f32 per 4 samples and put together in f64. (Ioffe & Szegedy 2015)
 * @throws ShapeError unless x has 2 dimensions or more and gamma and beta are [C]; ConfigError unless epsilon is above 0
 */
export function batchNorm(x: Tensor, gamma: Tensor, beta: Tensor, options: NormalizationOptions = {}): { y: Tensor; mean: Tensor; variance: Tensor } {
  const shape = checkChannels("batchNorm", x, { gamma, beta });
  const epsilon = epsilonOf("batchNorm", options);
  const [y, mean, variance] = normalized([x, gamma, beta], { epsilon, relu: 0 }, shape);
  return { y, mean, variance };
}

/** The node of batchNorm, with a rectifier or without. */
export function normalized(inputs: readonly Tensor[], attributes: Sizes, shape: Shape): Tensor[] {
  const channel = { shape: inputs[1].shape, dtype: "f32" } as const;
  return inputs[0].graph.add(batchNormOp, inputs, attributes, { shape, dtype: "f32" }, channel, channel);
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta for x [N,...,C] and given mean and variance [C], through which no gradient flows.
 * @throws ShapeError unless x has 2 dimensions or more and the others are [C]; ConfigError unless epsilon is above 0
 */
export function batchNormInference(x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor, options: NormalizationOptions = {}): Tensor {
  const shape = checkChannels("batchNormInference", x, { gamma, beta, mean, variance });
  const epsilon = epsilonOf("batchNormInference", options);
  return x.graph.add(batchNormInferenceOp, [x, gamma, beta, mean, variance], { epsilon, relu: 0 }, { shape, dtype: "f32" })[0];
}
