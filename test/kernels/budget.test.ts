/** What a user downloads: each build of the kernels, compressed, within budget.json. A budget is raised only with the reason in the commit. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import budgets from "./budget.json" with { type: "json" };

const build = new URL("../../build/", import.meta.url);

it("has a budget for every build", () => {
  expect(
    readdirSync(build)
      .filter((name) => name.endsWith(".wasm"))
      .sort(),
  ).toEqual(
    Object.keys(budgets)
      .map((name) => `${name}.wasm`)
      .sort(),
  );
});

it.each(Object.entries(budgets))("%s: at most %d bytes", (name, budget) => {
  expect(gzipSync(readFileSync(new URL(`${name}.wasm`, build)), { level: 9 }).length).toBeLessThanOrEqual(budget);
});
