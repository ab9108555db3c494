/** Every schedule over 1,000 steps against PyTorch's, and at points worked by hand from Keras's documented formulas. */
import { describe, expect, it } from "vitest";
import {
  cosineDecay,
  cosineDecayRestarts,
  customSchedule,
  cyclical,
  exponentialDecay,
  inverseTimeDecay,
  oneCycle,
  piecewiseConstantDecay,
  polynomialDecay,
  type Schedule,
  scheduleFromConfig,
  scheduleMakers,
  stepDecay,
  warmUp,
} from "../../src/schedules/index.ts";
import golden from "./schedules.json" with { type: "json" };

describe("1,000 steps are PyTorch's, within 1e-12", () => {
  it.each(golden.map((row) => ({ ...row, title: `${row.name} ${JSON.stringify(row.options)}` })))(
    "$title",
    ({ name, options, learningRate, steps, stepsPerEpoch, rates }) => {
      const schedule = scheduleMakers[name](options);
      // Where a cosine ends, PyTorch's 1 + cos has lost its digits: there the distance counts by the peak.
      const byPeak = name.includes("cosine") || name === "one-cycle";
      rates.forEach((rate, step) => {
        const error = Math.abs(schedule.at(step, steps, learningRate, stepsPerEpoch) - rate);
        expect(error, `step ${step}`).toBeLessThanOrEqual(1e-12 * (byPeak ? learningRate : rate));
      });
    },
  );

  it("of every name but those without a counterpart", () => {
    const covered = new Set(golden.map(({ name }) => name));
    expect(Object.keys(scheduleMakers).filter((name) => !covered.has(name))).toEqual(["constant", "inverse-time"]);
  });
});

/** [step, rate] worked from the formula that stands beside it. */
function points(schedule: Schedule, learningRate: number, expected: readonly (readonly [number, number])[], steps = 1000, stepsPerEpoch = 100): void {
  for (const [step, rate] of expected) {
    const ours = schedule.at(step, steps, learningRate, stepsPerEpoch);
    expect(Math.abs(ours - rate), `step ${step}: ${ours}, not ${rate}`).toBeLessThanOrEqual(1e-12 * rate);
  }
}

