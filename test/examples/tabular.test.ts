import { expect, it } from "vitest";
import { runExample } from "./run.ts";

it("a network predicts miles per gallon better than linear regression on the same rows of ten splits", () => {
  const text = runExample("tabular");
  const splits = [...text.matchAll(/^split \d+: R2 of the network ([\d.]+), of linear regression ([\d.]+)$/gm)].map(([, ...both]) => both.map(Number));
  expect(splits).toHaveLength(10);
  for (const [, linear] of splits) expect(linear).toBeGreaterThan(0.7);
  const [, mean, low, high] = (/explains ([\d.-]+) more of the variance, 95 % interval ([\d.-]+) to ([\d.-]+)/.exec(text) ?? []).map(Number);
  expect(mean).toBeCloseTo(splits.reduce((sum, [network, linear]) => sum + network - linear, 0) / 10, 3);
  expect(low).toBeGreaterThan(0);
  expect(high).toBeGreaterThan(mean);
}, 120_000);
