import { expect, it } from "vitest";
import { gainShares } from "../../../src/lab/analyses/gain-shares/index.ts";
import type { Study } from "../../../src/lab/definition/study.ts";
import type { Table } from "../../../src/lab/reports/report.ts";
import type { TrialResult } from "../../../src/lab/trials/trial.ts";
import { fakeStudy, result } from "../fake.ts";
import { armOf, factsOfArms } from "./support.ts";

interface Data {
  from: number;
  to: number;
  answer: string;
  changes: {
    factor: string;
    from: string;
    to: string;
    share: number;
    gain: number;
    alone: number;
    last: number;
    interval: { low: number; high: number } | null;
  }[];
}

const study = fakeStudy({ model: ["mlp", "cnn"], initializer: ["bad", "good"], learningRate: [0.01, 0.1] }, {}, ({ model, initializer, learningRate }) =>
  model === "mlp" && initializer === "bad" && learningRate === 0.01 ? { accuracy: 0.3969 } : null,
);
/** What was changed in a cell: model, initializer, rate. */
const changed = (cell: number): [boolean, boolean, boolean] => [cell >= 4, (cell & 2) > 0, (cell & 1) > 0];
const jitter = (cell: number, seed: number): number => (((cell * 7 + seed * 13) % 11) - 5) * 1e-4;

function analysed(
  accuracy: (model: boolean, initializer: boolean, rate: boolean) => number | null,
  seeds = 10,
  more: (cell: number) => Partial<TrialResult> = () => ({}),
) {
  const arms = [
    armOf(study, seeds, (cell, seed) => {
      const value = accuracy(...changed(cell));
      return result(`${cell}-${seed}`, value === null ? null : value + jitter(cell, seed), more(cell));
    }),
  ];
  const finding = gainShares(study, arms, factsOfArms(arms));
  return { finding, data: finding.data as Data };
}

const shareOf = ({ changes }: Data, factor: string) => changes.find((change) => change.factor === factor)!;

