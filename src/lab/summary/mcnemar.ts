/** Single runs, compared image by image. @module */

import { byScore } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { counted, named, percent } from "../findings/words.ts";
import { holm, mcnemar } from "../statistics/index.ts";
import { nothing, type PartInput } from "./part.ts";
import { firstOf, noteOf, notShown } from "./shown.ts";

/** The best run against each other one, by McNemar's test. @param best index of the best cell, which has a run that did not diverge */
export function mcnemarPart({ facts, testSamples }: PartInput, best: number): Finding {
  const { cells, correct } = facts;
  const mine = correct[best][0];
  const name = named(cells[best].cell.label);
  const mean = percent(cells[best].accuracy?.mean ?? 0);
  const others = byScore(cells).flatMap((other) => {
    const bits = correct[other][0];
    return other === best || bits === null || mine === null ? [] : [{ other, ...mcnemar(mine, bits) }];
  });
  if (others.length === 0) return { ...nothing, verdict: [`The highest accuracy of single runs, ${mean}, is that of ${name}.`] };
  const shown = firstOf(others);
  const adjusted = holm(others.map(({ midP }) => midP));
  const apart = adjusted.filter((p) => p < 0.05).length;
  return {
    data: {
      best: cells[best].cell.label,
      mcnemar: others.map(({ other, ...rest }, i) => ({ with: cells[other].cell.label, ...rest, adjusted: adjusted[i], apart: adjusted[i] < 0.05 })),
    },
    sections: [
      {
        heading: "Which runs can be told apart",
        text: [
          `Each competitor ran once. McNemar's test compares the run of ${name} with each other one on the ${testSamples.toLocaleString("en")} test images that both saw, by those that just one of ` +
            "the two gets right. It tells two trained networks apart, not two ways to train: another seed may turn the order round.",
        ],
        items: [
          {
            kind: "table",
            title: `The best run, ${name}, against each other one`,
            columns: [
              { name: "competitor" },
              { name: "only the best right", digits: 0 },
              { name: "only this one right", digits: 0 },
              { name: "p", digits: 4 },
              { name: "p, corrected", digits: 4 },
              { name: "networks told apart" },
            ],
            rows: shown.map(({ other, onlyA, onlyB, midP }, i) => [
              cells[other].cell.label,
              onlyA,
              onlyB,
              midP,
              adjusted[i],
              adjusted[i] < 0.05 ? "yes" : "no",
            ]),
            ...noteOf("Mid-p, two-sided; corrected by Holm's method.", notShown(shown, others)),
          },
        ],
      },
    ],
    verdict: [
      `The highest accuracy of single runs, ${mean}, is that of ${name}; on these test images its network can be told from ${apart === 0 ? "none" : apart} of ${counted(others.length, "other", "others")} (McNemar, corrected). ` +
        "One seed does not say which competitor is better.",
    ],
  };
}
