/** Convolution and pooling of sequences: images of one row. @module */
import type { Tensor } from "../graph.ts";
import { checkFilters, convolution } from "./conv2d.ts";
import { tensor } from "./operands.ts";
import { reshape } from "./shaping.ts";
import { positive, rowOf, type SequencePadding, sequencePaddingOf } from "./window.ts";

/** Options of {@link conv1d}. */
export interface Conv1dOptions {
  /** Default 1. */
  readonly strides?: number;
  /** Default `valid`. With `causal`, y[t] sees nothing after x[t strides]. */
  readonly padding?: SequencePadding;
  /** Steps from tap to tap of a window. Default 1. */
  readonly dilationRate?: number;
  /** Convolutions side by side, each of channels / groups of the input to filters / groups of the result. Default 1. */
  readonly groups?: number;
}

/**
 * y[n,t,o] = sum over a, c of x[n, t strides + a dilationRate - pad, c] w[o,a,c]: sequences x [N,L,C], filters w [filters,K,C/groups] (in the
 * order that is fast in memory; Keras's [K,C,filters] transposed), y [N,OL,filters]. x is 0 outside. Gradients: as of conv2d.
 * @throws ShapeError if x is no batch of sequences, w no filters for them, or no window fits; ConfigError for bad strides, padding, dilation or groups
 */
export function conv1d(x: Tensor, w: Tensor, { strides = 1, padding = "valid", dilationRate = 1, groups = 1 }: Conv1dOptions = {}): Tensor {
  tensor("conv1d", x, "f32");
  tensor("conv1d", w, "f32", x);
  const row = rowOf("conv1d", x);
  checkFilters("conv1d", x, w, groups, "length", "a parameter of Keras's shape [length,channels,filters] has this one with layout: [2, 0, 1]");
  const [filters, K, C] = w.shape as readonly number[];
  positive("conv1d", "kernel size", K);
  const y = convolution(row, reshape(w, [filters, 1, K, C]), {
    where: "conv1d",
    shape: x.shape,
    strides: [1, positive("conv1d", "strides", strides)],
    padding: sequencePaddingOf("conv1d", padding),
    dilation: [1, positive("conv1d", "dilationRate", dilationRate)],
    groups,
  });
  const [N, , length] = y.shape;
  return reshape(y, [N, length, filters]);
}
