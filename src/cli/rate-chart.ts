/** Loss against learning rate, for a terminal. @module */
import { loss as lossText } from "../format.ts";
import type { LearningRatePoint } from "../lab/index.ts";

const HEIGHT = 12;
const WIDEST = 90;
const LEAST = 20;
const LABEL = 10;

/** The median of the seeds as a line, over the logarithm of the rate; the suggestion as a dotted one. @param width columns of the terminal */
export function rateChart(curve: readonly LearningRatePoint[], suggestion: number | null, width: number): string[] {
  if (curve.length < 2) return [];
  const columns = Math.max(LEAST, Math.min(WIDEST, width - LABEL - 2));
  const losses = Array.from({ length: columns }, (_, c) => curve[Math.round((c * (curve.length - 1)) / (columns - 1))].loss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const rows = losses.map((loss) => (high > low ? Math.round(((high - loss) / (high - low)) * (HEIGHT - 1)) : HEIGHT >> 1));
  const logs = [curve[0], curve[curve.length - 1]].map(({ learningRate }) => Math.log10(learningRate));
  const columnOf = (rate: number): number => Math.round(((Math.log10(rate) - logs[0]) / (logs[1] - logs[0])) * (columns - 1));
  const cells = Array.from({ length: HEIGHT }, () => new Array<string>(columns).fill(" "));
  if (suggestion !== null) for (const row of cells) row[columnOf(suggestion)] = "┊";
  rows.forEach((row, c) => {
    const before = c === 0 ? row : rows[c - 1];
    if (before === row) cells[row][c] = "─";
    else {
      const down = row > before;
      cells[before][c] = down ? "╮" : "╯";
      cells[row][c] = down ? "╰" : "╭";
      for (let between = Math.min(row, before) + 1; between < Math.max(row, before); between++) cells[between][c] = "│";
    }
  });
  const label = (r: number): string => (r % 3 === 0 || r === HEIGHT - 1 ? lossText(high - ((high - low) * r) / (HEIGHT - 1)) : "").padStart(LABEL);
  return [...cells.map((row, r) => `${label(r)} ┤${row.join("").trimEnd()}`), ...axis(logs, columns, columnOf)];
}

/** Marks at the powers of ten, as far as there is room. */
function axis([from, to]: readonly number[], columns: number, columnOf: (rate: number) => number): string[] {
  const line = new Array<string>(columns).fill("─");
  let labels = "";
  for (let power = Math.ceil(from - 1e-9); power <= to + 1e-9; power++) {
    const at = columnOf(10 ** power);
    line[at] = "┴";
    const text = power >= -3 && power <= 3 ? String(10 ** power) : `1e${power}`;
    const begin = Math.max(0, at - (text.length >> 1));
    if (labels === "" || begin > labels.length) labels = labels.padEnd(begin) + text;
  }
  const indent = " ".repeat(LABEL + 1);
  return [`${indent}└${line.join("")}`, `${indent} ${labels}`];
}
