/** Whether the printed tables are what carried-over weights produce, in words. @module */
import type { ArmName } from "../../protocols/protocol.ts";
import type { Membership, OverSeeds, Singles } from "./measures.ts";
import type { RepeatMean } from "./repeats.ts";

/** What is known of an arm. */
export interface ArmMeasures {
  readonly arm: ArmName;
  /** Mean absolute difference to the printed columns. */
  readonly distance: OverSeeds | null;
  /** Mean over columns of Spearman's correlation with the printed one. */
  readonly likeness: OverSeeds | null;
  /** Mean over columns of Kendall's tau with the place in the list. */
  readonly climb: OverSeeds | null;
  readonly membership: Membership | null;
  readonly singles: Singles | null;
  /** Its distance less that of the arm with carried weights, seed by seed; null for that arm itself. */
  readonly further: OverSeeds | null;
}

/** What carried-over weights answer for. */
export type Answer = "are" | "resemble" | "are not" | "open";

/** What an arm's trials did, in a sentence. */
export const doing: Readonly<Record<ArmName, string>> = {
  "carry-over": "with carried weights",
  fresh: "re-initialised",
  fair: "re-initialised and tuned",
  "as-printed": "as printed",
};

/**
 * `are`: the printed columns could be one more seed of the arm with carried weights, and of no other. `resemble`: they could not, but that arm is nearer than every
 * other one. `are not`: it is not nearer than some other. `open`: the seeds do not say.
 */
export function answerOf(carried: ArmMeasures, others: readonly ArmMeasures[]): Answer {
  const known = others.flatMap(({ further }) =>
    further === null || further.low === null || further.high === null ? [] : [{ low: further.low, high: further.high }],
  );
  if (known.length === 0 || known.length < others.length) return "open";
  if (known.some(({ high }) => high < 0)) return "are not";
  if (known.some(({ low }) => low <= 0)) return "open";
  const mine = carried.membership?.within === true;
  return mine && others.every(({ membership }) => membership?.within === false) ? "are" : "resemble";
}

const points = (share: number): string => {
  const text = (100 * share).toFixed(2);
  return Number(text) === 0 ? "0.00" : text;
};
const range = ({ low, high }: OverSeeds, as: (value: number) => string): string =>
  low === null || high === null ? "" : ` (95 % interval ${as(low)} to ${as(high)})`;
const tau = (value: number): string => value.toFixed(2);

/** The sentence that answers the question. @param few trained on fewer images than the printed figures */
export function answerText(answer: Answer, carried: ArmMeasures, others: readonly ArmMeasures[], few: boolean): string {
  const distances = [carried, ...others].flatMap(({ arm, distance }) => (distance === null ? [] : [`${points(distance.mean)} points ${doing[arm]}`]));
  const figures = `mean distance to the printed accuracies ${distances.join(", ")}`;
  if (few) return `Trained on fewer images than the report, this study cannot say whether the printed tables come from carried-over weights (${figures}).`;
  const { membership } = carried;
  switch (answer) {
    case "are":
      return `Carried-over weights account for the printed tables, and nothing else that was run here does: they are no further from the mean of such runs than such runs are from each other (${figures}).`;
    case "resemble":
      return membership === null || membership.within
        ? `Of what was run here carried-over weights come nearest to the printed tables, though not they alone could give them (${figures}).`
        : `Nothing that was run here gives the printed tables; carried-over weights come nearest (${figures}; they are ${points(membership.printed)} points from the mean of such runs, and a run is rarely further than ${points(membership.limit)}).`;
    case "are not":
      return `The printed tables are not what carried-over weights produce: runs ${listNearer(others)} come nearer to them (${figures}).`;
    case "open":
      return `Whether the printed tables come from carried-over weights stays open: these seeds do not tell the distances apart (${figures}).`;
  }
}

