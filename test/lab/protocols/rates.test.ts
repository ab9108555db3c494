import { describe, expect, it } from "vitest";
import { between, beyond, choose, nextRate, scoreOf } from "../../../src/lab/protocols/rates.ts";

const tried = (scores: Record<number, number | (number | null)[]>) =>
  Object.entries(scores).map(([rate, score]) => ({ rate: Number(rate), accuracies: typeof score === "number" ? [score] : score }));

describe("rates", () => {
  it("go on along the grid, whichever digits rounding took", () => {
    expect([beyond(0.001, 1), beyond(0.00316, 1), beyond(0.01, 1), beyond(0.00316, -1), beyond(10, 1), beyond(0.316, -1)]).toEqual([
      0.00316, 0.01, 0.0316, 0.001, 31.6, 0.1,
    ]);
    expect(beyond(0.002, 1)).toBe(0.00632);
    expect(beyond(0.002, -1)).toBe(0.000632);
  });

  it("lie between two in the geometric mean", () => {
    expect(between(0.001, 0.00316)).toBe(0.00178);
    expect(between(0.00316, 0.001)).toBe(0.00178);
    const fine = between(0.001, 0.001001);
    expect(fine).toBeGreaterThan(0.001);
    expect(fine).toBeLessThan(0.001001);
  });

  it("are scored by the mean, a diverged seed as 0", () => {
    expect(scoreOf({ rate: 1, accuracies: [0.9, null, 0.6] })).toBeCloseTo(0.5, 12);
  });

  it("are chosen by score and told from the edge, whatever their order", () => {
    expect(choose(tried({ 3: 0.5, 1: 0.7, 2: 0.9 }))).toMatchObject({ rate: 2, onEdge: false, rates: [{ rate: 1 }, { rate: 2 }, { rate: 3 }] });
    expect(choose(tried({ 1: 0.9, 2: 0.8, 3: 0.7 }))).toMatchObject({ rate: 1, onEdge: true });
    expect(choose(tried({ 1: 0.7, 2: 0.8, 3: 0.9 }))).toMatchObject({ rate: 3, onEdge: true });
    // A high rate that sometimes diverges loses to a duller one that never does.
    expect(choose(tried({ 1: [0.8, 0.8], 2: [0.8, 0.81], 3: [0.99, null] }))).toMatchObject({ rate: 2 });
  });

  it("take the smallest of equals, all diverged too", () => {
    expect(choose(tried({ 1: 0.5, 2: 0.9, 3: 0.9, 4: 0.1 })).rate).toBe(2);
    expect(choose(tried({ 1: [null], 2: [null], 3: [null] }))).toMatchObject({ rate: 1, onEdge: true });
  });

  it("come next beyond the edge, or towards the better neighbour", () => {
    expect(nextRate(choose(tried({ 0.01: 0.9, 0.0316: 0.8, 0.1: 0.7 })))).toBe(0.00316);
    expect(nextRate(choose(tried({ 0.01: 0.7, 0.0316: 0.8, 0.1: 0.9 })))).toBe(0.316);
    expect(nextRate(choose(tried({ 0.01: 0.7, 0.0316: 0.9, 0.1: 0.8 })))).toBe(0.0562);
    expect(nextRate(choose(tried({ 0.01: 0.8, 0.0316: 0.9, 0.1: 0.7 })))).toBe(0.0178);
    expect(nextRate(choose(tried({ 0.1: 0.7 })))).toBe(0.316);
  });
});
