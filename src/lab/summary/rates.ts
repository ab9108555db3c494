/** How much hangs on the learning rate: what tuning saw. @module */

import { byScore, type CellFacts } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { grouped, mainAxis, otherLevels } from "../findings/layout.ts";
import { counted, listed, named } from "../findings/words.ts";
import type { Tuning } from "../protocols/protocol.ts";
import type { LineFigure } from "../reports/report.ts";
import { describe, type Sensitivity, sensitivity } from "../statistics/index.ts";
import { nothing, type PartInput } from "./part.ts";
import { firstOf, noteOf, notShown } from "./shown.ts";

/** What may be lost against the best rate: a point of accuracy. */
const WITHIN = 0.01;

/** More lines than this go into a figure for each level of another factor. */
const MOST = 8;

interface Tuned {
  readonly facts: CellFacts;
  readonly tuning: Tuning;
  readonly sensitivity: Sensitivity;
}

const tunedCells = (cells: readonly CellFacts[]): Tuned[] =>
  cells.flatMap((facts) =>
    facts.tuning === null
      ? []
      : [
          {
            facts,
            tuning: facts.tuning,
            sensitivity: sensitivity(
              facts.tuning.rates.map(({ rate, accuracies }) => ({ rate, values: accuracies })),
              { within: WITHIN },
            ),
          },
        ],
  );

function figure(all: readonly Tuned[], title: string, nameOf: (tuned: Tuned) => string): LineFigure {
  const seeds = all[0].tuning.rates[0].accuracies.length;
  return {
    kind: "lines",
    title,
    caption: `Last validation accuracy, mean of ${counted(seeds, "tuning seed")}, a diverged one as 0${seeds > 1 ? "; the band goes from the least to the greatest of the seeds" : ""}. The mark is the rate chosen.`,
    x: { label: "learning rate", scale: "log" },
    y: { label: "validation accuracy", percent: true, scale: "error" },
    series: all.map((tuned) => ({
      name: nameOf(tuned),
      marked: tuned.tuning.rates.findIndex(({ rate }) => rate === tuned.tuning.rate),
      points: tuned.tuning.rates.map(({ rate, accuracies }) => {
        const { mean, min, max } = describe(accuracies.map((accuracy) => accuracy ?? 0));
        return { x: rate, y: mean, ...(accuracies.length > 1 ? { low: min, high: max } : {}) };
      }),
    })),
  };
}

export function ratesPart({ study, facts }: PartInput): Finding {
  const all = tunedCells(facts.cells);
  if (all.length === 0) return nothing;
  const best = new Set(firstOf(byScore(all.map((tuned) => tuned.facts))));
  const shown = all.filter((_, i) => best.has(i));
  const main = mainAxis(study);
  const split = all.length > MOST && study.axes.length > 1;
  const groups = split ? [...grouped(all, ({ facts: { cell } }) => otherLevels(study, cell, main))] : [["", all] as const];
  const diverged = (tuning: Tuning): number => tuning.rates.reduce((sum, { accuracies }) => sum + accuracies.filter((accuracy) => accuracy === null).length, 0);
  return {
    data: all.map(({ facts: { cell }, tuning, sensitivity: found }) => ({
      label: cell.label,
      chosen: tuning.rate,
      onEdge: tuning.onEdge,
      trials: trialsOf(tuning),
      diverged: diverged(tuning),
      ...found,
    })),
    sections: [
      {
        heading: "Learning rates",
        text: [
          `Chosen on images held out, by seeds that no reported run uses; every competitor had ${counted(trialsOf(all[0].tuning), "trial")} for it. ` +
            "How wide the range of good rates is says how much the choice matters; it depends on the grid too.",
        ],
        items: [
          ...groups.map(([name, own]) =>
            figure(own, `Accuracy against learning rate${name === "" ? "" : `: ${name}`}`, ({ facts: { cell } }) => (split ? cell.levels[main] : cell.label)),
          ),
          {
            kind: "table",
            title: "Rates chosen",
            columns: [
              { name: "competitor" },
              { name: "rate" },
              { name: "on the edge" },
              { name: "tried from" },
              { name: "to" },
              { name: "validation accuracy", digits: 2, percent: true },
              { name: "decades within 1 point", digits: 2 },
              { name: "mean loss over rates, points", digits: 2 },
              { name: "diverged", digits: 0 },
            ],
            rows: shown.map(({ facts: { cell }, tuning, sensitivity: found }) => [
              cell.label,
              Number(tuning.rate.toPrecision(3)),
              tuning.onEdge ? "yes" : "no",
              tuning.rates[0].rate,
              tuning.rates[tuning.rates.length - 1].rate,
              found.best.mean,
              found.decades,
              100 * found.meanLoss,
              diverged(tuning),
            ]),
            ...noteOf(
              "Decades within 1 point: log10 of the greatest over the least rate, without a gap around the best, that loses at most a point of accuracy.",
              "Mean loss: what a rate taken blindly from those tried loses on average against the best.",
              notShown(shown, all),
            ),
          },
        ],
      },
    ],
    verdict: sensitivityText(all),
  };
}

const trialsOf = (tuning: Tuning): number => tuning.rates.reduce((sum, { accuracies }) => sum + accuracies.length, 0);

/** Who needs its rate most exactly, and who least, where that differs by a decade at least: two steps of the grid. */
function sensitivityText(all: readonly Tuned[]): string[] {
  if (all.length < 2) return [];
  const widths = all.map(({ sensitivity: { decades } }) => decades);
  const [least, most] = [Math.min(...widths), Math.max(...widths)];
  if (most - least < 0.99) return [];
  const those = (width: number): string =>
    listed(
      all.filter(({ sensitivity: { decades } }) => decades === width).map(({ facts: { cell } }) => named(cell.label)),
      3,
    );
  return [
    `Of the learning rates tried, those within a point of the best validation accuracy span ${most.toFixed(1)} decades for ${those(most)}; for ${those(least)} ${least === 0 ? "there is only the best itself" : `they span ${least.toFixed(1)}`}.`,
  ];
}
