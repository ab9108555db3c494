/** An arm's accuracies as the report prints them: in columns, down a list of competitors. @module */

import type { Study } from "../../definition/study.ts";
import { otherLevels } from "../../findings/layout.ts";
import type { Arm, ArmName } from "../../protocols/protocol.ts";

/** One printed column, as an arm has it. */
export interface ColumnOf {
  /** The levels of the other factors, such as `dropout 0.5`; empty if there are none. */
  readonly name: string;
  /** Down the list. */
  readonly lines: readonly string[];
  readonly printed: readonly number[];
  /** `seeds[seed][line]`; null where it diverged. */
  readonly seeds: readonly (readonly (number | null)[])[];
}

export interface ArmColumns {
  readonly arm: ArmName;
  readonly columns: readonly ColumnOf[];
}

/** The columns of an arm that were printed, in the study's order. */
export function columnsOf(study: Study, arm: Arm): ArmColumns {
  const at = study.axes.findIndex(({ factor }) => factor === study.carry);
  const found = new Map<string, Arm["runs"][number][]>();
  for (const run of arm.runs) {
    if (run.cell.printed?.accuracy === undefined) continue;
    const name = otherLevels(study, run.cell, at);
    found.set(name, [...(found.get(name) ?? []), run]);
  }
  return {
    arm: arm.name,
    columns: [...found].map(([name, runs]) => ({
      name,
      lines: runs.map(({ cell }) => cell.levels[at]),
      printed: runs.map(({ cell }) => cell.printed?.accuracy ?? 0),
      seeds: arm.seeds.map((_, s) => runs.map(({ results }) => (results[s].divergedAt === null ? (results[s].test?.accuracy ?? null) : null))),
    })),
  };
}

/** Of at least one value; null of none. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
