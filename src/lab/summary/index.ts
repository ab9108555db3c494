/** What is said of a study's results: as data, and as a report. @module */

import { analyses } from "../analyses/index.ts";
import type { Study } from "../definition/study.ts";
import { type ArmFacts, factsOf, judgedArm } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import type { Arm, ProtocolName } from "../protocols/protocol.ts";
import type { Report } from "../reports/report.ts";
import { cellsPart, spreadPart } from "./cells.ts";
import { comparisonsPart } from "./comparisons.ts";
import { curvesPart } from "./curves.ts";
import { diagnosticsPart } from "./diagnostics.ts";
import { effectsPart } from "./effects.ts";
import { heatPart } from "./heat.ts";
import type { Part } from "./part.ts";
import { printedPart } from "./printed.ts";
import { ranksPart } from "./ranks.ts";
import { ratesPart } from "./rates.ts";
import { csvRows } from "./rows.ts";
import type { Conditions, Summary } from "./summary.ts";
import { targetsPart } from "./targets.ts";
import { timesData, timesSection } from "./times.ts";

export type { Conditions, Summary } from "./summary.ts";

/** What is said of an arm, by the name that its data has. `verdict` orders the conclusions, `sections` the report. */
const parts: Readonly<Record<string, { readonly part: Part; readonly verdict: number; readonly sections: number }>> = {
  cells: { part: cellsPart, verdict: 5, sections: 0 },
  heat: { part: heatPart, verdict: 9, sections: 1 },
  comparisons: { part: comparisonsPart, verdict: 0, sections: 2 },
  effects: { part: effectsPart, verdict: 1, sections: 3 },
  ranks: { part: ranksPart, verdict: 9, sections: 4 },
  printedOrder: { part: printedPart, verdict: 2, sections: 5 },
  curves: { part: curvesPart, verdict: 9, sections: 6 },
  rates: { part: ratesPart, verdict: 4, sections: 7 },
  targets: { part: targetsPart, verdict: 3, sections: 8 },
  diagnostics: { part: diagnosticsPart, verdict: 9, sections: 9 },
  spread: { part: spreadPart, verdict: 9, sections: 10 },
};

/** Of arms that are there for comparison only. */
const sideParts: readonly string[] = ["cells", "heat", "spread"];

/**
 * Sums up the arms of a study. Pure: equal arms give equal bytes, apart from `times` and the section "Times".
 * @param arms as the protocol gave them, the main one first
 */
export function summarize(study: Study, protocol: ProtocolName, arms: readonly Arm[], conditions: Conditions): { summary: Summary; report: Report } {
  const facts = arms.map((arm) => factsOf(arm, conditions.testSamples));
  const judged = judgedArm(facts);
  const findings = study.analyses.map((name) => ({ name, finding: analyses[name](study, arms, facts) }));
  const found = facts.map((own) => ({ facts: own, found: findAll(study, own, own === judged ? Object.keys(parts) : sideParts, conditions.testSamples) }));
  const main = found.find((arm) => arm.facts === judged)?.found ?? {};
  const verdict = [...findings.flatMap(({ finding }) => finding.verdict), ...ordered(main, "verdict").flatMap((name) => main[name].verdict)];
  const sides = found.filter((arm) => arm.facts !== judged);
  const { name, title, question, quick, digest } = study;
  const summary: Summary = {
    study: { name, title, question, quick, digest },
    protocol,
    conditions,
    verdict,
    arms: found.map(({ facts: { arm }, found: all }) => ({
      name: arm.name,
      explanation: arm.explanation,
      seeds: arm.seeds,
      ...Object.fromEntries(Object.entries(all).flatMap(([part, { data }]) => (data === null ? [] : [[part, data]]))),
    })),
    analyses: Object.fromEntries(findings.map(({ name: of, finding }) => [of, finding.data])),
    times: {
      arms: timesData(study, facts),
      analyses: Object.fromEntries(findings.flatMap(({ name: of, finding: { times } }) => (times ? [[of, times.data]] : []))),
    },
  };
  const report: Report = {
    title,
    question,
    quick,
    verdict,
    sections: [
      ...findings.flatMap(({ finding }) => finding.sections),
      ...ordered(main, "sections").flatMap((part) => main[part].sections),
      ...sides.flatMap(({ found: all }) => ordered(all, "sections").flatMap((part) => all[part].sections)),
      ...timesSection(study, judged),
      ...findings.flatMap(({ finding }) => finding.times?.sections ?? []),
    ],
    conditions: conditionRows(study, protocol, judged, conditions),
    rows: csvRows(study, arms),
  };
  return { summary, report };
}

function findAll(study: Study, facts: ArmFacts, names: readonly string[], testSamples: number): Record<string, Finding> {
  return Object.fromEntries(names.map((name) => [name, parts[name].part({ study, facts, testSamples })]));
}

const ordered = (found: Readonly<Record<string, Finding>>, by: "verdict" | "sections"): string[] =>
  Object.keys(found).sort((a, b) => parts[a][by] - parts[b][by]);

function conditionRows(study: Study, protocol: ProtocolName, { arm }: ArmFacts, conditions: Conditions): [string, string][] {
  const { data, trainSamples, validationSamples, testSamples, mode, kernels, engine, wasm, probe, version } = conditions;
  const count = (n: number): string => n.toLocaleString("en");
  return [
    ["Study", study.name],
    ["Protocol", protocol],
    ["Data", data],
    [
      "Training images",
      validationSamples === 0 ? count(trainSamples) : `${count(trainSamples)}, of which ${count(validationSamples)} are held out for validation`,
    ],
    ["Test images", count(testSamples)],
    ["Reporting seeds", arm.seeds.join(", ")],
    ["Mode", mode],
    ["Kernels", kernels],
    ...(version === undefined ? [] : ([["Version", version]] as [string, string][])),
    ["Engine", engine],
    ["WebAssembly SHA-256", wasm],
    ["Probe", probe],
    ["Study digest", study.digest],
  ];
}
