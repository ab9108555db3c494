import { describe, expect, it } from "vitest";
import type { Study } from "../../../src/lab/definition/study.ts";
import type { Arm, ProtocolName } from "../../../src/lab/protocols/index.ts";
import type { IntervalFigure, LineFigure, Table } from "../../../src/lab/reports/report.ts";
import { summarize } from "../../../src/lab/summary/index.ts";
import { conditions, fakeArm, fakeStudy, noise } from "../fake.ts";

const sum = (study: Study, arms: Arm[], protocol: ProtocolName = "fair") => summarize(study, protocol, arms, conditions);
const verdictOf = (study: Study, arms: Arm[], protocol: ProtocolName = "fair") => sum(study, arms, protocol).report.verdict;

const optimizers = ["adam", "sgd", "rmsprop", "adagrad"];
const study = fakeStudy({ optimizer: optimizers });
/** Accuracies by optimizer, each seed up to a few tenths of a point away from it. */
const around =
  (means: Record<string, number | null>, sd = 0.002) =>
  (cell: { index: number; label: string }, seed: number): number | null => {
    const mean = means[cell.label];
    return mean === null || mean === undefined ? null : mean + sd * noise(cell.index, seed);
  };

describe("verdict on who is best", () => {
  it("names a clear winner", () => {
    const [first, pairs] = verdictOf(study, [fakeArm(study, 10, around({ adam: 0.95, sgd: 0.9, rmsprop: 0.85, adagrad: 0.8 }))]);
    expect(first).toMatch(
      /^The best is adam, 9[45]\.\d\d %: every other one can be told from it; the next, sgd, is behind by [45]\.\d\d points, 95 % interval /,
    );
    expect(pairs).toMatch(/^Of 6 pairs 6 can be told apart/);
  });

  it("follows the data to another winner", () => {
    expect(verdictOf(study, [fakeArm(study, 10, around({ adam: 0.8, sgd: 0.9, rmsprop: 0.85, adagrad: 0.95 }))])[0]).toMatch(/^The best is adagrad, /);
  });

  it("does not choose between two that are alike", () => {
    const [first] = verdictOf(study, [fakeArm(study, 10, around({ adam: 0.95, sgd: 0.95, rmsprop: 0.85, adagrad: 0.8 }))]);
    expect(first).toMatch(
      /^The highest mean accuracy, 9[45]\.\d\d %, is that of (adam|sgd), but (adam and sgd|sgd and adam) cannot be told apart: difference 0\.\d\d points, 95 % interval -0\.\d+ to 0\.\d+\.$/,
    );
  });

  it("chooses nobody where all are alike", () => {
    const lines = verdictOf(study, [fakeArm(study, 10, around({ adam: 0.9, sgd: 0.9, rmsprop: 0.9, adagrad: 0.9 }))]);
    expect(lines[0]).toContain("cannot be told from any other");
    expect(lines[1]).toContain("none can be told apart");
  });

  it("is not confused by equal values", () => {
    const { report, summary } = sum(study, [fakeArm(study, 10, () => 0.9)]);
    expect(report.verdict[0]).toContain("cannot be told from any other");
    expect(JSON.stringify(summary)).not.toContain("NaN");
  });

  it("takes three seeds for a hint", () => {
    const { report, summary } = sum(study, [fakeArm(study, 3, around({ adam: 0.95, sgd: 0.9, rmsprop: 0.85, adagrad: 0.8 }))]);
    const lines = report.verdict;
    const { comparisons } = (summary.arms[0] as { comparisons: { comparisons: { apart: boolean; interval: { low: number } }[] } }).comparisons;
    // Intervals without 0 are not enough.
    expect(comparisons.every(({ apart, interval }) => !apart && interval.low > 0)).toBe(true);
    expect(lines[0]).toMatch(/^The highest mean accuracy, 9[45]\.\d\d %, is that of adam; the next is sgd/);
    expect(lines[1]).toBe(
      "With 3 seeds no sign-flip test over seeds can be significant: the smallest p that they can give is 0.25. The order is a hint and no more.",
    );
    expect(lines.join(" ")).not.toMatch(/told (from|apart)|[Tt]he best is/);
  });

  it("says when there are too many comparisons for the seeds", () => {
    const many = fakeStudy({ l1: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
    const lines = verdictOf(many, [fakeArm(many, 6, (cell, seed) => 0.95 - 0.02 * cell.index + 0.001 * noise(cell.index, seed))]);
    expect(lines[1]).toMatch(/^With 6 seeds and 10 comparisons no sign-flip test over seeds can be significant: corrected, the smallest p is 0\.31/);
  });

  it("compares single runs image by image", () => {
    const arm = fakeArm(study, 1, around({ adam: 0.95, sgd: 0.948, rmsprop: 0.85, adagrad: 0.8 }, 0), { name: "as-printed" });
    const { report } = sum(study, [arm], "as-printed");
    expect(report.verdict[0]).toMatch(/^The highest accuracy of single runs, 95\.00 %, is that of adam; .* can be told from 2 of 3 others \(McNemar/);
    expect(report.verdict[0]).toContain("One seed does not say which competitor is better");
    expect(report.sections.map(({ heading }) => heading)).toContain("Which runs can be told apart");
    expect(report.sections.map(({ heading }) => heading)).not.toContain("Ranks");
  });

  it("says what a single competitor reaches, and compares nothing", () => {
    const one = fakeStudy({ optimizer: ["adam"] });
    const { report } = sum(one, [fakeArm(one, 5, around({ adam: 0.95 }))]);
    expect(report.verdict).toHaveLength(1);
    expect(report.verdict[0]).toMatch(/^On the test set adam reaches 9[45]\.\d\d % \(95 % interval 9\d\.\d\d to 9\d\.\d\d %\) over 5 seeds\.$/);
  });
});

describe("runs that diverged", () => {
  it("are counted, and cost their competitor its place", () => {
    const { report, summary } = sum(study, [
      fakeArm(study, 10, (cell, seed) =>
        cell.label === "adam" && seed > 7 ? null : around({ adam: 0.95, sgd: 0.9, rmsprop: 0.85, adagrad: 0.8 })(cell, seed),
      ),
    ]);
    expect(report.verdict[0]).toMatch(/^The best is sgd, /);
    expect(report.verdict.join(" ")).toContain("3 of 40 reported runs diverged: adam (3 of 10).");
    const cells = (summary.arms[0] as { cells: { diverged: number; seeds: number; accuracy: { n: number } }[] }).cells;
    expect(cells[0]).toMatchObject({ diverged: 3, seeds: 10, accuracy: { n: 7 } });
  });

  it("may be all of one competitor's, or of all", () => {
    const one = sum(study, [fakeArm(study, 4, around({ adam: null, sgd: 0.9, rmsprop: 0.85, adagrad: 0.8 }))]);
    expect(one.report.verdict.join(" ")).toContain("adam (4 of 4)");
    expect(one.report.verdict[0]).toContain("sgd");
    const all = sum(study, [fakeArm(study, 4, () => null)]);
    expect(all.report.verdict[0]).toBe("Every run of every competitor diverged: there is nothing to compare.");
    const alone = sum(study, [fakeArm(study, 4, around({ sgd: 0.9 }))]);
    expect(alone.report.verdict[0]).toBe("Only sgd has runs that did not diverge.");
  });
});

describe("printed figures", () => {
  const printed = (values: Record<string, number>) => fakeStudy({ optimizer: optimizers }, {}, ({ optimizer }) => ({ accuracy: values[optimizer], loss: 0.1 }));
  const means = { adam: 0.95, sgd: 0.9, rmsprop: 0.85, adagrad: 0.8 };

  it("that agree are said to agree, as far as four allow", () => {
    const same = printed(means);
    const lines = verdictOf(same, [fakeArm(same, 10, around(means))]).join(" ");
    expect(lines).toContain("The printed winner, adam (95.00 %), also has the highest mean here.");
    expect(lines).toContain("No relation of the printed order to the measured one is shown (Kendall's tau 1.00 over 4 competitors, p = 0.083).");
    expect(lines).toContain("4 of 4 printed accuracies lie where 95 % of single fair runs of the same competitor would.");
  });

  it("in reverse are said to be reversed", () => {
    const names = ["adam", "sgd", "rmsprop", "adagrad", "adadelta", "nadam"];
    const back = fakeStudy({ optimizer: names }, {}, ({ optimizer }) => ({ accuracy: 0.6 + 0.05 * names.indexOf(optimizer) }));
    const lines = verdictOf(back, [fakeArm(back, 10, (cell, seed) => 0.9 - 0.05 * cell.index + 0.001 * noise(cell.index, seed))]).join(" ");
    expect(lines).toContain("The printed order is about the reverse of the measured one (Kendall's tau -1.00");
    expect(lines).toMatch(/The printed winner, nadam \(85\.00 %\), is 6th of 6 here, 2[45]\.\d\d points behind adam \(95 % interval/);
    expect(lines).toMatch(/1 of 6 printed accuracies lies .*; 2 are higher, 3 are lower\./);
  });

  it("are held against what a change of seed does", () => {
    const close = printed({ adam: 0.95, sgd: 0.949, rmsprop: 0.85, adagrad: 0.8 });
    const lines = verdictOf(close, [fakeArm(close, 10, around(means))]).join(" ");
    expect(lines).toMatch(
      /1 of 6 gaps between printed accuracies is smaller than what a change of seed alone does: two runs of one competitor differ by up to 0\.[4-8]\d points \(95 %\)\./,
    );
    expect(verdictOf(printed(means), [fakeArm(printed(means), 10, around(means))]).join(" ")).not.toContain("a change of seed alone");
  });

  it("of more images are not held against a study of few", () => {
    const few = { ...printed(means), limit: 6400 };
    const { report } = sum(few, [fakeArm(few, 10, around(means))]);
    expect(report.verdict.join(" ")).not.toContain("printed accuracies");
    const table = report.sections[0].items.find(({ kind }) => kind === "table") as Table;
    expect(table.columns.map(({ name }) => name)).not.toContain("less printed, points");
    expect(table.note).toContain("more training images than the 6,400");
    expect(report.sections.find(({ heading }) => heading.startsWith("The printed order"))!.text.join(" ")).toContain("6,400 images only");
  });

  it("may be absent, or only some", () => {
    expect(sum(study, [fakeArm(study, 10, around(means))]).report.sections.map(({ heading }) => heading)).not.toContain(
      "The printed order and the measured one",
    );
    const some = fakeStudy({ optimizer: optimizers }, {}, ({ optimizer }) => (optimizer === "sgd" ? { accuracy: 0.9 } : null));
    const table = sum(some, [fakeArm(some, 10, around(means))]).report.sections[0].items.find(({ kind }) => kind === "table") as unknown as Table;
    const at = table.columns.findIndex(({ name }) => name === "printed");
    expect(table.rows.map((row) => row[at])).toEqual([null, 0.9, null, null]);
  });
});

describe("two factors", () => {
  const cross = fakeStudy({ activation: ["relu", "tanh", "elu"], optimizer: ["adam", "sgd"] }, {}, () => ({ accuracy: 0.9 }));
  const give = (better: string) => (cell: { index: number; levels: readonly string[] }, seed: number) =>
    0.9 + (cell.levels[1] === better ? 0.03 : 0) + (cell.levels[0] === "tanh" ? 0.02 : 0) + 0.001 * noise(cell.index, seed);

  it("are drawn as a map, rows the optimizers, and averaged", () => {
    const { report, summary } = sum(cross, [fakeArm(cross, 10, give("sgd"))]);
    const heat = report.sections.flatMap(({ items }) => items).find(({ kind }) => kind === "heat")!;
    expect(heat).toMatchObject({ y: ["adam", "sgd"], x: ["relu", "tanh", "elu"], marked: [{ x: 1, y: 1, label: "highest measured" }] });
    const values = (heat as unknown as { values: number[][] }).values;
    expect(values[1][1]).toBeGreaterThan(values[0][1]);
    expect(report.verdict.join(" ")).toMatch(
      /Averaged over the other factors, accuracy is highest with sgd, 93\.\d\d %, which can be told from adam: .* behind by [23]\.\d\d points/,
    );
    const { effects } = (summary.arms[0] as { effects: { effects: { factor: string; levels: { level: string; mean: number }[] }[] } }).effects;
    expect(effects.map(({ factor, levels }) => [factor, levels[0].level])).toEqual([
      ["activation", "tanh"],
      ["optimizer", "sgd"],
    ]);
  });

  it("turn round with the data, and stay open without a difference", () => {
    expect(verdictOf(cross, [fakeArm(cross, 10, give("adam"))]).join(" ")).toContain("accuracy is highest with adam, ");
    expect(verdictOf(cross, [fakeArm(cross, 10, give("neither"))]).join(" ")).toMatch(/Averaged over the other factors, .* which cannot be told from/);
  });

  it("leave out combinations in which a run diverged", () => {
    const { report } = sum(cross, [fakeArm(cross, 10, (cell, seed) => (cell.label === "tanh, sgd" && seed === 1 ? null : give("sgd")(cell, seed)))]);
    const table = report.sections.flatMap(({ items }) => items).find((item) => item.kind === "table" && item.title.startsWith("Optimizer, averaged")) as {
      note: string;
    };
    expect(table.note).toContain("2 of 3 combinations of the others; in the rest a run diverged");
  });
});

describe("many competitors", () => {
  const many = fakeStudy({ activation: ["relu", "tanh", "elu", "selu"], optimizer: [...optimizers, "nadam"] });
  const { report } = sum(many, [fakeArm(many, 10, (cell, seed) => 0.95 - 0.01 * cell.index + 0.001 * noise(cell.index, seed))]);
  const tableOf = (title: string): Table =>
    report.sections.flatMap(({ items }) => items).find((item) => item.kind === "table" && item.title.startsWith(title)) as unknown as Table;

  it("are all in one table, and the ten best in the others, behind which losses come", () => {
    expect(tableOf("Accuracy on the test set").rows).toHaveLength(20);
    for (const title of ["Loss on the test set", "Spread over seeds", "Seconds of training"]) {
      expect(tableOf(title).rows.map(([label]) => label)).toEqual(many.cells.slice(0, 10).map(({ label }) => label));
      expect(tableOf(title).note).toContain("Shown are the 10 with the highest accuracy of 20");
    }
    const against = tableOf("The best");
    expect(against.rows).toHaveLength(10);
    expect(against.note).toContain("Shown are the nearest 10 of 19");
    expect(report.sections.map(({ heading }) => heading).slice(-2)).toEqual(["Fair: loss and spread", "Times"]);
  });

  it("are named in quotation marks where their names have commas", () => {
    expect(report.verdict[0]).toMatch(/^The best is "relu, adam", .* the next, "relu, sgd", is behind/);
  });

  it("lie in groups by the factor with fewer levels, which are named with it", () => {
    const rates = fakeStudy({ optimizer: ["adam", "sgd"], dropout: [0, 0.2, 0.5] }, { carry: null });
    const groupsOf = (of: Study): unknown[] => {
      const figure = sum(of, [fakeArm(of, 3, () => 0.9)]).report.sections[0].items[0] as IntervalFigure;
      return figure.rows.slice(0, 2).map(({ name, group }) => [group, name]);
    };
    expect(groupsOf(rates)).toEqual([
      ["adam", "dropout 0"],
      ["adam", "dropout 0.2"],
    ]);
    expect(groupsOf(many)).toEqual([
      ["relu", "adam"],
      ["relu", "sgd"],
    ]);
  });
});

describe("tuning, curves and targets", () => {
  const tuning = (cell: { label: string }) => ({
    learningRate: 0.01,
    tuning: {
      rate: 0.01,
      onEdge: cell.label === "sgd",
      rates: [0.001, 0.00316, 0.01].map((rate) => ({ rate, accuracies: cell.label === "adam" ? [0.9, 0.899] : [rate * 50, null] })),
    },
  });
  const curve = (cell: { index: number }, seed: number) =>
    [1, 2, 3, 4].map((i) => ({ step: 10 * i, loss: 1 / i, valLoss: 1 / i, valAccuracy: 0.6 + 0.1 * (i - cell.index) + 0.001 * seed, seconds: i + seed }));
  const pair = fakeStudy({ optimizer: ["adam", "sgd"] }, { target: 0.9 });
  const arm = fakeArm(pair, 4, around({ adam: 0.95, sgd: 0.9 }), { run: tuning, result: (cell, seed) => ({ curve: curve(cell, seed) }) });

  it("show the rate chosen, the edge and how much hangs on it", () => {
    const { report } = sum(pair, [arm]);
    const lines = report.verdict.join(" ");
    expect(lines).toContain("The learning rate chosen for sgd is still the least or greatest that was tried: it may do better than shown here.");
    expect(lines).toContain(
      "Of the learning rates tried, those within a point of the best validation accuracy span 1.0 decades for adam; for sgd there is only the best itself.",
    );
    const figure = report.sections.flatMap(({ items }) => items).find((item) => item.title.startsWith("Accuracy against learning rate"));
    expect(figure).toMatchObject({
      kind: "lines",
      series: [
        { name: "adam", marked: 2 },
        { name: "sgd", marked: 2 },
      ],
    });
    const table = report.sections[0].items.find(({ kind }) => kind === "table") as unknown as Table;
    expect(table.rows.map((row) => row[1])).toEqual(["0.01", "0.01 *"]);
    expect(table.note).toContain("a better one may lie beyond");
  });

  it("count steps to the target, and who never gets there", () => {
    const { report, summary } = sum(pair, [arm]);
    expect(report.verdict.join(" ")).toContain("The fewest steps to 90.00 % validation accuracy are those of adam, median 30 (measured every 10).");
    const { targets } = summary.arms[0] as { targets: { cells: { label: string; steps: (number | null)[]; reached: number }[] } };
    expect(targets.cells).toMatchObject([
      { label: "adam", steps: [30, 30, 30, 30], reached: 4 },
      { label: "sgd", steps: [40, 40, 40, 40], reached: 4 },
    ]);
    const never = sum({ ...pair, target: 0.95 }, [arm]);
    expect(never.report.verdict.join(" ")).toContain(
      "The fewest steps to 95.00 % validation accuracy are those of adam, median 40 (measured every 10); sgd never reaches it.",
    );
    expect(sum({ ...pair, target: 0.999 + 0.1 }, [arm]).report.verdict.join(" ")).toContain(
      "No competitor reached 109.90 % validation accuracy with most of its seeds.",
    );
  });

  it("have bands of accuracy that end where shares do", () => {
    const wild = (seed: number) => [{ step: 10, loss: 1, valLoss: 1, valAccuracy: seed % 2 === 0 ? 0.05 : 0.98, seconds: 1 }];
    const { report } = sum(pair, [fakeArm(pair, 3, around({ adam: 0.95, sgd: 0.9 }), { result: (_, seed) => ({ curve: wild(seed) }) })]);
    const figure = report.sections.flatMap(({ items }) => items).find(({ title }) => title === "Accuracy on images held out") as LineFigure;
    const points = figure.series.flatMap((series) => series.points);
    expect(points.length).toBeGreaterThan(0);
    for (const { low, high } of points) expect([low, high]).toEqual([0, 1]);
  });

  it("keep the clock under `times`", () => {
    const later = {
      ...arm,
      runs: arm.runs.map((run) => ({
        ...run,
        results: run.results.map((one) => ({
          ...one,
          seconds: { training: 99, wall: 100 },
          curve: one.curve.map((point) => ({ ...point, seconds: 1000 * point.step })),
        })),
      })),
    };
    const [a, b] = [sum(pair, [arm]), sum(pair, [later])];
    expect(JSON.stringify(a.summary.times)).not.toBe(JSON.stringify(b.summary.times));
    const still = ({ summary, report }: typeof a) =>
      JSON.stringify([
        { ...summary, times: null },
        { ...report, sections: report.sections.filter(({ heading }) => heading !== "Times") },
      ]);
    expect(still(a)).toBe(still(b));
    expect(a.report.sections.find(({ heading }) => heading === "Times")!.text.join(" ")).toContain("change from run to run");
  });
});

describe("summarize", () => {
  it("gives the same bytes for the same arms", () => {
    const make = () => sum(study, [fakeArm(study, 10, around({ adam: 0.95, sgd: 0.9, rmsprop: 0.85, adagrad: 0.8 }))]);
    expect(JSON.stringify(make())).toBe(JSON.stringify(make()));
  });

  it("lays every run into a row of the table", () => {
    const { rows } = sum(study, [fakeArm(study, 3, around({ adam: 0.95, sgd: null, rmsprop: 0.85, adagrad: 0.8 }, 0))]).report;
    expect(rows).toHaveLength(12);
    expect(rows[0]).toMatchObject({ arm: "fair", competitor: "adam", optimizer: "adam", seed: 1, testAccuracy: 0.95, divergedAt: null });
    expect(rows[3]).toMatchObject({ competitor: "sgd", seed: 1, testAccuracy: null, divergedAt: 3 });
  });

  it("judges by the fair arm, and shows the others beside it", () => {
    const arms = [
      fakeArm(study, 10, around({ adam: 0.8, sgd: 0.9, rmsprop: 0.85, adagrad: 0.95 }), { name: "carry-over" }),
      fakeArm(study, 10, around({ adam: 0.95, sgd: 0.9, rmsprop: 0.85, adagrad: 0.8 })),
    ];
    const { report, summary } = sum(study, arms, "carry-over");
    expect(report.verdict[0]).toMatch(/^The best is adam, /);
    expect(report.sections.map(({ heading }) => heading)).toEqual(
      expect.arrayContaining(["Fair: accuracy on the test set", "Carry-over: accuracy on the test set"]),
    );
    expect((summary.arms as { name: string }[]).map(({ name }) => name)).toEqual(["carry-over", "fair"]);
  });
});
