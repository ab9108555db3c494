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
  const line = image.width * channels;
  // First the axis that leaves less: a small file may hold very many rows, or very long ones.
  const both =
    image.height * width <= height * image.width
      ? along(along(image.data, columns, image.height, image.width, channels), rows, 1, image.height, width * channels)
      : along(along(image.data, rows, 1, image.height, line), columns, height, image.width, channels);
  return { width, height, channels, data: Uint8Array.from(both, (value) => Math.floor(value + 0.5)) };
}

/** The values [outer, length, inner] as [outer, sources, inner]. */
function along(values: ArrayLike<number>, sources: readonly Source[], outer: number, length: number, inner: number): Float64Array {
  const made = new Float64Array(outer * sources.length * inner);
  for (let o = 0; o < outer; o++) {
    for (let t = 0; t < sources.length; t++) {
      const { first, shares } = sources[t];
      const at = (o * sources.length + t) * inner;
      for (let k = 0; k < shares.length; k++) {
        const from = (o * length + first + k) * inner;
        for (let i = 0; i < inner; i++) made[at + i] += shares[k] * values[from + i];
      }
    }
  }
  return made;
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
