import { deriveKey, threefry } from "../../../src/random.ts";
import { type Case, exact, type KernelCases } from "../harness.ts";
import { draw, LENGTHS, lengths } from "./common.ts";

const cases: Case[] = [deriveKey(1, 2, 3), [0, 0], [-1, 0x7fffffff], [-2147483648, 12345]].flatMap((key) => [
  ...lengths(() => ({ data: { key } }), key[0] === 0 ? LENGTHS : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 101]),
  { sizes: { n: 4001 }, data: { key } },
]);

/** Rows of several widths for samples anywhere. */
const rows = (sizes: Record<string, number>): Case[] =>
  [0, 1, 2, 5].flatMap((n) =>
    [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33].map((width) => ({
      sizes: { n, width, stream: 4 * 65536 + n * 3, ...sizes },
      data: { key: deriveKey(n, width), positions: draw((u) => Math.floor(Math.abs(u) * 1e6)) },
      shift: (n + width) % 4,
    })),
  );
const many = (sizes: Record<string, number>): Case => ({
  sizes: { n: 33, width: 131, stream: 7, ...sizes },
  data: { key: [-5, 77], positions: (i) => i },
});

/** The threshold that a word reaches exactly. */
const reached = (): Case => {
  const [words, row] = [
    [0, 0],
    [0, 0],
  ];
  threefry(row, 5, 6, 3, 1);
  threefry(words, row[0], row[1], 0, 0);
  return { sizes: { n: 1, width: 2, stream: 1, threshold: words[0] >>> 8, value: 1 }, data: { key: [5, 6], positions: 3 } };
};

export const random = {
  dropout_mask_f32: {
    tolerance: exact,
    cases: [0, 1, 2 ** 23, 2 ** 24 - 1, 2 ** 24].flatMap((threshold) => [...rows({ threshold, value: 1.7 }), many({ threshold, value: 2 })]).concat(reached()),
  },
  normal_rows_f32: {
    tolerance: exact,
    cases: [
      [0, 1],
      [1, 0.3],
      [-2, 1e-3],
    ].flatMap(([mean, stddev]) => [...rows({ mean, stddev }), many({ mean, stddev })]),
  },
  fill_uniform_f32: { tolerance: exact, cases },
  fill_normal_f32: { tolerance: exact, cases },
} satisfies Record<string, KernelCases>;
