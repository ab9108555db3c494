/** The share of right answers. @module */
import * as ops from "../graph/ops/index.ts";
import { classRows } from "./classes.ts";
import type { SampleMetric } from "./metric.ts";
import { shareOf } from "./totals.ts";

/**
 * 1 where the prediction names the target's class, else 0, as Keras chooses by shapes: the largest of several outputs (the first of equals) against
 * a label [N] or the largest of a row; a single output above 1/2 against 0 or 1.
 */
export const accuracy: SampleMetric = {
  name: "accuracy",
  apply(yTrue, yPred) {
    const single = yPred.shape.length === 1 || yPred.shape.at(-1) === 1;
    if (single) return ops.compare(ops.compare(yPred, "greater", 0.5), "equal", ops.reshape(ops.cast(yTrue, "f32"), yPred.shape));
    const label = yTrue.shape.length === yPred.shape.length ? ops.argmax(yTrue) : yTrue;
    return ops.compare(ops.cast(ops.argmax(yPred), "f32"), "equal", ops.cast(label, "f32"));
  },
  start(inputs) {
    const { perSample, truth, said } = classRows("accuracy", inputs);
    return shareOf(perSample, (targets, predictions, row) => truth(targets, row) === said(predictions, row));
  },
};
