/** What depends on the clock: kept apart from all else. @module */

import type { Study } from "../definition/study.ts";
import { type ArmFacts, byScore, type CellFacts } from "../findings/facts.ts";
import { percent } from "../findings/words.ts";
import type { Section, TableValue } from "../reports/report.ts";
import { type Description, describe } from "../statistics/index.ts";
import { firstOf, noteOf, notShown } from "./shown.ts";
import { toTarget } from "./targets.ts";

/** Seconds of each reported run, and to the target. */
export function timesData(study: Study, arms: readonly ArmFacts[]): unknown {
  return arms.map(({ arm, cells }) => ({
    arm: arm.name,
    cells: cells.map((facts) => ({
      label: facts.cell.label,
      training: training(facts),
      wall: describe(facts.results.map(({ seconds }) => seconds.wall)),
      toTarget: study.target === null ? null : toTarget(facts, study.target, ({ seconds }) => seconds),
    })),
  }));
}

function training({ results }: CellFacts): Description | null {
  const all = results.flatMap(({ seconds }) => (seconds.training === null ? [] : [seconds.training]));
  return all.length === 0 ? null : describe(all);
}

/** A section that says that its figures are times. */
export function timesSection(study: Study, { cells }: ArmFacts): Section[] {
  const all = cells.map((facts) => ({
    label: facts.cell.label,
    training: training(facts),
    toTarget: study.target === null ? null : toTarget(facts, study.target, ({ seconds }) => seconds),
  }));
  if (all.every((cell) => cell.training === null)) return [];
  const best = new Set(firstOf(byScore(cells)));
  const shown = all.filter((_, i) => best.has(i));
  const targeted = all.some((cell) => cell.toTarget !== null);
  return [
    {
      heading: "Times",
      text: ["These are times on this machine while trials ran side by side: they change from run to run, and no conclusion above rests on them."],
      items: [
        {
          kind: "table",
          title: "Seconds of training",
          columns: [
            { name: "competitor" },
            { name: "median", digits: 2 },
            { name: "least", digits: 2 },
            { name: "greatest", digits: 2 },
            ...(targeted && study.target !== null ? [{ name: `to ${percent(study.target)}, median`, digits: 2 }] : []),
          ],
          rows: shown.map((cell): TableValue[] => [
            cell.label,
            cell.training?.median ?? null,
            cell.training?.min ?? null,
            cell.training?.max ?? null,
            ...(targeted ? [cell.toTarget?.median ?? null] : []),
          ]),
          ...noteOf("Evaluation apart.", notShown(shown, all)),
        },
      ],
    },
  ];
}
