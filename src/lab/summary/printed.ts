/** Whether the printed order is the measured one. @module */

import type { Study } from "../definition/study.ts";
import { type ArmFacts, byScore } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { factorTitle, grouped, mainAxis, otherLevels } from "../findings/layout.ts";
import { counted, listed, named, ordinal, pEquals, percent, pointRange, points } from "../findings/words.ts";
import type { Figure } from "../reports/report.ts";
import { studentCritical } from "../statistics/distributions.ts";
import { kendall, spearman } from "../statistics/index.ts";
import { nothing, type PartInput } from "./part.ts";

/** Fewer than this have no order worth a correlation. */
const LEAST = 4;

interface Pair {
  /** Index of the cell. */
  readonly i: number;
  readonly label: string;
  readonly printed: number;
  readonly measured: number;
}

/** How two orders agree. */
interface Agreement {
  readonly n: number;
  readonly spearman: number | null;
  readonly spearmanP: number | null;
  readonly kendall: number | null;
  readonly kendallP: number | null;
}

function agreement(pairs: readonly Pair[]): Agreement {
  const [a, b] = [pairs.map(({ printed }) => printed), pairs.map(({ measured }) => measured)];
  const [rho, tau] = [spearman(a, b), kendall(a, b)];
  return { n: pairs.length, spearman: rho.value, spearmanP: rho.p, kendall: tau.value, kendallP: tau.p };
}

const pairsOf = ({ cells }: ArmFacts): Pair[] =>
  cells.flatMap(({ cell, accuracy, score }, i) =>
    cell.printed?.accuracy === undefined || accuracy === null ? [] : [{ i, label: cell.label, printed: cell.printed.accuracy, measured: score }],
  );

export function printedPart({ study, facts }: PartInput): Finding {
  const pairs = pairsOf(facts);
  if (pairs.length < 2) return nothing;
  const all = pairs.length < LEAST ? null : agreement(pairs);
  const main = mainAxis(study);
  const gaps = study.limit === null ? gapsOf(study, facts, pairs) : null;
  const groups =
    study.axes.length < 2
      ? []
      : [...grouped(pairs, ({ i }) => otherLevels(study, facts.cells[i].cell, main))].flatMap(([name, own]) =>
          own.length < LEAST ? [] : [{ name, ...agreement(own) }],
        );
  const scatter: Figure = {
    kind: "scatter",
    title: "Measured against printed accuracy",
    caption: `A point for each competitor. ${study.limit === null ? "On the diagonal both are equal. " : ""}Where the orders agree, points rise from left to right.`,
    x: { label: "printed accuracy", percent: true },
    y: { label: "measured mean accuracy", percent: true },
    tabled: true,
    series: seriesOf(
      study.axes.length === 2 ? (pair) => otherLevels(study, facts.cells[pair.i].cell, main) : () => "competitors",
      study.axes.length === 2 ? pairs.map((pair) => ({ ...pair, label: facts.cells[pair.i].cell.levels[main] })) : pairs,
    ),
    ...(study.limit === null ? { diagonal: true } : {}),
  };
  return {
    data: { agreement: all, groups, gaps, winner: winnerData(facts, pairs) },
    sections: [
      {
        heading: "The printed order and the measured one",
        text: [
          ...(study.printedNote === null ? [] : [study.printedNote]),
          ...(study.limit === null ? [] : [`Trained on ${study.limit.toLocaleString("en")} images only: printed figures come from more.`]),
        ],
        items: [
          ...(pairs.length < LEAST ? [] : [scatter]),
          ...(groups.length < 2
            ? []
            : [
                {
                  kind: "table" as const,
                  title: `Rank correlation of printed and measured order of ${factorTitle(study.axes[main].factor)}s`,
                  columns: [
                    { name: study.axes.length === 2 ? factorTitle(study.axes[1 - main].factor) : "the other factors" },
                    { name: "Spearman", digits: 2 },
                    { name: "p", digits: 3 },
                    { name: "Kendall", digits: 2 },
                    { name: "p", digits: 3 },
                  ],
                  rows: groups.map(({ name, spearman: rho, spearmanP, kendall: tau, kendallP }) => [name, rho, spearmanP, tau, kendallP]),
                  note: "1: the same order; 0: no relation; -1: reversed.",
                },
              ]),
        ],
      },
    ].filter(({ items, text }) => items.length > 0 || text.length > 0),
    verdict: [
      ...(study.analyses.includes("optimum") ? [] : winnerText(facts, pairs)),
      ...gapText(gaps),
      ...orderText(all, groups, study.axes.length < 2 ? null : factorTitle(study.axes[main].factor)),
    ],
  };
}

/** Printed gaps against what a change of seed does. */
interface Gaps {
  /** Pairs of printed figures in one column. */
  readonly pairs: number;
  /** Of them, those closer than the column's `seedNoise`. */
  readonly within: number;
  /** Of each column: two runs of one competitor differ by less, 95 times in 100: t sqrt(2) sd, sd pooled over its competitors. */
  readonly seedNoise: readonly number[];
}