it("gives each change what it adds, where they add up", () => {
  const { data, finding } = analysed((model, initializer, rate) => 0.2 + (model ? 0.1 : 0) + (initializer ? 0.5 : 0) + (rate ? 0.15 : 0));
  for (const [factor, truth] of [
    ["model", 0.1],
    ["initializer", 0.5],
    ["learningRate", 0.15],
  ] as const) {
    const { share, interval, gain, alone, last } = shareOf(data, factor);
    expect(gain).toBeCloseTo(truth, 3);
    expect(alone).toBeCloseTo(truth, 2);
    expect(last).toBeCloseTo(truth, 2);
    expect(interval!.low).toBeLessThan(truth / 0.75);
    expect(interval!.high).toBeGreaterThan(truth / 0.75);
    expect(interval!.high - interval!.low).toBeLessThan(0.01);
    expect(share).toBeCloseTo(truth / 0.75, 2);
  }
  expect(data.changes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(data.answer).toBe("fails");
  expect(finding.verdict[0]).toMatch(/It was not the change from mlp to cnn/);
  expect(finding.verdict[1]).toMatch(/mlp reaches 85\.\d\d %; cnn with nothing else changed reaches 30\.\d\d %/);
  expect(finding.verdict[2]).toMatch(/Of the 7[45]\.\d\d points .* initializer \(bad to good\) 67 %/);
});

it("divides evenly what two changes give only together", () => {
  const { data } = analysed((model, initializer) => (model && initializer ? 0.9 : 0.1));
  expect(shareOf(data, "model").share).toBeCloseTo(0.5, 2);
  expect(shareOf(data, "initializer").share).toBeCloseTo(0.5, 2);
  expect(shareOf(data, "model").alone).toBeCloseTo(0, 2);
  expect(shareOf(data, "model").last).toBeCloseTo(0.8, 2);
  expect(data.answer).toBe("open");
});

it("says so when it was the model", () => {
  const { data, finding } = analysed((model, initializer) => 0.2 + (model ? 0.6 : 0) + (initializer ? 0.1 : 0));
  expect(data.answer).toBe("holds");
  expect(finding.verdict[0]).toMatch(/did most of it/);
});

it("leaves the answer open with one seed", () => {
  const { data } = analysed((model) => (model ? 0.9 : 0.2), 1);
  expect(data.answer).toBe("open");
  expect(data.changes.every(({ interval }) => interval === null)).toBe(true);
});

it("counts diverged runs as 0, and tells how many", () => {
  const { data, finding } = analysed((model, initializer, rate) =>
    rate && !initializer ? null : 0.2 + (initializer ? 0.4 : 0) + (model ? 0.1 : 0) + (rate ? 0.05 : 0),
  );
  expect(shareOf(data, "learningRate").alone).toBeCloseTo(-0.2, 2);
  expect(finding.sections[0].text.join(" ")).toMatch(/20 runs of these diverged and count as 0 %/);
});

it("begins at the printed settings although others are worse, and changes only what the best has otherwise", () => {
  // The best is an mlp: the model is no change; cnn cells are worst.
  const { data, finding } = analysed((model, initializer, rate) => (model ? 0.05 : 0.3 + (initializer ? 0.3 : 0) + (rate ? 0.2 : 0)));
  expect(data.from).toBeCloseTo(0.3, 2);
  expect(data.changes.map(({ factor }) => factor)).toEqual(["initializer", "learningRate"]);
  expect(data.answer).toBe("fails");
  expect(finding.verdict[0]).toMatch(/It was not the model/);
});

it("says after how many epochs the printed figure was, whatever a quick study has", () => {
  const quick: Study = { ...study, printed: [{ settings: { epochs: 50 }, accuracy: 0.3969 }], printedCells: [{ ...study.cells[0], index: 0 }] };
  const arms = [armOf(quick, 3, (c, s) => result(`${c}-${s}`, 0.1 + 0.05 * c))];
  expect(gainShares(quick, arms, factsOfArms(arms)).sections[0].text[0]).toContain("after 50 epochs");
});

it("says that there is nothing to share out when the printed settings are the best", () => {
  const { finding } = analysed((model, initializer, rate) => (model || initializer || rate ? 0.1 : 0.9));
  expect(finding.verdict[0]).toMatch(/no gain/);
});

it("is silent where a combination was not run", () => {
  const part: Study = { ...study, cells: study.cells.filter((_, i) => i !== 5) };
  const arms = [armOf(part, 3, (c, s) => result(`${c}-${s}`, 0.1 * part.cells[c].index + 0.1))];
  expect(gainShares(part, arms, factsOfArms(arms)).verdict).toEqual([]);
});

it("reads equal seconds from the curves, apart from what is reproducible", () => {
  const point = (seconds: number, valAccuracy: number) => ({ step: 1, loss: 1, valLoss: 1, valAccuracy, seconds });
  // The cnn takes ten times as long: after the 4 seconds that an mlp trains for, it has seen a tenth.
  const curves = (cell: number) => (cell >= 4 ? [point(3, 0.5), point(40, 0.99)] : [point(1, 0.3), point(4, cell >= 2 ? 0.9 : 0.4)]);
  const { finding } = analysed(
    (model, initializer) => 0.2 + (model ? 0.6 : 0) + (initializer ? 0.1 : 0),
    10,
    (cell) => ({ curve: curves(cell) }),
  );
  const times = finding.times!.data as Data & { seconds: number; ended: string[] };
  expect(times.seconds).toBe(4);
  expect(times.ended).toEqual([]);
  // Cells at 4 s: mlp bad .4, mlp good .9, cnn .5 either way.
  expect(times.from).toBeCloseTo(0.4, 12);
  expect(times.to).toBeCloseTo(0.5, 12);
  expect(shareOf(times, "model").alone).toBeCloseTo(0.1, 12);
  expect(shareOf(times, "model").last).toBeCloseTo(-0.4, 12);
  expect(JSON.stringify(finding.data)).not.toContain("seconds");
  expect(finding.times!.sections[0].text[0]).toMatch(/Whether the change from mlp to cnn did most of it stays open|It was not the change/);
  const table = finding.times!.sections[0].items[0] as Table;
  expect(table.rows).toHaveLength(3);
  expect(analysed((model) => (model ? 0.9 : 0.1)).finding.times).toBeUndefined();
});

it("waits for the first measurement of the slowest, and tells who had ended", () => {
  const point = (seconds: number, valAccuracy: number) => ({ step: 1, loss: 1, valLoss: 1, valAccuracy, seconds });
  const { finding } = analysed(
    (model) => (model ? 0.9 : 0.1),
    2,
    (cell) => ({ curve: [point(cell >= 4 ? 9 : 2, 0.5)] }),
  );
  const times = finding.times!.data as { seconds: number; ended: string[] };
  expect(times.seconds).toBe(9);
  expect(times.ended.length).toBeGreaterThan(0);
  expect(times.ended.every((label) => label.startsWith("mlp"))).toBe(true);
});
