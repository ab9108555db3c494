/** Margins. @module */
import * as ops from "../graph/ops/index.ts";
import { lossMaker } from "./loss-maker.ts";
import { alike, perSample } from "./operands.ts";

/**
 * loss[i] = mean over a sample of max(1 - t yPred, 0), t = yTrue in {-1, 1}; targets of 0 count as -1. (Keras converts {0, 1} only where a whole
 * batch consists of them: the same for targets that are -1 and 1, or 0 and 1.)
 * @throws ShapeError
 */
export const hinge = lossMaker("hinge", () => (yTrue, yPred) => {
  const targets = alike("hinge", yTrue, yPred);
  const signs = ops.sub(targets, ops.compare(targets, "equal", 0));
  return perSample(ops.relu(ops.sub(1, ops.mul(signs, yPred))));
});
