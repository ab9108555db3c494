import { deriveKey } from "../../../src/random.ts";
import { type Case, type Content, exact, type KernelCases, roundings } from "../harness.ts";
import { draw } from "./common.ts";

const COUNTS = [0, 1, 3, 4, 5, 8, 9, 15, 16, 17, 33];

const turned: Case[] = [];
const none = [0, 0];
/** Rotation, zoom of rows and columns, shift of rows and columns. */
const ranges: readonly (readonly (readonly number[])[])[] = [
  [none, none, none, none, none],
  [[-1, 1], none, none, none, none],
  [[0.125, 0.125], none, none, none, none],
  [none, [-0.3, 0.5], [-0.9, 1], none, none],
  [none, none, none, [-0.2, 0.1], [0.3, 0.4]],
  [
    [-0.1, 0.05],
    [-0.2, 0.2],
    [0.1, 0.3],
    [-0.1, 0.1],
    [-0.2, 0.2],
  ],
];
for (const n of COUNTS)
  for (const [k, parts] of ranges.entries())
    for (const [H, W] of [
      [2, 2],
      [3, 7],
      [6, 5],
      [4, 8],
      [5, 9],
    ])
      turned.push({
        sizes: { n, H, W, stream: 6 * 65536 + k, oneZoom: (n + H) % 2, flipVertical: (n + k) % 2, flipHorizontal: (k + W) % 2 },
        data: { key: deriveKey(n, k, W), positions: draw((u) => Math.floor(Math.abs(u) * 1e6)), ranges: parts.flat().map(Math.fround) },
        shift: (n + H + k) % 4,
      });

/** Positions of all kinds. */
const positions: readonly Content[] = [
  draw((u) => 5 * u),
  // On pixels, and on the borders of the image.
  draw((u) => Math.floor(6 * u + 3)),
  draw((u) => 4 + 3 * u),
  // Far outside.
  draw((u) => 3e9 * u),
];
const cases = (C: number, n: number): Case[] =>
  positions.flatMap((coordinates, k) =>
    [
      [2, 2],
      [3, 7],
      [6, 4],
      [5, 5],
    ].flatMap(([H, W]) => [0, 1].map((nearest) => ({ sizes: { n, H, W, C, nearest }, data: { coordinates }, shift: (C + k + H + nearest) % 4 }))),
  );
/** A pixel that is not finite reaches its neighbours, as 0 times it is NaN, and no other image. */
const broken = (image: "x" | "dy"): Case[] =>
  [1, 3].flatMap((C) =>
    [Number.NaN, Number.POSITIVE_INFINITY].flatMap((value) =>
      [0, 1].map((nearest) => {
        const drawn = draw((u) => u);
        const pixels = (i: number): number => (i === 7 * C ? value : drawn(i));
        return { sizes: { n: 2, H: 3, W: 5, C, nearest }, data: { coordinates: draw((u) => 1 + 2 * u), [image]: pixels } };
      }),
    ),
  );
const read = [...[0, 1, 2, 3, 4, 5, 8, 17].flatMap((C) => [0, 1, 3].flatMap((n) => cases(C, n))), ...COUNTS.flatMap((n) => cases(1, n))];

export const resample = {
  random_affine_coordinates_f32: { tolerance: exact, cases: turned },
  // The weight, the product with the pixel, and three sums.
  resample_nhwc_forward_f32: { tolerance: roundings(6, ["x"]), cases: [...read, ...broken("x")] },
  // A pixel may be read from every position.
  resample_nhwc_backward_f32: { tolerance: roundings(({ H, W }) => H * W + 2, ["dy"]), cases: [...read, ...broken("dy")] },
} satisfies Record<string, KernelCases>;
