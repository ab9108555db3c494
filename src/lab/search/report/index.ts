/** What is said of a search: as data, and as a report. @module */

import type { Report } from "../../reports/report.ts";
import type { Conditions } from "../../summary/index.ts";
import type { TrialResult } from "../../trials/trial.ts";
import { canonicalJson } from "../../written/canonical.ts";
import type { Search } from "../definition.ts";
import type { CompletionOrder } from "../drive.ts";
import { type Goal, scoreFor } from "../objective.ts";
import { levelText, type Tried } from "../tried.ts";
import { failureFacts, rungFacts, type Tested, type TestedFacts, testDifference, testedFacts } from "./facts.ts";
import { importanceOf } from "./importance.ts";
import { costIn, sectionsOf } from "./sections.ts";
import type { BudgetSummary, SearchSummary, TestedSummary } from "./summary.ts";
import { verdictOf } from "./verdict.ts";

export type { Tested } from "./facts.ts";
export type { SearchSummary } from "./summary.ts";

/** What a search gave. */
export interface SearchOutcome {
  readonly search: Search;
  readonly goal: Goal;
  /** What the method set out to spend. */
  readonly budget: number;
  /** In the order in which the method was told. */
  readonly tried: readonly Tried[];
  readonly top: readonly Tested[];
  readonly order: CompletionOrder | null;
  readonly conditions: Conditions;
}

/** Sums up a search. Pure: equal outcomes give equal bytes, apart from `times` and the epochs that were trained. */
export function summarizeSearch({ search, goal, budget, tried, top, order, conditions }: SearchOutcome): { summary: SearchSummary; report: Report } {
  const { testSamples } = conditions;
  const facts = testedFacts(goal, top, testSamples, search.epochs?.most ?? null);
  const told = {
    search,
    goal,
    conditions,
    budget: budgetOf(search, budget, tried),
    order,
    tested: facts.map((one) => testedSummary(goal, facts[0], one, testSamples)),
    points: [...tried].sort((a, b) => a.id - b.id).map(({ results, resource: _, ...rest }) => ({ ...rest, trials: results.map(({ id }) => id) })),
    rungs: search.epochs === null ? null : rungFacts(goal, tried),
    importance: importanceOf(search, goal, tried),
    failures: failureFacts(tried),
  };
  const times = timesOf(tried, top);
  const verdict = verdictOf(search, goal, facts, told);
  const report: Report = {
    title: search.title,
    question: search.question,
    quick: search.quick,
    verdict,
    sections: sectionsOf({ search, goal, tried, facts, summary: { ...told, times } }),
    conditions: conditionRows(search, goal, conditions),
    rows: csvRows(search, goal, tried, top),
  };
  return { summary: { ...told, verdict, times }, report };
}

function budgetOf(search: Search, stated: number, tried: readonly Tried[]): BudgetSummary {
  const costOf = costIn(search, tried);
  const keys = tried.map(({ point, resource }) => canonicalJson([point, resource]));
  return {
    stated,
    unit: search.epochs === null ? "points" : "epochs",
    spent: tried.reduce((sum, one) => sum + costOf(one), 0),
    points: tried.length,
    failed: tried.filter(({ score }) => score === null).length,
    repeated: keys.length - new Set(keys).size,
  };
}

function testedSummary(goal: Goal, best: TestedFacts, { tried, results, validation, test, optimism, failed }: TestedFacts, testSamples: number): TestedSummary {
  const { id, point, score } = tried;
  return {
    id,
    point,
    epochs: results[0].epochs.length,
    score: score as number,
    validation,
    test,
    optimism,
    behind: tried === best.tried ? null : testDifference(goal, best, { tried, results, validation, test, optimism, failed }, testSamples),
    failed,
    runs: results.map((result) => ({ id: result.id, validation: result.validation, test: result.test, weightsSha256: result.weightsSha256 })),
  };
}

/** Of each trial once: equal points are one. */
function timesOf(tried: readonly Tried[], top: readonly Tested[]): SearchSummary["times"] {
  const unique = (all: readonly { readonly results: readonly TrialResult[] }[]): TrialResult[] => [
    ...new Map(all.flatMap(({ results }) => results.map((result) => [result.id, result] as const))).values(),
  ];
  const epochs = (results: readonly TrialResult[]): number => results.reduce((sum, result) => sum + result.epochs.length - (result.resumedAt ?? 0), 0);
  const [ofSearch, ofTests] = [unique(tried), unique(top)];
  return {
    epochsTrained: epochs(ofSearch),
    epochsOfTests: epochs(ofTests),
    seconds: [...ofSearch, ...ofTests].reduce((sum, { seconds }) => sum + seconds.wall, 0),
  };
}

function conditionRows(search: Search, goal: Goal, conditions: Conditions): [string, string][] {
  const { data, target, trainSamples, validationSamples, testSamples, mode, kernels, engine, wasm, probe, version } = conditions;
  const count = (n: number): string => n.toLocaleString("en");
  const { name, ...options } = search.method;
  return [
    ["Search", search.name],
    ["Method", Object.keys(options).length === 0 ? name : `${name} ${JSON.stringify(options)}`],
    ["Judged by", `${goal.name} of the validation samples`],
    [
      "Space",
      Object.entries(search.space)
        .map(([setting, dimension]) => `${setting} ${JSON.stringify(dimension)}`)
        .join("; "),
    ],
    ["Data", target === undefined ? data : `${data}, target ${target.column}, in units of ${target.unit}`],
    ["Training samples", `${count(trainSamples)}, of which ${count(validationSamples)} are held out for validation`],
    ["Test samples", count(testSamples)],
    ["Seed of the method", String(search.seed)],
    ["Mode", mode],
    ["Kernels", kernels],
    ...(version === undefined ? [] : ([["Version", version]] as [string, string][])),
    ["Engine", engine],
    ["WebAssembly SHA-256", wasm],
    ["Probe", probe],
    ["Search digest", search.digest],
  ];
}

/** A row for each trial; nothing in it depends on the clock. */
function csvRows(search: Search, goal: Goal, tried: readonly Tried[], top: readonly Tested[]): Report["rows"] {
  const names = Object.keys(search.space);
  const row = (role: "search" | "test", one: Tried, result: TrialResult): Report["rows"][number] => ({
    search: search.name,
    role,
    point: one.id,
    ...Object.fromEntries(names.map((name) => [name, plain(name, one.point[name])])),
    epochs: result.epochs.length,
    from: role === "search" ? one.from : null,
    rung: one.rung,
    bracket: one.bracket,
    validation: scoreFor(goal, result.validation),
    valLoss: result.validation?.loss ?? null,
    test: scoreFor(goal, result.test),
    testLoss: result.test?.loss ?? null,
    failure: role === "search" ? one.failure : (result.failure ?? (result.divergedAt === null ? null : "diverged")),
    weightsSha256: result.weightsSha256,
    trial: result.id,
  });
  return [
    ...tried.flatMap((one) => one.results.map((result) => row("search", one, result))),
    ...top.flatMap((one) => one.results.map((result) => row("test", one.tried, result))),
  ];
}

const plain = (name: string, value: unknown): string | number => (typeof value === "number" ? value : levelText(name, value));
