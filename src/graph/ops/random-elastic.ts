/** Images distorted as if drawn on rubber. @module */
import { BATCH } from "../../shape.ts";
import type { Tensor } from "../graph.ts";
import { add } from "./elementwise.ts";
import { constant } from "./leaf.ts";
import { matmul } from "./matmul.ts";
import { normalRows } from "./noise.ts";
import { option } from "./operands.ts";
import { choice, FILLS, images } from "./random-affine.ts";
import { type FillMode, resample } from "./resample.ts";

/** How strongly, and how smoothly, images are distorted. */
export interface RandomElasticOptions {
  /** Displacement before it is smoothed [pixels], alpha of Simard et al.; 0 or more. Pixels move by about alpha / (6 sigma). Default 34. */
  readonly alpha?: number;
  /** Standard deviation of the smoothing [pixels], sigma of Simard et al.; 1 to 1000. Default 4. */
  readonly sigma?: number;
  /** What lies outside the image: "constant" is 0, "nearest" its nearest pixel. Default "constant". */
  readonly fillMode?: FillMode;
}

/**
 * Cubic B-splines on knots `spacing` apart at the positions 0 to size - 1: [size, knots], and where the knots lie. Weights of a position add up to 1,
 * and knots at k spacing give the position k spacing back, whatever lies between.
 */
function splines(size: number, spacing: number): { weights: number[]; knots: number[] } {
  const cells = Math.max(1, Math.ceil((size - 1) / spacing));
  const knots = Array.from({ length: cells + 3 }, (_, k) => (k - 1) * spacing);
  const weights = Array.from({ length: size }, (_, position) =>
    knots.map((knot) => {
      const d = Math.abs(position - knot) / spacing;
      if (d >= 2) return 0;
      return d >= 1 ? ((2 - d) * (2 - d) * (2 - d)) / 6 : 2 / 3 - d * d + (d * d * d) / 2;
    }),
  ).flat();
  return { weights, knots };
}

/** The options, complete. @throws ConfigError */
export function elasticOf(where: string, { alpha = 34, sigma = 4, fillMode = "constant" }: RandomElasticOptions) {
  option(where, "alpha", alpha, "a number, 0 to 1e6", (a) => a >= 0 && a <= 1e6);
  option(where, "sigma", sigma, "a number, 1 to 1000", (s) => s >= 1 && s <= 1000);
  return { alpha, sigma, fillMode: choice(where, "fillMode", fillMode, FILLS) };
}

/** Standard deviation of uniform noise in (-1, 1) smoothed by a Gaussian of standard deviation 1 in two dimensions: 1 / sqrt(12 pi). */
const SMOOTHED = 0.16286750396763996;
/** Of normal noise at the knots of cubic splines in two dimensions, in the mean over positions: that of squared weights. */
const SPLINED = 151 / 315;

/**
 * Each image distorted by a smooth random displacement, drawn anew for each sample and step, from the seed and the sample's place in the batch (Simard,
 * Steinkraus & Platt 2003). They draw a displacement for every pixel, uniform in (-1, 1), smooth it by a Gaussian of standard deviation sigma and multiply by
 * alpha. Here normal noise stands on a grid sqrt(3) sigma wide between which cubic B-splines interpolate: such a spline is a bell of standard deviation sigma, and the
 * noise has the size that gives displacements the standard deviation of theirs, alpha / (sqrt(12 pi) sigma). That costs a few numbers per image instead of two
 * Gaussian filters of it. x, y [N,H,W,C]. Gradient: the transpose of the interpolation.
 * @throws ShapeError unless x is a batch of images of 2 x 2 pixels or more; ConfigError for options out of range
 */
export function randomElastic(x: Tensor, options: RandomElasticOptions = {}): Tensor {
  const [, H, W] = images("randomElastic", x).shape as readonly [unknown, number, number];
  const { alpha, sigma, fillMode } = elasticOf("randomElastic", options);
  if (alpha === 0) return x;
  const { graph } = x;
  const spacing = Math.sqrt(3) * sigma;
  const [rows, columns] = [splines(H, spacing), splines(W, spacing)];
  const [R, C] = [rows.knots.length, columns.knots.length];
  // Knots at their places give every pixel its own: noise is added there, where there are few.
  const still = [...rows.knots.flatMap((place) => columns.knots.map(() => place)), ...rows.knots.flatMap(() => columns.knots)];
  const noise = normalRows(graph, [BATCH, 2, R, C], ((alpha / sigma) * SMOOTHED) / SPLINED);
  const knots = add(noise, constant(graph, still, [2, R, C]));
  const wide = matmul(knots, constant(graph, columns.weights, [W, C]), { transposeB: true });
  return resample(x, matmul(constant(graph, rows.weights, [H, R]), wide), fillMode);
}
