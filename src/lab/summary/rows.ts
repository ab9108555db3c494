/** The rows of `report.csv`. @module */

import type { Study } from "../definition/study.ts";
import type { Arm } from "../protocols/protocol.ts";
import type { Report } from "../reports/report.ts";

/** A row for each arm, competitor and seed; nothing in it depends on the clock. */
export function csvRows(study: Study, arms: readonly Arm[]): Report["rows"] {
  return arms.flatMap(({ name, seeds, runs }) =>
    runs.flatMap(({ cell, learningRate, tuning, results }) =>
      results.map((result, s) => ({
        study: study.name,
        quick: study.quick ? "yes" : "no",
        arm: name,
        competitor: cell.label,
        ...Object.fromEntries(
          study.axes
            .filter(({ factor }) => factor !== "learningRate")
            .map(({ factor }) => [factor, cell.levels[study.axes.findIndex((axis) => axis.factor === factor)]]),
        ),
        learningRate,
        tuned: tuning === null ? "no" : "yes",
        rateOnEdge: tuning === null ? null : tuning.onEdge ? "yes" : "no",
        seed: seeds[s],
        testAccuracy: result.test?.accuracy ?? null,
        testLoss: result.test?.loss ?? null,
        trainAccuracy: result.training?.accuracy ?? null,
        trainLoss: result.training?.loss ?? null,
        valAccuracy: result.validation?.accuracy ?? null,
        valLoss: result.validation?.loss ?? null,
        steps: result.steps,
        divergedAt: result.divergedAt,
        printedAccuracy: cell.printed?.accuracy ?? null,
        printedLoss: cell.printed?.loss ?? null,
        printedTrainAccuracy: cell.printed?.trainAccuracy ?? null,
        weightsSha256: result.weightsSha256,
        trial: result.id,
      })),
    ),
  );
}
