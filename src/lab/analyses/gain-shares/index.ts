/** Which change lifted accuracy from the printed settings to the best, and whether it was the CNN. @module */

import type { Study } from "../../definition/study.ts";
import { type ArmFacts, type CellFacts, judgedArm } from "../../findings/facts.ts";
import type { Finding } from "../../findings/finding.ts";
import { counted, listed, percent, points, sentence } from "../../findings/words.ts";
import type { Arm } from "../../protocols/protocol.ts";
import type { IntervalFigure, Section, Table } from "../../reports/report.ts";
import { type Path, pathOf } from "./path.ts";
import { atEqualSeconds } from "./seconds.ts";
import { type ChangeShare, type Shares, sharesOf } from "./shares.ts";

/** Whether one change gives more than half of the gain. `open`: its interval holds a half, or one seed gives none. */
type Answer = "holds" | "fails" | "open";

/** Shapley values over the changes between the worst printed settings and the best competitor, at equal epochs and at equal seconds. */
export function gainShares(study: Study, _arms: readonly Arm[], facts: readonly ArmFacts[]): Finding {
  const { arm, cells } = judgedArm(facts);
  const path = pathOf(study, cells);
  if (path === null) return { data: null, sections: [], verdict: [] };
  if (path.changes.length === 0) {
    return { data: { shares: null }, sections: [], verdict: ["No competitor does better than the printed settings: there is no gain to share out."] };
  }
  const between = path.cells.map((i) => cells[i]);
  const shares = sharesOf(
    path.changes,
    between.map(({ accuracies }) => accuracies.map((accuracy) => accuracy ?? 0)),
  );
  const answer = study.axes.some(({ factor }) => factor === "model") ? answerOf(shares) : null;
  const diverged = between.reduce((sum, cell) => sum + cell.diverged, 0);
  return {
    data: { ...shares, answer, printed: path.printed, diverged },
    verdict: verdictOf(path, between, shares, answer),
    sections: [
      {
        heading: "What gave the gain",
        text: [
          `From ${path.printed === null ? "the worst competitor" : "the printed settings"} (${between[0].cell.label}: ${percent(shares.from)}${path.printed === null ? "" : `; printed: ${percent(path.printed.accuracy)} after ${counted(path.printed.epochs, "epoch")}`}) ` +
            `to the best (${between[between.length - 1].cell.label}: ${percent(shares.to)}) ${counted(path.changes.length, "setting changes", "settings change")}. All ${between.length} combinations were run for as many epochs. ` +
            "What a change adds depends on what was changed before it; its share is the mean over all orders (Shapley value), and the shares sum to the whole.",
          ...(diverged > 0 ? [`${sentence(counted(diverged, "run"))} of these diverged and ${diverged === 1 ? "counts" : "count"} as 0 %.`] : []),
        ],
        items: [figureOf(shares, arm.seeds.length), tableOf(shares)],
      },
    ],
    ...timesOf(path, between, answer !== null),
  };
}

/** By the share of the change of model; where the best has the model that there was, it gave nothing. */
function answerOf({ changes }: Shares): Answer {
  const model = changes.find(({ factor }) => factor === "model");
  if (model === undefined) return "fails";
  const { interval } = model;
  if (interval === null) return "open";
  if (interval.low > 0.5) return "holds";
  return interval.high < 0.5 ? "fails" : "open";
}

function verdictOf(path: Path, between: readonly CellFacts[], shares: Shares, answer: Answer | null): string[] {
  const parts = listed(
    [...shares.changes].sort((a, b) => b.gain - a.gain).map((change) => `${change.title} (${change.from} to ${change.to}) ${shareText(change)}`),
  );
  const whole = `Of the ${points(shares.to - shares.from)} points between ${percent(shares.from)} and ${percent(shares.to)}, at equal epochs: ${parts}.`;
  if (answer === null) return [whole];
  const bit = path.changes.findIndex(({ factor }) => factor === "model");
  const said = answerText(path, answer);
  if (bit < 0) return [said, whole];
  const { from, to } = path.changes[bit];
  const all = between.length - 1;
  const accuracy = (mask: number): string => percent(between[mask].score);
  return [
    said,
    `With everything changed but the model, ${from} reaches ${accuracy(all ^ (1 << bit))}; ${to} with nothing else changed reaches ${accuracy(1 << bit)}.`,
    whole,
  ];
}

function answerText({ changes }: Path, answer: Answer): string {
  const model = changes.find(({ factor }) => factor === "model");
  if (model === undefined) return "It was not the model: the best competitor has the one that the printed settings have.";
  const change = `the change from ${model.from} to ${model.to}`;
  return {
    holds: `${sentence(change)} did most of it.`,
    fails: `It was not ${change}: that gave less than half of the gain.`,
    open: `Whether ${change} did most of it stays open.`,
  }[answer];
}

function shareText({ share, interval }: ChangeShare): string {
  const whole = (value: number): string => (100 * value).toFixed(0);
  if (share === null) return "nothing";
  return `${whole(share)} %${interval === null ? "" : ` (${whole(interval.low)} to ${whole(interval.high)})`}`;
}

function figureOf({ changes }: Shares, seeds: number): IntervalFigure {
  return {
    kind: "intervals",
    title: "Share of the gain in accuracy",
    caption: `Mean over all orders of change${seeds > 1 ? "; intervals are over seeds" : "; one seed"}.`,
    x: { label: "share of the gain", percent: true },
    rows: [...changes]
      .sort((a, b) => b.gain - a.gain)
      .map(({ title, from, to, share, interval }) => ({
        name: `${title}: ${from} to ${to}`,
        value: share,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
      })),
    rules: [{ x: 0.5, label: "half" }],
  };
}

function tableOf({ changes }: Shares): Table {
  return {
    kind: "table",
    title: "What each change gives",
    columns: [
      { name: "change" },
      { name: "from" },
      { name: "to" },
      { name: "share", percent: true, digits: 1 },
      { name: "low", percent: true, digits: 1 },
      { name: "high", percent: true, digits: 1 },
      { name: "points", digits: 2 },
      { name: "points as the only change", digits: 2 },
      { name: "points as the last change", digits: 2 },
    ],
    rows: changes.map(({ title, from, to, share, interval, gain, alone, last }) => [
      title,
      from,
      to,
      share,
      interval?.low ?? null,
      interval?.high ?? null,
      100 * gain,
      100 * alone,
      100 * last,
    ]),
  };
}

/** The same at equal seconds, on validation accuracy. */
function timesOf(path: Path, between: readonly CellFacts[], ofModel: boolean): Pick<Finding, "times"> {
  const found = atEqualSeconds(between);
  if (found === null) return {};
  const shares = sharesOf(path.changes, found.values);
  const section: Section = {
    heading: "What gave the gain at equal seconds",
    text: [
      `The same shares where each run is taken after ${found.seconds.toFixed(2)} seconds of training, by its last validation accuracy until then: from ${percent(shares.from)} to ${percent(shares.to)}. ` +
        `${ofModel ? `${answerText(path, answerOf(shares))} ` : ""}They are read from clocks, with trials side by side: another machine or another run gives others.`,
      ...(found.ended.length > 0 ? [`Runs of ${listed(found.ended)} had done all their epochs before and stay what they were.`] : []),
    ],
    items: [tableOf(shares)],
  };
  return { times: { data: { ...shares, seconds: found.seconds, ended: found.ended }, sections: [section] } };
}
