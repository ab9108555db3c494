import { expect, it } from "vitest";
import { overfitting } from "../../../src/lab/analyses/overfitting/index.ts";
import type { Table } from "../../../src/lab/reports/report.ts";
import type { TrialResult } from "../../../src/lab/trials/trial.ts";
import { fakeStudy, result } from "../fake.ts";
import { armOf, factsOfArms } from "./support.ts";

interface Data {
  answer: string;
  best: number;
  diverged: number;
  bestOfSeeds: { median: number; min: number; max: number };
  trainingOn: Record<"valLoss" | "valAccuracy" | "loss", { mean: number; interval: { low: number; high: number } }> | null;
  stopping: Record<"valLoss" | "valAccuracy" | "accuracyKept", { mean: number; interval: { low: number; high: number } | null }>;
  gap: { accuracy: { mean: number }; loss: { mean: number } } | null;
}

const study = fakeStudy({ model: ["cnn"] });
const EPOCHS = 12;
const noise = (seed: number, epoch: number): number => (((seed * 31 + epoch * 17) % 13) - 6) / 6;

function analysed(
  valLoss: (epoch: number, seed: number) => number,
  valAccuracy: (epoch: number, seed: number) => number,
  seeds = 10,
  more: (seed: number) => Partial<TrialResult> = () => ({}),
) {
  const arms = [
    armOf(study, seeds, (_, s) =>
      result(`${s}`, 0.99, {
        epochs: Array.from({ length: EPOCHS }, (_, e) => ({
          loss: 0.5 / (e + 1),
          accuracy: 0.9,
          valLoss: valLoss(e + 1, s),
          valAccuracy: valAccuracy(e + 1, s),
        })),
        training: { loss: 0.002, accuracy: 0.9993 },
        validation: { loss: valLoss(EPOCHS, s), accuracy: valAccuracy(EPOCHS, s) },
        ...more(s),
      }),
    ),
  ];
  const finding = overfitting(study, arms, factsOfArms(arms));
  return { finding, data: (finding.data as Data[] | null)?.[0] as Data };
}

const valley = (epoch: number): number => 0.04 + 0.0005 * (epoch - 5) ** 2;

it("finds the epoch of least validation loss, the rise after it, and what early stopping keeps", () => {
  const { data, finding } = analysed(
    (e, s) => valley(e) + 0.0001 * noise(s, e),
    (e, s) => 0.98 + 0.001 * Math.min(e, 5) - 0.0005 * Math.max(0, e - 5) + 0.0001 * noise(s, e),
  );
  expect(data.best).toBe(5);
  expect(data.bestOfSeeds).toEqual({ median: 5, min: 5, max: 5 });
  const rise = valley(12) - valley(5);
  expect(data.trainingOn!.valLoss.mean).toBeCloseTo(rise, 3);
  expect(data.trainingOn!.valLoss.interval.low).toBeGreaterThan(0.9 * rise);
  expect(data.trainingOn!.valAccuracy.mean).toBeCloseTo(-0.0035, 3);
  expect(data.stopping.accuracyKept.mean).toBeCloseTo(0.0035, 3);
  expect(data.gap!.loss.mean).toBeCloseTo(valley(12) - 0.002, 3);
  expect(data.gap!.accuracy.mean).toBeCloseTo(0.9993 - 0.9815, 3);
  expect(data.answer).toBe("both");
  expect(finding.verdict[0]).toMatch(/does not hold: the validation loss is least at epoch 5 of 12/);
});

it("tells a loss that rises from an accuracy that does not fall", () => {
  const { data, finding } = analysed(
    (e, s) => valley(e) + 0.0001 * noise(s, e),
    (e, s) => 0.98 + 0.0003 * e + 0.0001 * noise(s, e),
  );
  expect(data.answer).toBe("loss");
  expect(finding.verdict[0]).toMatch(/does not hold for the loss.*For accuracy no harm is seen/);
});

it("does not take the least of a noisy flat curve for overfitting", () => {
  // Each seed has its own least epoch, which lies far below its last: chosen by itself it would look like a rise.
  const flat = (e: number, s: number): number => 0.05 + 0.01 * Math.sin(37 * s + 11 * e);
  const { data, finding } = analysed(flat, (e, s) => 0.99 + 0.001 * Math.sin(5 * s + 3 * e), 20);
  expect(data.stopping.valLoss.mean).toBeLessThan(0.042);
  expect(data.answer).toBe("neither");
  expect(finding.verdict[0]).toMatch(/is not contradicted/);
});

it("has nothing to judge where the loss falls to the last epoch", () => {
  const { data, finding } = analysed(
    (e, s) => 0.1 - 0.005 * e + 0.0001 * noise(s, e),
    () => 0.99,
  );
  expect(data.best).toBe(EPOCHS);
  expect(finding.verdict[0]).toBe(
    '"No overfitting" is not contradicted: the validation loss is least at epoch 12 of 12, so that there is no training on to judge.',
  );
});

it("has a column for each end of an interval", () => {
  const { finding } = analysed(
    (e, s) => valley(e) + 0.0001 * noise(s, e),
    (e, s) => 0.98 + 0.0003 * e + 0.0001 * noise(s, e),
  );
  const [on, stopping] = finding.sections[0].items.filter((item): item is Table => item.kind === "table");
  const [, best, from, to, rise, low, high] = on.rows[0] as number[];
  expect([best, from, to]).toEqual([5, 5, 5]);
  expect(rise).toBeCloseTo(valley(12) - valley(5), 3);
  expect(low).toBeLessThan(rise);
  expect(high).toBeGreaterThan(rise);
  expect(stopping.rows[0][1]).toBeCloseTo(-0.21, 1);
  for (const { columns, rows } of [on, stopping]) expect(rows[0]).toHaveLength(columns.length);
});

it("one seed cannot tell", () => {
  const { data, finding } = analysed(valley, () => 0.99, 1);
  expect(data.answer).toBe("open");
  expect(finding.verdict[0]).toMatch(/One seed cannot tell/);
});

it("leaves out what diverged, and is silent without validation", () => {
  const { data } = analysed(
    valley,
    () => 0.99,
    5,
    (s) => (s === 2 ? { divergedAt: 7, epochs: [] } : {}),
  );
  expect(data.diverged).toBe(1);
  expect(data.best).toBe(5);
  const { finding } = analysed(
    valley,
    () => 0.99,
    3,
    () => ({ epochs: [{ loss: 1, accuracy: 0.5, valLoss: null, valAccuracy: null }] }),
  );
  expect(finding).toEqual({ data: null, sections: [], verdict: [] });
});
