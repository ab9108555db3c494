import { expect, it } from "vitest";
import { expectBetter } from "./forecasting.ts";
import { runExample } from "./run.ts";

// Whole in test/long.
it("a GRU forecasts carbon dioxide and temperature better than naive rules after two passes", () => {
  expectBetter(runExample("forecasting", 2, 2), expect);
}, 300_000);
