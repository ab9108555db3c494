/** Every competitor's accuracy and loss, beside what was printed. @module */

import type { Cell, Study } from "../definition/study.ts";
import { type ArmFacts, byScore, type CellFacts, type Estimate, type Range } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { mainAxis, otherLevels } from "../findings/layout.ts";
import { armTitle, counted, listed, named, percent, points, sentence } from "../findings/words.ts";
import type { Column, IntervalFigure, Table, TableValue } from "../reports/report.ts";
import { noiseFloor } from "../statistics/index.ts";
import { nothing, type PartInput } from "./part.ts";
import { firstOf, noteOf, notShown } from "./shown.ts";

/** A measure beside the printed figure. */
export interface Beside {
  readonly printed: number;
  /** Measured mean less printed. */
  readonly difference: number | null;
  /** Whether the printed figure lies where 95 % of single runs would; null where that is not known. */
  readonly within: boolean | null;
}

export function beside(estimate: Estimate | null, printed: number | undefined): Beside | null {
  if (printed === undefined) return null;
  const prediction = estimate?.prediction ?? null;
  return {
    printed,
    difference: estimate === null ? null : estimate.mean - printed,
    within: prediction === null ? null : printed >= prediction.low && printed <= prediction.high,
  };
}

/** A competitor in `summary.json`. */
function cellData(study: Study, facts: CellFacts, seeds: readonly number[]): unknown {
  const { cell, learningRate, tuning, results, diverged, accuracy, loss, trainAccuracy, valAccuracy } = facts;
  return {
    label: cell.label,
    levels: Object.fromEntries(study.axes.map(({ factor }, i) => [factor, cell.levels[i]])),
    learningRate,
    tuning,
    printed: cell.printed,
    seeds: results.length,
    diverged,
    accuracy,
    accuracyBesidePrinted: study.limit === null ? beside(accuracy, cell.printed?.accuracy) : null,
    loss,
    lossBesidePrinted: study.limit === null ? beside(loss, cell.printed?.loss) : null,
    trainAccuracy,
    valAccuracy,
    runs: results.map(({ id, divergedAt, steps, test, training, validation, weightsSha256 }, s) => ({
      seed: seeds[s],
      id,
      divergedAt,
      steps,
      test,
      training,
      validation,
      weightsSha256,
    })),
  };
}

export function cellsPart({ study, facts, testSamples }: PartInput): Finding {
  const { arm, cells } = facts;
  const title = armTitle(arm.name);
  const order = byScore(cells);
  return {
    data: cells.map((cell) => cellData(study, cell, arm.seeds)),
    sections: [
      {
        heading: `${title}: accuracy on the test set`,
        text: [arm.explanation, ...noiseText(cells[order[0]], testSamples, arm.seeds.length)],
        items: [
          ...(cells.some(({ accuracy }) => accuracy !== null) ? [accuracyFigure(study, cells, arm.seeds.length)] : []),
          accuracyTable(study, cells, order[0]),
        ],
      },
    ],
    verdict: [...divergedText(cells), ...edgeText(cells), ...printedText(study, facts)],
  };
}

/** Losses, and how single runs lie around the mean: what few look up, so it stands behind the rest. */
export function spreadPart({ study, facts: { arm, cells } }: PartInput): Finding {
  if (cells.every(({ loss }) => loss === null)) return nothing;
  const best = new Set(firstOf(byScore(cells)));
  const shown = cells.filter((_, i) => best.has(i));
  return {
    ...nothing,
    sections: [{ heading: `${armTitle(arm.name)}: loss and spread`, text: [], items: [lossTable(study, shown, cells), spreadTable(shown, cells)] }],
  };
}

function noiseText({ accuracy }: CellFacts, testSamples: number, seeds: number): string[] {
  if (accuracy === null) return [];
  const { sd } = noiseFloor(accuracy.mean, testSamples);
  const once = `Noise floor: at ${percent(accuracy.mean)} on ${testSamples.toLocaleString("en")} test images the binomial standard deviation of one accuracy is ${points(sd)} points.`;
  return [
    seeds === 1
      ? `${once} Intervals are over test images only: one seed says nothing of how another would do.`
      : `${once} Intervals of means are two-level bootstraps over seeds and test images, 95 %; single runs scatter as the column "sd, points" says.`,
  ];
}

