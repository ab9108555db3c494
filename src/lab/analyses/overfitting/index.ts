/** Whether networks overfit, and what early stopping would have kept. @module */

import type { Study } from "../../definition/study.ts";
import { type ArmFacts, judgedArm, type Range } from "../../findings/facts.ts";
import type { Finding } from "../../findings/finding.ts";
import { counted, named, pointRange, points } from "../../findings/words.ts";
import type { Arm } from "../../protocols/protocol.ts";
import type { LineFigure, Section, Table, TableValue } from "../../reports/report.ts";
import { type ByEpoch, type Estimated, type Overfitting, overfittingOf } from "./epochs.ts";

/** More competitors than this are told in the table only. */
const MOST = 4;

/** Says nothing of runs that were not validated after each epoch. */
export function overfitting(_study: Study, _arms: readonly Arm[], facts: readonly ArmFacts[]): Finding {
  const found = judgedArm(facts).cells.flatMap((cell) => overfittingOf(cell) ?? []);
  if (found.length === 0) return { data: null, sections: [], verdict: [] };
  const several = found.length > 1;
  return {
    data: found.map((own) => ({ ...own, answer: answerOf(own) })),
    verdict: found.slice(0, MOST).flatMap((own) => verdictOf(own, several ? `${named(own.label)}: ` : "")),
    sections: [sectionOf(found)],
  };
}

/** Whether training on did harm: what rises, in loss and in errors, above what seeds explain. */
type Answer = "neither" | "loss" | "accuracy" | "both" | "open";

const above = (interval: Range | null): boolean => interval !== null && interval.low > 0;
const below = (interval: Range | null): boolean => interval !== null && interval.high < 0;

function answerOf({ trainingOn }: Overfitting): Answer {
  if (trainingOn === null) return "open";
  const loss = above(trainingOn.valLoss.interval);
  const accuracy = below(trainingOn.valAccuracy.interval);
  if (loss && accuracy) return "both";
  return loss ? "loss" : accuracy ? "accuracy" : "neither";
}

function verdictOf(own: Overfitting, prefix: string): string[] {
  const { trainingOn, stopping, gap, best, epochs, bestOfSeeds } = own;
  const spread = bestOfSeeds.min === bestOfSeeds.max ? "" : `, of single seeds at epochs ${bestOfSeeds.min} to ${bestOfSeeds.max}`;
  const where = `the validation loss is least at epoch ${best} of ${epochs}${spread}`;
  if (trainingOn === null) return [`${prefix}One seed cannot tell overfitting from chance; with it ${where}.`];
  const { valLoss, valAccuracy } = trainingOn;
  const last = best === epochs && bestOfSeeds.min === epochs;
  const rise = `from there to the last epoch it rises by ${number(valLoss.mean)} (${numberRange(valLoss.interval)})`;
  const moved = `accuracy changes by ${points(valAccuracy.mean)} points (${pointRangeOf(valAccuracy.interval)})`;
  const said: Readonly<Record<Exclude<Answer, "open">, string>> = {
    both: `"No overfitting" does not hold: ${where}; ${rise}, and ${moved}.`,
    loss: `"No overfitting" does not hold for the loss: ${where}; ${rise}. For accuracy no harm is seen: ${moved}.`,
    accuracy: `"No overfitting" does not hold for accuracy: on images held out ${moved} from epoch ${best} to the last.`,
    neither: last
      ? `"No overfitting" is not contradicted: ${where}, so that there is no training on to judge.`
      : `"No overfitting" is not contradicted: ${where}, and training on does no harm that these seeds show (change of loss ${numberRange(valLoss.interval)}, of accuracy ${pointRangeOf(valAccuracy.interval)} points).`,
  };
  const answer = answerOf(own) as Exclude<Answer, "open">;
  return [
    `${prefix}${said[answer]}`,
    `${prefix}Early stopping on validation loss would have changed validation accuracy by ${points(stopping.accuracyKept.mean)} points (${pointRangeOf(stopping.accuracyKept.interval)}) against the last epoch` +
      `${gap === null ? "" : `; at the end accuracy on training images is ${points(gap.accuracy.mean)} points (${pointRangeOf(gap.accuracy.interval)}) higher than on images held out, and the loss ${number(gap.loss.mean)} (${numberRange(gap.loss.interval)}) lower`}.`,
  ];
}

