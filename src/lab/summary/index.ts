/** What is said of a study's results: as data, and as a report. @module */
import { analyses } from "../analyses/index.ts";
import type { Arm, ProtocolName } from "../protocols/protocol.ts";
import type { Report } from "../reports/report.ts";
import type { Study } from "../study.ts";
import type { Conditions, Summary } from "./summary.ts";

export type { Conditions, Summary } from "./summary.ts";

/**
 * Sums up the arms of a study. Pure: equal arms give equal bytes, apart from `times` and the sections that say that they are times.
 * @param arms as the protocol gave them, the main one first
 */
export function summarize(study: Study, protocol: ProtocolName, arms: readonly Arm[], conditions: Conditions): { summary: Summary; report: Report } {
  const findings = study.analyses.flatMap((name) => {
    const analysis = analyses[name];
    return analysis === undefined ? [] : [{ name, finding: analysis(study, arms) }];
  });
  const verdict = findings.flatMap(({ finding }) => finding.verdict);
  const { name, title, question, quick, digest } = study;
  const summary: Summary = {
    study: { name, title, question, quick, digest },
    protocol,
    conditions,
    verdict,
    arms: arms.map((arm) => ({
      name: arm.name,
      seeds: arm.seeds,
      cells: arm.runs.map(({ cell, learningRate, tuning, results }) => ({
        label: cell.label,
        levels: cell.levels,
        learningRate,
        tuning,
        accuracies: results.map(({ test }) => test?.accuracy ?? null),
      })),
    })),
    analyses: Object.fromEntries(findings.map(({ name: of, finding }) => [of, finding.data])),
    times: arms.map((arm) => ({ name: arm.name, cells: arm.runs.map(({ results }) => results.map(({ seconds }) => seconds)) })),
  };
  const report: Report = {
    title,
    question,
    quick,
    verdict,
    sections: [
      ...arms.map((arm) => ({
        heading: arm.name,
        text: [arm.explanation],
        items: [
          {
            kind: "table" as const,
            title: "Accuracy on the test set",
            columns: [{ name: "competitor" }, { name: "learning rate", digits: 5 }, { name: "mean accuracy", digits: 2, percent: true }],
            rows: arm.runs.map(({ cell, learningRate, results }) => {
              const all = results.flatMap(({ test }) => (test === null ? [] : [test.accuracy]));
              return [cell.label, learningRate, all.length === 0 ? null : all.reduce((a, b) => a + b, 0) / all.length];
            }),
          },
        ],
      })),
      ...findings.flatMap(({ finding }) => finding.sections),
    ],
    conditions: Object.entries(conditions).map(([of, value]) => [of, String(value)]),
    rows: arms.flatMap((arm) =>
      arm.runs.flatMap(({ cell, learningRate, results }) =>
        results.map((result, i) => ({
          arm: arm.name,
          competitor: cell.label,
          learningRate,
          seed: arm.seeds[i],
          accuracy: result.test?.accuracy ?? null,
          loss: result.test?.loss ?? null,
          divergedAt: result.divergedAt,
        })),
      ),
    ),
  };
  return { summary, report };
}
