/** The running fit as callbacks see it. @module */
import { Dataset } from "../../data/dataset/dataset.ts";
import type { Resumption } from "../history.ts";
import type { FitContext } from "./callback.ts";
import type { RunningFit } from "./running-fit.ts";
import type { Slice } from "./slice.ts";

/** What callbacks are given. @param monitors the quantities of an epoch @param resumed where a checkpoint was taken up */
export function fitContext(fit: RunningFit, slice: Slice, monitors: readonly string[], resumed: Resumption | null): FitContext {
  const { model, control, progress, settings } = fit;
  const { source, epochs, data, batch, capacity, sampleWeights, isStream } = settings;
  const { parameters } = model.architecture;
  return {
    model,
    epochs,
    stepsPerEpoch: source.stepsPerEpoch,
    data,
    isStream,
    rowsPerStep: batch,
    rowsPerPass: capacity,
    sampleWeights,
    monitors,
    resumed,
    get history() {
      return progress.history();
    },
    get learningRate() {
      return control.learningRate ?? progress.base;
    },
    setLearningRate: (rate) => control.setLearningRate(rate),
    stop: (reason) => progress.end(reason),
    defer: (work) => slice.defer(work),
    endSlice() {
      slice.isCut = true;
    },
    lastBatch() {
      const { order, from, to } = source;
      return new Dataset({ ...data, rows: progress.stepInEpoch === 0 ? new Int32Array(0) : order.slice(from, to) });
    },
    getWeights: () => parameters.named(),
    setWeights: (arrays) => parameters.write(arrays),
    evaluate: (data) => model.evaluateNow(data),
  };
}
