/** More than 50 kills at random moments: both models, every kind of schedule and optimizer, every callback in each run. */
import { expect, it } from "vitest";
import { optimizerNames } from "../../src/optimizers/index.ts";
import { type Job, scheduleKinds } from "../kill/job.ts";
import { killAndResume, type Moment, type Tally } from "../kill/kill.ts";
import { length } from "./length.ts";

const tally: Tally = { kills: 0, beforeFirst: 0, duringWrite: 0 };
const runs = length(Math.max(scheduleKinds.length, optimizerNames.length), 1);
const everies: Job["every"][] = [undefined, { steps: 25 }, { seconds: 0.05 }];

const early = (): Moment => "early";
const writing = (): Moment => "writing";
const random = (runTime: number): Moment => Math.random() * runTime;
const plans = [
  [early, random, writing, random],
  [random, writing, random, random],
  [writing, random, random, writing],
];

it.each(
  ["mlp", "cnn"].flatMap((model, m) =>
    Array.from({ length: runs }, (_, i) => ({
      i: i + m,
      model: model as Job["model"],
      optimizer: optimizerNames[i % optimizerNames.length],
      schedule: scheduleKinds[i % scheduleKinds.length],
      mode: (i + m) % 2 === 0 ? ("fast" as const) : ("deterministic" as const),
      epochs: 8,
      every: everies[(i + m) % everies.length],
    })),
  ),
)("$model, $optimizer, $schedule, $mode", ({ i, ...job }) => killAndResume(job, plans[i % plans.length], tally));

it("the kills hit, before the first checkpoint and during the write of one too", () => {
  console.log(`${tally.kills} kills, ${tally.beforeFirst} before the first checkpoint, ${tally.duringWrite} during the write of one`);
  expect(tally.kills).toBeGreaterThanOrEqual(length(50, 3));
  expect(tally.beforeFirst).toBeGreaterThanOrEqual(length(5, 1));
  expect(tally.duringWrite).toBeGreaterThanOrEqual(length(5, 0));
});
