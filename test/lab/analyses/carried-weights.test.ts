import { describe, expect, it } from "vitest";
import { carriedWeights } from "../../../src/lab/analyses/carried-weights/index.ts";
import { climb, distance, likeness, membership } from "../../../src/lab/analyses/carried-weights/measures.ts";
import type { Cell, Study } from "../../../src/lab/definition/study.ts";
import type { IntervalFigure, Table } from "../../../src/lab/reports/report.ts";
import { fakeArm, fakeStudy, noise } from "../fake.ts";

const names = ["adam", "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop"];
const place = (cell: Pick<Cell, "settings">) => names.indexOf(cell.settings.optimizer);

/** Weights carried: each line a little better than the one above, but for those that hardly move. */
const carriedAt = (at: number) => 0.96 + 0.003 * Math.min(at, 3) + (at === 6 ? 0.003 : 0);
/** Anew: small steps leave two of them far behind. */
const freshAt = (at: number) => [0.975, 0.94, 0.965, 0.965, 0.9, 0.6, 0.976][at];
const fairAt = (at: number) => [0.978, 0.976, 0.979, 0.98, 0.976, 0.975, 0.977][at];

const scatter = (at: number, seed: number, salt: number) => 0.0007 * noise(at, seed, salt);

/** The three arms of a study whose printed figures are what `printed` says of a line. */
function arms(study: Study, seeds = 8, give: { carried?: (cell: Cell, seed: number) => number | null } = {}) {
  return [
    fakeArm(study, seeds, give.carried ?? ((cell, seed) => carriedAt(place(cell)) + scatter(cell.index, seed, 1)), { name: "carry-over" }),
    fakeArm(study, seeds, (cell, seed) => freshAt(place(cell)) + scatter(cell.index, seed, 2), { name: "fresh" }),
    fakeArm(study, seeds, (cell, seed) => fairAt(place(cell)) + scatter(cell.index, seed, 3)),
  ];
}

const printedBy = (at: (place: number) => number, salt: number, more: Partial<Study> = {}) =>
  fakeStudy({ activation: ["relu", "tanh"], optimizer: names }, more, (settings) => ({
    accuracy: at(names.indexOf(settings.optimizer)) + scatter(names.indexOf(settings.optimizer) + (settings.activation === "tanh" ? 7 : 0), 99, salt),
  }));