/** Null where fewer than two seeds leave the noise open. */
function gapsOf(study: Study, { cells }: ArmFacts, pairs: readonly Pair[]): Gaps | null {
  const main = mainAxis(study);
  const columns = [...grouped(pairs, ({ i }) => otherLevels(study, cells[i].cell, main)).values()].flatMap((column) => {
    const seedNoise = seedNoiseOf(cells, column);
    const gaps = column.flatMap((a, i) => column.slice(i + 1).map((b) => Math.abs(a.printed - b.printed)));
    return seedNoise === null || gaps.length === 0 ? [] : [{ seedNoise, pairs: gaps.length, within: gaps.filter((gap) => gap < seedNoise).length }];
  });
  if (columns.length === 0) return null;
  const sum = (of: (column: (typeof columns)[number]) => number): number => columns.reduce((total, column) => total + of(column), 0);
  return { pairs: sum((column) => column.pairs), within: sum((column) => column.within), seedNoise: columns.map(({ seedNoise }) => seedNoise) };
}

function seedNoiseOf(cells: ArmFacts["cells"], column: readonly Pair[]): number | null {
  const spreads = column.flatMap(({ i }) => {
    const { sd = null, n = 0 } = cells[i].accuracy ?? {};
    return sd === null ? [] : [{ freedom: n - 1, variance: sd * sd }];
  });
  const freedom = spreads.reduce((sum, own) => sum + own.freedom, 0);
  if (freedom === 0) return null;
  const pooled = spreads.reduce((sum, own) => sum + own.freedom * own.variance, 0) / freedom;
  return studentCritical(0.05, freedom) * Math.sqrt(2 * pooled);
}

function gapText(gaps: Gaps | null): string[] {
  if (gaps === null || gaps.within === 0) return [];
  const [least, most] = [Math.min(...gaps.seedNoise), Math.max(...gaps.seedNoise)];
  const by = gaps.seedNoise.length === 1 ? `${points(most)} points` : `${points(least)} to ${points(most)} points, depending on the column`;
  return [
    `${gaps.within} of ${counted(gaps.pairs, "gap")} between printed accuracies ${gaps.within === 1 ? "is" : "are"} smaller than what a change of seed alone does: two runs of one competitor differ by up to ${by} (95 %).`,
  ];
}

function seriesOf(group: (pair: Pair) => string, pairs: readonly Pair[]): { name: string; points: { x: number; y: number; label: string }[] }[] {
  return [...grouped(pairs, group)].map(([name, own]) => ({
    name,
    points: own.map(({ printed, measured, label }) => ({ x: printed, y: measured, label })),
  }));
}

const winners = (pairs: readonly Pair[]): Pair[] => {
  const most = Math.max(...pairs.map(({ printed }) => printed));
  return pairs.filter(({ printed }) => printed === most);
};

function winnerData(facts: ArmFacts, pairs: readonly Pair[]): unknown {
  const order = byScore(facts.cells);
  return winners(pairs).map(({ label, i, printed }) => ({ label, printed, place: order.indexOf(i) + 1, of: order.length }));
}

/** Whether who won in print wins here. The analysis `optimum` says more of it. */
function winnerText(facts: ArmFacts, pairs: readonly Pair[]): string[] {
  const first = winners(pairs);
  if (first.length === pairs.length) return [];
  const order = byScore(facts.cells);
  const best = order[0];
  const printed = `(${percent(first[0].printed)})`;
  if (first.some(({ i }) => i === best)) {
    const name = named(facts.cells[best].cell.label);
    return [
      first.length === 1
        ? `The printed winner, ${name} ${printed}, also has the highest mean here.`
        : `One of the ${first.length} printed winners ${printed}, ${name}, has the highest mean here.`,
    ];
  }
  const nearest = first.reduce((a, b) => (order.indexOf(b.i) < order.indexOf(a.i) ? b : a));
  const difference = facts.difference(best, nearest.i);
  const behind =
    difference === null
      ? ""
      : `, ${points(difference.mean)} points behind ${named(facts.cells[best].cell.label)}${difference.interval === null ? "" : ` (95 % interval ${pointRange(difference.interval)})`}`;
  const place = `${ordinal(order.indexOf(nearest.i) + 1)} of ${order.length}`;
  return [
    first.length === 1
      ? `The printed winner, ${named(nearest.label)} ${printed}, is ${place} here${behind}.`
      : `Of the printed winners, ${listed(first.map(({ label }) => named(label)))} ${printed}, the best here is ${named(nearest.label)}, ${place}${behind}.`,
  ];
}

function orderText(all: Agreement | null, groups: readonly Agreement[], factor: string | null): string[] {
  if (groups.length >= 2 && factor !== null) {
    const taus = groups.flatMap(({ kendall: tau }) => (tau === null ? [] : [tau]));
    if (taus.length === 0) return [];
    const significant = groups.filter(({ kendall: tau, kendallP }) => tau !== null && tau > 0 && kendallP !== null && kendallP < 0.05).length;
    return [
      `The printed order of ${factor}s agrees with the measured one in ${significant === 0 ? "none" : significant} of ${groups.length} columns (Kendall's tau above 0 with p < 0.05; ` +
        `tau from ${Math.min(...taus).toFixed(2)} to ${Math.max(...taus).toFixed(2)}).`,
    ];
  }
  if (all === null || all.kendall === null || all.kendallP === null) return [];
  const tau = `Kendall's tau ${all.kendall.toFixed(2)} over ${counted(all.n, "competitor")}, ${pEquals(all.kendallP)}`;
  if (all.kendallP >= 0.05) return [`No relation of the printed order to the measured one is shown (${tau}).`];
  return [
    all.kendall > 0 ? `The printed order agrees with the measured one (${tau}).` : `The printed order is about the reverse of the measured one (${tau}).`,
  ];
}
