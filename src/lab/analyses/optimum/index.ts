/** Where the printed optimum stands among the competitors, and which of them may be the best. @module */

import { settingKinds } from "../../definition/settings.ts";
import type { Study } from "../../definition/study.ts";
import { type ArmFacts, byScore, judgedArm } from "../../findings/facts.ts";
import type { Finding } from "../../findings/finding.ts";
import { counted, listed, named, ordinal, percent, pointRange, points } from "../../findings/words.ts";
import type { Arm } from "../../protocols/protocol.ts";
import type { HeatFigure, Table } from "../../reports/report.ts";
import { signFlipTest } from "../../statistics/index.ts";
import { type Standing, standings } from "./set.ts";

/** More frames than this hide the map. */
const MOST_FRAMED = 6;

/** Says nothing of runs that did not keep which test samples were right. */
export function optimum(study: Study, _arms: readonly Arm[], facts: readonly ArmFacts[]): Finding {
  const judged = judgedArm(facts);
  const { cells, correct, arm } = judged;
  if (cells.length < 2 || correct.every((bySeed) => bySeed.every((bits) => bits === null))) return { data: null, sections: [], verdict: [] };
  const all = standings(judged, byScore(cells));
  const [best] = all;
  const set = all.filter(({ maybeBest }) => maybeBest);
  const printed = printedOptimum(judged, all);
  const behind = all.filter(({ interval }) => interval !== null && interval.high < 0).length;
  const seeds = counted(arm.seeds.length, "seed");
  const few = isFew(arm.seeds.length);
  const setText =
    set.length === 1
      ? few
        ? `Every other competitor lies below ${named(best.label)} with ${seeds}, which is a hint and no more.`
        : `The best is ${named(best.label)}: every other competitor is told apart from it.`
      : `Together, ${set.length} of ${all.length} cannot be told apart from the best, ${named(best.label)} with ${percent(best.score)}: ${listed(set.map(({ label }) => named(label)))}. ` +
        `One by one, ${behind} of ${all.length - 1} lie below it by a 95 % interval of their own.`;
  const heat = heatOf(study, judged, all, printed);
  return {
    data: {
      best: best.label,
      printed: printed?.label ?? null,
      maybeBest: set.map(({ label }) => label),
      standings: all.map(({ index: _, ...standing }) => standing),
    },
    verdict: printed === null ? [setText] : [printedText(printed, best, all.length, arm.seeds.length), setText],
    sections: [
      {
        heading: "Where the optimum is",
        text: [
          `Each competitor is set against the one with the highest mean test accuracy, ${named(best.label)}, over ${seeds} and the test images. Those marked as maybe the best hold the truly best one with 95 %: ` +
            `each of the others is told apart one-sided at 5 % / ${all.length - 1}, which pays for choosing the best by the same figures.` +
            (arm.seeds.length === 1 ? " With one seed this speaks of these trained networks, not of their settings." : ""),
        ],
        items: [...(heat === null ? [] : [heat]), tableOf(all, printed)],
      },
    ],
  };
}

/** The competitor with the highest printed accuracy. */
function printedOptimum({ cells }: ArmFacts, all: readonly Standing[]): Standing | null {
  const accuracyOf = ({ index }: Standing): number => cells[index].cell.printed?.accuracy ?? Number.NEGATIVE_INFINITY;
  const [first] = [...all].sort((a, b) => accuracyOf(b) - accuracyOf(a));
  return accuracyOf(first) === Number.NEGATIVE_INFINITY ? null : first;
}

/** Of a few seeds nothing final is said, whatever the intervals: flips of their signs could not be significant. */
const isFew = (seeds: number): boolean => signFlipTest(new Array<number>(seeds).fill(0)).smallestP >= 0.05;

function printedText(printed: Standing, best: Standing, total: number, seeds: number): string {
  const place = `The printed optimum (${printed.label}) is ${ordinal(printed.rank)} of ${total} by mean test accuracy, ${percent(printed.score)}`;
  if (printed === best) return `${place}: the best seen.`;
  if (printed.difference === null || printed.interval === null) return `${place}.`;
  const apart = `${points(-printed.difference)} points below the best (${best.label}), 95 % interval ${pointRange({ low: -printed.interval.high, high: -printed.interval.low })}`;
  const said = printed.maybeBest
    ? "it may be the best"
    : isFew(seeds)
      ? `${counted(seeds, "seed")} put it below the best, which is a hint and no more`
      : "it is not the best";
  return `${place}, ${apart}: ${said}.`;
}

/** Points below the best, of two factors; null for other studies. */
function heatOf(study: Study, { cells }: ArmFacts, all: readonly Standing[], printed: Standing | null): HeatFigure | null {
  if (study.axes.length !== 2) return null;
  const [y, x] = study.axes;
  const place = ({ index }: Standing): { x: number; y: number } => {
    const [row, column] = cells[index].cell.levels;
    return { x: x.levels.indexOf(column), y: y.levels.indexOf(row) };
  };
  const grid = <T>(value: (standing: Standing) => T): (T | null)[][] => {
    const rows = y.levels.map(() => x.levels.map((): T | null => null));
    for (const standing of all) rows[place(standing).y][place(standing).x] = value(standing);
    return rows;
  };
  const several = all.filter(({ maybeBest, rank }) => maybeBest && rank > 1);
  return {
    kind: "heat",
    title: "Accuracy less that of the best, in points",
    caption:
      "Means; below them half the width of the 95 % interval over seeds and test images." +
      (several.length > MOST_FRAMED ? ` Not framed: ${several.length} others that may be the best.` : ""),
    xLabel: settingKinds[x.factor].title,
    yLabel: settingKinds[y.factor].title,
    x: x.levels,
    y: y.levels,
    values: grid(({ difference, rank }) => (rank === 1 ? 0 : difference === null ? Number.NaN : 100 * difference)).map((row) =>
      row.map((value) => (value === null || Number.isNaN(value) ? null : value)),
    ),
    details: grid(({ interval }) => (interval === null ? "" : `±${points((interval.high - interval.low) / 2)}`)),
    digits: 2,
    marked: [
      ...(several.length > MOST_FRAMED ? [] : several.map((standing) => ({ ...place(standing), label: "maybe the best" }))),
      { ...place(all[0]), label: "best seen" },
      ...(printed === null ? [] : [{ ...place(printed), label: "printed optimum" }]),
    ],
  };
}

function tableOf(all: readonly Standing[], printed: Standing | null): Table {
  const shown = all.filter((standing, i) => standing.maybeBest || i < 10 || standing === printed);
  return {
    kind: "table",
    title: "Against the best",
    columns: [
      { name: "rank", digits: 0 },
      { name: "competitor" },
      { name: "test accuracy", percent: true, digits: 2 },
      { name: "points from the best", digits: 2 },
      { name: "low", digits: 2 },
      { name: "high", digits: 2 },
      { name: "maybe the best" },
    ],
    rows: shown.map(({ rank, label, score, difference, interval, maybeBest }) => [
      rank,
      label,
      score,
      difference === null ? null : 100 * difference,
      interval === null ? null : 100 * interval.low,
      interval === null ? null : 100 * interval.high,
      maybeBest ? "yes" : "no",
    ]),
    ...(printed === null ? {} : { stressed: [shown.indexOf(printed)] }),
    ...(shown.length < all.length ? { note: `The other ${all.length - shown.length} are told apart from the best; summary.json has them.` } : {}),
  };
}
