import { expect, it } from "vitest";
import { optimum } from "../../../src/lab/analyses/optimum/index.ts";
import type { HeatFigure } from "../../../src/lab/reports/report.ts";
import { bitsOf, fakeStudy, result } from "../fake.ts";
import { accuracyOf, Source, train, type World } from "../statistics/simulation.ts";
import { armOf, factsOfArms, TEST_SAMPLES } from "./support.ts";

interface Data {
  best: string;
  printed: string | null;
  maybeBest: string[];
  standings: { label: string; rank: number; score: number; difference: number | null; interval: { low: number; high: number } | null; maybeBest: boolean }[];
}

const levels = [0, 1e-5, 1e-4];
const study = fakeStudy({ l1: levels, l2: levels }, {}, ({ l1, l2 }) =>
  l1 === 1e-5 && l2 === 1e-4 ? { accuracy: 0.9757 } : l1 === 1e-4 && l2 === 1e-4 ? { accuracy: 0.973 } : null,
);

/** Networks whose skills are given by cell, over the same images. */
function analysed(skills: readonly number[], seeds = 10, seed = 1, diverges: (cell: number, s: number) => boolean = () => false) {
  const source = new Source(seed, 7);
  const hardness = source.normals(TEST_SAMPLES);
  const bits = skills.map((skill) => train({ ...world, skill }, seeds, hardness, source));
  const arms = [
    armOf(study, seeds, (c, s) => {
      if (diverges(c, s)) return result(`${c}-${s}`, null);
      const right = Array.from(bits[c][s], Boolean);
      return result(`${c}-${s}`, right.filter(Boolean).length / TEST_SAMPLES, { correct: bitsOf(right) });
    }),
  ];
  const finding = optimum(study, arms, factsOfArms(arms));
  return { finding, data: finding.data as Data };
}

const world: World = { skill: 3, seedSpread: 0.1, imageSpread: 1.5 };
const at = (l1: number, l2: number): number => 3 * l1 + l2;

it("ranks the printed optimum and says by how much it misses the best", () => {
  const skills = Array(9).fill(2.5);
  skills[at(0, 0)] = 4.5;
  skills[at(1, 2)] = 3;
  const { data, finding } = analysed(skills);
  expect(data.best).toBe("0, 0");
  expect(data.printed).toBe("0.00001, 0.0001");
  expect(data.maybeBest).toEqual(["0, 0"]);
  const printed = data.standings.find(({ label }) => label === data.printed)!;
  expect(printed.rank).toBe(2);
  const truth = accuracyOf({ ...world, skill: 3 }) - accuracyOf({ ...world, skill: 4.5 });
  expect(printed.interval!.low).toBeLessThan(truth);
  expect(printed.interval!.high).toBeGreaterThan(truth);
  expect(finding.verdict[0]).toMatch(/is 2nd of 9 by mean test accuracy.*below the best \(0, 0\).*it is not the best/);
  const [heat, table] = finding.sections[0].items;
  expect((heat as HeatFigure).marked).toEqual([
    { x: 0, y: 0, label: "best seen" },
    { x: 2, y: 1, label: "printed optimum" },
  ]);
  expect((heat as HeatFigure).values[0][0]).toBe(0);
  expect((heat as HeatFigure).values[1][2]).toBeCloseTo(100 * printed.difference!, 9);
  expect(table).toMatchObject({ kind: "table", stressed: [1] });
});

it("takes a few seeds for a hint, whatever the intervals", () => {
  const skills = Array(9).fill(2.5);
  skills[at(0, 0)] = 4.5;
  const { data, finding } = analysed(skills, 5);
  expect(data.maybeBest).toEqual(["0, 0"]);
  const lines = finding.verdict.join(" ");
  expect(lines).toContain(": 5 seeds put it below the best, which is a hint and no more.");
  expect(lines).toContain('Every other competitor lies below "0, 0" with 5 seeds, which is a hint and no more.');
  expect(lines).not.toMatch(/is not the best|The best is/);
});

it("does not tell apart what is the same", () => {
  const { data, finding } = analysed(Array(9).fill(3));
  expect(data.maybeBest).toHaveLength(9);
  expect(finding.verdict.join(" ")).toMatch(/9 of 9 cannot be told apart from the best, .*: ".*" and 4 others\. One by one, \d of 8 lie below/);
  // So many frames would hide the map.
  expect((finding.sections[0].items[0] as HeatFigure).caption).toMatch(/Not framed: 8 others/);
  expect((finding.sections[0].items[0] as HeatFigure).marked!.map(({ label }) => label)).toEqual(["best seen", "printed optimum"]);
});

it("keeps the truly best in the set, although the best seen was chosen by the same figures", () => {
  const tries = 15;
  let missed = 0;
  for (let seed = 0; seed < tries; seed++) if (!analysed(Array(9).fill(3), 3, 100 + seed).data.maybeBest.includes("0, 0")) missed++;
  // At most 5 %: 5 of 15 would be one time in two thousand.
  expect(missed).toBeLessThan(5);
});

it("one that diverged is not the best while the best did not", () => {
  const { data } = analysed(Array(9).fill(3), 5, 1, (c, s) => c === 4 && s === 2);
  expect(data.standings[8]).toMatchObject({ label: "0.00001, 0.00001", maybeBest: false });
  expect(data.maybeBest).toHaveLength(8);
});

it("is silent where no run kept which samples were right", () => {
  const arms = [armOf(study, 2, (c, s) => result(`${c}-${s}`, 0.9))];
  expect(optimum(study, arms, factsOfArms(arms))).toEqual({ data: null, sections: [], verdict: [] });
});
