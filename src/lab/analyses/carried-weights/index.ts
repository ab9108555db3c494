/** Whether the printed tables are what weights produce that pass from one competitor to the next. @module */

import { type Factor, settingKinds } from "../../definition/settings.ts";
import type { Study } from "../../definition/study.ts";
import type { Finding } from "../../findings/finding.ts";
import { present } from "../../findings/present.ts";
import type { Arm, ArmName } from "../../protocols/protocol.ts";
import type { Figure, Table } from "../../reports/report.ts";
import { signFlipTest } from "../../statistics/index.ts";
import { type ArmColumns, type ColumnOf, columnsOf, meanOf } from "./columns.ts";
import { climb, distance, likeness, membership, overSeeds, perSeed, singles } from "./measures.ts";
import { type Repeat, repeatMeans, repeatsOf } from "./repeats.ts";
import { type ArmMeasures, answerOf, answerText, type ColumnMeasures, columnTexts, doing, repeatTexts, shapeTexts, singleTexts } from "./verdict.ts";

/** The arms that are set against each other, in this order. */
const ARMS: readonly Arm["name"][] = ["carry-over", "fresh", "fair"];

/** Says nothing unless the study was run under `carry-over` and has printed figures. */
export function carriedWeights(study: Study, arms: readonly Arm[]): Finding {
  const all = ARMS.flatMap((name) => arms.filter((arm) => arm.name === name).map((arm) => columnsOf(study, arm))).filter(({ columns }) => columns.length > 0);
  const [carriedColumns] = all;
  if (carriedColumns?.arm !== "carry-over" || all.length < 2 || carriedColumns.columns.every(({ lines }) => lines.length < 2))
    return { data: null, sections: [], verdict: [] };
  const measures = measured(all);
  const [carried, ...others] = measures;
  const few = study.limit !== null;
  const answer = few ? "open" : answerOf(carried, others);
  const printedClimb = meanOf(present(carriedColumns.columns.map(({ printed }) => climb(printed))));
  const repeats = repeatsOf(study, all);
  const means = repeatMeans(repeats, all);
  const columns = carriedColumns.columns.map(({ name }) => byColumn(name, all));
  const verdict = [
    answerText(answer, carried, others, few),
    ...(few ? [] : [...singleTexts(measures), ...columnTexts(columns)]),
    ...shapeTexts(measures, printedClimb),
    ...repeatTexts(means, columns.length),
  ];
  const other = study.axes.filter(({ factor }) => factor !== study.carry).map(({ factor }) => settingKinds[factor].title);
  return {
    data: { answer, arms: measures, printedClimb, columns, repeats, repeatMeans: means },
    verdict,
    sections: [
      {
        heading: "Are the printed tables what carried-over weights produce?",
        text: [
          "Suspicion: one model went through the printed list without being built anew, so that each line starts where the one above it ended. Three ways to run the same list are set against the " +
            "printed columns: with carried weights, re-initialised with the same settings and seeds, and re-initialised with tuned learning rates (these learn from fewer images: those held out choose the rate). A printed table is one run, and so is compared with single runs.",
          ...(few
            ? [
                `These runs are trained on ${study.limit?.toLocaleString("en")} images, the printed ones on more: that alone moves accuracies by points, so distances answer nothing here.`,
              ]
            : []),
        ],
        items: [distanceFigure(columns), measureTable(measures, printedClimb)],
      },
      {
        heading: "Down the printed list",
        text: [
          "If weights are carried, accuracy should climb down the list, since each line is trained longer than the one above it; and an optimizer whose default steps are tiny should repeat the line above it.",
        ],
        items: [...(repeats.length === 0 ? [] : [repeatTable(repeats, other)]), ...carriedColumns.columns.map((column) => listFigure(column, all, study))],
      },
    ],
  };
}

function measured(all: readonly ArmColumns[]): ArmMeasures[] {
  const toPrinted = (columns: readonly ColumnOf[]): (number | null)[] => perSeed(columns, (line, { printed }) => distance(line, printed));
  const base = toPrinted(all[0].columns);
  return all.map(({ arm, columns }, i) => {
    const own = toPrinted(columns);
    return {
      arm,
      distance: overSeeds(own),
      likeness: overSeeds(perSeed(columns, likeness)),
      climb: overSeeds(perSeed(columns, (line) => climb(line))),
      membership: membership(columns),
      singles: singles(columns),
      further:
        i === 0
          ? null
          : overSeeds(
              own.map((value, s) => {
                const mine = base[s];
                return value === null || mine === null || mine === undefined ? null : value - mine;
              }),
            ),
    };
  });
}

/** An arm's measures in one column. */
function byColumn(name: string, all: readonly ArmColumns[]): ColumnMeasures {
  return {
    column: name,
    arms: all.flatMap(({ arm, columns }) => {
      const column = columns.find((other) => other.name === name);
      if (column === undefined) return [];
      return [
        {
          arm,
          distance: overSeeds(column.seeds.map((line) => distance(line, column.printed))),
          likeness: overSeeds(column.seeds.map((line) => likeness(line, column))),
          membership: membership([column]),
        },
      ];
    }),
  };
}

