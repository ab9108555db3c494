/** Settings whose default depends on the data. @module */

import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import type { Preprocessing } from "../../data/preprocessing.ts";
import type { Settings } from "./settings.ts";

/** Floats are not scaled (a table's are already), and where targets are numbers the loss is their mean squared error. */
export function defaultsFor({ train }: TrainAndTest): Partial<Settings> {
  return {
    ...(train.x instanceof Float32Array && { scaling: "none" }),
    ...(train.y instanceof Float32Array && { loss: "mse" }),
  };
}

/** Whether the training samples stand in the order of time, so that the last of them are to be held out. */
export function isOrdered(preprocessing: Preprocessing | null | undefined): boolean {
  return preprocessing?.kind === "table" && (preprocessing.trainedOn?.time ?? null) !== null;
}
