import { deriveKey } from "../../../src/random.ts";
import { type Case, exact, type KernelCases } from "../harness.ts";
import { LENGTHS, lengths } from "./common.ts";

const cases: Case[] = [deriveKey(1, 2, 3), [0, 0], [-1, 0x7fffffff], [-2147483648, 12345]].flatMap((key) => [
  ...lengths(() => ({ data: { key } }), key[0] === 0 ? LENGTHS : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 101]),
  { sizes: { n: 4001 }, data: { key } },
]);

export const random = {
  fill_uniform_f32: { tolerance: exact, cases },
  fill_normal_f32: { tolerance: exact, cases },
} satisfies Record<string, KernelCases>;
