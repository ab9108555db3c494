/** Squared differences. @module */
import * as ops from "../graph/ops/index.ts";
import { lossMaker } from "./loss-maker.ts";
import { alike, perSample } from "./operands.ts";

/** loss[i] = mean over a sample of (yTrue - yPred)^2. Also named `mse`. Labels against several outputs are read as one-hot rows. @throws ShapeError */
export const meanSquaredError = lossMaker(
  "meanSquaredError",
  () => (yTrue, yPred) => perSample(ops.square(ops.sub(yPred, alike("meanSquaredError", yTrue, yPred)))),
);
