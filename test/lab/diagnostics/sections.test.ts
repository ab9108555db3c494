/** What was recorded, in reports. */
import { describe, expect, it } from "vitest";
import { sgd } from "../../../src/index.ts";
import { type Diagnostics, diagnosticSections, lastFigures, measureNames } from "../../../src/lab/diagnostics/index.ts";
import { meanOver, numberColumns } from "../../../src/lab/diagnostics/sections/competitors.ts";
import { renderCsv, renderHtml, renderMarkdown, renderTerminal } from "../../../src/lab/reports/index.ts";
import type { HeatFigure, LineFigure, Report, Section, Table } from "../../../src/lab/reports/report.ts";
import { summarize } from "../../../src/lab/summary/index.ts";
import { conditions, fakeArm, fakeStudy } from "../fake.ts";
import { clouds, record, smooth } from "./support.ts";

const options = { "gradient-noise": { batchSize: 8 }, landscape: { points: 5, side: 13 }, trajectory: { snapshots: 6 } } as const;
const run = (learningRate: number): Promise<Diagnostics> =>
  record(smooth({ activation: "relu", optimizer: sgd({ learningRate }) }), clouds(64), measureNames, options, { epochs: 2 });
const [first, second] = [await run(0.1), await run(0.2)];

const item = <T extends { title: string }>(sections: readonly Section[], title: string): T =>
  sections.flatMap(({ items }) => items).find((one) => one.title.startsWith(title)) as unknown as T;
const report = (sections: Section[]): Report => ({ title: "T", question: "Q?", quick: false, verdict: [], sections, conditions: [], rows: [] });

describe("of one competitor", () => {
  const sections = diagnosticSections([{ label: "sgd", runs: [first] }]);

  it("there is a section for each measure, layer by layer", () => {
    expect(sections.map(({ heading }) => heading)).toEqual([
      "How large the steps are",
      "What layers give",
      "Dead units",
      "Gradient noise",
      "Sharpness",
      "Around the trained weights",
      "The way of the weights",
    ]);
    expect(item<LineFigure>(sections, "Update / weight").series.map(({ name }) => name)).toEqual(["dense", "dense_1"]);
    expect(item<LineFigure>(sections, "Dead units").series.map(({ name }) => name)).toEqual(["dense"]);
  });

  it("a layer's ratio is that of kernel and bias together", () => {
    const [kernel, bias] = first.norms?.parameters ?? [];
    const { points } = item<LineFigure>(sections, "Update / weight").series[0];
    const expected = Math.hypot(kernel.update[1] as number, bias.update[1] as number) / Math.hypot(kernel.weight[1] as number, bias.weight[1] as number);
    expect(points[1].y).toBeCloseTo(expected, 8);
    expect(points[1].x).toBe(first.norms?.steps[1]);
  });

  it("a map of activations has all values in some square at each epoch", () => {
    const { values, y } = item<HeatFigure>(sections, "What dense gives");
    expect(y).toEqual(["0", "1", "2"]);
    for (const row of values) expect(row.reduce<number>((sum, share) => sum + (share as number), 0)).toBeCloseTo(1, 3);
    // Rectified: more than in any other where 0 is.
    expect(Math.max(...(values[0] as number[]))).toBe(values[0][0]);
  });

  it("the plane is thinned about the weights, which stay in its middle", () => {
    const { x, values } = item<HeatFigure>(sections, "Loss over a plane");
    expect(x).toHaveLength(7);
    expect(x[3]).toBe("0");
    expect(values[3][3]).toBe(first.landscape?.loss);
  });

  it("sharpness tells its epsilon, in figure and table", () => {
    expect(item<LineFigure>(sections, "Largest eigenvalue").caption).toContain("ε = 0.01");
    expect(item<Table>(sections, "Sharpness at the end").title).toContain("ε = 0.01");
  });
});

describe("of several", () => {
  const sections = diagnosticSections([
    { label: "slow", runs: [first] },
    { label: "fast", runs: [second, second] },
  ]);

  it("they stand side by side, under their last figures", () => {
    const table = item<Table>(sections, "Diagnostics at the end");
    expect(table.rows.map(([label]) => label)).toEqual(["slow", "fast"]);
    expect(table.rows[1].slice(1)).toEqual(Object.values(lastFigures(second)));
    expect(item<LineFigure>(sections, "Update / weight").series.map(({ name }) => name)).toEqual(["slow", "fast"]);
    expect(item<LineFigure>(sections, "Noise scale").caption).toContain("over seeds");
  });

  it("can be drawn in every form", async () => {
    const made = report(sections);
    expect(await renderHtml(made)).toContain("Largest eigenvalue");
    for (const text of [renderMarkdown(made), renderTerminal(made, { width: 80, colours: false })]) expect(text).toContain("largest eigenvalue");
    for (const text of [renderMarkdown(made), renderCsv(made)]) expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it("a mean over seeds has an interval within what values can be, and none where a value is missing", () => {
  const at = (...ys: (number | null)[]) => ys.map((y, x) => ({ x, y }));
  const [point] = meanOver([at(0), at(0.2)], "share");
  expect(point).toMatchObject({ x: 0, low: 0 });
  expect(point.y).toBeCloseTo(0.1, 12);
  expect(meanOver([at(1, 2), at(100, null)], "log").map(({ y }) => y)).toEqual([expect.closeTo(10, 9), null]);
  expect(meanOver([at(1, 2), at(3)], "number")).toHaveLength(1);
  expect(meanOver([at(0)], "log")).toEqual([{ x: 0, y: null }]);
});

it("columns have three digits of their middle number", () => {
  expect(
    numberColumns(
      ["a", "b", "c"],
      [
        [0.00123, 1234, 0],
        [0.00456, null, null],
      ],
    ),
  ).toEqual([
    { name: "a", digits: 5 },
    { name: "b", digits: 0 },
    { name: "c", digits: 0 },
  ]);
});

describe("a summary", () => {
  const study = fakeStudy({ optimizer: ["adam", "sgd"] });
  const arm = fakeArm(study, 2, () => 0.9);
  const recorded = {
    ...arm,
    runs: arm.runs.map((cell) => ({ ...cell, results: cell.results.map((one, s) => ({ ...one, diagnostics: s === 0 ? first : second })) })),
  };

  it("has the last figures of each run, and sections after all others but times", () => {
    const { summary, report: made } = summarize(study, "fair", [recorded], conditions);
    const { diagnostics } = summary.arms[0] as unknown as { diagnostics: unknown };
    const runs = [
      { seed: 1, ...lastFigures(first) },
      { seed: 2, ...lastFigures(second) },
    ];
    expect(diagnostics).toEqual(study.cells.map(({ label }) => ({ label, runs })));
    const headings = made.sections.map(({ heading }) => heading);
    expect(headings.indexOf("Diagnostics")).toBe(headings.indexOf("How large the steps are") - 1);
    expect(headings.at(-1)).toBe("Times");
  });

  it("has none where nothing was recorded", () => {
    const { summary, report: made } = summarize(study, "fair", [arm], conditions);
    expect(summary.arms[0]).not.toHaveProperty("diagnostics");
    expect(made.sections.map(({ heading }) => heading)).not.toContain("Diagnostics");
  });
});
