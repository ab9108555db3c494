/** Images turned, scaled, moved and mirrored at random. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { Purpose } from "../../random.ts";
import { BATCH, formatShape, isRows } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { constant, host } from "./leaf.ts";
import { tensor } from "./operands.ts";
import { type FillMode, resample } from "./resample.ts";

/** A number f stands for the range from -f to f. */
export type Factor = number | readonly [low: number, high: number];

/** Which ways images are mirrored, each with probability 1/2 by itself. */
export type FlipMode = "none" | "horizontal" | "vertical" | "horizontalAndVertical";

/** What happens to each image, in the order flip, zoom, rotation, shift; all about the centre. What is left out does not happen. */
export interface RandomAffineOptions {
  /** Part of a full turn, anticlockwise: -1 to 1. */
  readonly rotation?: Factor;
  /** How much smaller the image becomes: 0.2 shows 1.2 times as much of it, -0.2 shows 0.8. Above -1, to 1. */
  readonly heightZoom?: Factor;
  /** Default: as much as the height. */
  readonly widthZoom?: Factor;
  /** Downwards, part of the height: -1 to 1. */
  readonly heightShift?: Factor;
  /** To the right, part of the width: -1 to 1. */
  readonly widthShift?: Factor;
  readonly flip?: FlipMode;
  /** What lies outside the image: "constant" is 0, "nearest" its nearest pixel. Default "constant". */
  readonly fillMode?: FillMode;
}

interface Attributes {
  readonly stream: number;
  readonly oneZoom: 0 | 1;
  readonly flipVertical: 0 | 1;
  readonly flipHorizontal: 0 | 1;
}

const coordinatesOp: Op<Attributes> = {
  name: "randomAffineCoordinates",
  lower(node, to) {
    const [key, positions, ranges] = node.inputs.map((input) => to.pointer(input));
    const [n, , H, W] = node.outputs[0].shape;
    to.emit("random_affine_coordinates_f32", { coordinates: to.output(node), key, positions, ranges, n, H, W, ...node.attributes });
  },
};

export const FLIPS: readonly FlipMode[] = ["none", "horizontal", "vertical", "horizontalAndVertical"];
export const FILLS: readonly FillMode[] = ["constant", "nearest"];

/** Low and high of a factor. @throws ConfigError unless both are numbers from `least` to 1, in order */
export function rangeOf(where: string, name: string, factor: Factor, least: "-1" | "above -1" = "-1"): readonly [number, number] {
  const [low, high] = typeof factor === "number" ? [-factor, factor] : Array.isArray(factor) && factor.length === 2 ? factor : [Number.NaN, Number.NaN];
  const inside = (value: unknown): boolean => typeof value === "number" && (least === "-1" ? value >= -1 : value > -1) && value <= 1;
  if (inside(low) && inside(high) && low <= high) return [low, high];
  throw new ConfigError({
    where,
    got: `${name} = ${typeof factor === "number" ? factor : (JSON.stringify(factor) ?? String(factor))}`,
    expected: `a number, 0 to 1${least === "-1" ? "" : " but not 1"}, or [low, high] with ${least === "-1" ? "-1 <=" : "-1 <"} low <= high <= 1`,
  });
}

/** The value itself. @throws ConfigError unless it is one of these */
export function choice<T extends string>(where: string, name: string, value: T, known: readonly T[]): T {
  if (!known.includes(value))
    throw new ConfigError({ where, got: `${name} = ${JSON.stringify(value) ?? String(value)}`, expected: known.map((one) => JSON.stringify(one)).join(", ") });
  return value;
}

/** x itself. @throws ShapeError unless it is a batch of images of 2 x 2 pixels or more */
export function images(where: string, x: Tensor): Tensor {
  tensor(where, x, "f32");
  const [n, H, W] = x.shape;
  if (x.shape.length !== 4 || !isRows(n) || n.rows !== 1 || isRows(H) || isRows(W) || H < 2 || W < 2)
    throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: "[N,height,width,channels], height and width 2 or more" });
  return x;
}

/** The options, complete. @throws ConfigError */
function affineOf(where: string, options: RandomAffineOptions) {
  const { rotation = 0, heightZoom = 0, widthZoom, heightShift = 0, widthShift = 0, flip = "none", fillMode = "constant" } = options;
  const rows = rangeOf(where, "heightZoom", heightZoom, "above -1");
  return {
    ranges: [
      rangeOf(where, "rotation", rotation),
      rows,
      widthZoom === undefined ? rows : rangeOf(where, "widthZoom", widthZoom, "above -1"),
      rangeOf(where, "heightShift", heightShift),
      rangeOf(where, "widthShift", widthShift),
    ].flatMap(([low, high]) => [Math.fround(low), Math.fround(high)]),
    oneZoom: widthZoom === undefined ? 1 : 0,
    flip: choice(where, "flip", flip, FLIPS),
    fillMode: choice(where, "fillMode", fillMode, FILLS),
  } as const;
}

/** `randomAffine` of the layer `where`. */
export function affineImages(where: string, x: Tensor, options: RandomAffineOptions): Tensor {
  const [, H, W] = images(where, x).shape;
  const { ranges, oneZoom, flip, fillMode } = affineOf(where, options);
  if (flip === "none" && ranges.every((value) => value === 0)) return x;
  const { graph } = x;
  const stream = Purpose.augmentation * 65536 + graph.nodes.filter(({ op }) => op === (coordinatesOp as Op)).length;
  const flips = {
    flipVertical: flip === "vertical" || flip === "horizontalAndVertical" ? 1 : 0,
    flipHorizontal: flip.startsWith("horizontal") ? 1 : 0,
  } as const;
  const inputs = [host(graph, "randomKey", [2], "i32"), host(graph, "positions", [BATCH], "i32"), constant(graph, ranges, [ranges.length])];
  const [coordinates] = graph.add(coordinatesOp, inputs, { stream, oneZoom, ...flips }, { shape: [BATCH, 2, H, W], dtype: "f32" });
  return resample(x, coordinates, fillMode);
}

/**
 * Each image turned, scaled, moved and mirrored by amounts that are drawn anew for each sample and step, from the seed and the sample's place in the
 * batch, uniformly from the given ranges; read between pixels by linear interpolation. x, y [N,H,W,C]. Gradient: the transpose.
 * @throws ShapeError unless x is a batch of images of 2 x 2 pixels or more; ConfigError for options out of range
 */
export function randomAffine(x: Tensor, options: RandomAffineOptions): Tensor {
  return affineImages("randomAffine", x, options);
}