/** Cells of two axes in groups by the one with fewer levels; of equals not by the main one. */
function nameAndGroup(study: Study, cell: Cell): { name: string; group?: string } {
  if (study.axes.length !== 2) return { name: cell.label };
  const main = mainAxis(study);
  const named = study.axes[main].levels.length < study.axes[1 - main].levels.length ? 1 - main : main;
  return { name: otherLevels(study, cell, 1 - named), group: otherLevels(study, cell, named) };
}

function accuracyFigure(study: Study, cells: readonly CellFacts[], seeds: number): IntervalFigure {
  const printed = cells.some(({ cell }) => cell.printed?.accuracy !== undefined);
  return {
    kind: "intervals",
    title: printed ? "Measured accuracy beside the printed figures" : "Accuracy on the test set",
    caption: `${seeds === 1 ? "Accuracy of one run, its interval over test images" : "Means, their intervals over seeds and test images"}${printed && study.limit !== null ? "; the printed figures come from more training images" : ""}.`,
    tabled: true,
    x: { label: "accuracy on the test set", percent: true },
    rows: cells.map(({ cell, accuracy, accuracies }) => ({
      ...nameAndGroup(study, cell),
      value: accuracy?.mean ?? null,
      low: accuracy?.interval?.low ?? null,
      high: accuracy?.interval?.high ?? null,
      ...(seeds > 1 ? { points: accuracies.filter((value): value is number => value !== null) } : {}),
      ...(cell.printed?.accuracy === undefined ? {} : { printed: cell.printed.accuracy }),
    })),
  };
}

const yesNo = (answer: boolean | null): TableValue => (answer === null ? null : answer ? "yes" : "no");

/** The rate, with a star where it is the least or greatest that was tried. */
const rateText = ({ learningRate, tuning }: CellFacts): string => `${Number(learningRate.toPrecision(3))}${tuning?.onEdge ? " *" : ""}`;

/** Columns beside the measured ones, where something is printed; how far they are apart only where both come from as many images. */
function besideColumns(
  study: Study,
  cells: readonly CellFacts[],
  key: "accuracy" | "loss",
  digits: number,
): { columns: Column[]; values: (facts: CellFacts) => TableValue[]; note: string } {
  if (cells.every(({ cell }) => cell.printed?.[key] === undefined)) return { columns: [], values: () => [], note: "" };
  const percentage = key === "accuracy";
  const printed: Column = { name: "printed", digits, percent: percentage };
  if (study.limit !== null) {
    return {
      columns: [printed],
      values: ({ cell }) => [cell.printed?.[key] ?? null],
      note: `Printed figures come from more training images than the ${study.limit.toLocaleString("en")} of this study.`,
    };
  }
  const known = cells.some((facts) => typeof beside(facts[key], facts.cell.printed?.[key])?.within === "boolean");
  return {
    columns: [printed, { name: percentage ? "less printed, points" : "less printed", digits }, ...(known ? [{ name: "printed as one run of these?" }] : [])],
    values: (facts) => {
      const found = beside(facts[key], facts.cell.printed?.[key]);
      const difference = found?.difference ?? null;
      return [found?.printed ?? null, difference === null ? null : difference * (percentage ? 100 : 1), ...(known ? [yesNo(found?.within ?? null)] : [])];
    },
    note: known ? '"Printed as one run of these?": whether the printed figure lies where 95 % of single runs would, by this mean and spread over seeds.' : "",
  };
}

function accuracyTable(study: Study, cells: readonly CellFacts[], best: number): Table {
  const extra = besideColumns(study, cells, "accuracy", 2);
  const several = cells.some(({ results }) => results.length > 1);
  const named = study.axes.some(({ factor }) => factor === "learningRate");
  const edges = cells.some(({ tuning }) => tuning?.onEdge);
  return {
    kind: "table",
    title: "Accuracy on the test set",
    columns: [
      { name: "competitor" },
      ...(named ? [] : [{ name: "learning rate" }]),
      { name: several ? "mean" : "accuracy", digits: 2, percent: true },
      { name: "low", digits: 2, percent: true },
      { name: "high", digits: 2, percent: true },
      ...(several ? [{ name: "sd, points", digits: 2 }] : []),
      { name: "diverged", digits: 0 },
      ...extra.columns,
    ],
    rows: cells.map((facts) => {
      const { cell, accuracy, diverged } = facts;
      return [
        cell.label,
        ...(named ? [] : [rateText(facts)]),
        accuracy?.mean ?? null,
        ...ends(accuracy?.interval ?? null),
        ...(several ? [scaled(accuracy?.sd)] : []),
        diverged,
        ...extra.values(facts),
      ];
    }),
    ...(cells.length > 1 && cells[best].accuracy !== null ? { stressed: [best] } : {}),
    ...noteOf(extra.note, edges ? "* The best rate is the least or greatest that was tried: a better one may lie beyond." : ""),
  };
}

