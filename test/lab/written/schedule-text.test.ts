/** What `--schedule` takes. */
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { parseSchedule, scheduleHelp } from "../../../src/lab/written/schedule-text.ts";
import { scheduleMakers } from "../../../src/schedules/index.ts";

describe("--schedule", () => {
  it.each([
    ["constant", "constant", {}],
    ["step:0.5@5", "step", { gamma: 0.5, decayEpochs: 5 }],
    ["step@0.5", "step", { gamma: 0.1, decayEpochs: 0.5 }],
    ["step:0.5@500steps", "step", { gamma: 0.5, decaySteps: 500 }],
    ["step@1step", "step", { gamma: 0.1, decaySteps: 1 }],
    ["exponential:0.95", "exponential", { decayRate: 0.95, staircase: false }],
    ["exponential:0.95@2", "exponential", { decayRate: 0.95, staircase: false, decayEpochs: 2 }],
    ["inverse-time:1e-1@10steps", "inverse-time", { decayRate: 0.1, staircase: false, decaySteps: 10 }],
    ["polynomial", "polynomial", { endLearningRate: 0.0001, power: 1, cycle: false }],
    ["polynomial:0,2@8", "polynomial", { endLearningRate: 0, power: 2, cycle: false, decayEpochs: 8 }],
    ["cosine", "cosine", { alpha: 0 }],
    ["cosine:0.01@20", "cosine", { alpha: 0.01, decayEpochs: 20 }],
    ["cosine-restarts:1,0.9@2", "cosine-restarts", { tMul: 1, mMul: 0.9, alpha: 0, firstDecayEpochs: 2 }],
    ["one-cycle", "one-cycle", { warmUp: 0.3, divFactor: 25, finalDivFactor: 1e4, anneal: "cosine" }],
    ["one-cycle:0.1,10", "one-cycle", { warmUp: 0.1, divFactor: 10, finalDivFactor: 1e4, anneal: "cosine" }],
    ["triangular@2,3", "triangular", { divFactor: 4, upEpochs: 2, downEpochs: 3 }],
    ["triangular2:10@50steps", "triangular2", { divFactor: 10, upSteps: 50 }],
    ["exp-range:0.9999,5@2", "exp-range", { gamma: 0.9999, divFactor: 5, upEpochs: 2 }],
    ["piecewise:0.1,0.01@5", "piecewise", { values: [0.1, 0.01], boundaryEpochs: [5] }],
    ["piecewise:0.1,0.01,0@5steps,7steps", "piecewise", { values: [0.1, 0.01, 0], boundarySteps: [5, 7] }],
    ["warm-up@1+cosine", "warm-up", { startFactor: 0, warmupEpochs: 1, schedule: { name: "cosine", config: { alpha: 0 } } }],
    ["warm-up:0.1@10steps+step:0.5@5", "warm-up", { startFactor: 0.1, warmupSteps: 10, schedule: { name: "step", config: { gamma: 0.5, decayEpochs: 5 } } }],
  ])("%s", (text, name, config) => {
    const schedule = parseSchedule(text);
    expect([schedule.name, schedule.config()]).toEqual([name, config]);
  });

  it.each([
    ["", "constant, step"],
    ["stpe:0.5@5", "did you mean step?"],
    ["warm-up@1+cosin", "did you mean cosine?"],
    ["step:half@5", "a number in step[:FACTOR]@N"],
    ["step:0.5@", "a positive number of epochs, or of steps as in 500steps"],
    ["step:0.5@5epochs", "a positive number of epochs"],
    ["step:0.5@-5", "a positive number of epochs"],
    ["step:0.5@1.5steps", "a positive integer before steps"],
    ["step:0.5,0.6@5", 'got 2 values in "step:0.5,0.6@5"'],
    ["step:0.5@5,6", 'got 2 lengths in "step:0.5@5,6"'],
    ["exponential", "expected exponential:RATE[@N]"],
    ["cosine:2", "--schedule cosine:2: got alpha = 2, expected 0 to 1"],
    ["cosine+step@1", '"+step@1"'],
    ["warm-up@1", "no schedule"],
    ["warm-up+cosine", "0 lengths"],
    ["piecewise:0.1@5,6", "3 values"],
    ["piecewise:0.1,-1@5", "0 or more"],
    ["piecewise:0.1,0.2,0.3@5,6steps", "all in epochs, or all in steps"],
    ["piecewise:0.1,0.2,0.3@6,5", "ascending"],
  ])("refuses %j", (text, message) => {
    const parse = () => parseSchedule(text);
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });

  it("explains every name in the help", () => {
    for (const name of Object.keys(scheduleMakers)) expect(scheduleHelp).toMatch(new RegExp(`^  ${name}[^a-z0-9-]`, "m"));
    for (const line of scheduleHelp.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});
