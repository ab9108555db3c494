/** Augmentation by shifts. @module */
import { ConfigError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import type { Layer } from "./layer.ts";

/**
 * Moves each image by up to `pixels` whole pixels down, up, right or left while training, at random, and fills with 0; does nothing otherwise.
 * x, y [N,height,width,channels]. The draws follow from the model's seed, the step and the sample's place in the batch.
 * @throws ConfigError unless pixels is an integer, 0 or more; ShapeError unless x is a batch of images
 */
export function randomShift(pixels: number, options: { name?: string } = {}): Layer {
  if (!Number.isSafeInteger(pixels) || pixels < 0 || pixels > 65535)
    throw new ConfigError({ where: "randomShift", got: `pixels = ${pixels}`, expected: "an integer, 0 to 65535" });
  return {
    className: "RandomShift",
    name: options.name,
    apply: (x, { training }) => (training ? ops.randomShift(x, pixels) : x),
    config: () => ({ pixels }),
  };
}
