/** Which competitors can be told apart: paired over seeds, corrected for how many comparisons there are. @module */

import { type ArmFacts, byScore, type Difference, type Range } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { counted, listed, named, percent, percentRange, pointRange, points, probability } from "../findings/words.ts";
import type { Section } from "../reports/report.ts";
import { holm, signFlipTest } from "../statistics/index.ts";
import { mcnemarPart } from "./mcnemar.ts";
import { nothing, type PartInput } from "./part.ts";
import { firstOf } from "./shown.ts";

/** The level of all tests. */
const ALPHA = 0.05;

/** The best competitor against another. */
interface Comparison {
  /** Index of the other. */
  readonly other: number;
  /** Seeds in which neither diverged. */
  readonly seeds: number;
  /** Of the best less that of the other. */
  readonly difference: number;
  readonly interval: Range | null;
  /** Sign-flip test over seeds. */
  readonly p: number;
  /** Corrected by Holm over the comparisons with the best. */
  readonly adjusted: number;
  /** `adjusted` below .05 and an interval without 0. */
  readonly apart: boolean;
}

/** All pairs, by sign-flip tests. */
interface Pairs {
  readonly pairs: number;
  readonly apart: number;
  /** The smallest corrected p that so many pairs and seeds can give. */
  readonly smallest: number;
}

/** Every pair of competitors that shares a seed. */
function allPairs(facts: ArmFacts): Pairs | null {
  const tests = facts.cells.flatMap((_, a) =>
    facts.cells.slice(a + 1).flatMap((__, i) => {
      const shared = differences(facts, a, a + 1 + i);
      return shared.length === 0 ? [] : [signFlipTest(shared)];
    }),
  );
  if (tests.length === 0) return null;
  return {
    pairs: tests.length,
    apart: holm(tests.map(({ p }) => p)).filter((p) => p < ALPHA).length,
    smallest: Math.min(1, tests.length * Math.min(...tests.map(({ smallestP }) => smallestP))),
  };
}

/** Of each seed in which neither diverged. */
function differences({ cells }: ArmFacts, a: number, b: number): number[] {
  return cells[a].accuracies.flatMap((mine, s) => {
    const other = cells[b].accuracies[s];
    return mine === null || other === null ? [] : [mine - other];
  });
}

/** The best against each other one, from the nearest to the furthest. */
function withBest(facts: ArmFacts, best: number): Comparison[] {
  const found = byScore(facts.cells)
    .filter((other) => other !== best)
    .flatMap((other): { other: number; difference: Difference }[] => {
      const difference = facts.difference(best, other);
      return difference === null ? [] : [{ other, difference }];
    });
  if (found.length === 0) return [];
  const ps = found.map(({ difference }) => signFlipTest(difference.values).p);
  const adjusted = holm(ps);
  return found.map(({ other, difference: { values, mean, interval } }, i) => ({
    other,
    seeds: values.length,
    difference: mean,
    interval,
    p: ps[i],
    adjusted: adjusted[i],
    apart: adjusted[i] < ALPHA && interval !== null && (interval.low > 0 || interval.high < 0),
  }));
}

export function comparisonsPart(input: PartInput): Finding {
  const { facts } = input;
  const { cells, arm } = facts;
  if (cells.every(({ accuracy }) => accuracy === null)) {
    return { ...nothing, verdict: [cells.length === 1 ? "Every run diverged." : "Every run of every competitor diverged: there is nothing to compare."] };
  }
  const best = byScore(cells)[0];
  if (cells.length === 1) return { ...nothing, verdict: [aloneText(facts)] };
  if (arm.seeds.length === 1) return mcnemarPart(input, best);
  const comparisons = withBest(facts, best);
  if (comparisons.length === 0) return { ...nothing, verdict: [`Only ${named(cells[best].cell.label)} has runs that did not diverge.`] };
  const pairs = allPairs(facts);
  const smallestP = signFlipTest(new Array<number>(arm.seeds.length).fill(0)).smallestP;
  const smallest = Math.min(1, smallestP * comparisons.length);
  return {
    data: {
      best: cells[best].cell.label,
      comparisons: comparisons.map(({ other, ...rest }) => ({ with: cells[other].cell.label, ...rest })),
      smallestP,
      smallestAdjusted: smallest,
      pairs,
    },
    sections: [section(facts, best, comparisons, smallestP, smallest < ALPHA)],
    verdict: [...bestText(facts, best, comparisons, smallestP, smallest), ...pairsText(facts, pairs)],
  };
}

function aloneText({ cells: [cell], arm }: ArmFacts): string {
  const { accuracy } = cell;
  if (accuracy === null) return "Every run diverged.";
  const interval = accuracy.interval === null ? "" : ` (95 % interval ${percentRange(accuracy.interval)})`;
  return `On the test set ${named(cell.cell.label)} reaches ${percent(accuracy.mean)}${interval} over ${counted(arm.seeds.length, "seed")}.`;
}

