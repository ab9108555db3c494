/** Values per sample. @module */
import { ShapeError } from "../../errors.ts";
import type { Tensor } from "../../graph/graph.ts";
import * as ops from "../../graph/ops/index.ts";
import { formatShape, isRows } from "../../shape.ts";

/** The mean over all but the first dimension. */
export function reduceToSamples(where: string, value: Tensor): Tensor {
  if (value.shape.length === 0 || !isRows(value.shape[0])) {
    throw new ShapeError({
      where,
      got: `a value of shape ${formatShape(value.shape)}`,
      expected: "a value per sample [N,...]",
      hint: "do not take the mean over the batch: the training loop does, so that micro-batches add up",
    });
  }
  if (value.shape.length === 1) return value;
  return ops.mean(value, { axes: value.shape.slice(1).map((_, i) => i + 1) });
}
