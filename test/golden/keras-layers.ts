/** Cases of keras-layers.json (made by test/oracles/tfjs_layers.mjs): layers by TensorFlow.js, with their inputs and weights, which a rule draws. */
import { deriveKey, fillNormal, Purpose } from "../../src/random.ts";
import { golden } from "./golden.ts";

/** A tensor of a case. */
export interface KerasTensor {
  shape: number[];
  values: Float32Array;
}

/** A call of a layer, or one of several in a row. */
export interface KerasBatch {
  /** The first is x, others are initial states. No gradient where TensorFlow.js has none. */
  inputs: (KerasTensor & { gradient?: number[] })[];
  outputs: { shape: number[]; values: number[]; seeds: Float32Array }[];
  /** Of the sum of outputs times `seeds`, per trainable weight. */
  weightGradients: number[][];
  /** Batch normalization: the weights that are not trained, after this batch. */
  moving?: number[][];
}

/** A layer: our name of its maker, options, and what TensorFlow.js makes of it. */
export interface KerasCase {
  layer: string;
  options: Record<string, unknown>;
  mask?: number[][];
  /** Largest distance relative to the largest value of a tensor, when everything moves by a unit in the last place: allow ten times that. */
  float32Distance: number;
  weights: (KerasTensor & { name: string; trainable: boolean })[];
  batches: KerasBatch[];
  /** Batch normalization: of the first batch's inputs, with moving statistics, after all batches. */
  evaluated?: number[];
}

function normal(shape: readonly number[], ...words: [number, ...number[]]): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fillNormal(values, values.length, deriveKey(words[0], Purpose.data, ...words.slice(1)));
  return values;
}

/** Input i of a batch of case c. */
export const kerasInput = (c: number, batch: number, i: number, shape: readonly number[]): Float32Array => normal(shape, c, 0, batch, i);

/** What output i of a batch is multiplied with. */
export const kerasSeeds = (c: number, batch: number, i: number, shape: readonly number[]): Float32Array => normal(shape, c, 1, batch, i);

/** Weight i; a variance is positive. */
export const kerasWeight = (c: number, i: number, name: string, shape: readonly number[]): Float32Array =>
  normal(shape, c, 2, i).map((value) => (name === "movingVariance" ? 1 + value * value : value / 2));

interface File {
  cases: Record<
    string,
    Omit<KerasCase, "weights" | "batches"> & {
      number: number;
      weights: { name: string; shape: number[]; trainable: boolean }[];
      batches: (Omit<KerasBatch, "inputs" | "outputs"> & {
        inputs: { shape: number[]; gradient?: number[] }[];
        outputs: { shape: number[]; values: number[] }[];
      })[];
    }
  >;
}

/** All cases whose layer is one of these makers, by name. */
export function kerasCases(...layers: string[]): [string, KerasCase][] {
  return Object.entries(golden<File>("keras-layers.json").cases)
    .filter(([, { layer }]) => layers.includes(layer))
    .map(([name, { number: c, ...rest }]) => [
      name,
      {
        ...rest,
        weights: rest.weights.map((weight, i) => ({ ...weight, values: kerasWeight(c, i, weight.name, weight.shape) })),
        batches: rest.batches.map((batch, b) => ({
          ...batch,
          inputs: batch.inputs.map((input, i) => ({ ...input, values: kerasInput(c, b, i, input.shape) })),
          outputs: batch.outputs.map((output, i) => ({ ...output, seeds: kerasSeeds(c, b, i, output.shape) })),
        })),
      },
    ]);
}
