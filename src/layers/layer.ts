/** What a layer is. @module */
import type { Constraint } from "../constraints/constraint.ts";
import type { Graph, Tensor } from "../graph/graph.ts";
import type { Initializer } from "../initializers/initializer.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Shape } from "../shape.ts";

/** How a parameter starts and lies in memory. */
export interface ParameterOptions {
  readonly initializer: Initializer;
  /**
   * The axes of `shape` in the order memory has them: with [3,0,1,2] a filter [KH,KW,IC,OC] lies as [OC,KH,KW,IC], and that is the shape of
   * the tensor that `parameter` returns. Initializers, files, hashes and `getWeights` see `shape`. Default: as it is.
   */
  readonly layout?: readonly number[];
  /** Its penalty on the values joins the gradient of each step, and is reported apart from the loss. Default: none. */
  readonly regularizer?: Regularizer;
  /** What the values are brought back to after each step. Default: anything goes. */
  readonly constraint?: Constraint;
}

/** How a state starts, and what becomes of it. */
export interface StateOptions {
  readonly initializer: Initializer;
  /**
   * false: it is a weight like moving statistics, saved and hashed after the layer's parameters. true: it is what a stateful layer hands from
   * batch to batch; checkpoints hold it, files of weights do not, and `model.resetStates()` brings it back to its start. Default false.
   */
  readonly carried?: boolean;
}

/** What a layer may ask for while it builds its part of the graph. */
export interface LayerContext {
  readonly graph: Graph;
  /** True in the training Program. */
  readonly training: boolean;
  /** True in Programs that are to be looked at: a layer that is one op for speed composes what it does, so that every part can be seen. */
  readonly traced: boolean;
  /** Whether the layer's parameters are trained: false for a frozen layer. */
  readonly trainable: boolean;
  /** All inputs of this call, the first of them being `x`. */
  readonly inputs: readonly Tensor[];
  /** A trainable parameter of this layer, made on first use; the same name gives the same parameter. */
  parameter(name: string, shape: readonly number[], options: ParameterOptions): Tensor;
  /**
   * Values that no optimizer touches, made on first use; the same name gives the same state. With `BATCH` in its shape it has a value per row of the
   * batch, and the model must have been given its batchSize. Where a layer is called more than once, later calls see what earlier ones assigned.
   */
  state(name: string, shape: Shape, options: StateOptions): Tensor;
  /**
   * After each pass the state becomes `value`, of the same shape; a step whose loss is not finite leaves it as it was. Not where only gradients are
   * asked for. No gradient flows through it.
   */
  assign(state: Tensor, value: Tensor): void;
  /**
   * Adds penalty [N], a number per sample, to what training makes small: its mean over the batch joins the gradient, and is reported as
   * `activityPenalty`, apart from the loss. Sample weights leave it alone. Nothing outside training.
   */
  addPenalty(penalty: Tensor): void;
  /**
   * Says that x holds indices, whole numbers from 0 to limit - 1. Where x is an input of the model, reshaped or cast perhaps, the data are held to it before
   * anything runs; elsewhere nobody looks.
   */
  expectIndices(x: Tensor, limit: number): void;
  /** Names a value inside the layer for the tracer, such as "preactivation". */
  tap(name: string, tensor: Tensor): void;
}

/**
 * A layer: a function on symbolic tensors with parameters. It never computes a number and never writes a gradient.
 * The same layer object applied twice shares its parameters.
 */
export interface Layer {
  /** As in Keras: `Dense`. */
  readonly className: string;
  /** Unique in a model; made from the class name if absent (`dense`, `dense_1`). */
  readonly name?: string;
  /** false freezes the layer: its parameters keep their values. May be set at any time, and counts from the next `fit` on. Default true. */
  trainable?: boolean;
  /** The first input's mask goes on to the output. Default: the output has the mask that `apply` gives it, if any. */
  readonly passesMask?: boolean;
  apply(x: Tensor, context: LayerContext): Tensor | readonly Tensor[];
  /** Options as JSON, from which the layer can be made again. */
  config(): Record<string, unknown>;
}
