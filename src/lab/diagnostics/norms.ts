/** How large weights, gradients and updates are, and how they stand to each other. @module */
import type { Measure } from "./measure.ts";
import { integer, norm, type Recorded, recorded } from "./numbers.ts";
import { type Values, valuesOf } from "./probe.ts";

/** Options of {@link norms}. */
export interface NormsOptions {
  /** Steps from one to the next that is measured. Default a twentieth of an epoch, and more where that were more than 400 in all. */
  every?: number;
}

/** L2 norms at some steps; of each parameter that is trained, a number per step. */
export interface Norms {
  /** From 0. */
  readonly steps: readonly number[];
  readonly parameters: readonly {
    /** `dense/kernel` */
    readonly name: string;
    /** Of the values before the step. */
    readonly weight: readonly Recorded[];
    /** Of the mean gradient of the step's batch, as backpropagation gave it: before penalties on weights are added, and before clipping. */
    readonly gradient: readonly Recorded[];
    /** Of what the step added: values after it less those before. */
    readonly update: readonly Recorded[];
    /** update / weight; null while the weights are 0, as biases are at first. About 1e-3 is usual for a rate that fits. */
    readonly ratio: readonly Recorded[];
  }[];
}

const PER_EPOCH = 20;
const MOST = 400;

/** What is kept: lists in the order of parameters, an entry per step. */
interface Records {
  steps: number[];
  weight: Recorded[][];
  gradient: Recorded[][];
  update: Recorded[][];
  ratio: Recorded[][];
}

const start = (): Records => ({ steps: [], weight: [], gradient: [], update: [], ratio: [] });

/**
 * The gradient of a step is taken again, from the same samples, weights and draws of dropout: the step itself need not store one (plain gradient descent
 * adds it to the weights as it is made), and changes it where weights are penalized or gradients clipped.
 */
export function norms({ every: given }: NormsOptions = {}): Measure<Norms> {
  if (given !== undefined) integer("norms", "every", given, 1);
  let every = 1;
  let records = start();
  let before: Values = [];
  return {
    begin({ context: { epochs, stepsPerEpoch } }) {
      every = given ?? Math.max(Math.ceil(stepsPerEpoch / PER_EPOCH), Math.ceil((epochs * stepsPerEpoch) / MOST));
    },
    wants: (step) => step % every === 0,
    beforeStep(_, { context: { model } }) {
      before = valuesOf(model);
    },
    async afterStep(step, { context, probe }) {
      const { model, data, sampleWeights, rowsPerStep, rowsPerPass } = context;
      const [old, now] = [probe.trainedOf(before), probe.trainedOf(valuesOf(model))];
      const weight = old.map((values) => norm([values]));
      const update = old.map((values, k) => norm([values.map((value, i) => now[k][i] - value)]));
      probe.write(before);
      const rows = context.lastBatch().rows as Int32Array;
      const gradients = await probe.stepGradients({ data, sampleWeights, rows, rowsPerStep, rowsPerPass, step: model.stepsTrained - 1 });
      records.steps.push(step);
      records.weight.push(weight.map(recorded));
      records.gradient.push(gradients.map((values) => recorded(norm([values]))));
      records.update.push(update.map(recorded));
      records.ratio.push(update.map((size, k) => recorded(size / weight[k])));
    },
    finish({ probe }) {
      const of = (lists: readonly (readonly Recorded[])[], k: number): Recorded[] => lists.map((values) => values[k]);
      const { steps, weight, gradient, update, ratio } = records;
      return {
        steps,
        parameters: probe.specs.map(({ name }, k) => ({
          name,
          weight: of(weight, k),
          gradient: of(gradient, k),
          update: of(update, k),
          ratio: of(ratio, k),
        })),
      };
    },
    records: () => records,
    restore(saved) {
      records = saved as Records;
    },
  };
}
