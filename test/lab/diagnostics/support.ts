/** Small networks and data for the tests of diagnostics. */
import { dataset } from "../../../src/data/index.ts";
import { type ActivationName, type Callback, createRuntime, dense, type Optimizer, type Runtime, sequential, sgd } from "../../../src/index.ts";
import { type Diagnostics, type DiagnosticsOptions, diagnosticsRecorder, type MeasureName } from "../../../src/lab/diagnostics/index.ts";
import type { FitOptions } from "../../../src/model/fit/fit-options.ts";
import type { Model } from "../../../src/model/model.ts";
import { fillNormal } from "../../../src/random.ts";

export const double: Runtime = await createRuntime({ backend: "js", precision: "f64" });

/** Points in three clouds. */
export function clouds(count: number, width = 4, classes = 3) {
  const x = new Float32Array(count * width);
  fillNormal(x, x.length, [5, 6]);
  const y = Int32Array.from({ length: count }, (_, i) => i % classes);
  for (let i = 0; i < count; i++) x[i * width + (y[i] % width)] += 1.5;
  return dataset({ x, y, sampleShape: [width], classes });
}

/** 4-5-3. */
export function smooth({ runtime, activation = "tanh", optimizer = sgd({ learningRate: 0.2 }) }: Partial<Smooth> = {}): Model {
  const layers = [dense(5, { activation }), dense(3, { activation: "softmax" })];
  return sequential({ inputShape: [4], seed: 3, runtime }, layers).compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
}

interface Smooth {
  runtime: Runtime | Promise<Runtime>;
  activation: ActivationName;
  optimizer: Optimizer;
}

/** Trains with a recorder, and gives what it recorded. */
export async function record(
  model: Model,
  data: ReturnType<typeof clouds>,
  measures: readonly MeasureName[],
  options: DiagnosticsOptions = {},
  fit: FitOptions = {},
): Promise<Diagnostics> {
  const recorder = diagnosticsRecorder(measures, options);
  const callbacks: Callback[] = [...(fit.callbacks ?? []), recorder.callback];
  await model.fit(data, { batchSize: 8, ...fit, callbacks });
  return recorder.finish(model, data);
}

/** L2 norm. */
export const length = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));
