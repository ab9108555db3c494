/** Images with a border more or less. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Layer } from "./layer.ts";

/** Pixels all around; above and below, left and right; or [[above, below], [left, right]]. */
export type Border = number | readonly [number, number] | readonly [readonly [number, number], readonly [number, number]];

type Sides = [[number, number], [number, number]];

function sidesOf(where: string, border: Border): Sides {
  const [down, right] = typeof border === "number" ? [border, border] : border;
  const sides = [down, right].map((side) => (Array.isArray(side) ? [...side] : [side, side])) as Sides;
  if (!sides.every((side) => side.length === 2 && side.every((n) => Number.isInteger(n) && n >= 0))) {
    throw new ConfigError({
      where,
      got: JSON.stringify(border) ?? "nothing",
      expected: "pixels: a number, [vertical, horizontal] or [[above, below], [left, right]]",
    });
  }
  return sides;
}

function imageOf(where: string, { shape }: { shape: Shape }): [number, number] {
  const [, H, W] = shape;
  if (shape.length !== 4 || typeof H !== "number" || typeof W !== "number") {
    throw new ShapeError({ where, got: `input ${formatShape(shape)}`, expected: "images [N,H,W,C]" });
  }
  return [H, W];
}

/**
 * Images x [N,H,W,C] in a border of 0.
 * @param padding pixels all around; vertically and horizontally; or [[above, below], [left, right]]. Default 1
 * @throws ConfigError for what are no counts; ShapeError if x is no image
 */
export function zeroPadding2d(padding: Border = 1, options: { name?: string } = {}): Layer {
  const sides = sidesOf("zeroPadding2d", padding);
  return {
    className: "ZeroPadding2D",
    name: options.name,
    apply(x) {
      imageOf("zeroPadding2d", x);
      return ops.pad(x, [[0, 0], ...sides, [0, 0]]);
    },
    config: () => ({ padding: sides.map((side) => [...side]) }),
  };
}

/**
 * Images x [N,H,W,C] without their border.
 * @param cropping pixels all around; vertically and horizontally; or [[above, below], [left, right]]
 * @throws ConfigError for what are no counts; ShapeError if x is no image, or nothing is left of it
 */
export function cropping2d(cropping: Border, options: { name?: string } = {}): Layer {
  const sides = sidesOf("cropping2d", cropping);
  return {
    className: "Cropping2D",
    name: options.name,
    apply(x) {
      const sizes = imageOf("cropping2d", x).map((size, i) => size - sides[i][0] - sides[i][1]);
      if (sizes.some((size) => size < 1)) {
        throw new ShapeError({
          where: "cropping2d",
          got: `input ${formatShape(x.shape)}`,
          expected: `an image larger than the border ${JSON.stringify(sides)}`,
        });
      }
      return ops.slice(x, [0, sides[0][0], sides[1][0], 0], [x.shape[0], ...sizes, -1]);
    },
    config: () => ({ cropping: sides.map((side) => [...side]) }),
  };
}
