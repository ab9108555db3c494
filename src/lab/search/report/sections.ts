/** The sections of a search's report. @module */

import type { Factor } from "../../definition/settings.ts";
import { settingKinds } from "../../definition/settings.ts";
import { present } from "../../findings/present.ts";
import { short } from "../../reports/numbers.ts";
import type { Figure, IntervalFigure, LineFigure, ScatterFigure, Section, Table, TableValue } from "../../reports/report.ts";
import { mean } from "../../statistics/index.ts";
import type { Conditions } from "../../summary/index.ts";
import type { Search } from "../definition.ts";
import { type Goal, scoreFor } from "../objective.ts";
import type { Dimension } from "../space.ts";
import { levelText, pointText, ranked, type Tried } from "../tried.ts";
import { bestSoFar, type TestedFacts } from "./facts.ts";
import type { SearchSummary } from "./summary.ts";
import { goalTitle, intervalText, scoreColumn } from "./words.ts";

/** Points of a table of the best. */
const MOST_ROWS = 15;

/** What the sections are made of. */
export interface Material {
  readonly search: Search;
  readonly goal: Goal;
  readonly tried: readonly Tried[];
  readonly facts: readonly TestedFacts[];
  readonly summary: Omit<SearchSummary, "verdict">;
}

/** All sections, in order. */
export const sectionsOf = (material: Material): Section[] => [
  testedSection(material),
  progressSection(material),
  bestSection(material),
  settingsSection(material),
  ...rungsSection(material),
  ...importanceSection(material),
  ...failuresSection(material),
  budgetSection(material),
];

const names = ({ search }: Material): string[] => Object.keys(search.space);
const title = (name: string): string => settingKinds[name as Factor].title;
const levels = (material: Material, { point }: Pick<Tried, "point">): TableValue[] => names(material).map((name) => levelText(name, point[name]));

function testedSection(material: Material): Section {
  const { search, goal, facts, summary } = material;
  const column = scoreColumn(goal);
  const { beside = [] } = goal;
  const unit = material.summary.conditions.target;
  const table: Table = {
    kind: "table",
    title: "The best settings, trained anew",
    columns: [
      { name: "point" },
      ...names(material).map((name) => ({ name: title(name) })),
      { name: "in the search", ...column },
      { name: "validation, anew", ...column },
      { name: "test set", ...column },
      { name: "95 % interval" },
      { name: "failed seeds", digits: 0 },
    ],
    rows: facts.map((one) => [
      `#${one.tried.id}`,
      ...levels(material, one.tried),
      one.tried.score,
      one.validation?.mean ?? null,
      one.test?.mean ?? null,
      intervalText(goal, one.test?.interval),
      one.failed,
    ]),
    stressed: [0],
    note: `${search.report.seeds} seeds that no trial of the search had. The order is that of the validation scores: the test set chooses nothing.`,
  };
  const others: Table = {
    kind: "table",
    title: "The same settings on the test set, by other measures",
    columns: [{ name: "point" }, ...beside.map((name) => ({ name, digits: 4 }))],
    rows: facts.map((one) => [`#${one.tried.id}`, ...beside.map((name) => meanOn(one, name))]),
    ...(unit !== undefined && { note: unitText(unit) }),
  };
  const figure: IntervalFigure = {
    kind: "intervals",
    title: `${goal.name} on the test set`,
    caption: "Means and their 95 % intervals; small marks are single seeds.",
    tabled: true,
    x: { label: goalTitle(goal, "test"), percent: goal.share },
    rows: facts.map(({ tried, test, results }) => ({
      name: `#${tried.id}`,
      value: test?.mean ?? null,
      low: test?.interval?.low ?? null,
      high: test?.interval?.high ?? null,
      points: present(
        results.map((result) =>
          goal.name === "loss" ? result.test?.loss : goal.name === "accuracy" ? result.test?.accuracy : result.test?.metrics?.[goal.name],
        ),
      ),
    })),
  };
  return {
    heading: "The best settings on the test set",
    text: [
      `The best score of many is too good: some of it is luck with the seed and with the validation samples. So the ${summary.tested.length} best points were trained again with new seeds, and tested once.`,
    ],
    items: [figure, table, ...(beside.length > 0 ? [others] : [])],
  };
}

