/** Squares that turn into lines, smoothly. @module */
import * as ops from "../graph/ops/index.ts";
import { lossMaker } from "./loss-maker.ts";
import { alike, perSample } from "./operands.ts";

/** loss[i] = mean over a sample of log(cosh(yPred - yTrue)): e^2 / 2 for small errors, |e| - log 2 for large, neither lost nor overflowing. @throws ShapeError */
export const logCosh = lossMaker("logCosh", () => (yTrue, yPred) => perSample(ops.logCosh(ops.sub(yPred, alike("logCosh", yTrue, yPred)))));
