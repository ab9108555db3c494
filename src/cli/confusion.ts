/** The confusion matrix as text. @module */

import { integer, percent } from "../format.ts";
import type { Io } from "./io.ts";

/** Part of a row from which a confusion is marked. */
const NOTABLE = 0.01;

/**
 * Rows are truths, columns answers, the last column the part that is right; a list of the commonest confusions where the matrix is too wide.
 * @param classes their names; null: numbers
 */
export function drawConfusion(confusion: readonly (readonly number[])[], io: Io, classes: readonly string[] | null = null): string {
  const { bold, dim, green, yellow } = io.colour;
  const names = confusion.map((_, i) => classes?.[i] ?? String(i));
  const longest = Math.max(...names.map((name) => name.length));
  const cell = Math.max(4, ...confusion.flat().map((n) => String(n).length + 1), longest + 2);
  const head = Math.max(5, longest + 2);
  if (head + confusion.length * cell + 10 > io.width) return commonest(confusion, names, io);
  const lines = [
    `${bold("Confusion matrix")}  ${dim("rows: the truth; columns: what the model said")}`,
    dim(`${" ".repeat(head)}${names.map((name) => name.padStart(cell)).join("")}   correct`),
  ];
  confusion.forEach((row, i) => {
    const total = row.reduce((a, b) => a + b, 0);
    const cells = row.map((n, j) => {
      const text = (n === 0 && i !== j ? "·" : String(n)).padStart(cell);
      return i === j ? bold(green(text)) : n === 0 ? dim(text) : n >= NOTABLE * total ? yellow(text) : text;
    });
    lines.push(`${dim(names[i].padStart(head))}${cells.join("")}  ${(total === 0 ? "-" : percent(row[i] / total, 1)).padStart(8)}`);
  });
  return lines.join("\n");
}

function commonest(confusion: readonly (readonly number[])[], names: readonly string[], { colour }: Io): string {
  const pairs = confusion.flatMap((row, truth) => row.map((n, said) => ({ truth, said, n }))).filter(({ truth, said, n }) => truth !== said && n > 0);
  const top = pairs.sort((a, b) => b.n - a.n).slice(0, 10);
  if (top.length === 0) return colour.bold("No confusions");
  return [colour.bold("Commonest confusions"), ...top.map(({ truth, said, n }) => `  true ${names[truth]}, said ${names[said]}: ${integer(n)} times`)].join(
    "\n",
  );
}
