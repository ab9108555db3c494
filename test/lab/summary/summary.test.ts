import { describe, expect, it } from "vitest";
import { protocols } from "../../../src/lab/protocols/index.ts";
import { type Conditions, summarize } from "../../../src/lab/summary/index.ts";
import { fakeExecute, fakeStudy } from "../fake.ts";

const conditions: Conditions = {
  data: "mnist",
  trainSamples: 60_000,
  validationSamples: 6000,
  testSamples: 10_000,
  mode: "fast",
  kernels: "relaxed",
  engine: "v8",
  wasm: "a".repeat(64),
  probe: "b".repeat(64),
};

describe("summarize", () => {
  it("gives the same bytes for the same arms", async () => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"] });
    const run = () => protocols.fair.run(study, { seeds: [1, 2, 3], tuningSeeds: [1001] }, fakeExecute(({ seed }) => 0.9 + seed / 1e5).execute);
    const [a, b] = await Promise.all([run(), run()]);
    expect(JSON.stringify(summarize(study, "fair", a, conditions))).toBe(JSON.stringify(summarize(study, "fair", b, conditions)));
    expect(summarize(study, "fair", a, conditions).report.rows).toHaveLength(6);
  });
});
