/** Configurations in which any one value is another: a model, or a typed error. */
import { expect, it } from "vitest";
import {
  activityRegularization,
  bidirectional,
  conv2d,
  cosineDecay,
  cyclical,
  dense,
  dropout,
  flatten,
  GradienteError,
  gaussianDropout,
  gaussianNoise,
  gru,
  huber,
  lstm,
  masking,
  maxPool2d,
  modelFromJSON,
  nadam,
  piecewiseConstantDecay,
  prelu,
  randomShift,
  repeatVector,
  reshape,
  scheduleFromConfig,
  sequential,
  simpleRnn,
  spatialDropout2d,
  timeDistributed,
  warmUp,
} from "../../src/index.ts";

const others = [null, undefined, 5, -1, 1.5, 1e9, Number.NaN, true, "x", "__proto__", "constructor", [], [null], ["a"], {}, { name: "x" }];

/** What is thrown, but for errors of ours, when each value of `json` in turn is each of the others. */
function untyped(json: unknown, read: (changed: unknown) => unknown): string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    for (const other of path.length === 0 ? [] : others) {
      const changed = structuredClone(json) as Record<string, unknown>;
      const holder = path.slice(0, -1).reduce((part, key) => part[key] as Record<string, unknown>, changed);
      holder[path[path.length - 1]] = other;
      try {
        read(changed);
      } catch (error) {
        if (!(error instanceof GradienteError)) found.push(`${path.join(".")} = ${JSON.stringify(other)}: ${error}`);
      }
    }
    if (typeof value === "object" && value !== null) for (const [key, part] of Object.entries(value)) visit(part, [...path, key]);
  };
  visit(json, []);
  return found;
}

it("of recurrent layers", () => {
  const model = sequential({ inputShape: [4, 3], batchSize: 2 }, [
    masking(),
    timeDistributed(dense(3)),
    bidirectional(gru(2, { returnSequences: true, recurrentRegularizer: "l2" }), { mergeMode: "sum" }),
    lstm(2, { recurrentConstraint: "unitNorm", recurrentDropout: 0.1, stateful: true }),
    repeatVector(2),
    simpleRnn(2),
  ]);
  const json = JSON.parse(JSON.stringify(model.toJSON()));
  expect(untyped(json, (changed) => modelFromJSON(changed))).toEqual([]);
});

it("of a model", () => {
  const model = sequential({ inputShape: [8, 8, 2] }, [
    randomShift(1),
    conv2d(3, 3, { kernelRegularizer: "l1l2", kernelConstraint: "maxNorm" }),
    prelu({ sharedAxes: [1, 2] }),
    spatialDropout2d(0.1),
    maxPool2d(2),
    flatten(),
    reshape([27]),
    dropout(0.2),
    gaussianNoise(0.1),
    gaussianDropout(0.1),
    activityRegularization({ l1: 1 }),
    dense(8, { activation: "gelu", biasConstraint: "nonNegative", activityRegularizer: "l2" }),
  ]);
  model.compile({ optimizer: nadam({ ema: 0.9, clipNorm: 1 }), loss: huber({ delta: 2 }), metrics: ["accuracy"] });
  expect(untyped(model.toJSON(), modelFromJSON)).toEqual([]);
});

it("of a schedule", () => {
  for (const schedule of [
    warmUp(cosineDecay({ decayEpochs: 3 }), { warmupSteps: 5 }),
    piecewiseConstantDecay({ boundarySteps: [1, 2], values: [3, 2, 1] }),
    cyclical({ mode: "exp-range", gamma: 0.9, upSteps: 3 }),
  ])
    expect(untyped({ name: schedule.name, config: schedule.config() }, scheduleFromConfig)).toEqual([]);
});
