/** Blocks of linear memory: zeroed, aligned, reused. */
import { describe, expect, it } from "vitest";
import { LinearMemory } from "../../src/runtime/memory.ts";

const fresh = (): LinearMemory => new LinearMemory(new WebAssembly.Memory({ initial: 1, maximum: 64 }), 100);
const clean = (memory: LinearMemory, bytes: number): boolean => {
  const block = memory.allocate(bytes, "a test");
  const zero = block.bytes(0, bytes).every((byte) => byte === 0);
  expect(block.base % 64).toBe(0);
  block.bytes(0, bytes).fill(7);
  block.dispose();
  return zero;
};

describe("LinearMemory", () => {
  it("hands out zeros, in memory that was never used and in memory that was", () => {
    const memory = fresh();
    // Smaller than what was used before, as large, larger by a part that never was, and after the memory grew.
    for (const bytes of [1000, 64, 1000, 5000, 1000, 200_000, 300_000, 100]) expect(clean(memory, bytes)).toBe(true);
    expect(memory.used).toBe(0);
  });

  it("keeps blocks apart", () => {
    const memory = fresh();
    const blocks = [10, 1000, 70_000].map((bytes) => memory.allocate(bytes, "a test"));
    blocks[1].dispose();
    const between = memory.allocate(500, "a test");
    expect(between.base).toBe(blocks[1].base);
    between.bytes(0, 500).fill(9);
    for (const block of [blocks[0], blocks[2]]) expect(block.bytes(0, block.byteLength).every((byte) => byte === 0)).toBe(true);
  });
});
