/** The conclusions of a search, in sentences that carry no more than their intervals. @module */

import { type Factor, settingKinds } from "../../definition/settings.ts";
import { counted, listed, named, probability, sentence } from "../../findings/words.ts";
import type { Search } from "../definition.ts";
import type { Goal } from "../objective.ts";
import { pointText } from "../tried.ts";
import type { TestedFacts } from "./facts.ts";
import type { SearchSummary } from "./summary.ts";
import { differenceRange, differenceText, rangeText, scoreText } from "./words.ts";

type Told = Omit<SearchSummary, "verdict" | "times">;

/** The conclusions, most important first. */
export function verdictOf(search: Search, goal: Goal, facts: readonly TestedFacts[], told: Told): string[] {
  return [
    ...bestText(search, goal, facts),
    ...optimismText(goal, facts[0], told),
    ...othersText(goal, told),
    ...edgeText(search, facts[0]),
    ...orderText(told),
    ...importanceText(search, told),
    ...failureText(told),
  ];
}

function bestText({ report }: Search, goal: Goal, [best]: readonly TestedFacts[]): string[] {
  const { tried, test } = best;
  const what = `The best settings found: ${pointText(tried.point)}.`;
  if (test === null) return [`${what} Trained anew they failed with every seed, so nothing is known of the test set.`];
  const interval = test.interval === null ? "one seed, without an interval" : `95 % interval ${rangeText(goal, test.interval)}, ${counted(test.n, "seed")}`;
  const failed = best.failed === 0 ? "" : ` With ${best.failed} of ${counted(report.seeds, "seed")} they failed.`;
  return [`${what} On the test set their ${goal.name} is ${scoreText(goal, test.mean)} (${interval}).${failed}`];
}

/** How far the score that was chosen for being best was too good. */
function optimismText(goal: Goal, { tried, validation, optimism }: TestedFacts, { budget }: Told): string[] {
  if (validation === null) return [];
  const then = scoreText(goal, tried.score as number);
  if (optimism === null)
    return [
      `In the search they were trained for ${counted(tried.epochs, "epoch")} only and scored ${then} on the validation samples: how much of that was luck cannot be told from longer trainings.`,
    ];
  const now = `${scoreText(goal, validation.mean)} with ${counted(validation.n, "new seed")} on the same samples`;
  const head = `In the search they scored ${then} on the validation samples, which is among the best of ${counted(budget.points, "score")} and so likely too good; ${now}`;
  const { mean, interval } = optimism;
  if (interval === null) return [`${head}. How much of the difference is chance one seed cannot tell.`];
  const size = differenceText(goal, Math.abs(mean));
  if (interval.low <= 0 && interval.high >= 0)
    return [`${head}. These seeds cannot tell the ${size} between the two from none (95 % interval of what was too good: ${differenceRange(goal, interval)}).`];
  const range = mean > 0 ? interval : { low: -interval.high, high: -interval.low };
  return [`${head}: ${size} ${mean > 0 ? "worse" : "better"} (95 % interval ${differenceRange(goal, range)}).`];
}

/** Whether other tested points differ from the best on the test set. */
function othersText(goal: Goal, { tested }: Told): string[] {
  const sign = goal.lessIsBetter ? -1 : 1;
  const others = tested.flatMap(({ point, behind }) => {
    const interval = behind?.interval ?? null;
    return interval === null
      ? []
      : [
          {
            name: named(pointText(point)),
            least: Math.min(sign * interval.low, sign * interval.high),
            most: Math.max(sign * interval.low, sign * interval.high),
          },
        ];
  });
  const worse = others.filter(({ least }) => least > 0).map(({ name }) => name);
  const better = others.filter(({ most }) => most < 0).map(({ name }) => name);
  const open = others.length - worse.length - better.length;
  return [
    ...(open > 0 ? [`Of ${counted(others.length, "other tested point")} ${open} cannot be told from it on the test set with these seeds.`] : []),
    ...(worse.length > 0 ? [`Worse than it on the test set: ${listed(worse, 3)}.`] : []),
    ...(better.length > 0
      ? [
          `Better on the test set than the point that validation chose: ${listed(better, 3)}. The test set may not choose: a choice by it would be too good again.`,
        ]
      : []),
  ];
}

/** Within so much of a range's end, as it is searched, a wider range may hold better values. */
const EDGE = 0.03;

function edgeText({ space }: Search, { tried: { point } }: TestedFacts): string[] {
  const near = Object.entries(space).flatMap(([name, dimension]) => {
    if (!("low" in dimension)) return [];
    const scale = dimension.log === true ? Math.log : (value: number): number => value;
    const place = (scale(point[name] as number) - scale(dimension.low)) / (scale(dimension.high) - scale(dimension.low));
    const end = place < EDGE ? "low" : place > 1 - EDGE ? "high" : null;
    return end === null ? [] : [`${settingKinds[name as Factor].title} (${end} end)`];
  });
  return near.length === 0
    ? []
    : [`${sentence(listed(near))} ${near.length === 1 ? "is" : "are"} near an end of the range that was searched: a wider range may hold better settings.`];
}

const orderText = ({ order }: Told): string[] =>
  order === null
    ? []
    : [
        "Which points were tried depends on the order in which trials finished, and so does this result: the order is in summary.json and order.jsonl, and the same command follows it.",
      ];

function importanceText({ epochs }: Search, { importance }: Told): string[] {
  if (importance === null) return [];
  const scores = epochs === null ? "scores" : "scores of first rungs, after few epochs,";
  const clear = importance.filter(({ p }) => p <= 0.05);
  if (clear.length === 0) return [`No setting for itself explains ${scores} better than chance would.`];
  const texts = clear.map(
    ({ name, share, p }) => `${settingKinds[name as Factor].title} ${(100 * share).toFixed(0)} % (p ${p < 0.001 ? "" : "= "}${probability(p)})`,
  );
  return [`Of the variance of the ranks of ${epochs === null ? "scores," : scores} settings for themselves explain: ${listed(texts)}.`];
}

function failureText({ budget, failures }: Told): string[] {
  if (failures.length === 0) return [];
  const [{ reason, points }] = failures;
  const which = failures.length === 1 ? `: ${reason}` : `, most often (${points}): ${reason}`;
  return [`${budget.failed} of ${counted(budget.points, "point")} failed${which}.`];
}
