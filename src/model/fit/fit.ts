/** Training: what a fit needs is made ready, and let go when it ends, however it does. @module */
import { Dataset } from "../../data/dataset/dataset.ts";
import { type BatchStream, isStream } from "../../data/dataset/stream.ts";
import { ACTIVITY_PENALTY, PENALTY, reportNames, summedNames } from "../build/objectives.ts";
import type { History } from "../history.ts";
import type { Model } from "../model.ts";
import { StreamReader } from "../streams/stream-reader.ts";
import { checkMonitors, monitorNames } from "./callback.ts";
import { FitControl } from "./fit-control.ts";
import type { FitOptions } from "./fit-options.ts";
import { commonSettings, datasetSettings } from "./fit-settings.ts";
import { Loop } from "./loop.ts";
import { Progress } from "./progress.ts";
import { openSaving, type Saving } from "./saving.ts";
import { reasonToStop, unlessStopped } from "./stopping.ts";
import { streamSettings } from "./stream-settings.ts";
import { Trainer } from "./trainer.ts";

/** Trains `model`; see {@link FitOptions}. */
export async function fit(model: Model, all: Dataset | BatchStream, options: FitOptions): Promise<History> {
  const common = commonSettings(model, options);
  const control = options.control ?? new FitControl();
  control.attach(common.learningRate);
  const wakeUp = (): void => control.wakeUp();
  const signal = options.signal !== undefined && "addEventListener" in options.signal ? options.signal : undefined;
  signal?.addEventListener("abort", wakeUp);
  let saving: Saving | null = null;
  const reader = isStream(all) ? new StreamReader("fit", model, all) : null;
  let isDone = false;
  try {
    const { parameters } = model.architecture;
    parameters.assertRoom((await model.runtime()).memory, Object.keys(model.needCompiled("fit").optimizer.slots).length);
    parameters.assertFinite();
    const stopReason = (): string | null => reasonToStop(options, control);
    const settings = isStream(all)
      ? await unlessStopped(streamSettings(model, all, reader as StreamReader, common, options), control, stopReason)
      : datasetSettings(model, all, common, options);
    // It was to stop while it waited for the first batch.
    if (settings === null) return { epochs: [], learningRateChanges: [], stopped: true, stopReason: stopReason(), seconds: 0 };
    const { data, validation, batch, capacity, sampleWeights, callbacks } = settings;
    const { optimizer, objectives } = model.needCompiled("fit");
    const names = summedNames(objectives);
    const monitors = monitorNames(reportNames(objectives), validation !== undefined);
    checkMonitors(callbacks, monitors);
    saving = await openSaving(model, settings, options);
    const executor = await model.load("train", data, capacity, Math.ceil(batch / capacity), sampleWeights);
    if (validation instanceof Dataset) await model.loadEvaluation(validation);
    for (const penalty of [ACTIVITY_PENALTY, PENALTY]) if (executor.program.names.has(`sum:${penalty}`)) names.push(penalty);
    const streamed = model.streamedMetrics(executor, data);
    const trainer = new Trainer(executor, optimizer, model.optimizerState, names, model.randomKey, parameters, streamed);
    const progress = new Progress(settings.learningRate);
    const history = await new Loop({ model, options, settings, control, trainer, progress }, monitors, saving).run();
    isDone = true;
    return history;
  } finally {
    // What a stream says to being closed is news only where nothing else failed.
    await reader?.close().catch((error) => {
      if (isDone) throw error;
    });
    await saving?.writer.close();
    signal?.removeEventListener("abort", wakeUp);
    control.detach();
  }
}
