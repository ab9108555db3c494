/** Images that a user gives for prediction. @module */
import { resizeImage } from "../data/images/resize.ts";
import { type Dataset, dataset, decodeIdx, decodePng } from "../data/index.ts";
import { ShapeError } from "../errors.ts";
import { readFile } from "../formats/atomic-file.node.ts";
import type { ImageSize } from "./resize-option.ts";

/** How images are read. */
export interface ReadOptions {
  readonly invert: boolean;
  /** The shape of the images that the model was trained on, where its file has one. */
  readonly own: readonly number[] | null;
  /** The size that PNG images are brought to; null: they must have it. */
  readonly size: ImageSize | null;
}

/** Larger than any image or set of images that is sensible here. */
const LARGEST_FILE = 2 ** 30;

/**
 * The images of a PNG or IDX file (gzip or not), as a model wants them.
 * @param inputShape the model's: [height, width], with channels or without, or all pixels in a row
 * @throws ShapeError if they have another size; FileError, DataFormatError
 */
export async function readImages(path: string, inputShape: readonly number[], { invert, own, size }: ReadOptions): Promise<Dataset> {
  const bytes = await readFile(path, { limit: LARGEST_FILE });
  const png = isPng(bytes);
  const { data, shape } = png ? fromPng(bytes, path, (own ?? inputShape)[2] === 3 ? 3 : 1, size) : fromIdx(bytes, path);
  if (!fits(shape, inputShape)) {
    throw new ShapeError({
      where: path,
      got: `images of ${describe(shape)}`,
      expected: describe(own ?? inputShape),
      hint:
        own === null
          ? `scale the image first: in MNIST the digit fills 20 x 20 pixels in the middle, white on black (--invert for black on white)${png ? "; --resize takes all of it" : ""}`
          : `scale the image first, to the size of those that the model was trained on${png ? ": --resize does" : ""}`,
    });
  }
  return dataset({ x: invert ? data.map((value) => 255 - value) : data, sampleShape: inputShape });
}

/** True if most of an image is bright, as on paper. */
export function looksInverted(images: Dataset): boolean {
  const { x } = images;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i];
  return x.length > 0 && sum / x.length > 127;
}

const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50;

function fromPng(bytes: Uint8Array, path: string, channels: 1 | 3, size: ImageSize | null): { data: Uint8Array; shape: readonly number[] } {
  const decoded = decodePng(bytes, path, { channels });
  const { width, height, data } = size === null ? decoded : resizeImage(decoded, ...size);
  return { data, shape: [height, width, channels] };
}

function fromIdx(bytes: Uint8Array, path: string): { data: Uint8Array; shape: readonly number[] } {
  const { shape, data } = decodeIdx(bytes, path);
  if (shape.length < 2)
    throw new ShapeError({
      where: path,
      got: `a list of ${shape[0]} numbers`,
      expected: "images [count, height, width]",
      hint: "labels have no pixels: give the file of images",
    });
  return { data, shape: shape.slice(1) };
}

/** Same sizes but for a last dimension of 1, or the same pixels in a row. */
function fits(shape: readonly number[], input: readonly number[]): boolean {
  const plain = (dims: readonly number[]): readonly number[] => (dims.length === 3 && dims[2] === 1 ? dims.slice(0, 2) : dims);
  const pixels = shape.reduce((a, b) => a * b, 1);
  return plain(shape).join() === plain(input).join() || (input.length === 1 && input[0] === pixels);
}

/** `28 x 28` is width x height. */
function describe(shape: readonly number[]): string {
  if (shape.length === 1) return `${shape[0]} values`;
  const [height, width, channels = 1] = shape;
  return `${width} x ${height} pixels${channels > 1 ? ` of ${channels} channels` : ""}`;
}
