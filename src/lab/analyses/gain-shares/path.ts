/** From the printed settings to the best: what changes, and the cells between them. @module */
import { type Factor, settingKinds } from "../../definition/settings.ts";
import type { Cell, Study } from "../../definition/study.ts";
import { byScore, type CellFacts } from "../../findings/facts.ts";

/** One change between both ends. */
export interface Change {
  readonly factor: Factor;
  readonly title: string;
  readonly from: string;
  readonly to: string;
}

/** All combinations of the changes. */
export interface Path {
  readonly changes: readonly Change[];
  /** Indices of cells: `cells[mask]` has made the changes whose bits are set. */
  readonly cells: readonly number[];
  /** What was printed for the start; null: nothing was, and the start is the worst measured. */
  readonly printed: { readonly accuracy: number; readonly epochs: number } | null;
}

/** The path from the settings with the worst printed accuracy, as far as they are among the competitors, to the best competitor; null where a combination was not run. */
export function pathOf(study: Study, cells: readonly CellFacts[]): Path | null {
  const at = new Map(cells.map(({ cell }, i) => [keyOf(cell.levels), i]));
  const order = byScore(cells);
  const printedOf = ({ printed }: Cell): number => printed?.accuracy ?? Number.POSITIVE_INFINITY;
  const known = study.printedCells.filter((cell) => Number.isFinite(printedOf(cell)) && at.has(keyOf(cell.levels))).sort((a, b) => printedOf(a) - printedOf(b));
  const start = known.length > 0 ? known[0].levels : cells[order[order.length - 1]].cell.levels;
  const end = cells[order[0]].cell.levels;
  const differing = study.axes.map((_, axis) => axis).filter((axis) => start[axis] !== end[axis]);
  const found = Array.from({ length: 2 ** differing.length }, (_, mask) => {
    const levels = start.map((level, axis) => {
      const bit = differing.indexOf(axis);
      return bit >= 0 && (mask >> bit) & 1 ? end[axis] : level;
    });
    return at.get(keyOf(levels));
  });
  const whole = found.filter((i) => i !== undefined);
  if (whole.length < found.length) return null;
  const changes = differing.map((axis) => {
    const { factor } = study.axes[axis];
    return { factor, title: settingKinds[factor].title, from: start[axis], to: end[axis] };
  });
  return { changes, cells: whole, printed: known.length > 0 ? { accuracy: printedOf(known[0]), epochs: printedEpochs(study, known[0]) } : null };
}

/** After which it was printed: a quick study has other epochs. */
const printedEpochs = ({ printed }: Study, { index, settings }: Cell): number => printed[index]?.settings.epochs ?? settings.epochs;

const keyOf = (levels: readonly string[]): string => JSON.stringify(levels);