const listNearer = (others: readonly ArmMeasures[]): string =>
  others
    .filter(({ further }) => further?.high !== null && further !== null && further.high !== null && further.high < 0)
    .map(({ arm }) => doing[arm])
    .join(" and ");

/** Figure by figure: which arm's single runs they could be. */
export function singleTexts(arms: readonly ArmMeasures[]): string[] {
  const counts = arms.flatMap(({ arm, singles }) => (singles === null ? [] : [`${singles.within} of ${singles.of} ${doing[arm]}`]));
  return counts.length === 0 ? [] : [`Printed accuracies that lie where 95 % of single runs would: ${counts.join(", ")}.`];
}

/** An arm's measures in one column. */
export interface ColumnMeasures {
  readonly column: string;
  readonly arms: readonly Pick<ArmMeasures, "arm" | "distance" | "likeness" | "membership">[];
}

/** Column by column: where carried weights come nearest, and where the print could be such a run. Nothing of a single column. */
export function columnTexts(columns: readonly ColumnMeasures[]): string[] {
  if (columns.length < 2) return [];
  const known = columns.filter(({ arms }) => arms.every(({ distance }) => distance !== null));
  if (known.length === 0) return [];
  const mean = ({ distance }: ColumnMeasures["arms"][number]): number => distance?.mean ?? 0;
  const nearest = known.filter(({ arms }) =>
    arms.every((arm) => arm.arm === "carry-over" || arms.some((own) => own.arm === "carry-over" && mean(own) < mean(arm))),
  );
  const members = known
    .filter(({ arms }) => arms.some(({ arm, membership }) => arm === "carry-over" && membership?.within === true))
    .map(({ column }) => column);
  return [
    `Column by column, runs with carried weights come nearest to the print in ${nearest.length} of ${known.length}; the print could be such a run in ${members.length === 0 ? "none" : `${members.length} (${members.join(", ")})`}.`,
  ];
}

/** How the order agrees with the printed one, and whether accuracy climbs. */
export function shapeTexts(arms: readonly ArmMeasures[], printedClimb: number | null): string[] {
  const likeness = arms.flatMap(({ arm, likeness: found }) => (found === null ? [] : [`${tau(found.mean)} ${doing[arm]}${range(found, tau)}`]));
  const climbs = arms.flatMap(({ arm, climb }) => (climb === null ? [] : [`${tau(climb.mean)} ${doing[arm]}${range(climb, tau)}`]));
  return [
    ...(likeness.length === 0 ? [] : [`Rank correlation of a single run with the printed columns: ${likeness.join(", ")}.`]),
    ...(climbs.length === 0 || printedClimb === null
      ? []
      : [
          `Down the printed list accuracy ${printedClimb > 0.2 ? "climbs" : printedClimb < -0.2 ? "falls" : "neither climbs nor falls"} (Kendall's tau with the place ${tau(printedClimb)}); in these runs tau is ${climbs.join(", ")}.`,
        ]),
  ];
}

/** One sentence for each optimizer of small steps. @param columns that the means are over */
export function repeatTexts(means: readonly RepeatMean[], columns: number): string[] {
  return means.flatMap(({ line, printed, arms }) => {
    const parts = arms.flatMap(({ arm, difference }) => (difference === null ? [] : [`${points(difference.mean)} ${doing[arm]}`]));
    if (parts.length === 0) return [];
    const carried = arms.find(({ arm }) => arm === "carry-over")?.difference ?? null;
    const fresh = arms.find(({ arm }) => arm === "fresh")?.difference ?? null;
    const nearer = carried !== null && fresh !== null && carried.high !== null && fresh.low !== null && carried.high < fresh.low;
    return [
      `Between ${line} and the line above it there are ${points(printed)} points in print${columns > 1 ? " (mean over columns)" : ""}, and ${parts.join(", ")}` +
        `${nearer ? "; at the same rate, the two are nearer with carried weights than with initial ones" : ""}.`,
    ];
  });
}
