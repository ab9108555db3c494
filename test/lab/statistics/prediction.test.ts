import { describe, expect, it } from "vitest";
import { predictionInterval } from "../../../src/lab/statistics/index.ts";
import { deriveKey, fillNormal } from "../../../src/random.ts";

describe("predictionInterval", () => {
  it("is mean ± t s sqrt(1 + 1/n)", () => {
    // t(.975, 4) = 2.776445, s = 1.581139.
    const { low, high } = predictionInterval([1, 2, 3, 4, 5]);
    expect(low).toBeCloseTo(3 - 4.808944, 5);
    expect(high).toBeCloseTo(3 + 4.808944, 5);
  });

  it("holds one more value 95 times in 100", () => {
    const draws = new Float64Array(6);
    let held = 0;
    for (let i = 0; i < 4000; i++) {
      fillNormal(draws, 6, deriveKey(7, i));
      const { low, high } = predictionInterval(draws.subarray(0, 5));
      if (draws[5] >= low && draws[5] <= high) held++;
    }
    expect(held / 4000).toBeGreaterThan(0.935);
    expect(held / 4000).toBeLessThan(0.965);
  });

  it("takes two values at least", () => {
    expect(() => predictionInterval([1])).toThrow(/got 1 values, expected at least 2/);
  });
});
