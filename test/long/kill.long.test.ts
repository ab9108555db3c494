/** More than 50 kills at random moments: both models, every kind of schedule and optimizer, every callback in each run. */
import { expect, it } from "vitest";
import { optimizerNames } from "../../src/optimizers/index.ts";
import { type Job, scheduleKinds } from "../kill/job.ts";
import { killAndResume, type Moment, type Tally } from "../kill/kill.ts";

const tally: Tally = { kills: 0, beforeFirst: 0, duringWrite: 0 };
const runs = Math.max(scheduleKinds.length, optimizerNames.length);
const everies: Job["every"][] = [undefined, { steps: 25 }, { seconds: 0.05 }];
const random = (runTime: number): Moment => Math.random() * 1.2 * runTime;

it.each(
  ["mlp", "cnn"].flatMap((model, m) =>
    Array.from({ length: runs }, (_, i): Job => {
      const mode = (i + m) % 2 === 0 ? "fast" : "deterministic";
      return {
        model: model as Job["model"],
        optimizer: optimizerNames[i % optimizerNames.length],
        schedule: scheduleKinds[i % scheduleKinds.length],
        mode,
        epochs: 8,
        every: everies[(i + m) % everies.length],
      };
    }),
  ),
)("$model, $optimizer, $schedule, $mode", (job) => killAndResume(job, [() => "early", random, () => "writing", random], tally));

it("the kills hit: at least 50, before the first checkpoint and during the write of one too", () => {
  console.log(`${tally.kills} kills, ${tally.beforeFirst} before the first checkpoint, ${tally.duringWrite} during the write of one`);
  expect(tally.kills).toBeGreaterThanOrEqual(50);
  expect(tally.beforeFirst).toBeGreaterThanOrEqual(5);
  expect(tally.duringWrite).toBeGreaterThanOrEqual(5);
});
