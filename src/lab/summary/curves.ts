/** Learning curves: the mean over seeds, with intervals. @module */

import { byScore, type CellFacts } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { factorTitle, grouped, mainAxis } from "../findings/layout.ts";
import type { LineFigure } from "../reports/report.ts";
import { bootstrapMean } from "../statistics/index.ts";
import type { CurvePoint } from "../trials/trial.ts";
import { nothing, type PartInput } from "./part.ts";

/** More lines than this cannot be told apart in one figure. */
const MOST = 8;

/** A point of a mean curve. */
interface Mean {
  readonly step: number;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Mean over the seeds that did not diverge, at each step that all of them were measured at. */
function meanCurve({ results }: CellFacts, value: (point: CurvePoint) => number, shares = false): Mean[] {
  const curves = results.filter(({ divergedAt, curve }) => divergedAt === null && curve.length > 0).map(({ curve }) => curve);
  if (curves.length === 0) return [];
  const length = Math.min(...curves.map((curve) => curve.length));
  return Array.from(
    { length },
    (_, p): Mean => ({
      step: curves[0][p].step,
      ...bootstrapMean(
        curves.map((curve) => value(curve[p])),
        { shares },
      ),
    }),
  );
}

/** The cells that are drawn: all, or the best with each level of the main factor. */
function drawn({ study, facts }: PartInput): { cells: CellFacts[]; all: boolean } {
  const order = byScore(facts.cells).map((i) => facts.cells[i]);
  const able = order.filter(({ results }) => results.some(({ curve, divergedAt }) => divergedAt === null && curve.length > 0));
  if (able.length <= MOST) return { cells: able, all: able.length === facts.cells.length };
  const main = mainAxis(study);
  const best = [...grouped(able, ({ cell }) => cell.levels[main] ?? "").values()].map(([first]) => first);
  return { cells: best.slice(0, MOST), all: false };
}

function figure(cells: readonly CellFacts[], title: string, caption: string, y: LineFigure["y"], curveOf: (facts: CellFacts) => Mean[]): LineFigure {
  return {
    kind: "lines",
    title,
    caption,
    x: { label: "step" },
    y,
    series: cells.map((facts) => ({
      name: facts.cell.label,
      points: curveOf(facts).map(({ step, mean, low, high }) => ({ x: step, y: mean, ...(low === null || high === null ? {} : { low, high }) })),
    })),
  };
}

const validationAccuracy = (facts: CellFacts): Mean[] => meanCurve(facts, ({ valAccuracy }) => valAccuracy, true);
const validationLoss = (facts: CellFacts): Mean[] => meanCurve(facts, ({ valLoss }) => valLoss);
const trainingLoss = (facts: CellFacts): Mean[] => meanCurve(facts, ({ loss }) => loss);

export function curvesPart(input: PartInput): Finding {
  const { cells, all } = drawn(input);
  if (cells.length === 0) return nothing;
  const seeds = input.facts.arm.seeds.length;
  const band = seeds > 1 ? "Mean over seeds; the band is its 95 % interval." : "One seed.";
  const diverged = cells.some((facts) => facts.diverged > 0) ? " Diverged runs are left out." : "";
  return {
    data: input.facts.cells.map((facts) => ({
      label: facts.cell.label,
      valAccuracy: validationAccuracy(facts),
      valLoss: validationLoss(facts),
      loss: trainingLoss(facts),
    })),
    sections: [
      {
        heading: "Learning curves",
        text: all
          ? []
          : [
              `Drawn are ${cells.length} of ${input.facts.cells.length} competitors: ${input.study.axes.length > 1 ? `the best with each ${factorTitle(input.study.axes[mainAxis(input.study)].factor)}` : "the best"}. Choosing them by the test set flatters them a little.`,
            ],
        items: [
          figure(
            cells,
            "Accuracy on images held out",
            `${band}${diverged}`,
            { label: "validation accuracy", percent: true, scale: "error" },
            validationAccuracy,
          ),
          figure(
            cells,
            "Training loss",
            `Mean over the steps since the point before, with dropout where there is some. ${band}${diverged}`,
            { label: "training loss", scale: "log" },
            trainingLoss,
          ),
        ],
      },
    ],
    verdict: [],
  };
}
