/** Whole training steps, batch assembly included, on real MNIST. @module */

import type { Dataset } from "../data/dataset/dataset.ts";
import { mnist } from "../data/index.ts";
import { conv2d, dense, flatten, gru, lstm, maxPool2d, reshape, simpleRnn } from "../layers/index.ts";
import { sequential } from "../model/making/sequential.ts";
import type { Model } from "../model/model.ts";
import { type Optimizer, optimizerOf } from "../optimizers/index.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import { runtimes } from "./kernels.ts";

/** One line of the bench. */
export interface StepResult {
  readonly bench: "step";
  readonly name: string;
  readonly kernels: string;
  readonly threads: number;
  readonly batchSize: number;
  readonly stepMs: number;
  readonly samplesPerSecond: number;
  readonly loss: number;
}

/** 784-hidden-10. */
export function mlp(hidden: number, optimizer: string | Optimizer, runtime: Runtime): Model {
  const model = sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, [
    flatten(),
    dense(hidden, { activation: "relu" }),
    dense(10, { activation: "softmax" }),
  ]);
  return model.compile({ optimizer: optimizerOf(optimizer), loss: "sparseCategoricalCrossentropy" });
}

/** The report's convolutional network. */
export function cnn(optimizer: string | Optimizer, runtime: Runtime): Model {
  const model = sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, [
    conv2d(32, 3, { activation: "relu" }),
    maxPool2d(2),
    conv2d(64, 3, { activation: "relu" }),
    maxPool2d(2),
    flatten(),
    dense(64, { activation: "relu" }),
    dense(10, { activation: "softmax" }),
  ]);
  return model.compile({ optimizer: optimizerOf(optimizer), loss: "sparseCategoricalCrossentropy" });
}

const CELLS = { simpleRnn, lstm, gru };

/** 128 units over the 28 rows of an image, then 10. */
export function rowsOf(cell: keyof typeof CELLS, optimizer: string | Optimizer, runtime: Runtime): Model {
  const model = sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, [reshape([28, 28]), CELLS[cell](128), dense(10, { activation: "softmax" })]);
  return model.compile({ optimizer: optimizerOf(optimizer), loss: "sparseCategoricalCrossentropy" });
}

/** The same samples normalised so that nothing is zero: the dense products beside the lists. */
function withoutZeros(data: Dataset): Dataset {
  return data.normalizedBy({ kind: "standardize", shift: 33.3, scale: 78.6 });
}

/** Times epochs of each model in turn; a contestant's figure is the median over rounds of its epochs' median step. */
export async function benchSteps(options: { threads?: number; samples?: number; rounds?: number; fullBatch?: boolean } = {}): Promise<StepResult[]> {
  const { threads = 1, samples = 12_800, rounds = 5, fullBatch = true } = options;
  const { train } = await mnist();
  const data = train.take(samples);
  const dense = withoutZeros(data);
  const js = await createRuntime({ backend: "js" });
  const all = [...(await runtimes()), ...(threads > 1 ? await runtimes(threads) : [])];
  const contestants: { name: string; runtime: Runtime; model: Model; data: Dataset; batchSize: number | "full" }[] = [];
  for (const optimizer of ["sgd", "adam"]) {
    for (const runtime of all) {
      contestants.push({ name: `MLP 784-128-10 ${optimizer}`, runtime, model: mlp(128, optimizer, runtime), data, batchSize: 32 });
      contestants.push({ name: `MLP 784-128-10 ${optimizer}, no zeros`, runtime, model: mlp(128, optimizer, runtime), data: dense, batchSize: 32 });
    }
    contestants.push({ name: `MLP 784-128-10 ${optimizer}`, runtime: js, model: mlp(128, optimizer, js), data: data.take(1280), batchSize: 32 });
  }
  if (fullBatch)
    for (const runtime of all) contestants.push({ name: "MLP 784-256-10 sgd", runtime, model: mlp(256, "sgd", runtime), data: train, batchSize: "full" });
  if (fullBatch) contestants.push({ name: "MLP 784-256-10 sgd", runtime: js, model: mlp(256, "sgd", js), data: train.take(6000), batchSize: "full" });
  const figures = contestants.map(() => ({ steps: [] as number[], loss: 0 }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { model, data, batchSize }] of contestants.entries()) {
      const { epochs } = await model.fit(data, { epochs: 1, batchSize });
      figures[i].steps.push(epochs[0].stepMs ?? Number.NaN);
      figures[i].loss = epochs[0].loss;
    }
  }
  await Promise.all(all.map((runtime) => runtime.dispose()));
  return contestants.map(({ name, runtime, data, batchSize }, i) => {
    const size = batchSize === "full" ? data.length : batchSize;
    const stepMs = figures[i].steps.sort((a, b) => a - b)[figures[i].steps.length >> 1];
    return {
      bench: "step",
      name,
      kernels: runtime.kernels,
      threads: runtime.threads,
      batchSize: size,
      stepMs,
      samplesPerSecond: (size / stepMs) * 1000,
      loss: figures[i].loss,
    };
  });
}
