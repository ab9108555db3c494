import { expect, it } from "vitest";
import { runExample } from "./run.ts";

it("two inputs and two losses learn from a few pairs", () => {
  const text = runExample("two-inputs", 2000, 3);
  const [, digit, same] = (/test: digit ([\d.]+) %, same ([\d.]+) %/.exec(text) ?? []).map(Number);
  expect(digit).toBeGreaterThan(75);
  expect(same).toBeGreaterThan(60);
  expect(text).toMatch(/epoch 3\/3 {2}loss [\d.]+ {2}digit_loss [\d.]+ {2}same_loss [\d.]+/);
  expect(text.match(/same with probability/g)).toHaveLength(5);
}, 120_000);