/** @param tested whether a test could be significant at all: otherwise none is shown */
function section(facts: ArmFacts, best: number, comparisons: readonly Comparison[], smallestP: number, tested: boolean): Section {
  const { cells, arm } = facts;
  const n = arm.seeds.length;
  const name = named(cells[best].cell.label);
  const several = comparisons.some(({ seeds }) => seeds < n);
  const shown = firstOf(comparisons);
  return {
    heading: "Which can be told apart",
    text: [
      `The competitor with the highest mean accuracy, ${name}, is compared with each other one seed by seed, since within a seed all have the same initial weights and order of batches. ` +
        "The interval is a two-level bootstrap of the difference over seeds and test images. " +
        (tested
          ? `p comes from flipping the signs of the seeds' differences, and is corrected for ${counted(comparisons.length, "comparison")} by Holm's method; with ${counted(n, "seed")} it cannot be below ${probability(smallestP)}. `
          : `Tests are not shown: with ${counted(n, "seed")} and ${counted(comparisons.length, "comparison")} none can be significant. `) +
        "That the same seeds chose the best and test it flatters it a little.",
    ],
    items: [
      {
        kind: "intervals",
        title: `How far the others are behind ${name}`,
        caption: `Difference of mean accuracy. An interval across 0 leaves open which of the two is better.${furtherText(comparisons, shown, false)}`,
        tabled: true,
        x: { label: "points behind the best" },
        rows: shown.map(({ other, difference, interval }) => ({
          name: cells[other].cell.label,
          value: 100 * difference,
          low: interval === null ? null : 100 * interval.low,
          high: interval === null ? null : 100 * interval.high,
          points: differences(facts, best, other).map((value) => 100 * value),
        })),
        rules: [{ x: 0, label: "the best" }],
      },
      {
        kind: "table",
        title: `The best, ${name}, against each other one`,
        columns: [
          { name: "competitor" },
          { name: "behind, points", digits: 2 },
          { name: "low", digits: 2 },
          { name: "high", digits: 2 },
          ...(tested ? [{ name: "p", digits: 4 }, { name: "p, corrected", digits: 4 }, { name: "told apart" }] : []),
          ...(several ? [{ name: "seeds", digits: 0 }] : []),
        ],
        rows: shown.map(({ other, difference, interval, p, adjusted, apart, seeds }) => [
          cells[other].cell.label,
          100 * difference,
          interval === null ? null : 100 * interval.low,
          interval === null ? null : 100 * interval.high,
          ...(tested ? [p, adjusted, apart ? "yes" : "no"] : []),
          ...(several ? [seeds] : []),
        ]),
        note: `${tested ? `Told apart: corrected p below 0.05 and an interval that does not hold 0.` : ""}${furtherText(comparisons, shown, tested)}`.trim(),
      },
    ],
  };
}

/** What there is to say of those further behind than the ones that are shown. */
function furtherText(all: readonly Comparison[], shown: readonly Comparison[], tested: boolean): string {
  const rest = all.slice(shown.length);
  if (rest.length === 0) return "";
  const apart = rest.filter((one) => one.apart).length;
  return ` Shown are the nearest ${shown.length} of ${all.length}${tested ? `; of the others ${apart === 0 ? "none" : apart} can be told apart` : ""}.`;
}

const intervalText = (interval: Range | null): string => (interval === null ? "" : `, 95 % interval ${pointRange(interval)}`);

/** Who is best, and how sure that is. */
function bestText({ cells, arm }: ArmFacts, best: number, comparisons: readonly Comparison[], smallestP: number, smallest: number): string[] {
  const name = named(cells[best].cell.label);
  const highest = `The highest mean accuracy, ${percent(cells[best].accuracy?.mean ?? 0)}, is that of ${name}`;
  const [nearest] = comparisons;
  const next = named(cells[nearest.other].cell.label);
  const behind = `${points(nearest.difference)} points${intervalText(nearest.interval)}`;
  const n = arm.seeds.length;
  if (smallest >= ALPHA) {
    const limit =
      smallestP >= ALPHA
        ? `With ${counted(n, "seed")} no sign-flip test over seeds can be significant: the smallest p that they can give is ${probability(smallestP)}`
        : `With ${counted(n, "seed")} and ${comparisons.length} comparisons no sign-flip test over seeds can be significant: corrected, the smallest p is ${probability(smallest)}`;
    return [`${highest}; the next is ${next}, behind by ${behind}.`, `${limit}. The order is a hint and no more.`];
  }
  const alike = comparisons.filter(({ apart }) => !apart).map(({ other }) => named(cells[other].cell.label));
  if (alike.length === 0) {
    const mean = percent(cells[best].accuracy?.mean ?? 0);
    if (comparisons.length === 1) return [`Of the two, ${name} is better: ${mean}, ahead of ${next} by ${behind}.`];
    return [`The best is ${name}, ${mean}: every other one can be told from it; the next, ${next}, is behind by ${behind}.`];
  }
  if (alike.length === 1 && alike[0] === next) return [`${highest}, but ${name} and ${next} cannot be told apart: difference ${behind}.`];
  const open = comparisons.filter(({ apart }) => !apart);
  const first = open[0];
  return [
    `${highest}, which cannot be told from ${alike.length === comparisons.length && alike.length > 1 ? "any other" : listed(alike)}: ` +
      `${named(cells[first.other].cell.label)} is behind by ${points(first.difference)} points${intervalText(first.interval)}.`,
  ];
}

function pairsText({ cells, arm }: ArmFacts, pairs: Pairs | null): string[] {
  if (pairs === null || cells.length < 3 || pairs.smallest >= ALPHA) return [];
  return [
    `Of ${pairs.pairs} pairs ${pairs.apart === 0 ? "none" : pairs.apart} can be told apart (sign-flip tests over ${arm.seeds.length} seeds, corrected for all pairs by Holm's method).`,
  ];
}
