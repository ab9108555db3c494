/** How a model does on test data, with something to compare it with. @module */
import type { Dataset } from "../data/dataset/dataset.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import type { Table } from "../data/tables/table.ts";
import { integer, percent } from "../format.ts";
import type { Model } from "../model/model.ts";
import { drawConfusion } from "./confusion.ts";
import type { Io } from "./io.ts";
import { drawMistakes } from "./pictures.ts";
import { type Baseline, baselinesOf, drawScores, drawWorst, judgeNumbers, type NumberVerdict, targetOf } from "./regression.ts";
import { columnsOfRows } from "./rows.ts";
import { drawTable } from "./text-table.ts";
import { judge, type Mistake, type Verdict } from "./verdict.ts";

/** Test data. */
export interface Examined {
  readonly test: Dataset;
  readonly preprocessing: Preprocessing | null;
  /** The rows of a table that the test samples are. */
  readonly rows: Table | null;
  /** What baselines learn from; null: only what needs none is shown. */
  readonly train: Dataset | null;
}

/** Predicted numbers, or answers of classes. */
export type Examination =
  | { readonly kind: "numbers"; readonly verdict: NumberVerdict; readonly baselines: readonly Baseline[] }
  | {
      readonly kind: "classes";
      readonly verdict: Verdict;
      readonly classes: readonly string[] | null;
      readonly commonest: { label: number; share: number } | null;
    };

const WORST = 5;

/** Predicts the test data and compares. */
export async function examine(model: Model, { test, preprocessing, train }: Examined): Promise<Examination> {
  if (test.classes === undefined) {
    const { scaling } = targetOf(preprocessing);
    return { kind: "numbers", verdict: await judgeNumbers(model, test, scaling), baselines: baselinesOf(train, test, scaling) };
  }
  const isTable = preprocessing?.kind === "table";
  return {
    kind: "classes",
    verdict: await judge(model, test),
    classes: classesOf(preprocessing),
    commonest: train === null || !isTable ? null : commonestOf(train, test),
  };
}

/** The names of classes, where they have some. */
export function classesOf(preprocessing: Preprocessing | null): readonly string[] | null {
  if (preprocessing?.kind === "images") return preprocessing.classes;
  return preprocessing?.kind === "table" && preprocessing.target.kind === "classes" ? preprocessing.target.classes : null;
}

/** The class that most training samples have, and its share of the test samples: the accuracy of who always says it. */
function commonestOf(train: Dataset, test: Dataset): { label: number; share: number } {
  const counts = new Array<number>(train.classes ?? 0).fill(0);
  for (let i = 0; i < train.length; i++) counts[train.label(i)]++;
  const label = counts.indexOf(Math.max(...counts));
  let right = 0;
  for (let i = 0; i < test.length; i++) if (test.label(i) === label) right++;
  return { label, share: right / test.length };
}

/** What `--json` has of it besides loss and accuracy: nothing of classes without names. */
export function examinationJson(examination: Examination): Record<string, unknown> {
  if (examination.kind === "numbers") {
    const { verdict, baselines } = examination;
    return { metrics: verdict.scores, baselines: Object.fromEntries(baselines.map(({ key, scores }) => [key, scores])) };
  }
  const { classes, commonest } = examination;
  return { ...(classes !== null && { classes }), ...(commonest !== null && { baselines: { commonestClass: { accuracy: commonest.share } } }) };
}

/** Scores beside baselines, and the worst predictions; or the confusion matrix and the worst mistakes. */
export function drawExamination(examination: Examination, { test, preprocessing, rows }: Examined, io: Io): string {
  const { bold, dim } = io.colour;
  if (examination.kind === "numbers") {
    const { verdict, baselines } = examination;
    const worst = drawWorst(verdict, targetOf(preprocessing).name, rows, io);
    return `${drawScores(verdict.scores, baselines, io)}\n\n${bold("The worst predictions")}\n${worst}`;
  }
  const { verdict, classes, commonest } = examination;
  const { confusion, mistakes } = verdict;
  const blocks = [drawConfusion(confusion, io, classes)];
  if (commonest !== null)
    blocks.unshift(`Always ${classes?.[commonest.label] ?? commonest.label}, the commonest class in training: accuracy ${percent(commonest.share)}`);
  const worst = rows === null ? drawMistakes(mistakes, test, io, classes) : drawWrongRows(mistakes, rows, classes, targetOf(preprocessing).name, io);
  if (worst !== "") blocks.push(`${bold("The worst mistakes")}  ${dim(`of ${integer(mistakes.length)} in ${integer(test.length)}`)}\n${worst}`);
  return blocks.join("\n\n");
}

/** Rows of a table that were taken for another class; "" for none. */
function drawWrongRows(mistakes: readonly Mistake[], rows: Table, classes: readonly string[] | null, target: string, io: Io): string {
  if (mistakes.length === 0) return "";
  const worst = mistakes.slice(0, WORST);
  const name = (label: number): string => classes?.[label] ?? String(label);
  const { line, values } = columnsOfRows(
    rows,
    worst.map(({ index }) => index),
    [target],
  );
  const predicted = [
    { name: target, cells: worst.map(({ truth }) => name(truth)), isNumber: false },
    { name: "predicted", cells: worst.map(({ said }) => name(said)), isNumber: false },
    { name: "sure", cells: worst.map(({ probability }) => percent(probability, 0)), isNumber: true },
  ];
  return drawTable([line, ...predicted, ...values], io);
}
