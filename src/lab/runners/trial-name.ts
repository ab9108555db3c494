/** What a trial is called in a study. @module */

import type { Cell, Study } from "../definition/study.ts";
import type { Trial } from "../trials/trial.ts";
import { canonicalJson } from "../written/canonical.ts";

/** Names trials as `adam, relu, rate 0.001, seed 3`: the cell that has their settings, the rate where a protocol chose it, the seed. */
export function trialNames({ cells, printedCells }: Pick<Study, "cells" | "printedCells">): (trial: Trial) => string {
  const byKey = new Map<string, Cell>();
  for (const cell of [...printedCells, ...cells]) byKey.set(canonicalJson(cell.settings), cell);
  return ({ settings, seed }) => {
    // A cell that leaves the rate open has any.
    const own = byKey.get(canonicalJson(settings));
    const open = own === undefined ? byKey.get(canonicalJson({ ...settings, learningRate: null })) : undefined;
    const rate = own === undefined && settings.learningRate !== null ? [`rate ${settings.learningRate}`] : [];
    return [(own ?? open)?.label ?? settings.optimizer, ...rate, `seed ${seed}`].join(", ");
  };
}
