/** How competitors lie in the factors of a study. @module */
import type { Factor } from "../definition/settings.ts";
import { settingKinds } from "../definition/settings.ts";
import type { Cell, Study } from "../definition/study.ts";

/** A factor as it is written in headings and sentences. */
export const factorTitle = (factor: Factor): string => settingKinds[factor].title;

/** Cells of a study with two or more factors, all combinations of whose levels are there once. */
export interface Cross {
  /** Which of the study's axes the rows are. */
  readonly axis: number;
  /** Of that axis. */
  readonly levels: readonly string[];
  /** Every combination of the others' levels, as text. */
  readonly blocks: readonly string[];
  /** `cells[block][level]`, as indices into the arm's cells. */
  readonly cells: readonly (readonly number[])[];
}

/** The axis that a study is about: the one that carries weights, if there is one, else the first. */
export function mainAxis(study: Study): number {
  const at = study.axes.findIndex(({ factor }) => factor === study.carry);
  return at < 0 ? 0 : at;
}

/** Cells laid out along an axis; null unless they are a full cross of at least two. */
export function crossOf(study: Study, cells: readonly Cell[], axis: number): Cross | null {
  if (study.axes.length < 2) return null;
  const { levels } = study.axes[axis];
  const found = new Map<string, (number | undefined)[]>();
  for (const [i, cell] of cells.entries()) {
    const block = cell.levels.filter((_, at) => at !== axis).join(", ");
    const row = found.get(block) ?? new Array<number | undefined>(levels.length).fill(undefined);
    const level = levels.indexOf(cell.levels[axis]);
    if (level < 0 || row[level] !== undefined) return null;
    row[level] = i;
    found.set(block, row);
  }
  const rows = [...found.values()];
  const others = study.axes.reduce((product, other, at) => (at === axis ? product : product * other.levels.length), 1);
  if (rows.length !== others) return null;
  const whole = rows.flatMap((row) => {
    const indices = row.filter((i): i is number => i !== undefined);
    return indices.length === levels.length ? [indices] : [];
  });
  return whole.length === rows.length ? { axis, levels, blocks: [...found.keys()], cells: whole } : null;
}

/** A level with what it is a level of where that is not plain: `adam`, `dropout 0.5`. */
export const levelTitle = (factor: Factor, level: string): string => `${settingKinds[factor].prefix ?? ""}${level}`;

/** A cell's levels of all axes but one, as text. */
export const otherLevels = ({ axes }: Pick<Study, "axes">, { levels }: Pick<Cell, "levels">, axis: number): string =>
  axes.flatMap(({ factor }, at) => (at === axis ? [] : [levelTitle(factor, levels[at])])).join(", ");

/** Values by a name that each has, in order of appearance. */
export function grouped<T>(values: readonly T[], nameOf: (value: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const value of values) {
    const name = nameOf(value);
    const group = found.get(name);
    if (group === undefined) found.set(name, [value]);
    else group.push(value);
  }
  return found;
}
