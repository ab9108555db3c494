import { describe, test } from "vitest";
import { cases } from "./cases.ts";
import { checkGradient } from "./check.ts";

describe("gradients equal central differences", () => {
  test.each(cases.map((c) => [c.name, c] as const))("%s", async (_, { build, inputs }) => {
    await checkGradient(build, inputs);
  });
});
