import { expect, it } from "vitest";
import { expectBetter } from "../examples/forecasting.ts";
import { runExample } from "../examples/run.ts";
import { length, short } from "./length.ts";

it("MASE of the forecasts stays below 0.9 by both naive rules with its interval over five seeds", () => {
  const figures = expectBetter(runExample("forecasting", length(5, 2), length(0, 3)), expect);
  if (short) return;
  for (const what of Object.values(figures).slice(0, 4)) for (const [, , high] of what) expect(high).toBeLessThan(0.9);
  // And below what a formula of three values says.
  for (const [, , high] of figures["of the season's, moved by its last change:"]) expect(high).toBeLessThan(1);
}, 900_000);
