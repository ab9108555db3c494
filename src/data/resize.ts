/** Images of another size. @module */
import type { DecodedImage } from "./png.ts";

/** For each place of an axis the places it is made of: the first of them, and their shares, which add up to 1. */
interface Source {
  readonly first: number;
  readonly shares: Float64Array;
}

/**
 * The image with other numbers of rows and columns, each axis by itself: bilinear where it grows, the mean of what a pixel covers, weighted by a triangle,
 * where it shrinks, as Pillow and torchvision do it. The ratio of width to height is not kept.
 */
export function resizeImage(image: DecodedImage, height: number, width: number): DecodedImage {
  const { channels } = image;
  if (image.height === height && image.width === width) return image;
  const rows = axis(image.height, height);
  const columns = axis(image.width, width);
  const narrow = new Float64Array(image.height * width * channels);
  const { data } = image;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, shares } = columns[x];
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < shares.length; k++) sum += shares[k] * data[(y * image.width + first + k) * channels + c];
        narrow[(y * width + x) * channels + c] = sum;
      }
    }
  }
  const line = width * channels;
  const resized = new Uint8Array(height * line);
  for (let y = 0; y < height; y++) {
    const { first, shares } = rows[y];
    for (let i = 0; i < line; i++) {
      let sum = 0;
      for (let k = 0; k < shares.length; k++) sum += shares[k] * narrow[(first + k) * line + i];
      resized[y * line + i] = Math.floor(sum + 0.5);
    }
  }
  return { width, height, channels, data: resized };
}

function axis(from: number, to: number): Source[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    const shares = Float64Array.from({ length: end - first }, (_, k) => Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach));
    const sum = shares.reduce((a, b) => a + b, 0);
    return { first, shares: shares.map((share) => share / sum) };
  });
}
