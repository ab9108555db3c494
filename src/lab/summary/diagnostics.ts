/** What was recorded while the reported runs trained. @module */

import { diagnosticSections, lastFigures } from "../diagnostics/index.ts";
import { byScore, type CellFacts } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { nothing, type PartInput } from "./part.ts";

/** More lines than this cannot be told apart in one figure. */
const MOST = 8;

/** Runs that did not diverge. */
const recordedBy = ({ results }: CellFacts) =>
  results.flatMap(({ diagnostics, divergedAt }) => (diagnostics === null || divergedAt !== null ? [] : [diagnostics]));

export function diagnosticsPart({ facts }: PartInput): Finding {
  const able = byScore(facts.cells)
    .map((i) => facts.cells[i])
    .filter((cell) => recordedBy(cell).length > 0);
  if (able.length === 0) return nothing;
  const sections = diagnosticSections(able.slice(0, MOST).map((cell) => ({ label: cell.cell.label, runs: recordedBy(cell) })));
  const fewer =
    able.length > MOST
      ? [`Shown are the ${MOST} best of ${able.length} competitors by accuracy on the test set; the others are in summary.json and results.jsonl.`]
      : [];
  return {
    data: facts.cells.map(({ cell, results }) => ({
      label: cell.label,
      runs: results.map(({ diagnostics }, s) => ({ seed: facts.arm.seeds[s], ...(diagnostics === null ? {} : lastFigures(diagnostics)) })),
    })),
    sections: sections.map((section, i) => (i === 0 ? { ...section, text: [...section.text, ...fewer] } : section)),
    verdict: [],
  };
}
