/** The golden comparison of optimizers can fail: each of the wrong ones does. */
import { describe, expect, it } from "vitest";
import { createRuntime } from "../../src/index.ts";
import { optimizerNames } from "../../src/optimizers/index.ts";
import { excess, optimizerGolden } from "./optimizers.ts";
import { wrongOptimizers } from "./wrong-optimizers.ts";

const runtime = await createRuntime();
const files = { "optimizers.json": optimizerGolden("optimizers.json"), "keras-optimizers.json": optimizerGolden("keras-optimizers.json") };

it("there is one for every optimizer", () => {
  const of = new Set(wrongOptimizers.map((wrong) => wrong.case.split(",")[0]));
  expect([...of].sort()).toEqual([...optimizerNames].sort());
});

describe.each(wrongOptimizers.map((wrong) => [`${wrong.case} (${wrong.file})`, wrong] as const))("%s", (_, wrong) => {
  it(wrong.what, async () => {
    const { cases, steps } = files[wrong.file];
    expect(await excess(wrong.make(), cases[wrong.case], steps, runtime)).toBeGreaterThan(1);
  });
});
