/** Noise while training, against overfitting: dropout and its kin. Outside training these layers do nothing. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape } from "../shape.ts";
import type { Layer } from "./layer.ts";

function noise(className: string, option: string, value: number, apply: (x: Tensor, value: number) => Tensor, name: string | undefined): Layer {
  return { className, name, passesMask: true, apply: (x, { training }) => (training ? apply(x, value) : x), config: () => ({ [option]: value }) };
}

function checkRate(where: string, rate: number): void {
  if (!(typeof rate === "number" && rate >= 0 && rate < 1)) {
    throw new ConfigError({ where, got: `rate = ${String(rate)}`, expected: "a number, 0 or more, below 1", hint: "it is the part that is dropped" });
  }
}

/**
 * While training y = x / (1 - rate), or 0 with probability `rate`, each element by itself; else y = x (Srivastava et al. 2014, inverted). The draws
 * follow from the model's seed, the step and the sample's place in the batch, for any number of threads and micro-batches.
 * @throws ConfigError unless 0 <= rate < 1
 */
export function dropout(rate: number, options: { name?: string } = {}): Layer {
  checkRate("dropout", rate);
  return noise("Dropout", "rate", rate, ops.dropout, options.name);
}

function images(where: string, x: Tensor): Tensor {
  if (x.shape.length !== 4) throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: "[N,height,width,channels]" });
  return x;
}

/** Dropout of whole channels of images x [N,H,W,C] (Tompson et al. 2015). @throws ConfigError unless 0 <= rate < 1; ShapeError unless x is a batch of images */
export function spatialDropout2d(rate: number, options: { name?: string } = {}): Layer {
  checkRate("spatialDropout2d", rate);
  return noise("SpatialDropout2D", "rate", rate, (x, r) => ops.spatialDropout(images("spatialDropout2d", x), r), options.name);
}

/** While training y = x + normal noise of this standard deviation; else y = x. @throws ConfigError unless stddev is a finite number, 0 or more */
export function gaussianNoise(stddev: number, options: { name?: string } = {}): Layer {
  if (!(typeof stddev === "number" && stddev >= 0 && Number.isFinite(Math.fround(stddev))))
    throw new ConfigError({ where: "gaussianNoise", got: `stddev = ${String(stddev)}`, expected: "a finite number, 0 or more" });
  return noise("GaussianNoise", "stddev", stddev, ops.gaussianNoise, options.name);
}

/** While training y = x times normal noise of mean 1 and variance rate / (1 - rate); else y = x. @throws ConfigError unless 0 <= rate < 1 */
export function gaussianDropout(rate: number, options: { name?: string } = {}): Layer {
  checkRate("gaussianDropout", rate);
  return noise("GaussianDropout", "rate", rate, ops.gaussianDropout, options.name);
}
