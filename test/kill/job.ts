/** Training jobs that are killed and resumed: the process that trains and the one that watches it make them from the same words. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as callbacks from "../../src/callbacks/index.ts";
import type { Callback, CheckpointOptions, Mode, Model } from "../../src/index.ts";
import { conv2d, createRuntime, dense, flatten, loadModel, maxPool2d, randomShift, sequential } from "../../src/index.ts";
import { optimizerOf } from "../../src/optimizers/index.ts";
import { type Schedule, type ScheduleFunction, scheduleMakers } from "../../src/schedules/index.ts";
import { timeless } from "../model/checkpoint-support.ts";
import { lines } from "../model/support.ts";

/** A job in words. */
export interface Job {
  readonly model: "mlp" | "cnn";
  readonly optimizer: string;
  readonly schedule: string;
  readonly mode: Mode;
  readonly epochs: number;
  readonly every?: CheckpointOptions["every"];
}

/** What a schedule cannot do without, by name. */
const NEEDED: Readonly<Record<string, Record<string, unknown>>> = {
  step: { decayEpochs: 2, gamma: 0.7 },
  exponential: { decayRate: 0.9 },
  "inverse-time": { decayRate: 0.5 },
  "cosine-restarts": { firstDecayEpochs: 2 },
  "exp-range": { gamma: 0.999 },
  piecewise: { boundaryEpochs: [1, 3], values: [0.01, 0.005, 0.002] },
  "warm-up": { warmupEpochs: 2, schedule: { name: "cosine", config: {} } },
};

/** Every kind of schedule there is: those with a name, and a function. */
export const scheduleKinds: readonly string[] = [...Object.keys(scheduleMakers), "function"];

function scheduleNamed(name: string): Schedule | ScheduleFunction {
  return name === "function" ? (step, steps, rate) => rate * (1 - step / (2 * steps)) : scheduleMakers[name](NEEDED[name]);
}

/** Events bear times, and a resumed fit writes a file of its own: test/callbacks looks at what they say. */
const BOARD = "board";

/** Every callback there is, by its maker. The quantities keep changing direction, so that all of them have something to do. */
export const callbackMakers: Readonly<Record<string, (folder: string) => Callback>> = {
  earlyStopping: () => callbacks.earlyStopping({ patience: 30, restoreBest: true }),
  reduceLROnPlateau: () => callbacks.reduceLROnPlateau({ monitor: "accuracy", patience: 1, factor: 0.9, cooldown: 1 }),
  learningRateScheduler: () => callbacks.learningRateScheduler((epoch, rate) => (epoch === 1 ? rate * 0.75 : rate)),
  terminateOnNaN: () => callbacks.terminateOnNaN(),
  csvLogger: (folder) => callbacks.csvLogger(join(folder, "log.csv")),
  jsonlLogger: (folder) => callbacks.jsonlLogger(join(folder, "log.jsonl")),
  progressBar: () => callbacks.progressBar({ write: () => undefined, isTTY: true }),
  modelCheckpoint: (folder) => callbacks.modelCheckpoint({ path: join(folder, "{epoch:03d}.safetensors"), keep: 2 }),
  tensorBoard: (folder) => callbacks.tensorBoard({ directory: join(folder, BOARD), histograms: 1 }),
};

/** Counts its steps, as a callback of the user's might, with what JSON has no words for. */
function counter(): Callback & { count: () => number } {
  let state = { steps: 0, least: Number.POSITIVE_INFINITY, last: Float32Array.of(Number.NaN) };
  return {
    name: "counter",
    onStepEnd({ loss }) {
      state.steps++;
      state.least = Math.min(state.least, loss);
      state.last[0] = loss;
    },
    state: () => state,
    restore: (saved) => {
      state = saved as typeof state;
    },
    count: () => state.steps,
  };
}

/** What a job leaves behind. Equal for runs that were killed and one that was not. */
export interface Result {
  readonly sha256: string;
  readonly history: unknown;
  /** Steps that a callback counted. */
  readonly steps: number;
  /** Logs without their times, and hashes of saved models. */
  readonly files: Readonly<Record<string, unknown>>;
}

/** A directory of checkpoints, and what differs between the processes of a run. */
export interface Place {
  readonly directory: string;
  readonly threads: number;
  /** Called when training is about to go on. */
  readonly onResume: () => void;
}

/** Trains. @param folder for logs and models @param place to go on from; absent: the run is not to be disturbed */
export async function train(job: Job, folder: string, place?: Place): Promise<Result> {
  const runtime = await createRuntime({ mode: job.mode, threads: place?.threads ?? 1 });
  const layers =
    job.model === "mlp"
      ? [randomShift(1), flatten(), dense(48, { activation: "relu", kernelRegularizer: "l2" })]
      : [conv2d(6, 3, { activation: "relu" }), maxPool2d(2), conv2d(8, 2, { activation: "relu" }), flatten()];
  const model: Model = sequential({ inputShape: [8, 8, 1], seed: 9, runtime }, [...layers, dense(8, { activation: "softmax" })]);
  // Half of the jobs with all that surrounds an optimizer's step.
  const more = job.mode === "fast" ? {} : { globalClipNorm: 1, weightDecay: 1e-4, ema: 0.95 };
  model.compile({ optimizer: optimizerOf(job.optimizer, { learningRate: 0.002, ...more }), loss: "sparseCategoricalCrossentropy" });
  const own = counter();
  const history = await model.fit(lines(1203), {
    epochs: job.epochs,
    batchSize: 9,
    accumulationSteps: job.model === "mlp" ? 2 : 1,
    validationSplit: 0.1,
    schedule: scheduleNamed(job.schedule),
    callbacks: [...Object.values(callbackMakers).map((make) => make(folder)), own],
    ...(place === undefined ? {} : { checkpoint: { directory: place.directory, every: job.every }, resume: true, onResume: place.onResume }),
  });
  await runtime.dispose();
  return { sha256: await model.weightsSha256(), history: timeless(history), steps: own.count(), files: await filesOf(folder) };
}

async function filesOf(folder: string): Promise<Record<string, unknown>> {
  const files: Record<string, unknown> = {};
  for (const name of readdirSync(folder).sort()) {
    if (name === BOARD) continue;
    const path = join(folder, name);
    if (name.endsWith(".safetensors")) files[name] = await (await loadModel(path)).weightsSha256();
    else {
      const rows = readFileSync(path, "utf8").split("\n");
      // The last column of CSV is a time, and so are three fields of JSON.
      files[name] = rows.map((row) => row.replace(/"(seconds|stepMs|samplesPerSecond)":[^,}]*/g, "").replace(/^([^{].*),[^,]*$/, "$1"));
    }
  }
  return files;
}
