/** Where runs were after equal seconds of training: read from their learning curves. A time: not reproducible. @module */
import type { CellFacts } from "../../findings/facts.ts";
import type { CurvePoint } from "../../trials/trial.ts";

/** Accuracies after so many seconds. */
export interface AtSeconds {
  readonly seconds: number;
  /** `values[cell][seed]`: the last validation accuracy by then; of a diverged run 0. */
  readonly values: readonly (readonly number[])[];
  /** Labels of cells of which a run had done all its epochs before: it stays what it was. */
  readonly ended: readonly string[];
}

interface Timed extends CurvePoint {
  readonly seconds: number;
}

/**
 * The longest time that all runs trained for, or, if the slowest was first validated only after that, that moment: nothing is guessed between measurements.
 * Null where a run was not validated on its way, or not timed.
 */
export function atEqualSeconds(cells: readonly CellFacts[]): AtSeconds | null {
  const curves = cells.map(({ results }) =>
    results.map(({ divergedAt, curve }) => (divergedAt === null ? curve.filter((point): point is Timed => point.seconds !== null) : null)),
  );
  const finished = curves.flat().filter((curve) => curve !== null);
  if (finished.length === 0 || finished.some((curve) => curve.length === 0)) return null;
  const last = (curve: readonly Timed[]): number => curve[curve.length - 1].seconds;
  const seconds = Math.max(Math.min(...finished.map(last)), ...finished.map((curve) => curve[0].seconds));
  const valueAt = (curve: readonly Timed[]): number => curve.filter((point) => point.seconds <= seconds).at(-1)?.valAccuracy ?? 0;
  return {
    seconds,
    values: curves.map((bySeed) => bySeed.map((curve) => (curve === null ? 0 : valueAt(curve)))),
    ended: cells.flatMap(({ cell }, c) => (curves[c].some((curve) => curve !== null && last(curve) < seconds) ? [cell.label] : [])),
  };
}
