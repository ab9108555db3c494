/** Squares that turn into lines. @module */
import { ConfigError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { lossMaker } from "./loss-maker.ts";
import { alike, perSample } from "./operands.ts";

/** Options of {@link huber}. */
export interface HuberOptions {
  /** Where the square ends. Default 1. */
  delta?: number;
}

/**
 * loss[i] = mean over a sample of e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2), e = yTrue - yPred (Huber 1964).
 * @throws ConfigError unless delta is finite and positive; ShapeError
 */
export const huber = lossMaker("huber", ({ delta = 1 }: HuberOptions) => {
  if (!(typeof delta === "number" && delta > 0 && Number.isFinite(Math.fround(delta))))
    throw new ConfigError({ where: "huber", got: `delta = ${String(delta)}`, expected: "a finite number above 0" });
  return (yTrue, yPred) => {
    const error = ops.abs(ops.sub(yPred, alike("huber", yTrue, yPred)));
    const inner = ops.minimum(error, delta);
    // Both pieces at once, and no square of what is large.
    return perSample(ops.mul(inner, ops.sub(error, ops.mul(inner, 0.5))));
  };
});
