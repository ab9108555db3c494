/** Whether optimizers with tiny default steps repeat the line above them. @module */

import type { Study } from "../../definition/study.ts";
import { present } from "../../findings/present.ts";
import type { ArmName } from "../../protocols/protocol.ts";
import { type ArmColumns, meanOf } from "./columns.ts";
import { type OverSeeds, overSeeds } from "./measures.ts";

/** Whose steps at the default rate are tiny. */
const SMALL_STEPS = ["adagrad", "adadelta"];

/** A line less the line above it, in one column. */
export interface Repeat {
  readonly line: string;
  readonly above: string;
  readonly column: string;
  readonly printed: number;
  readonly arms: readonly { readonly arm: ArmName; readonly difference: OverSeeds | null }[];
}

/** The lines of {@link SMALL_STEPS} under another one, in every column and arm; none where weights pass along another factor. */
export function repeatsOf(study: Study, arms: readonly ArmColumns[]): Repeat[] {
  if (study.carry !== "optimizer") return [];
  const at = study.axes.findIndex(({ factor }) => factor === "optimizer");
  const optimizerOf = new Map(study.printedCells.map(({ levels, settings }) => [levels[at], settings.optimizer]));
  return arms[0].columns.flatMap((column) =>
    column.lines.flatMap((line, place): Repeat[] => {
      if (place === 0 || !SMALL_STEPS.includes(optimizerOf.get(line) ?? "")) return [];
      const above = column.lines[place - 1];
      return [
        {
          line,
          above,
          column: column.name,
          printed: column.printed[place] - column.printed[place - 1],
          arms: arms.map(({ arm, columns }) => ({ arm, difference: overSeeds(differences(columns, column.name, line, above)) })),
        },
      ];
    }),
  );
}

/** Of each seed in which neither line diverged. */
function differences(columns: ArmColumns["columns"], name: string, line: string, above: string): (number | null)[] {
  const column = columns.find((other) => other.name === name);
  if (column === undefined) return [];
  const [a, b] = [column.lines.indexOf(line), column.lines.indexOf(above)];
  if (a < 0 || b < 0) return [];
  return column.seeds.map((values) => {
    const [mine, other] = [values[a], values[b]];
    return mine === null || other === null ? null : mine - other;
  });
}

/** The mean absolute difference of a line to the one above it, over columns: in print, and in each arm with an interval over seeds. */
export interface RepeatMean {
  readonly line: string;
  readonly printed: number;
  readonly arms: readonly { readonly arm: ArmName; readonly difference: OverSeeds | null }[];
}

/** Of each line, over the columns. */
export function repeatMeans(repeats: readonly Repeat[], arms: readonly ArmColumns[]): RepeatMean[] {
  return [...new Set(repeats.map(({ line }) => line))].map((line) => {
    const own = repeats.filter((repeat) => repeat.line === line);
    return {
      line,
      printed: meanOf(own.map(({ printed }) => Math.abs(printed))) ?? 0,
      arms: arms.map(({ arm, columns }) => {
        const perColumn = own.map(({ column, above }) => differences(columns, column, line, above));
        const seeds = perColumn[0]?.length ?? 0;
        const values = Array.from({ length: seeds }, (_, s) => meanOf(present(perColumn.map((column) => column[s] ?? null)).map(Math.abs)));
        return { arm, difference: overSeeds(values) };
      }),
    };
  });
}
