/** Augmentation by maps that keep lines straight: images turned, scaled, moved and mirrored at random while training. @module */
import { affineImages, choice, type Factor, FILLS, FLIPS, type FlipMode, type RandomAffineOptions as Options, rangeOf } from "../graph/ops/random-affine.ts";
import type { FillMode } from "../graph/ops/resample.ts";
import type { Layer } from "./layer.ts";

/** What lies outside the image, and the layer's name. */
export interface RandomImageOptions {
  readonly name?: string;
  /** "constant": 0; "nearest": the nearest pixel. Default "constant". */
  readonly fillMode?: FillMode;
}

/** Options of `randomAffine`. A number f stands for the range from -f to f. */
export interface RandomAffineLayerOptions extends RandomImageOptions {
  /** Part of a full turn, anticlockwise. Default 0. */
  readonly rotation?: Factor;
  /** How much smaller the image becomes, both ways alike: 0.2 shows 1.2 times as much of it. Default 0. */
  readonly zoom?: Factor;
  /** Down and to the right, parts of height and width, drawn apart. Default 0. */
  readonly shift?: Factor;
  /** Default "none". */
  readonly flip?: FlipMode;
}

/** Options of `randomZoom`. */
export interface RandomZoomOptions extends RandomImageOptions {
  /** Default: as much as the height. */
  readonly widthFactor?: Factor;
}

function affine(where: string, className: string, name: string | undefined, options: Options, config: Record<string, unknown>): Layer {
  choice(where, "fillMode", options.fillMode ?? "constant", FILLS);
  // Ranges are arrays, which their owners may change.
  const [own, described] = [structuredClone(options), structuredClone(config)];
  return { className, name, apply: (x, { training }) => (training ? affineImages(where, x, own) : x), config: () => structuredClone(described) };
}

/**
 * While training each image is flipped, zoomed, rotated and shifted, in this order and about its centre, by amounts drawn uniformly from the given ranges;
 * else y = x. One interpolation for all, linear in both directions. x, y [N,height,width,channels]. The draws follow from the model's seed, the step and
 * the sample's place in the batch, for any number of threads and micro-batches.
 * @throws ConfigError for factors out of -1 to 1 (zoom: above -1) or unknown modes; ShapeError unless x is a batch of images of 2 x 2 pixels or more
 */
export function randomAffine(options: RandomAffineLayerOptions = {}): Layer {
  const { rotation = 0, zoom = 0, shift = 0, flip = "none", fillMode = "constant", name } = options;
  rangeOf("randomAffine", "rotation", rotation);
  rangeOf("randomAffine", "zoom", zoom, "above -1");
  rangeOf("randomAffine", "shift", shift);
  choice("randomAffine", "flip", flip, FLIPS);
  const all = { rotation, heightZoom: zoom, heightShift: shift, widthShift: shift, flip, fillMode };
  return affine("randomAffine", "RandomAffine", name, all, { rotation, zoom, shift, flip, fillMode });
}

/** `randomAffine` that only moves: down by a part of the height from heightFactor, to the right by a part of the width from widthFactor. @throws ConfigError, ShapeError */
export function randomTranslation(heightFactor: Factor, widthFactor: Factor, options: RandomImageOptions = {}): Layer {
  const { fillMode = "constant", name } = options;
  rangeOf("randomTranslation", "heightFactor", heightFactor);
  rangeOf("randomTranslation", "widthFactor", widthFactor);
  const all = { heightShift: heightFactor, widthShift: widthFactor, fillMode };
  return affine("randomTranslation", "RandomTranslation", name, all, { heightFactor, widthFactor, fillMode });
}

/** `randomAffine` that only turns, anticlockwise, by a part of a full turn. @throws ConfigError, ShapeError */
export function randomRotation(factor: Factor, options: RandomImageOptions = {}): Layer {
  const { fillMode = "constant", name } = options;
  rangeOf("randomRotation", "factor", factor);
  return affine("randomRotation", "RandomRotation", name, { rotation: factor, fillMode }, { factor, fillMode });
}

/** `randomAffine` that only zooms: a factor of 0.2 shows 1.2 times as much of the image, -0.2 shows 0.8. @throws ConfigError, ShapeError */
export function randomZoom(heightFactor: Factor, options: RandomZoomOptions = {}): Layer {
  const { widthFactor, fillMode = "constant", name } = options;
  rangeOf("randomZoom", "heightFactor", heightFactor, "above -1");
  if (widthFactor !== undefined) rangeOf("randomZoom", "widthFactor", widthFactor, "above -1");
  const all = { heightZoom: heightFactor, widthZoom: widthFactor, fillMode };
  return affine("randomZoom", "RandomZoom", name, all, { heightFactor, widthFactor: widthFactor ?? null, fillMode });
}

/** `randomAffine` that only mirrors, each way with probability 1/2 by itself. Finite pixels keep their values to the bit. @throws ConfigError, ShapeError */
export function randomFlip(mode: FlipMode = "horizontalAndVertical", options: { name?: string } = {}): Layer {
  choice("randomFlip", "mode", mode, FLIPS);
  return affine("randomFlip", "RandomFlip", options.name, { flip: mode }, { mode });
}
