/** Absolute differences. @module */
import * as ops from "../graph/ops/index.ts";
import { lossMaker } from "./loss-maker.ts";
import { alike, perSample } from "./operands.ts";

/** loss[i] = mean over a sample of |yTrue - yPred|; the gradient is 0 where they are equal. Also named `mae`. @throws ShapeError */
export const meanAbsoluteError = lossMaker(
  "meanAbsoluteError",
  () => (yTrue, yPred) => perSample(ops.abs(ops.sub(yPred, alike("meanAbsoluteError", yTrue, yPred)))),
);
