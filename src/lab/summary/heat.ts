/** Two factors as a map: measured accuracy, and how far it is from what was printed. @module */

import type { Study } from "../definition/study.ts";
import { byScore, type CellFacts } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { factorTitle, mainAxis } from "../findings/layout.ts";
import { armTitle } from "../findings/words.ts";
import type { HeatFigure } from "../reports/report.ts";
import { nothing, type PartInput } from "./part.ts";

/** Index of the cell at each pair of levels, `[y][x]`; null unless there are two axes and at most one cell at a pair. */
function grid(study: Study, cells: readonly CellFacts[]): { x: number; y: number; at: (number | null)[][] } | null {
  if (study.axes.length !== 2) return null;
  const y = mainAxis(study);
  const x = 1 - y;
  const at = study.axes[y].levels.map(() => study.axes[x].levels.map((): number | null => null));
  for (const [i, { cell }] of cells.entries()) {
    const [row, column] = [study.axes[y].levels.indexOf(cell.levels[y]), study.axes[x].levels.indexOf(cell.levels[x])];
    if (row < 0 || column < 0 || at[row][column] !== null) return null;
    at[row][column] = i;
  }
  return { x, y, at };
}

/** Half of an interval's width in points, `±0.12`. */
function halfWidth({ accuracy }: CellFacts): string | null {
  const interval = accuracy?.interval ?? null;
  return interval === null ? null : `±${(50 * (interval.high - interval.low)).toFixed(2)}`;
}

export function heatPart({ study, facts }: PartInput): Finding {
  const { cells, arm } = facts;
  const layout = grid(study, cells);
  if (layout === null || cells.every(({ accuracy }) => accuracy === null)) return nothing;
  const { x, y, at } = layout;
  const each = <T>(value: (facts: CellFacts) => T | null): (T | null)[][] => at.map((row) => row.map((i) => (i === null ? null : value(cells[i]))));
  const axes = {
    xLabel: factorTitle(study.axes[x].factor),
    yLabel: factorTitle(study.axes[y].factor),
    x: study.axes[x].levels,
    y: study.axes[y].levels,
  };
  const best = byScore(cells)[0];
  const place = at.flatMap((row, r) => row.flatMap((i, c) => (i === best ? [{ x: c, y: r }] : [])));
  const printedBest = bestPrinted(cells);
  const printedPlace = at.flatMap((row, r) => row.flatMap((i, c) => (i !== null && printedBest.includes(i) ? [{ x: c, y: r }] : [])));
  const measured: HeatFigure = {
    kind: "heat",
    title: `Accuracy by ${axes.yLabel} and ${axes.xLabel}`,
    caption: `Mean accuracy on the test set in percent${arm.seeds.length > 1 ? "; below it half the width of its 95 % interval, in points" : ""}.`,
    ...axes,
    values: each(({ accuracy }) => accuracy?.mean ?? null),
    ...(arm.seeds.length > 1 ? { details: each(halfWidth) } : {}),
    percent: true,
    digits: 2,
    marked: [...place.map((square) => ({ ...square, label: "highest measured" })), ...printedPlace.map((square) => ({ ...square, label: "highest printed" }))],
  };
  const printed = cells.filter(({ cell }) => cell.printed?.accuracy !== undefined).length;
  const apart: HeatFigure = {
    kind: "heat",
    title: "How far the measured accuracy is from the printed one",
    caption: "Measured mean less printed accuracy, in points: below 0 the printed figure is higher.",
    ...axes,
    values: each(({ cell, accuracy }) => (accuracy === null || cell.printed?.accuracy === undefined ? null : 100 * (accuracy.mean - cell.printed.accuracy))),
    digits: 2,
    centre: 0,
  };
  return {
    data: null,
    sections: [
      {
        heading: `${armTitle(arm.name)}: ${axes.yLabel} by ${axes.xLabel}`,
        text: [],
        items: [measured, ...(study.limit === null && 2 * printed >= cells.length ? [apart] : [])],
      },
    ],
    verdict: [],
  };
}

/** The cells with the highest printed accuracy, where others have a lower one. */
function bestPrinted(cells: readonly CellFacts[]): number[] {
  const printed = cells.flatMap(({ cell }, i) => (cell.printed?.accuracy === undefined ? [] : [{ i, accuracy: cell.printed.accuracy }]));
  const most = Math.max(...printed.map(({ accuracy }) => accuracy));
  const best = printed.filter(({ accuracy }) => accuracy === most).map(({ i }) => i);
  return best.length < printed.length ? best : [];
}
