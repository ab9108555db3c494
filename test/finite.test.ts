import { expect, test } from "vitest";
import { firstNonFinite } from "../src/finite.ts";

test("the first value that is not finite is found at any place, and nothing else is", () => {
  const extremes = [0, -0, 1, -1, 3.4e38, -3.4e38, 1e-45, -1e-45];
  for (let length = 0; length <= 9; length++) {
    const values = Float32Array.from({ length }, (_, i) => extremes[i % extremes.length]);
    expect(firstNonFinite(values)).toBe(-1);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (let at = 0; at < length; at++) {
        const spoilt = values.slice();
        spoilt[at] = bad;
        spoilt[length - 1] = at === length - 1 ? bad : Number.NaN;
        expect(firstNonFinite(spoilt)).toBe(at);
      }
    }
  }
  expect(firstNonFinite(new Float32Array([Number.NaN, 1, 2]).subarray(1))).toBe(-1);
});