function sectionOf(found: readonly Overfitting[]): Section {
  const diverged = found.reduce((sum, own) => sum + own.diverged, 0);
  return {
    heading: "Does it overfit?",
    text: [
      "A network overfits from where the loss on images held out rises while that on training images still falls. The least of a noisy curve always lies below its end, so the epoch to compare with is chosen, for each seed, by the other seeds. " +
        "Intervals are over seeds: the images held out are the same for all.",
      ...(diverged > 0 ? [`${counted(diverged, "run")} diverged and ${diverged === 1 ? "is" : "are"} left out.`] : []),
    ],
    items: [...found.slice(0, MOST).map((own) => figureOf(own, found.length > 1)), onTable(found), stoppingTable(found)],
  };
}

function figureOf(own: Overfitting, several: boolean): LineFigure {
  const line = (name: string, values: ByEpoch): LineFigure["series"][number] => ({
    name,
    points: values.map(({ mean, interval }, e) => ({ x: e + 1, y: mean, ...(interval === null ? {} : interval) })),
  });
  return {
    kind: "lines",
    title: `Loss by epoch${several ? `: ${own.label}` : ""}`,
    caption: `Training: mean over the steps of the epoch. Validation: at its end.${own.seeds > 1 ? ` Means over ${own.seeds} seeds with 95 % intervals.` : " One seed."}`,
    x: { label: "epoch" },
    y: { label: "loss", scale: "log" },
    series: [line("training", own.loss), line("validation", own.valLoss)],
    rules: [{ x: own.best, label: `least validation loss: epoch ${own.best}` }],
  };
}

/** What training on from the best epoch did. */
function onTable(found: readonly Overfitting[]): Table {
  return {
    kind: "table",
    title: "From the best epoch to the last",
    columns: [
      { name: "competitor" },
      { name: "best epoch", digits: 0 },
      { name: "of seeds, from", digits: 0 },
      { name: "to", digits: 0 },
      { name: "rise of the loss", digits: 4 },
      { name: "low", digits: 4 },
      { name: "high", digits: 4 },
      { name: "change of accuracy, points", digits: 2 },
      { name: "low", digits: 2 },
      { name: "high", digits: 2 },
    ],
    rows: found.map(({ label, best, bestOfSeeds, trainingOn }) => [
      label,
      best,
      bestOfSeeds.min,
      bestOfSeeds.max,
      ...withEnds(trainingOn?.valLoss ?? null),
      ...withEnds(trainingOn?.valAccuracy ?? null, 100),
    ]),
    note: "Best: of least validation loss. Loss and accuracy are those on images held out.",
  };
}

/** What stopping early would have kept, and how far training and validation are apart at the end. */
function stoppingTable(found: readonly Overfitting[]): Table {
  return {
    kind: "table",
    title: "Stopping early, and the gap at the end",
    columns: [
      { name: "competitor" },
      { name: "accuracy kept, points", digits: 2 },
      { name: "low", digits: 2 },
      { name: "high", digits: 2 },
      { name: "gap of accuracy, points", digits: 2 },
      { name: "low", digits: 2 },
      { name: "high", digits: 2 },
      { name: "gap of loss", digits: 4 },
      { name: "low", digits: 4 },
      { name: "high", digits: 4 },
    ],
    rows: found.map(({ label, stopping, gap }) => [
      label,
      ...withEnds(stopping.accuracyKept, 100),
      ...withEnds(gap?.accuracy ?? null, 100),
      ...withEnds(gap?.loss ?? null),
    ]),
    note: "Accuracy kept: at each seed's own epoch of least validation loss, less that at the end; chosen by the images that it is judged by, which flatters it a little. Gaps: training against validation at the end.",
  };
}

/** A mean and its interval, as three cells. */
const withEnds = (value: Estimated | null, scale = 1): TableValue[] => {
  if (value === null) return [null, null, null];
  const { mean, interval } = value;
  return interval === null ? [scale * mean, null, null] : [scale * mean, scale * interval.low, scale * interval.high];
};

const number = (value: number): string => value.toFixed(4);
const numberRange = (interval: Range | null): string => (interval === null ? "one seed" : `${number(interval.low)} to ${number(interval.high)}`);
const pointRangeOf = (interval: Range | null): string => (interval === null ? "one seed" : pointRange(interval));
