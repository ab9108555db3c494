/** Steps until a validation accuracy is first reached. @module */

import type { CellFacts } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { listed, named, percent } from "../findings/words.ts";
import { type TimeToTarget, timeToTarget } from "../statistics/index.ts";
import type { CurvePoint } from "../trials/trial.ts";
import { nothing, type PartInput } from "./part.ts";

/** Until the target was measured; a diverged run counts up to where it was. */
export function toTarget({ results }: CellFacts, target: number, at: (point: CurvePoint) => number | null): TimeToTarget | null {
  const runs = results.map(({ curve }) =>
    curve.flatMap((point) => {
      const place = at(point);
      return place === null ? [] : [{ at: place, value: point.valAccuracy }];
    }),
  );
  return runs.every((run) => run.length === 0) ? null : timeToTarget(runs, target);
}

export function targetsPart({ study, facts }: PartInput): Finding {
  const { target } = study;
  if (target === null) return nothing;
  const all = facts.cells.flatMap((cell) => {
    const found = toTarget(cell, target, ({ step }) => step);
    return found === null ? [] : [{ label: cell.cell.label, ...found }];
  });
  if (all.length === 0) return nothing;
  const spread = (times: TimeToTarget["times"], pick: (...values: number[]) => number): number | null => {
    const reached = times.filter((time): time is number => time !== null);
    return reached.length === 0 ? null : pick(...reached);
  };
  return {
    data: { target, cells: all.map(({ label, times, reached, median }) => ({ label, steps: times, reached, median })) },
    sections: [
      {
        heading: "Steps to the target",
        text: [
          `The first step at which the accuracy on images held out was ${percent(target)} or more. It is measured a few times an epoch, so a step is known up to that interval; nothing is interpolated. ` +
            "A seed that never got there counts as longer than any.",
        ],
        items: [
          {
            kind: "table",
            title: `Steps to ${percent(target)} validation accuracy`,
            columns: [
              { name: "competitor" },
              { name: "median steps", digits: 0 },
              { name: "least", digits: 0 },
              { name: "greatest", digits: 0 },
              { name: "seeds that reached it", digits: 0, percent: true },
            ],
            rows: all.map(({ label, median, reached, times }) => [label, median, spread(times, Math.min), spread(times, Math.max), reached / times.length]),
            note: "Least and greatest are of the seeds that reached it. No median: half of the seeds or more did not.",
          },
        ],
      },
    ],
    verdict: text(all, target, resolution(facts.cells)),
  };
}

/** Steps between two measurements; null without any. */
function resolution(cells: readonly CellFacts[]): number | null {
  const curve = cells.flatMap(({ results }) => results.map((result) => result.curve)).find((points) => points.length > 0);
  return curve === undefined ? null : curve[0].step;
}

function text(all: readonly ({ label: string } & TimeToTarget)[], target: number, every: number | null): string[] {
  if (all.length < 2) return [];
  const never = all.filter(({ reached }) => reached === 0).map(({ label }) => named(label));
  const medians = all.flatMap(({ median }) => (median === null ? [] : [median]));
  if (medians.length === 0) return [`No competitor reached ${percent(target)} validation accuracy with most of its seeds.`];
  const least = Math.min(...medians);
  const first = all.filter(({ median }) => median === least).map(({ label }) => named(label));
  return [
    `The fewest steps to ${percent(target)} validation accuracy are those of ${listed(first)}, median ${least.toLocaleString("en")}` +
      `${every === null ? "" : ` (measured every ${every.toLocaleString("en")})`}${never.length === 0 ? "" : `; ${listed(never)} never reach${never.length === 1 ? "es" : ""} it`}.`,
  ];
}