const scaled = (share: number | null | undefined): number | null => (share === null || share === undefined ? null : 100 * share);

function distanceFigure(columns: readonly ColumnMeasures[]): Figure {
  return {
    kind: "intervals",
    title: "How far each way to run the list is from the printed column",
    caption:
      "Mean absolute difference between the accuracies of a single run and the printed ones; intervals are over seeds. Nearer to 0 is nearer to the print.",
    x: { label: "distance to the printed accuracies, points", scale: "log" },
    rows: columns.flatMap(({ column, arms }) =>
      arms.map(({ arm, distance: found }) => ({
        name: doing[arm],
        ...(column === "" ? {} : { group: column }),
        value: scaled(found?.mean),
        low: scaled(found?.low),
        high: scaled(found?.high),
        points: (found?.seeds ?? []).map((value) => 100 * value),
      })),
    ),
  };
}

function measureTable(measures: readonly ArmMeasures[], printedClimb: number | null): Table {
  return {
    kind: "table",
    title: "Three ways to run the list against the printed columns",
    columns: [
      { name: "run" },
      { name: "distance, points", digits: 2 },
      { name: "low", digits: 2 },
      { name: "high", digits: 2 },
      { name: "further than carried", digits: 2 },
      { name: "p", digits: 4 },
      { name: "rank correlation", digits: 2 },
      { name: "low", digits: 2 },
      { name: "high", digits: 2 },
      { name: "climb", digits: 2 },
      { name: "print could be one" },
    ],
    rows: [
      ["printed", null, null, null, null, null, null, null, null, printedClimb, null],
      ...measures.map(({ arm, distance: found, likeness: like, climb: climbs, membership: member, further }) => [
        doing[arm],
        scaled(found?.mean),
        scaled(found?.low),
        scaled(found?.high),
        scaled(further?.mean),
        further === null ? null : signFlipTest(further.seeds).p,
        like?.mean ?? null,
        like?.low ?? null,
        like?.high ?? null,
        climbs?.mean ?? null,
        member === null ? null : member.within ? "yes" : "no",
      ]),
    ],
    note:
      "Distance: mean absolute difference. Rank correlation: Spearman's, mean over columns. Climb: Kendall's tau of accuracy with the place in the list. p: sign-flip test of the difference in distance over seeds. " +
      "Further than carried: difference in distance, points. Print could be one: the printed columns are no further from the mean of the seeds than 95 % of seeds are from the mean of the others. Intervals are over seeds, 95 %.",
  };
}

function repeatTable(repeats: readonly Repeat[], other: readonly string[]): Table {
  const arms = repeats[0].arms.map(({ arm }) => arm);
  const short: Readonly<Record<ArmName, string>> = { "carry-over": "carried", fresh: "re-initialised", fair: "tuned", "as-printed": "as printed" };
  return {
    kind: "table",
    title: "A line less the line above it, in points of accuracy",
    columns: [
      { name: "line" },
      { name: "above it" },
      ...(other.length === 0 ? [] : [{ name: other.join(", ") }]),
      { name: "printed", digits: 2 },
      ...arms.flatMap((arm) => [
        { name: short[arm], digits: 2 },
        { name: "low", digits: 2 },
        { name: "high", digits: 2 },
      ]),
    ],
    rows: repeats.map(({ line, above, column, printed, arms: own }) => [
      line,
      above,
      ...(other.length === 0 ? [] : [column]),
      100 * printed,
      ...own.flatMap(({ difference }) => [scaled(difference?.mean), scaled(difference?.low), scaled(difference?.high)]),
    ]),
    note: `Means over seeds with 95 % intervals: ${arms.map((arm) => `${short[arm]}, ${doing[arm]}`).join("; ")}.`,
  };
}

/** A column down the list. Runs that were re-initialised at default rates are left out: some are tens of points lower and would flatten the rest. */
function listFigure({ name, lines, printed }: ColumnOf, all: readonly ArmColumns[], study: Study): Figure {
  const series = all.flatMap(({ arm, columns }) => {
    const column = columns.find((own) => own.name === name);
    if (arm === "fresh" || column === undefined) return [];
    return [
      {
        name: doing[arm],
        points: lines.map((line, place) => {
          const at = column.lines.indexOf(line);
          const found = at < 0 ? null : overSeeds(column.seeds.map((values) => values[at]));
          return {
            x: place + 1,
            y: found?.mean ?? null,
            ...(found === null || found.low === null || found.high === null ? {} : { low: found.low, high: found.high }),
          };
        }),
      },
    ];
  });
  const carry = study.carry === null ? "competitor" : settingKinds[study.carry as Factor].title;
  return {
    kind: "lines",
    title: `Accuracy down the printed list${name === "" ? "" : `: ${name}`}`,
    caption: `Means over seeds with 95 % intervals. The list: ${lines.map((line, place) => `${place + 1} ${line}`).join(", ")}.`,
    x: { label: `place of the ${carry} in the list` },
    y: { label: "accuracy on the test set", percent: true },
    series: [{ name: "printed", points: printed.map((y, place) => ({ x: place + 1, y })) }, ...series],
  };
}