const ends = (interval: Range | null): TableValue[] => [interval?.low ?? null, interval?.high ?? null];
const scaled = (share: number | null | undefined): number | null => (share === null || share === undefined ? null : 100 * share);

function lossTable(study: Study, cells: readonly CellFacts[], all: readonly CellFacts[]): Table {
  const extra = besideColumns(study, cells, "loss", 4);
  return {
    kind: "table",
    title: "Loss on the test set",
    columns: [
      { name: "competitor" },
      { name: "mean", digits: 4 },
      { name: "low", digits: 4 },
      { name: "high", digits: 4 },
      { name: "sd", digits: 4 },
      ...extra.columns,
    ],
    rows: cells.map((facts) => [
      facts.cell.label,
      facts.loss?.mean ?? null,
      ...ends(facts.loss?.interval ?? null),
      facts.loss?.sd ?? null,
      ...extra.values(facts),
    ]),
    ...noteOf("Intervals are of the mean over seeds, 95 %.", extra.note, notShown(cells, all)),
  };
}

function spreadTable(cells: readonly CellFacts[], all: readonly CellFacts[]): Table {
  const validated = cells.some(({ valAccuracy }) => valAccuracy !== null);
  return {
    kind: "table",
    title: "Spread over seeds, and accuracy on other data",
    columns: [
      { name: "competitor" },
      { name: "median", digits: 2, percent: true },
      { name: "least", digits: 2, percent: true },
      { name: "greatest", digits: 2, percent: true },
      { name: "on training images", digits: 2, percent: true },
      ...(validated ? [{ name: "on images held out", digits: 2, percent: true }] : []),
    ],
    rows: cells.map(({ cell, accuracy, trainAccuracy, valAccuracy }) => [
      cell.label,
      accuracy?.median ?? null,
      accuracy?.min ?? null,
      accuracy?.max ?? null,
      trainAccuracy?.mean ?? null,
      ...(validated ? [valAccuracy?.mean ?? null] : []),
    ]),
    ...noteOf(notShown(cells, all)),
  };
}

/** What diverged, named. */
function divergedText(cells: readonly CellFacts[]): string[] {
  const some = cells.filter(({ diverged }) => diverged > 0);
  if (some.length === 0) return [];
  const runs = cells.reduce((sum, { results }) => sum + results.length, 0);
  const failed = some.reduce((sum, { diverged }) => sum + diverged, 0);
  const names = some.map(({ cell, diverged, results }) => `${named(cell.label)} (${diverged} of ${results.length})`);
  return [
    `${failed} of ${runs} reported runs diverged: ${listed(names)}. ${some.length === 1 ? "Its" : "Their"} means are over the runs that did not; in orders and ranks a diverged run counts as 0.`,
  ];
}

function edgeText(cells: readonly CellFacts[]): string[] {
  const names = cells.filter(({ tuning }) => tuning?.onEdge).map(({ cell }) => named(cell.label));
  if (names.length === 0) return [];
  return [
    `The learning rate chosen for ${listed(names)} is still the least or greatest that was tried: ${names.length === 1 ? "it" : "they"} may do better than shown here.`,
  ];
}

/** How many printed accuracies single runs of these cells could be. */
function printedText(study: Study, { arm, cells }: ArmFacts): string[] {
  if (study.limit !== null) return [];
  const all = cells.flatMap((facts) => {
    const found = beside(facts.accuracy, facts.cell.printed?.accuracy);
    return found === null || found.within === null || found.difference === null ? [] : [{ ...found, within: found.within, difference: found.difference }];
  });
  if (all.length === 0) return [];
  const within = all.filter((found) => found.within).length;
  const above = all.filter((found) => !found.within && found.difference < 0).length;
  const below = all.length - within - above;
  const rest = [
    ...(above > 0 ? [`${above} ${above === 1 ? "is" : "are"} higher`] : []),
    ...(below > 0 ? [`${below} ${below === 1 ? "is" : "are"} lower`] : []),
  ];
  return [
    sentence(
      `${within} of ${counted(all.length, "printed accuracy", "printed accuracies")} ${within === 1 ? "lies" : "lie"} where 95 % of single ${arm.name} runs of the same competitor would${rest.length === 0 ? "" : `; ${rest.join(", ")}`}.`,
    ),
  ];
}
