/** Under what the trials of a folder were run, for its summary. @module */
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import type { Study } from "../definition/study.ts";
import type { Conditions } from "../summary/index.ts";
import type { Environment } from "./environment.ts";

/** @param target of tables with a target of numbers */
export function conditionsOf(
  { data: name, limit, validation }: Pick<Study, "data" | "limit" | "validation">,
  { data, environment, engine }: { readonly data: TrainAndTest; readonly environment: Environment; readonly engine: string },
  target?: Conditions["target"],
): Conditions {
  const { mode, kernels, wasm, probe, version } = environment;
  const trainSamples = Math.min(limit ?? data.train.length, data.train.length);
  return {
    data: name,
    ...(target !== undefined && { target }),
    trainSamples,
    validationSamples: Math.round(validation * trainSamples),
    testSamples: data.test.length,
    mode,
    kernels,
    engine,
    wasm,
    probe,
    version,
  };
}
