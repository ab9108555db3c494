import { describe, expect, it } from "vitest";
import * as callbacks from "../../src/callbacks/index.ts";
import { callbackMakers } from "./job.ts";
import { killAndResume, type Tally } from "./kill.ts";

it("every callback takes part", () => {
  expect(Object.keys(callbackMakers).sort()).toEqual(Object.keys(callbacks).sort());
});

describe("killed and resumed", () => {
  const tally: Tally = { kills: 0, beforeFirst: 0, duringWrite: 0 };

  it("an MLP ends as if nothing had happened", async () => {
    const job = { model: "mlp", optimizer: "adam", schedule: "one-cycle", mode: "fast", epochs: 8, every: { steps: 40 } } as const;
    await killAndResume(job, [() => "early", () => "writing", (runTime) => Math.random() * runTime], tally);
  }, 60_000);

  it("a CNN ends as if nothing had happened", async () => {
    const job = { model: "cnn", optimizer: "rmsprop", schedule: "cosine", mode: "deterministic", epochs: 5 } as const;
    await killAndResume(job, [(runTime) => Math.random() * runTime, () => "writing"], tally);
  }, 60_000);

  it("the kills hit", () => {
    expect(tally.kills).toBeGreaterThanOrEqual(3);
    expect(tally.beforeFirst).toBeGreaterThanOrEqual(1);
  });
});
