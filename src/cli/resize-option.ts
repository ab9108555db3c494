/** `--resize`: the size that images are brought to. @module */
import { ShapeError, UsageError } from "../errors.ts";
import type { Model } from "../model/model.ts";

/** Height and width in pixels. */
export type ImageSize = readonly [height: number, width: number];

const MOST_PIXELS = 2 ** 13;

/** `32`, or `40x30`: width before height, as messages and other programs have it. @throws UsageError */
export function sizeFrom(text: string): ImageSize {
  const [, width, height = width] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const size: ImageSize = [Number(height), Number(width)];
  if (size.every((n) => n >= 1 && n <= MOST_PIXELS)) return size;
  throw new UsageError({ where: "--resize", got: text, expected: `WIDTHxHEIGHT or one number for both, from 1 to ${MOST_PIXELS}, such as 28x28` });
}

/** The size of the images that a model was trained on. @throws UsageError where it reads none */
export function sizeOfInput(model: Model): ImageSize {
  const size = imageSizeOf(model);
  if (size !== null) return size;
  const got = model.preprocessing?.kind === "table" ? "a model of a table" : "a model of values in a row";
  throw new UsageError({ where: "--resize", got, expected: "a model of images [height, width, channels]" });
}

/**
 * @param shape of the images of a folder
 * @param withSize the option takes a size
 * @throws ShapeError unless they have the size that a model reads
 */
export function checkSize(model: Model, shape: readonly number[], source: string, withSize = false): void {
  const size = imageSizeOf(model);
  if (size === null || (shape[0] === size[0] && shape[1] === size[1])) return;
  const pixels = ([height, width]: readonly number[]): string => `${width} x ${height} pixels`;
  throw new ShapeError({
    where: source,
    got: `images of ${pixels(shape)}`,
    expected: `${pixels(size)}, which the model reads`,
    hint: `--resize${withSize ? ` ${sizeText(size)}` : ""} brings them to that size`,
  });
}

function imageSizeOf({ preprocessing, architecture }: Model): ImageSize | null {
  if (preprocessing?.kind === "images") return [preprocessing.shape[0], preprocessing.shape[1]];
  const { shape } = architecture.inputs[0];
  return preprocessing === null && shape.length > 1 ? [shape[0], shape[1]] : null;
}

/** `28x28`, as `--resize` takes it. */
export const sizeText = ([height, width]: ImageSize): string => `${width}x${height}`;
