/** Average ranks, and how far apart they must be. @module */
import type { Finding } from "../findings/finding.ts";
import { counted, pEquals } from "../findings/words.ts";
import type { Figure } from "../reports/report.ts";
import { friedman, nemenyi } from "../statistics/index.ts";
import { nothing, type PartInput } from "./part.ts";

/** More competitors than this do not go onto one line. */
const MOST = 20;

/** Ranks of competitors over blocks, as a figure and as data; null where there is too little of either. */
export function rankFigure(
  names: readonly string[],
  blocks: readonly (readonly number[])[],
  title: string,
  speaksOf: string,
): { figure: Figure; data: unknown; p: number } | null {
  if (names.length < 3 || names.length > MOST || blocks.length < 2) return null;
  const { averageRanks, criticalDifference, groups } = nemenyi(blocks);
  const { chiSquared, p, fP } = friedman(blocks);
  const named = groups.map((group) => group.map((i) => names[i]));
  return {
    p,
    data: { ranks: names.map((name, i) => ({ name, rank: averageRanks[i] })), criticalDifference, groups: named, blocks: blocks.length, chiSquared, p, fP },
    figure: {
      kind: "ranks",
      title,
      caption:
        `Average rank over ${blocks.length} ${speaksOf}, 1 is best. Those joined by a line are less than the critical difference ${criticalDifference.toFixed(2)} apart ` +
        `(Nemenyi, 5 %) and cannot be told apart by rank. Friedman's test that all rank alike: ${pEquals(p)}${p < 0.05 ? "" : ", so that no difference of ranks is shown"}.`,
      ranks: names.map((name, i) => ({ name, rank: averageRanks[i] })),
      criticalDifference,
      groups: named,
    },
  };
}

/** Ranks over seeds. A diverged run has accuracy 0 and so the last rank. */
export function ranksPart({ study, facts }: PartInput): Finding {
  const { cells, arm } = facts;
  const blocks = arm.seeds.map((_, s) => cells.map(({ accuracies }) => accuracies[s] ?? 0));
  const found = rankFigure(
    cells.map(({ cell }) => cell.label),
    blocks,
    "Average ranks over seeds",
    "seeds",
  );
  if (found === null) return nothing;
  return {
    data: found.data,
    sections: [
      {
        heading: "Ranks",
        text: [
          `Blocks are ${counted(arm.seeds.length, "seed")} on one data set. So the ranks speak of training again on ${study.data} with these settings; of other data sets they say nothing.`,
        ],
        items: [found.figure],
      },
    ],
    verdict: [],
  };
}
