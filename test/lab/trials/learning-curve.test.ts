import { expect, it } from "vitest";
import type { Dataset } from "../../../src/data/index.ts";
import { LearningCurve } from "../../../src/lab/trials/learning-curve.ts";
import type { FitContext } from "../../../src/model/fit/callback.ts";
import type { EpochReport, StepReport } from "../../../src/model/history.ts";

it("an epoch whose end gives no finite loss has none, not that of the validation before", async () => {
  const losses = [0.5, Number.NaN];
  const reasons: string[] = [];
  const context = {
    endSlice: () => undefined,
    stop: (reason: string) => void reasons.push(reason),
    evaluate: async () => ({ loss: losses.shift(), accuracy: 0.8, metrics: {} }),
  } as unknown as FitContext;
  const curve = new LearningCurve({} as Dataset, 2, 16);
  for (let step = 0; step < 2; step++) {
    const report = { step, stepInEpoch: step + 1, stepsPerEpoch: 2, samplesInEpoch: 32, samplesPerSecond: 100, loss: 1 };
    await curve.onStepEnd(report as StepReport, context);
  }
  curve.onEpochEnd({ seconds: 1 } as EpochReport);
  expect(curve.points.map(({ step, valLoss }) => [step, valLoss])).toEqual([[1, 0.5]]);
  expect([curve.divergedAt, reasons]).toEqual([2, ["diverged"]]);
  expect(curve.atEpoch(0)).toEqual({ valLoss: null, valAccuracy: null });
});
