/** Counts. @module */
import * as ops from "../graph/ops/index.ts";
import { lossMaker } from "./loss-maker.ts";
import { alike, EPSILON, perSample } from "./operands.ts";

/** loss[i] = mean over a sample of yPred - yTrue log(yPred + 1e-7): counts against expected counts, as in Keras (PyTorch's default takes log yPred). @throws ShapeError */
export const poisson = lossMaker(
  "poisson",
  () => (yTrue, yPred) => perSample(ops.sub(yPred, ops.mul(alike("poisson", yTrue, yPred), ops.log(ops.add(yPred, EPSILON))))),
);
