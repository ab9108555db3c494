import { type Case, type Content, exact, type KernelCases, roundings } from "../harness.ts";
import { integers } from "./common.ts";

const WIDTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 19, 31, 32, 33, 35, 47, 49, 101, 255, 257];
const COUNTS = [0, 1, 2, 3, 5, 7];
const ROWS = 6;

/** Every width and number of rows; the data at `from` has six of them. */
function gathered(from: string, more: Partial<Case> = {}): Case[] {
  const data: Record<string, Content> = { ...more.data, indices: integers(ROWS) };
  const tests = WIDTHS.flatMap((width) =>
    COUNTS.map((n) => ({ ...more, sizes: { ...more.sizes, n, width }, lengths: { [from]: ROWS * width }, data, shift: (n + width) % 4 })),
  );
  // First and last row; one row many times.
  for (const indices of [
    [0, ROWS - 1],
    [ROWS - 1, 0, ROWS - 1],
    [2, 2, 2, 2],
  ]) {
    tests.push({ ...more, sizes: { ...more.sizes, n: indices.length, width: 13 }, lengths: { [from]: ROWS * 13 }, data: { ...data, indices }, shift: 0 });
  }
  return tests;
}

const everyByte = Array.from({ length: 256 }, (_, i) => i);

export const gather = {
  // Whole numbers and one division are exact. With a fraction, two roundings: of a difference, and of its quotient.
  gather_rows_u8: {
    tolerance: exact,
    cases: [
      ...gathered("data", { sizes: { shift: 0, scale: 255 } }),
      ...gathered("data", { sizes: { shift: 127, scale: 3 } }),
      { sizes: { n: 2, width: 128, shift: 0, scale: 255 }, lengths: { data: 256 }, data: { data: everyByte, indices: [1, 0] } },
      ...gathered("data", {
        sizes: { shift: 33.318421, scale: 78.567491 },
        tolerance: {
          kind: "bound",
          bound:
            ({ sizes: { shift, scale }, after: { y } }) =>
            (i) =>
              2 ** -24 * 1.001 * (Math.abs((y as Float64Array)[i]) + Math.max(256, Math.abs(shift)) / Math.abs(scale)),
        },
      }),
    ],
  },
  gather_rows_f32: { tolerance: exact, cases: gathered("x") },
  gather_rows_i32: { tolerance: exact, cases: gathered("x", { data: { x: integers(2147483647) } }) },
  scatter_add_rows_f32: {
    tolerance: roundings(({ n }) => n + 8, ["dx", "dy"]),
    cases: [0, 1].flatMap((beta) => [
      ...WIDTHS.flatMap((width) =>
        COUNTS.map((n) => ({ sizes: { n, width, ld: width + (n % 3), rows: ROWS, beta }, data: { indices: integers(ROWS) }, shift: (n + width) % 4 })),
      ),
      { sizes: { n: 3, width: 9, ld: 9, rows: 1, beta }, data: { indices: [0, 0, 0] } },
      { sizes: { n: 0, width: 5, ld: 5, rows: 0, beta }, data: { indices: [] } },
      ...[4, 5].map((width) => ({ sizes: { n: 9, width, ld: 6, rows: ROWS, beta }, data: { indices: [3, 3, 3, 0, 5, 3, 0, 5, 3] } })),
    ]),
  },
} satisfies Record<string, KernelCases>;
