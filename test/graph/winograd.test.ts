/** The choice of Winograd's tiles. */
import { describe, expect, test } from "vitest";
import { chooseWinograd } from "../../src/graph/ops/winograd.ts";

const tile = (rows: number, columns: number, C: number, OC: number, r = 3, dilation = 1): number | null =>
  chooseWinograd({ rows, columns, C, OC, r, dilation, pairs: rows * columns * r * r })?.tile ?? null;

describe("chooseWinograd", () => {
  test.each([
    [24, 24, 32, 32, 3, 6],
    [10, 10, 32, 64, 3, 5],
    // 225 products against 196, but smaller transforms.
    [9, 9, 32, 64, 3, 3],
    [4, 4, 64, 64, 3, 4],
    [2, 2, 64, 64, 3, 2],
    [12, 12, 64, 64, 3, 6],
    [8, 8, 16, 32, 5, 4],
    [2, 2, 16, 32, 5, 2],
  ])("%i x %i outputs, %i -> %i channels, filters of %i: F(%5$i)", (rows, columns, C, OC, r, expected) => {
    expect(tile(rows, columns, C, OC, r)).toBe(expected);
  });

  test("leaves few channels, single outputs and other filters to direct sums", () => {
    expect(tile(26, 26, 1, 32)).toBeNull();
    expect(tile(24, 24, 3, 16)).toBeNull();
    expect(tile(1, 1, 64, 64)).toBeNull();
    expect(tile(0, 5, 64, 64)).toBeNull();
    for (const r of [1, 2, 4, 6, 7]) expect(tile(24, 24, 32, 32, r)).toBeNull();
  });

  test.each([
    [28, 28, 32, 32, 3, 2, 5],
    [28, 28, 32, 32, 3, 4, 4],
    [13, 14, 24, 16, 3, 2, 4],
    [7, 7, 64, 64, 3, 4, 2],
    [8, 8, 16, 32, 5, 2, 4],
    [7, 7, 64, 64, 3, 7, null],
    [12, 12, 32, 32, 3, 8, null],
  ])("%i x %i outputs, %i -> %i channels, filters of %i, taps %i apart: F(%7$s)", (rows, columns, C, OC, r, dilation, expected) => {
    expect(tile(rows, columns, C, OC, r, dilation)).toBe(expected);
  });

  test("leaves to direct sums what they have few products for", () => {
    const shape = { rows: 7, columns: 7, C: 64, OC: 64, r: 3, dilation: 4 };
    expect(chooseWinograd({ ...shape, pairs: 441 })).not.toBeNull();
    // Padded to 7 x 7 outputs, rows and columns of taps meet 3, 7 and 3 pixels.
    expect(chooseWinograd({ ...shape, pairs: 169 })).toBeNull();
  });

  test("cuts blocks that leave room in the cache", () => {
    for (const size of [2, 4, 9, 10, 24]) {
      const choice = chooseWinograd({ rows: size, columns: size, C: 32, OC: 32, r: 3, dilation: 1, pairs: 9 * size * size });
      expect(choice?.block).toBe(Math.max(12, Math.floor(1024 / ((choice?.tile ?? 0) + 2) ** 2)));
    }
  });
});
