/**
 * What additions to the report's CNN cost: all networks in one process, a few steps of each in turn; medians of rounds, as ratios to the first one of the
 * same round. All have the same weights, trained a little, and rates that hardly move them: how much a rectifier lets through, which differs from run to
 * run, decides more of a step's time than what is measured.
 */
import { timingOf } from "../src/bench/timing.ts";
import type { Dataset } from "../src/data/index.ts";
import { conv2d, dense, flatten, type Layer, type Model, maxPool2d, type Optimizer, type Regularizer, type Runtime, sequential } from "../src/index.ts";
import { Trainer } from "../src/model/fit/trainer.ts";
import { permutation } from "../src/random.ts";

export const BATCH = 32;
/** A rate that hardly moves the weights. */
export const STANDSTILL = 1e-9;
const TRAINED = 400;
/** Rounds that are not counted. */
const WARM_UP = 5;

/** What is added to the network. */
export interface Additions {
  readonly optimizer: Optimizer;
  readonly kernelRegularizer?: Regularizer;
  /** In front of all layers. */
  readonly first?: readonly Layer[];
  /** Before the last layer. */
  readonly beforeLast?: readonly Layer[];
}

/** The report's CNN. */
export function cnn(runtime: Runtime, { optimizer, kernelRegularizer, first = [], beforeLast = [] }: Additions): Model {
  return sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, [
    ...first,
    conv2d(32, 3, { activation: "relu", kernelRegularizer }),
    maxPool2d(2),
    conv2d(64, 3, { activation: "relu", kernelRegularizer }),
    maxPool2d(2),
    flatten(),
    dense(64, { activation: "relu", kernelRegularizer }),
    ...beforeLast,
    dense(10, { activation: "softmax", kernelRegularizer }),
  ]).compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
}

const orderOf = (data: Dataset): Int32Array => permutation(data.length, [1, 1]);

/** Weights of a plain network, trained a little. */
export async function trainedWeights(model: Model, data: Dataset): Promise<Float32Array[]> {
  await model.fit(data.subset(orderOf(data).slice(0, TRAINED * BATCH)), { batchSize: BATCH });
  return (await model.getWeights()).map(({ data }) => data);
}

/** A network, and the learning rate of each of its steps. */
export interface Contestant {
  readonly name: string;
  readonly model: Model;
  readonly rate?: (step: number) => number;
}

/** Times so many steps of each contestant in each round, and prints a line for each. */
export async function stepsInTurn(given: readonly Contestant[], data: Dataset, { rounds, steps }: { rounds: number; steps: number }): Promise<void> {
  const order = orderOf(data);
  const stepsPerEpoch = Math.floor(data.length / BATCH);
  const contestants = await Promise.all(
    given.map(async ({ name, model, rate = () => STANDSTILL }) => {
      const { optimizer } = model.needCompiled("bench");
      const trainer = new Trainer(await model.load("train", data, BATCH, 1), optimizer, model.optimizerState, ["loss"], [1, 2], model.architecture.parameters);
      trainer.refresh();
      return { name, trainer, rate, step: 0, ratios: [] as number[], times: [] as number[] };
    }),
  );
  for (let round = 0; round < rounds; round++) {
    let plain = 0;
    for (const c of contestants) {
      const times: number[] = [];
      for (let k = 0; k < steps; k++) {
        const from = (c.step % stepsPerEpoch) * BATCH;
        const before = performance.now();
        c.trainer.step(order, from, from + BATCH, c.rate(c.step), c.step++);
        times.push(performance.now() - before);
      }
      const { median } = timingOf(times);
      if (c === contestants[0]) plain = median;
      if (round < WARM_UP) continue;
      c.times.push(median);
      c.ratios.push(median / plain);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { kernels, threads } = await given[0].model.runtime();
  console.log(`${kernels}, ${threads} threads, batch ${BATCH}`);
  for (const { name, times, ratios } of contestants) {
    const ratio = timingOf(ratios);
    console.log(
      `${name.padEnd(14)} ${timingOf(times).median.toFixed(3)} ms   ${ratio.median.toFixed(3)} x plain (${ratio.p10.toFixed(3)} to ${ratio.p90.toFixed(3)})`,
    );
  }
}
