import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DecodedImage } from "../../../src/data/images/png.ts";
import { resizeImage } from "../../../src/data/images/resize.ts";

const grey = (height: number, width: number, data: readonly number[]): DecodedImage => ({ width, height, channels: 1, data: Uint8Array.from(data) });

/** The triangle filter written out in two dimensions, without separation. */
function direct({ height, width, channels, data }: DecodedImage, toHeight: number, toWidth: number): number[] {
  const share = (from: number, to: number, i: number, place: number): number => {
    const scale = from / to;
    return Math.max(0, 1 - Math.abs(place + 0.5 - (i + 0.5) * scale) / Math.max(1, scale));
  };
  const made: number[] = [];
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      for (let c = 0; c < channels; c++) {
        let [sum, weight] = [0, 0];
        for (let v = 0; v < height; v++) {
          for (let u = 0; u < width; u++) {
            const w = share(height, toHeight, y, v) * share(width, toWidth, x, u);
            sum += w * data[(v * width + u) * channels + c];
            weight += w;
          }
        }
        made.push(sum / weight);
      }
    }
  }
  return made;
}

describe("resizeImage", () => {
  test("the same size is the same image", () => {
    const image = grey(2, 2, [1, 2, 3, 4]);
    expect(resizeImage(image, 2, 2)).toBe(image);
  });

  test("figures by hand", () => {
    // Twice as wide: quarters between neighbours, the borders as they are.
    expect([...resizeImage(grey(1, 2, [0, 100]), 1, 4).data]).toEqual([0, 25, 75, 100]);
    // Half: the triangle reaches over four pixels, shares 1, 3, 3, 1; at a border over the three that there are.
    expect([...resizeImage(grey(1, 4, [0, 0, 70, 70]), 1, 2).data]).toEqual([10, 60]);
    expect([...resizeImage(grey(2, 2, [10, 20, 30, 40]), 1, 1).data]).toEqual([25]);
  });

  test("is the filter in two dimensions, for any sizes", () => {
    fc.assert(
      fc.property(
        fc.record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 1, max: 9 }), channels: fc.constantFrom(1 as const, 3 as const) }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat(255)),
        (of, height, width, stream) => {
          const data = Uint8Array.from({ length: of.height * of.width * of.channels }, () => stream.next().value as number);
          const image = { ...of, data };
          const made = resizeImage(image, height, width);
          expect([made.height, made.width, made.channels, made.data.length]).toEqual([height, width, of.channels, height * width * of.channels]);
          direct(image, height, width).forEach((value, i) => {
            expect(Math.abs(made.data[i] - value)).toBeLessThan(0.5 + 1e-9);
          });
        },
      ),
    );
  });

  test("a small file of very many rows, or of one very long, takes no more memory than its pixels", () => {
    for (const [height, width] of [
      [2 ** 20, 1],
      [1, 2 ** 20],
    ]) {
      const image: DecodedImage = { height, width, channels: 1, data: new Uint8Array(2 ** 20).fill(9) };
      for (const [toHeight, toWidth] of [
        [1, 8192],
        [8192, 1],
      ])
        expect(new Set(resizeImage(image, toHeight, toWidth).data)).toEqual(new Set([9]));
    }
  });

  test("keeps what is of one colour, white included", () => {
    for (const value of [0, 1, 254, 255]) expect(new Set(resizeImage(grey(7, 5, new Array(35).fill(value)), 3, 11).data)).toEqual(new Set([value]));
  });
});
