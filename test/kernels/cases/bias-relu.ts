import { type Case, each, exact, type KernelCases, roundings } from "../harness.ts";
import { draw, SPECIALS } from "./common.ts";

/** Values of a unit, and units: vectors and their rests. */
const SHAPES = [0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 20, 33].flatMap((n) => [0, 1, 2, 7].map((rows) => ({ rows, n })));
/** What a rectified map holds: zeros, and what is above. */
const rectified = draw((u) => Math.max(0, u));

const forwardCases: Case[] = SHAPES.flatMap((sizes, i): Case[] => [
  { sizes, shift: i % 4 },
  { sizes, inPlace: "z", shift: i % 4 },
  { sizes, data: { z: (k) => SPECIALS[k % SPECIALS.length] } },
]);

const backwardCases: Case[] = SHAPES.flatMap((sizes, i) =>
  [0, 1, 4, 9].flatMap((N): Case[] => [
    { sizes: { N, ...sizes }, data: { y: rectified }, shift: (i + N) % 4 },
    { sizes: { N, ...sizes }, data: { y: rectified }, inPlace: "dy" },
  ]),
);

// More than a block of rows.
backwardCases.push({ sizes: { N: 5, rows: 133, n: 16 }, data: { y: rectified } }, { sizes: { N: 2, rows: 2, n: 2100 }, data: { y: rectified } });

export const biasRelu = {
  bias_relu_forward_f32: { tolerance: exact, cases: forwardCases },
  bias_relu_backward_f32: { tolerance: each({ dz: exact, db: roundings((s) => 4 * s.rows + 4, ["dy"]) }), cases: backwardCases },
} satisfies Record<string, KernelCases>;