describe("Keras's formulas by hand", () => {
  it("ExponentialDecay: initial_learning_rate * decay_rate ^ (step / decay_steps)", () => {
    // 0.81^(1/2) = 0.9, 0.81^1, 0.81^(3/2) = 0.729, 0.81^2 = 0.6561
    const points81 = [
      [0, 0.2],
      [50, 0.2 * 0.9],
      [100, 0.2 * 0.81],
      [150, 0.2 * 0.729],
      [200, 0.2 * 0.6561],
    ] as const;
    points(exponentialDecay({ decayRate: 0.81, decaySteps: 100 }), 0.2, points81);
    points(exponentialDecay({ decayRate: 0.81, decayEpochs: 1 }), 0.2, points81);
    points(exponentialDecay({ decayRate: 0.81 }), 0.2, points81);
    points(exponentialDecay({ decayRate: 0.81, decaySteps: 100, staircase: true }), 0.2, [
      [99, 0.2],
      [100, 0.162],
      [199, 0.162],
      [200, 0.13122],
    ]);
  });

  it("InverseTimeDecay: initial_learning_rate / (1 + decay_rate * step / decay_steps)", () => {
    points(inverseTimeDecay({ decayRate: 0.5, decaySteps: 20 }), 0.1, [
      [0, 0.1],
      [20, 0.1 / 1.5],
      [40, 0.05],
      [50, 0.1 / 2.25],
      [999, 0.1 / 25.975],
    ]);
    points(inverseTimeDecay({ decayRate: 1, staircase: true }), 0.1, [
      [99, 0.1],
      [100, 0.05],
      [399, 0.025],
    ]);
    points(inverseTimeDecay({ decayRate: 1 }), 0.1, [[50, 0.1 / 1.5]]);
  });

  it("PolynomialDecay: (initial - end) * (1 - step / decay_steps) ^ power + end, and with cycle decay_steps * ceil(step / decay_steps)", () => {
    // 0.0999 * 0.75 + 0.0001, and its square
    points(polynomialDecay({ decaySteps: 400 }), 0.1, [
      [0, 0.1],
      [100, 0.075025],
      [400, 0.0001],
      [900, 0.0001],
    ]);
    points(polynomialDecay({ decaySteps: 400, endLearningRate: 0.02, power: 2 }), 0.1, [
      [100, 0.08 * 0.5625 + 0.02],
      [300, 0.08 * 0.0625 + 0.02],
    ]);
    // Step 500 of cycles of 400: the decay goes on to 800, so 1 - 5/8.
    points(polynomialDecay({ decaySteps: 400, endLearningRate: 0, cycle: true }), 0.1, [
      [0, 0.1],
      [200, 0.05],
      [401, 0.1 * (399 / 800)],
      [500, 0.0375],
      [900, 0.025],
    ]);
  });

  it("CosineDecay: initial * ((1 - alpha) * 0.5 * (1 + cos(pi * step / decay_steps)) + alpha)", () => {
    // cos(pi/3) = 1/2, cos(pi/2) = 0, cos(2 pi/3) = -1/2
    points(cosineDecay({ decaySteps: 300, alpha: 0.1 }), 0.1, [
      [0, 0.1],
      [100, 0.1 * (0.9 * 0.75 + 0.1)],
      [150, 0.1 * (0.9 * 0.5 + 0.1)],
      [200, 0.1 * (0.9 * 0.25 + 0.1)],
      [300, 0.01],
      [700, 0.01],
    ]);
    points(cosineDecay(), 0.4, [
      [250, 0.4 * (0.5 + Math.SQRT1_2 / 2)],
      [500, 0.2],
    ]);
  });

  it("CosineDecayRestarts: periods t_mul as long, m_mul as high", () => {
    // Periods 60, 120, 240: step 60 restarts at 0.8, step 180 at 0.64; halves at 30, 120 and 300.
    points(cosineDecayRestarts({ firstDecaySteps: 60, mMul: 0.8 }), 0.1, [
      [0, 0.1],
      [30, 0.05],
      [60, 0.08],
      [120, 0.04],
      [180, 0.064],
      [300, 0.032],
    ]);
    // (1 - alpha) m_mul^i (1 + cos) / 2 + alpha
    points(cosineDecayRestarts({ firstDecaySteps: 60, tMul: 1, mMul: 0.5, alpha: 0.2 }), 0.1, [
      [150, 0.1 * (0.8 * 0.25 * 0.5 + 0.2)],
      [120, 0.1 * (0.8 * 0.25 + 0.2)],
    ]);
    points(cosineDecayRestarts({ firstDecaySteps: 40, tMul: 1.5 }), 0.1, [
      [40, 0.1],
      [70, 0.05],
      [100, 0.1],
      [145, 0.05],
    ]);
  });

  it("PiecewiseConstantDecay: 1.0 for the first 101 steps, 0.5 for the next 10, then 0.1", () => {
    points(piecewiseConstantDecay({ boundarySteps: [100, 110], values: [1, 0.5, 0.1] }), 7, [
      [0, 1],
      [100, 1],
      [101, 0.5],
      [110, 0.5],
      [111, 0.1],
      [999, 0.1],
    ]);
    // Two epochs of 100 steps are steps 0 to 199.
    points(piecewiseConstantDecay({ boundaryEpochs: [2], values: [1, 0.5] }), 7, [
      [199, 1],
      [200, 0.5],
    ]);
  });

  it("CosineDecay with warm-up: initial + (target - initial) * step / warmup_steps, then the cosine of step - warmup_steps", () => {
    const schedule = warmUp(cosineDecay({ decaySteps: 300 }), { warmupSteps: 50 });
    points(schedule, 0.1, [
      [0, 0],
      [25, 0.05],
      [50, 0.1],
      [150, 0.075],
      [200, 0.05],
    ]);
    // The cosine takes what is left: 900 of 1,000 steps.
    points(warmUp(cosineDecay(), { warmupEpochs: 1, startFactor: 0.5 }), 0.1, [
      [50, 0.075],
      [100, 0.1],
      [550, 0.05],
    ]);
  });
});

