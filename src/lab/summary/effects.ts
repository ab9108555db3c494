/** What each factor does, averaged over the others. @module */

import { type ArmFacts, type Range, seedInterval } from "../findings/facts.ts";
import type { Finding } from "../findings/finding.ts";
import { type Cross, crossOf, factorTitle, levelTitle, mainAxis } from "../findings/layout.ts";
import { listed, percent, pointRange, points, sentence } from "../findings/words.ts";
import type { Figure, Table } from "../reports/report.ts";
import { holm, mean, signFlipTest } from "../statistics/index.ts";
import { nothing, type PartInput } from "./part.ts";
import { profileFigure } from "./profiles.ts";
import { rankFigure } from "./ranks.ts";

const ALPHA = 0.05;

/** A level over all combinations of the others in which no level diverged. */
interface LevelEffect {
  readonly level: string;
  readonly mean: number;
  readonly interval: Range | null;
  /** Behind the best level; null for the best. */
  readonly behind: {
    readonly difference: number;
    readonly interval: Range | null;
    readonly p: number;
    readonly adjusted: number;
    readonly apart: boolean;
  } | null;
}

/** A factor's levels, from the best. */
interface Effect {
  readonly factor: string;
  readonly levels: readonly LevelEffect[];
  /** Combinations of the other factors that count, and how many there are. */
  readonly blocks: number;
  readonly of: number;
}

/** For each level, its mean accuracy per seed over the blocks in which every run of every level finished. */
function perSeed({ cells, arm }: ArmFacts, cross: Cross): { blocks: number; values: number[][] } {
  const whole = cross.cells.filter((row) => row.every((i) => cells[i].diverged === 0));
  const values = cross.levels.map((_, level) => arm.seeds.map((__, s) => mean(whole.map((row) => cells[row[level]].accuracies[s] ?? 0))));
  return { blocks: whole.length, values };
}

function effectOf(facts: ArmFacts, cross: Cross, factor: string): Effect {
  const { blocks, values } = perSeed(facts, cross);
  if (blocks === 0) return { factor, levels: [], blocks, of: cross.cells.length };
  const order = values.map((_, i) => i).sort((a, b) => mean(values[b]) - mean(values[a]) || a - b);
  const [best, ...others] = order;
  const behind = others.map((level) => values[best].map((value, s) => value - values[level][s]));
  const ps = behind.map((differences) => signFlipTest(differences).p);
  const adjusted = holm(ps);
  return {
    factor,
    blocks,
    of: cross.cells.length,
    levels: order.map((level, place): LevelEffect => {
      const base = { level: cross.levels[level], mean: mean(values[level]), interval: seedInterval(values[level]) };
      if (place === 0) return { ...base, behind: null };
      const interval = seedInterval(behind[place - 1]);
      const apart = adjusted[place - 1] < ALPHA && interval !== null && interval.low > 0;
      return { ...base, behind: { difference: mean(behind[place - 1]), interval, p: ps[place - 1], adjusted: adjusted[place - 1], apart } };
    }),
  };
}

function effectTable({ factor, levels, blocks, of }: Effect): Table {
  const tested = levels.some(({ behind }) => behind?.interval);
  return {
    kind: "table",
    title: `${sentence(factor)}, averaged over the other factors`,
    columns: [
      { name: factor },
      { name: "mean accuracy", digits: 2, percent: true },
      { name: "low", digits: 2, percent: true },
      { name: "high", digits: 2, percent: true },
      { name: "behind the best, points", digits: 2 },
      ...(tested
        ? [
            { name: "low, points", digits: 2 },
            { name: "high, points", digits: 2 },
            { name: "p, corrected", digits: 4 },
          ]
        : []),
    ],
    rows: levels.map(({ level, mean, interval, behind }) => [
      level,
      mean,
      interval?.low ?? null,
      interval?.high ?? null,
      behind === null ? 0 : 100 * behind.difference,
      ...(tested ? [scaled(behind?.interval?.low), scaled(behind?.interval?.high), behind?.adjusted ?? null] : []),
    ]),
    stressed: [0],
    note: `Over ${blocks === of ? `all ${of}` : `${blocks} of ${of}`} combinations of the others${blocks === of ? "" : "; in the rest a run diverged"}. Intervals are over seeds, 95 %.`,
  };
}

