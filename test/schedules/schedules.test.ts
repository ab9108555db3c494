/** Schedules against what other frameworks compute. */
import { describe, expect, it } from "vitest";
import { anneal, halfCosine } from "../../src/schedules/anneal.ts";
import { constantRate, oneCycle } from "../../src/schedules/index.ts";
import golden from "./one-cycle.json" with { type: "json" };

describe("halfCosine", () => {
  it("is (1 - cos(pi t)) / 2", () => {
    for (let i = 0; i <= 1000; i++) expect(Math.abs(halfCosine(i / 1000) - (1 - Math.cos((Math.PI * i) / 1000)) / 2)).toBeLessThan(1e-15);
  });

  it("starts at 0 and ends at 1 exactly", () => {
    expect(anneal("cosine", 3, 5, 0)).toBe(3);
    expect(anneal("cosine", 3, 5, 1)).toBe(5);
    expect(anneal("linear", 3, 5, 0.25)).toBe(3.5);
  });
});

describe("oneCycle", () => {
  it.each(golden)("follows PyTorch's OneCycleLR: $options over $steps steps", ({ options, steps, learningRate, rates }) => {
    const schedule = oneCycle(options as Parameters<typeof oneCycle>[0]);
    rates.forEach((rate, step) => {
      const ours = schedule.at(step, steps, learningRate);
      expect(Math.abs(ours - rate), `step ${step}`).toBeLessThanOrEqual(1e-12 * learningRate);
    });
  });

  it("is the peak where there is nothing to cycle", () => {
    expect(oneCycle().at(0, 1, 0.5)).toBeCloseTo(0.5 / 25 / 1e4, 12);
    expect(constantRate().at(7, 9, 0.5)).toBe(0.5);
  });

  it.each([{ warmUp: 1.5 }, { warmUp: Number.NaN }, { divFactor: 0 }, { finalDivFactor: -1 }, { anneal: "steps" as "linear" }])("refuses %o", (options) => {
    expect(() => oneCycle(options)).toThrow(/oneCycle: got .*, expected/);
  });
});
