import { deriveKey } from "../../../src/random.ts";
import { type Case, exact, type KernelCases } from "../harness.ts";
import { draw } from "./common.ts";

const cases: Case[] = [];
for (const n of [0, 1, 2, 9])
  for (const [H, W, C] of [
    [0, 3, 1],
    [1, 1, 1],
    [3, 0, 2],
    [2, 5, 3],
    [7, 4, 1],
    [5, 9, 2],
    [4, 3, 17],
  ])
    for (const pixels of [0, 1, 2, 6])
      for (const inverse of [0, 1])
        cases.push({
          sizes: { n, H, W, C, pixels, stream: pixels * 7 + n, inverse },
          data: { x: draw((u) => u), key: deriveKey(n, W), positions: draw((u) => Math.floor(u * 1000)) },
          shift: (n + H + W + pixels) % 4,
        });
for (const n of [3, 4, 5, 8, 15, 16, 17, 33])
  cases.push({
    sizes: { n, H: 3, W: 3, C: 1, pixels: 1, stream: 0, inverse: 0 },
    data: { x: draw((u) => u), key: [n, 2], positions: draw((u) => Math.floor(u * 1000)) },
  });

export const shift = {
  random_shift_nhwc_f32: { tolerance: exact, cases },
} satisfies Record<string, KernelCases>;
