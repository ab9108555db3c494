/** The share of right answers. @module */
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { classRows, rightAnswers } from "./classes.ts";
import type { SampleMetric } from "./metric.ts";
import { shareOf } from "./totals.ts";

/** `right`, which is at most 1; NaN where x is, and nowhere else. */
const unlessNaN = (x: Tensor, right: Tensor): Tensor => ops.minimum(right, ops.maximum(x, 1));

/**
 * 1 where the prediction names the target's class, else 0, as Keras chooses by shapes: the largest of several outputs (the first of equals) against
 * a label [N] or the largest of a row; a single output above 1/2 against 0 or 1. NaN where the prediction holds one.
 */
export const accuracy: SampleMetric = {
  name: "accuracy",
  apply(yTrue, yPred) {
    const single = yPred.shape.length === 1 || yPred.shape.at(-1) === 1;
    if (single) {
      const right = ops.compare(ops.compare(yPred, "greater", 0.5), "equal", ops.reshape(ops.cast(yTrue, "f32"), yPred.shape));
      return unlessNaN(yPred, right);
    }
    const label = yTrue.shape.length === yPred.shape.length ? ops.argmax(yTrue) : yTrue;
    const right = ops.compare(ops.cast(ops.argmax(yPred), "f32"), "equal", ops.cast(label, "f32"));
    return unlessNaN(ops.max(yPred, { axes: -1 }), right);
  },
  start(inputs) {
    const rows = classRows("accuracy", inputs);
    return shareOf(rows.perSample, rightAnswers(rows));
  },
};