const scaled = (share: number | undefined): number | null => (share === undefined ? null : 100 * share);

export function effectsPart({ study, facts }: PartInput): Finding {
  const cells = facts.arm.runs.map(({ cell }) => cell);
  const crosses = study.axes.flatMap(({ factor }, axis) => {
    const cross = crossOf(study, cells, axis);
    return cross === null ? [] : [{ factor, cross }];
  });
  if (crosses.length === 0) return nothing;
  const effects = crosses.map(({ factor, cross }) => effectOf(facts, cross, factorTitle(factor))).filter(({ levels }) => levels.length > 0);
  const main = mainAxis(study);
  const mainCross = crosses.find(({ cross }) => cross.axis === main)?.cross;
  const workloads = mainCross === undefined ? null : overWorkloads(facts, mainCross, factorTitle(study.axes[main].factor));
  if (effects.length === 0 && workloads === null) return nothing;
  return {
    data: { effects, ranks: workloads?.ranks ?? null, profile: workloads?.profile ?? null },
    sections: [
      ...(effects.length === 0
        ? []
        : [
            {
              heading: "What each factor does",
              text: [
                "A factor's level is averaged, seed by seed, over all combinations of the others. Intervals and p are over seeds: they speak of training again, and of the same test images.",
              ],
              items: effects.map(effectTable),
            },
          ]),
      ...(workloads === null || workloads.figures.length === 0 ? [] : [{ heading: workloads.heading, text: workloads.text, items: workloads.figures }]),
    ],
    verdict: effects
      .filter(({ factor }) => factor === factorTitle(study.axes[main].factor))
      .flatMap((effect) => effectText(effect, (level) => levelTitle(study.axes[main].factor, level), facts.arm.seeds.length)),
  };
}

/** The main factor's levels, with every combination of the others as a task of its own. */
function overWorkloads(
  { cells }: ArmFacts,
  cross: Cross,
  factor: string,
): { heading: string; text: string[]; figures: Figure[]; ranks: unknown; profile: unknown } | null {
  const accuracies = cross.cells.map((row) => row.map((i) => cells[i].score));
  const ranks = rankFigure(cross.levels, accuracies, `Average ranks of ${factor}s`, "combinations of the other factors");
  const profile = profileFigure(
    cross.levels,
    cross.levels.map((_, level) => accuracies.map((row) => (row[level] > 0 ? 1 - row[level] : null))),
    factor,
  );
  if (ranks === null && profile === null) return null;
  return {
    heading: `${sentence(factor)}s over the levels of the others`,
    text: [
      `Each of the ${cross.blocks.length} combinations of the other factors counts as a task, with its mean over seeds. They share one data set: this speaks of how steady each ${factor} is over such settings, not over data.`,
    ],
    figures: [...(ranks === null ? [] : [ranks.figure]), ...(profile === null ? [] : [profile.figure])],
    ranks: ranks?.data ?? null,
    profile: profile?.data ?? null,
  };
}

function effectText({ levels }: Effect, titleOf: (level: string) => string, seeds: number): string[] {
  const [best, ...others] = levels;
  if (others.length === 0 || seeds < 2) return [];
  const alike = others.filter(({ behind }) => behind !== null && !behind.apart);
  const next = others[0];
  const name = ({ level }: LevelEffect): string => titleOf(level);
  const gap =
    next.behind === null
      ? ""
      : `${points(next.behind.difference)} points${next.behind.interval === null ? "" : `, 95 % interval ${pointRange(next.behind.interval)}`}`;
  const average = `Averaged over the other factors, accuracy is highest with ${name(best)}, ${percent(best.mean)}`;
  if (signFlipTest(new Array<number>(seeds).fill(0)).smallestP * others.length >= ALPHA) return [`${average}; the next is ${name(next)}, behind by ${gap}.`];
  return [
    alike.length === 0
      ? `${average}, which can be told from ${others.length === 1 ? name(next) : "all others"}: the next, ${name(next)}, is behind by ${gap}.`
      : `${average}, which cannot be told from ${listed(alike.map(name))}: ${name(next)} is behind by ${gap}.`,
  ];
}
