import { expect, it } from "vitest";
import { runExample } from "./run.ts";

it("a network reads digits after a few of them", () => {
  const text = runExample("mnist-cnn", 3000, 2);
  expect(text).toContain("random_affine");
  expect(Number(/test: ([\d.]+) %/.exec(text)?.[1])).toBeGreaterThan(85);
}, 120_000);
