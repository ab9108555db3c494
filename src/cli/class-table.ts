/** Precision, recall and F1 of every class as text. @module */
import { integer, percent } from "../format.ts";
import type { ClassificationReport, ClassScores } from "../metrics/index.ts";
import type { Io } from "./io.ts";

/** Classes that are listed one by one: of more, the worst. */
const MOST = 20;

const cells = ([precision, recall, f1]: readonly string[]): string => precision.padStart(11) + recall.padStart(11) + f1.padStart(9);

/**
 * A row for each class and one for their mean; of many classes those with the lowest F1.
 * @param classes their names; null: numbers
 */
export function drawClassTable({ classes, macro }: ClassificationReport, io: Io, names: readonly string[] | null = null): string {
  const { bold, dim } = io.colour;
  const all = classes.map((scores, i) => ({ name: names?.[i] ?? String(i), scores }));
  const shown = all.length <= MOST ? all : all.sort((a, b) => a.scores.f1 - b.scores.f1).slice(0, MOST);
  const width = Math.max(5, ...shown.map(({ name }) => name.length + 2));
  const line = (name: string, { precision, recall, f1, support }: ClassScores): string =>
    `${dim(name.padStart(width))}${cells([percent(precision, 1), percent(recall, 1), percent(f1, 1)])}${integer(support).padStart(9)}`;
  return [
    `${bold("Per class")}  ${dim(all.length <= MOST ? "mean: every class counts alike" : `the ${MOST} lowest F1 of ${integer(all.length)}`)}`,
    dim(`${" ".repeat(width)}${cells(["precision", "recall", "F1"])}${"samples".padStart(9)}`),
    ...shown.map(({ name, scores }) => line(name, scores)),
    line("mean", macro),
  ].join("\n");
}
