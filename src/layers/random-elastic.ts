/** Augmentation by elastic distortion. @module */

import * as ops from "../graph/ops/index.ts";
import { elasticOf } from "../graph/ops/random-elastic.ts";
import type { Layer } from "./layer.ts";
import type { RandomImageOptions } from "./random-affine.ts";

/** Options of `randomElastic`. */
export interface RandomElasticLayerOptions extends RandomImageOptions {
  /** Displacement before it is smoothed [pixels]: pixels move by about alpha / (6 sigma). Default 34. */
  readonly alpha?: number;
  /** Standard deviation of the smoothing [pixels]. Default 4. */
  readonly sigma?: number;
}

/**
 * While training each image is distorted by a smooth random displacement, else y = x: Simard, Steinkraus & Platt 2003, with their alpha and sigma, which
 * for 28 x 28 digits are the defaults. Cubic B-splines between normal noise on a grid sqrt(3) sigma wide stand for a Gaussian filter over noise at every
 * pixel: displacements have the same standard deviation, alpha / (sqrt(12 pi) sigma) pixels, and reach as far. x, y [N,height,width,channels]. The draws
 * follow from the model's seed, the step and the sample's place in the batch, for any number of threads and micro-batches.
 * @throws ConfigError unless alpha is 0 to 1e6 and sigma 1 to 1000; ShapeError unless x is a batch of images of 2 x 2 pixels or more
 */
export function randomElastic(options: RandomElasticLayerOptions = {}): Layer {
  const config = elasticOf("randomElastic", options);
  return {
    className: "RandomElastic",
    name: options.name,
    apply: (x, { training }) => (training ? ops.randomElastic(x, config) : x),
    config: () => ({ ...config }),
  };
}
