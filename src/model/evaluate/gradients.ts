/** Loss and gradients of one batch, without an update. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { Executor } from "../../program/executor.ts";
import { LOSS, OBJECTIVE } from "../build/objectives.ts";
import type { Model } from "../model.ts";
import type { NamedArray } from "../parameters/parameters.ts";
import { Feed, rowsOf } from "../running/feed.ts";
import type { Programs } from "../running/programs.ts";

/** Mean loss of the whole dataset, and the gradients of all parameters but those of frozen layers. */
export async function gradientsOf(model: Model, programs: Programs, data: Dataset): Promise<{ loss: number; gradients: NamedArray[] }> {
  const executor = await runBatch("gradients", model, programs, data);
  const { parameters } = model.architecture;
  return {
    loss: executor.doubles(`sum:${LOSS}`)[0] / data.length,
    gradients: model.trainedParameters().map((i) => ({ ...parameters.nameAndShape(i), data: parameters.readGradient(i) })),
  };
}

/** What they are the gradients of: mean loss and penalties, as in training. */
export async function objectiveOf(model: Model, programs: Programs, data: Dataset): Promise<number> {
  const executor = await runBatch("objective", model, programs, data);
  const { names } = executor.program;
  return executor.doubles(`sum:${names.has(`sum:${OBJECTIVE}`) ? OBJECTIVE : LOSS}`)[0] / data.length;
}

/** Runs a Program on the whole dataset. */
async function runBatch(purpose: "gradients" | "objective", model: Model, programs: Programs, data: Dataset): Promise<Executor> {
  const executor = await model.load(purpose, data, data.length, 1);
  model.architecture.parameters.clearGradients();
  const feed = new Feed(executor, model.randomKey);
  feed.refresh();
  feed.step(data.length, model.stepsTrained);
  feed.pass(rowsOf(data), 0, data.length, 0);
  programs.prepare(executor);
  executor.run("accumulate");
  return executor;
}