describe("options", () => {
  const all: Schedule[] = golden.map(({ name, options }) => scheduleMakers[name](options));

  it("make the schedule again through JSON", () => {
    for (const schedule of [...all, inverseTimeDecay({ decayRate: 0.5, staircase: true }), scheduleMakers.constant()]) {
      const again = scheduleFromConfig(JSON.parse(JSON.stringify({ name: schedule.name, config: schedule.config() })));
      expect([again.name, again.usesTotal, again.config()]).toEqual([schedule.name, schedule.usesTotal, schedule.config()]);
      for (const step of [0, 1, 99, 500, 999]) expect(again.at(step, 1000, 0.1, 40)).toBe(schedule.at(step, 1000, 0.1, 40));
    }
  });

  it("tell whether the rates depend on the number of steps", () => {
    for (const schedule of [...all, customSchedule((step) => step), customSchedule((step, steps) => step / steps)]) {
      const depends = [1, 70, 300, 900].some((step) => schedule.at(step, 1000, 0.1, 40) !== schedule.at(step, 2000, 0.1, 40));
      expect(schedule.usesTotal ?? false, `${schedule.name} ${JSON.stringify(schedule.config())}`).toBe(depends);
    }
  });

  it("count epochs to the nearest step, at least one", () => {
    expect(stepDecay({ decayEpochs: 0.001, gamma: 0.5 }).at(2, 10, 1, 10)).toBe(0.25);
    expect(stepDecay({ decayEpochs: 0.26, gamma: 0.5 }).at(2, 10, 1, 10)).toBe(1);
    expect(stepDecay({ decayEpochs: 0.26, gamma: 0.5 }).at(3, 10, 1, 10)).toBe(0.5);
    // Without stepsPerEpoch all steps are one epoch.
    expect(stepDecay({ decayEpochs: 1, gamma: 0.5 }).at(9, 10, 1)).toBe(1);
    expect(stepDecay({ decayEpochs: 1, gamma: 0.5 }).at(10, 10, 1)).toBe(0.5);
  });

  it.each([
    ["no length", () => stepDecay({}), "neither decaySteps nor decayEpochs"],
    ["two lengths", () => cosineDecay({ decaySteps: 3, decayEpochs: 4 }), "both decaySteps and decayEpochs"],
    ["half a step", () => stepDecay({ decaySteps: 2.5 }), "a positive integer"],
    ["no epochs", () => stepDecay({ decayEpochs: 0 }), "a positive number"],
    ["a negative length", () => warmUp(oneCycle(), { warmupEpochs: -1 }), "a positive number"],
    ["a NaN", () => exponentialDecay({ decayRate: Number.NaN }), "decayRate = NaN"],
    ["a text", () => exponentialDecay({ decayRate: "0.9" as unknown as number }), "decayRate = 0.9"],
    ["a rate that is missing", () => exponentialDecay({} as { decayRate: number }), "decayRate = undefined"],
    ["a negative rate", () => inverseTimeDecay({ decayRate: -1 }), "0 or more"],
    ["no gamma", () => stepDecay({ decaySteps: 1, gamma: 0 }), "a positive number"],
    ["a negative end", () => polynomialDecay({ endLearningRate: -1e-4 }), "0 or more"],
    ["power 0", () => polynomialDecay({ power: 0 }), "a positive number"],
    ["an alpha above 1", () => cosineDecay({ alpha: 1.1 }), "0 to 1"],
    ["periods that shrink", () => cosineDecayRestarts({ firstDecaySteps: 5, tMul: 0.5 }), "1 or more"],
    ["no height", () => cosineDecayRestarts({ firstDecaySteps: 5, mMul: 0 }), "a positive number"],
    ["an unknown mode", () => cyclical({ mode: "square" as "triangular" }), "triangular, triangular2, exp-range"],
    ["a base above the peak", () => cyclical({ divFactor: 0.5 }), "1 or more"],
    ["a gamma that nobody reads", () => cyclical({ gamma: 0.9 }), 'mode "exp-range"'],
    ["a start above 1", () => warmUp(oneCycle(), { warmupSteps: 1, startFactor: 2 }), "0 to 1"],
    ["boundaries of both kinds", () => piecewiseConstantDecay({ boundarySteps: [1], boundaryEpochs: [1], values: [1, 2] }), "both"],
    ["boundaries of no kind", () => piecewiseConstantDecay({ values: [1] }), "neither"],
    ["boundaries that descend", () => piecewiseConstantDecay({ boundarySteps: [5, 5], values: [1, 2, 3] }), "ascending"],
    ["too few values", () => piecewiseConstantDecay({ boundarySteps: [5], values: [1] }), "2 values"],
    ["a negative value", () => piecewiseConstantDecay({ boundarySteps: [5], values: [1, -1] }), "values[1] = -1"],
    ["an unknown name", () => scheduleFromConfig({ name: "cosin", config: {} }), 'got "cosin"'],
    ["a function", () => scheduleFromConfig({ name: "custom", config: {} }), "give it again"],
    ["no config", () => scheduleFromConfig({ name: "cosine" }), "an object"],
    ["nothing", () => scheduleFromConfig(null), "no name"],
    ["a warm-up of nothing", () => scheduleFromConfig({ name: "warm-up", config: { warmupSteps: 3 } }), "no name"],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(/got .*, expected/);
  });
});