describe("carried-weights", () => {
  it("finds printed tables that were carried to be just that", () => {
    const study = printedBy(carriedAt, 1);
    const { verdict, data, sections } = carriedWeights(study, arms(study));
    expect(data).toMatchObject({ answer: "are" });
    expect(verdict[0]).toMatch(
      /^Carried-over weights account for the printed tables, and nothing else that was run here does: .* 0\.\d\d points with carried weights, [5-9]\.\d\d points re-initialised, /,
    );
    expect(verdict[1]).toMatch(
      /^Printed accuracies that lie where 95 % of single runs would: 1[2-4] of 14 with carried weights, [0-7] of 14 re-initialised, \d+ of 14 re-initialised and tuned\.$/,
    );
    expect(verdict[2]).toBe(
      "Column by column, runs with carried weights come nearest to the print in 2 of 2; the print could be such a run in 2 (relu, tanh).",
    );
    expect(verdict.find((line) => line.startsWith("Down the printed list"))).toMatch(
      /accuracy climbs \(Kendall's tau with the place 0\.\d\d\); in these runs tau is 0\.\d\d with carried weights/,
    );
    expect(verdict.find((line) => line.startsWith("Between adadelta and the line above it"))).toMatch(
      /there are 0\.\d\d points in print \(mean over columns\), and 0\.\d\d with carried weights, (30\.0\d|29\.9\d) re-initialised, .*; at the same rate, the two are nearer with carried weights than with initial ones\.$/,
    );
    const table = sections[1].items[0] as Table;
    expect(table.rows.map((row) => row.slice(0, 3))).toEqual([
      ["adagrad", "nesterov", "relu"],
      ["adadelta", "adagrad", "relu"],
      ["adagrad", "nesterov", "tanh"],
      ["adadelta", "adagrad", "tanh"],
    ]);
    expect(sections[1].items.filter(({ kind }) => kind === "lines").map(({ title }) => title)).toEqual([
      "Accuracy down the printed list: relu",
      "Accuracy down the printed list: tanh",
    ]);
  });

  it.each([
    ["anew", freshAt, "re-initialised come"],
    ["anew with tuned rates", fairAt, "re-initialised and tuned come"],
  ])("finds tables that were made %s not to be", (_, at, who) => {
    const study = printedBy(at, 2);
    const { verdict, data } = carriedWeights(study, arms(study));
    expect(data).toMatchObject({ answer: "are not" });
    expect(verdict[0]).toMatch(/^The printed tables are not what carried-over weights produce: runs /);
    expect(verdict[0]).toContain(who);
    expect(verdict[2]).toContain("come nearest to the print in 0 of 2; the print could be such a run in none.");
  });

  it("finds tables that are near, but further than seeds are from each other, to resemble", () => {
    const study = printedBy((at) => carriedAt(at) + 0.004, 1);
    const { verdict, data } = carriedWeights(study, arms(study));
    expect(data).toMatchObject({ answer: "resemble" });
    expect(verdict[0]).toMatch(
      /^Nothing that was run here gives the printed tables; carried-over weights come nearest \(.* they are 0\.\d\d points from the mean of such runs, and a run is rarely further than 0\.\d\d\)\.$/,
    );
  });

  it("leaves open what seeds do not tell", () => {
    // Carried runs scatter so widely that they are now nearer, now further than tuned ones.
    const study = printedBy((at) => (carriedAt(at) + fairAt(at)) / 2, 1);
    const wide = arms(study, 8, { carried: (cell, seed) => carriedAt(place(cell)) + 0.01 * noise(seed, 5) });
    const { verdict, data } = carriedWeights(study, wide);
    expect(data).toMatchObject({ answer: "open" });
    expect(verdict[0]).toContain("stays open");
    const one = carriedWeights(study, arms(study, 1));
    expect(one.data).toMatchObject({ answer: "open" });
  });

  it("names columns with what they are levels of, and means of several columns only as such", () => {
    const ofDropout = fakeStudy({ dropout: [0, 0.5], optimizer: names }, {}, (settings) => ({ accuracy: carriedAt(names.indexOf(settings.optimizer)) }));
    const { sections } = carriedWeights(ofDropout, arms(ofDropout));
    const [distances] = sections[0].items as IntervalFigure[];
    expect(new Set(distances.rows.map(({ group }) => group))).toEqual(new Set(["dropout 0", "dropout 0.5"]));
    expect(sections[1].items.map(({ title }) => title)).toContain("Accuracy down the printed list: dropout 0.5");
    const single = fakeStudy({ optimizer: names }, {}, (settings) => ({ accuracy: carriedAt(names.indexOf(settings.optimizer)) }));
    expect(carriedWeights(single, arms(single)).verdict.join(" ")).not.toContain("mean over columns");
  });

  it("draws no conclusion from fewer images than the report had", () => {
    const study = printedBy(carriedAt, 1, { limit: 6400 });
    const { verdict, data, sections } = carriedWeights(study, arms(study));
    expect(data).toMatchObject({ answer: "open" });
    expect(verdict[0]).toContain("cannot say whether the printed tables come from carried-over weights");
    expect(sections[0].text.join(" ")).toContain("6,400 images");
  });

  it("leaves out what diverged", () => {
    const study = printedBy(carriedAt, 1);
    const { data } = carriedWeights(
      study,
      arms(study, 8, {
        carried: (cell, seed) => (cell.settings.optimizer === "momentum" && seed < 4 ? null : carriedAt(place(cell)) + scatter(cell.index, seed, 1)),
      }),
    );
    expect(data).toMatchObject({ answer: "are" });
    expect(JSON.stringify(data)).not.toContain("NaN");
  });

  it("says nothing under another protocol, without printed figures, or with one line", () => {
    const study = printedBy(carriedAt, 1);
    const nothing = { data: null, sections: [], verdict: [] };
    expect(carriedWeights(study, [arms(study)[2]])).toEqual(nothing);
    const bare = fakeStudy({ optimizer: names });
    expect(carriedWeights(bare, arms(bare))).toEqual(nothing);
    const single = fakeStudy({ optimizer: ["adam"] }, {}, () => ({ accuracy: 0.97 }));
    expect(carriedWeights(single, arms(single))).toEqual(nothing);
  });

  it("speaks of no small steps where weights pass along another factor", () => {
    const study = fakeStudy({ optimizer: ["adam", "adagrad"], dropout: [0, 0.5, 0.8] }, { carry: "dropout" }, () => ({ accuracy: 0.97 }));
    const { data, verdict } = carriedWeights(study, arms(study));
    expect(data).toMatchObject({ repeats: [] });
    expect(verdict.join(" ")).not.toContain("the line above");
  });
});

describe("measures of a column", () => {
  const column = { name: "", lines: ["a", "b", "c", "d"], printed: [0.1, 0.2, 0.3, 0.4], seeds: [] };

  it("are distance, likeness and climb", () => {
    expect(distance([0.2, 0.2, null, 0.1], column.printed)).toBeCloseTo((0.1 + 0 + 0.3) / 3, 12);
    expect(distance([null], [0.1])).toBeNull();
    expect(likeness([0.1, 0.3, 0.5, 0.7], column)).toBe(1);
    expect(likeness([0.7, 0.5, null, 0.1], column)).toBe(-1);
    expect(likeness([0.7, null, null, 0.1], column)).toBeNull();
    expect(climb([0.1, 0.2, 0.3])).toBe(1);
    expect(climb([0.3, null, 0.2, 0.1])).toBe(-1);
    expect(climb([0.3, 0.3, 0.3])).toBeNull();
  });

  it("tell a member of the seeds from a stranger", () => {
    const seeds = Array.from({ length: 10 }, (_, s) => column.printed.map((value, line) => value + 0.01 * noise(s, line)));
    const like = { ...column, printed: column.printed.map((value, line) => value + 0.01 * noise(77, line)), seeds };
    expect(membership([like])).toMatchObject({ within: true });
    expect(membership([{ ...like, printed: column.printed.map((value) => value + 0.05) }])).toMatchObject({ within: false });
    expect(membership([{ ...like, seeds: seeds.slice(0, 2) }])).toBeNull();
    // Distances to the mean of the others 1.5, 0, 1.5; limit 1 + t(.95, 2) s sqrt(4/3), s = sqrt(3)/2.
    expect(membership([{ name: "", lines: ["a"], printed: [1.5], seeds: [[0], [1], [2]] }])).toMatchObject({
      printed: 0.5,
      limit: expect.closeTo(3.919986, 5),
    });
  });
});