/** The mean over the seeds that finished, on the test set. */
function meanOn({ results }: TestedFacts, name: string): number | null {
  const values = present(results.map(({ test }) => scoreFor({ name }, test)));
  return values.length === 0 ? null : mean(values);
}

/** In what losses and errors of a scaled target are measured. */
const unitText = ({ column, unit }: NonNullable<Conditions["target"]>): string =>
  `The target ${column} is scaled: an mae of 1 is ${short(unit)} in its own unit, an mse of 1 the square of that.`;

function progressSection({ search, goal, tried, summary }: Material): Section {
  const { unit } = summary.budget;
  const points = bestSoFar(goal, tried, costIn(search, tried));
  const figure: LineFigure = {
    kind: "lines",
    title: "The best score so far",
    caption: `Over the ${unit} that were spent, in the order in which the method was told.`,
    x: { label: `${unit} spent` },
    y: { label: goalTitle(goal, "validation"), percent: goal.share, ...(goal.name === "accuracy" && { scale: "error" as const }) },
    series: [{ name: "best so far", points: points.map(({ spent, best }) => ({ x: spent, y: best })), steps: true }],
  };
  return { heading: "How the search went", text: [], items: points.some(({ best }) => best !== null) ? [figure] : [] };
}

/** What a candidate costs, in the unit of the budget. */
export function costIn(search: Search, tried: readonly Tried[]): (one: Tried) => number {
  const epochs = new Map(tried.map(({ id, resource }) => [id, resource]));
  return ({ resource, from }) => (search.epochs === null ? 1 : resource - (from === null ? 0 : (epochs.get(from) ?? 0)));
}

function bestSection(material: Material): Section {
  const { search, goal, tried } = material;
  const best = ranked(search, goal, tried).slice(0, MOST_ROWS);
  const table: Table = {
    kind: "table",
    title: `The ${best.length} best points in the search`,
    columns: [
      { name: "point" },
      ...names(material).map((name) => ({ name: title(name) })),
      ...(search.epochs === null ? [] : [{ name: "epochs", digits: 0 }]),
      { name: goalTitle(goal, "validation"), ...scoreColumn(goal) },
    ],
    rows: best.map((one) => [`#${one.id}`, ...levels(material, one), ...(search.epochs === null ? [] : [one.epochs]), one.score]),
    note: "Scores by which they were chosen: too good, as said above.",
  };
  return { heading: "The best points", text: [], items: [table] };
}

/** Each setting's values against the scores. */
function settingsSection(material: Material): Section {
  const { search, goal, tried } = material;
  const figures = Object.entries(search.space).map(([name, dimension]) =>
    ("low" in dimension ? scatterOf : valuesOf)(name, dimension as never, goal, search, tried),
  );
  return {
    heading: "Settings and scores",
    text: [
      "Every point that has a score; the other settings vary with it. Where a method chooses by scores, points crowd where scores were good: a figure shows what was tried, not how the whole range would do.",
    ],
    items: figures,
  };
}

function scatterOf(name: string, { log }: Extract<Dimension, { low: number }>, goal: Goal, search: Search, tried: readonly Tried[]): ScatterFigure {
  const scored = tried.filter(({ score }) => score !== null);
  const epochs = search.epochs === null ? [] : [...new Set(scored.map((one) => one.epochs))].sort((a, b) => a - b);
  const series =
    epochs.length === 0
      ? [{ name: "points", own: scored }]
      : epochs.map((count) => ({ name: `${count} epochs`, own: scored.filter((one) => one.epochs === count) }));
  return {
    kind: "scatter",
    title: title(name),
    caption: "A mark for each point.",
    tabled: true,
    x: { label: title(name), scale: log === true ? "log" : "linear" },
    y: scoreAxis(goal),
    series: series.map((one) => ({ name: one.name, points: one.own.map(({ point, score }) => ({ x: point[name] as number, y: score as number })) })),
  };
}

