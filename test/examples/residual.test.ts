import { expect, it } from "vitest";
import { runExample } from "./run.ts";

it("a residual network learns from a few images", () => {
  const text = runExample("residual", 3000, 2);
  expect(text).toContain("add");
  expect(Number(/test: ([\d.]+) %/.exec(text)?.[1])).toBeGreaterThan(88);
}, 120_000);