const scoreAxis = (goal: Goal): ScatterFigure["y"] => ({
  label: goalTitle(goal, "validation"),
  percent: goal.share,
  ...(goal.name === "accuracy" && { scale: "error" as const }),
});

function valuesOf(name: string, values: readonly unknown[], goal: Goal, _: Search, tried: readonly Tried[]): Figure {
  return {
    kind: "intervals",
    title: title(name),
    caption: "The mean of the points with each value, and the points: no interval, for the other settings vary with them.",
    marks: "single points",
    tabled: true,
    x: scoreAxis(goal),
    rows: values.map((value) => {
      const key = JSON.stringify(value);
      const scores = present(tried.filter(({ point }) => JSON.stringify(point[name]) === key).map(({ score }) => score));
      return { name: levelText(name, value), value: scores.length === 0 ? null : mean(scores), low: null, high: null, points: scores };
    }),
  };
}

function rungsSection({ goal, summary: { rungs } }: Material): Section[] {
  if (rungs === null) return [];
  const brackets = new Set(rungs.map(({ bracket }) => bracket)).size;
  return [
    {
      heading: "Who was trained on",
      text: ["Points are trained a little at first; the best of a rung go on from where they were."],
      items: [
        {
          kind: "table",
          title: "Rungs",
          columns: [
            ...(brackets > 1 ? [{ name: "bracket" }] : []),
            { name: "epochs", digits: 0 },
            { name: "points", digits: 0 },
            { name: "failed", digits: 0 },
            { name: "trained on", digits: 0 },
            { name: "best", ...scoreColumn(goal) },
            { name: "worst that was trained on", ...scoreColumn(goal) },
          ],
          rows: rungs.map(({ bracket, epochs, tried, failed, survivors, best, worstSurvivor }) => [
            ...(brackets > 1 ? [String(bracket)] : []),
            epochs,
            tried,
            failed,
            survivors,
            best,
            worstSurvivor,
          ]),
        },
      ],
    },
  ];
}

function importanceSection({ search, summary: { importance } }: Material): Section[] {
  if (importance === null) return [];
  return [
    {
      heading: "Which settings matter",
      text: [
        "How much of the variance of the scores' ranks lies between the values of a setting (of a range: between four parts with as many points), less what chance gives. Each setting for itself: what two do together is not in it. p by permutation, corrected by Holm.",
        ...(search.epochs === null ? [] : ["The scores are those of first rungs, after few epochs: with more of them other settings may matter."]),
      ],
      items: [
        {
          kind: "table",
          title: "Share of the variance of ranks",
          columns: [{ name: "setting" }, { name: "share", percent: true, digits: 0 }, { name: "p", digits: 4 }],
          rows: importance.map(({ name, share, p }) => [title(name), share, p]),
        },
      ],
    },
  ];
}

function failuresSection({ tried, summary: { failures } }: Material): Section[] {
  if (failures.length === 0) return [];
  return [
    {
      heading: "Points that failed",
      text: ["They have no score, and are never chosen."],
      items: [
        {
          kind: "table",
          title: "Reasons",
          columns: [{ name: "reason" }, { name: "points", digits: 0 }, { name: "the first of them" }],
          rows: failures.map(({ reason, points, first }) => [reason, points, `#${first}: ${pointText(tried.find(({ id }) => id === first)?.point ?? {})}`]),
        },
      ],
    },
  ];
}

function budgetSection({ search, summary: { budget, times } }: Material): Section {
  const rows: TableValue[][] = [
    [`${budget.unit} that the method set out to spend`, budget.stated],
    [`${budget.unit} that it spent`, budget.spent],
    ["points", budget.points],
    ["of these, failed", budget.failed],
    ["of these, tried before", budget.repeated],
    ["trainings of each point", search.seeds],
    ["epochs that were trained in the search", times.epochsTrained],
    ["epochs that were trained to test the best", times.epochsOfTests],
  ];
  return {
    heading: "Budget",
    text: ["Epochs that were trained are counted in the trials themselves, without those that a trial took over from a checkpoint."],
    items: [{ kind: "table", title: "Stated and spent", columns: [{ name: "what" }, { name: "number", digits: 0 }], rows }],
  };
}
