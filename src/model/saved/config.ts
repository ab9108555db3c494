/** A model's configuration as plain data. @module */
import type { Preprocessing } from "../../data/preprocessing.ts";
import type { LayerConfig } from "../../layers/index.ts";
import { INPUT_NAME, isChain, type ValueRef } from "../build/architecture.ts";
import { describeObjectives, type ObjectivesConfig } from "../build/objectives.ts";
import type { Model } from "../model.ts";

/** A value: the name of an input or call, and which of its outputs. */
export type ValueJSON = [name: string, output: number];

/** What `model.toJSON()` gives. */
export interface ModelJSON {
  format: "gradiente";
  version: 1;
  /** What the model is called as a part of others; absent: a name made there. */
  name?: string;
  /** Of the first input. */
  inputShape: number[];
  /** Absent: any number of rows. */
  batchSize?: number;
  seed: number;
  /** Without `calls`: one after another, a shared layer at each of its places. With them: each layer once. */
  layers: LayerConfig[];
  /** Only where layers do not simply follow one another. */
  inputs?: { name: string; shape: number[] }[];
  /** In order; what is called again has its number behind the layer's name, `dense#2`. */
  calls?: { layer: string; inputs: ValueJSON[] }[];
  outputs?: ValueJSON[];
  /** What was done to the data; absent: nothing is known of it. */
  preprocessing?: Preprocessing;
  compiled: ({ optimizer: { name: string; config: Record<string, unknown> } } & ObjectivesConfig) | null;
}

/** The configuration of a model. */
export function describeModel(model: Model): ModelJSON {
  const { architecture, compiled } = model;
  const { inputs, calls, outputs, batchSize } = architecture;
  const sequence = isChain(architecture) && inputs[0].name === INPUT_NAME;
  const nameOf = ({ source, output }: ValueRef): ValueJSON => [source < inputs.length ? inputs[source].name : calls[source - inputs.length].name, output];
  return {
    format: "gradiente",
    version: 1,
    ...(model.name !== undefined && { name: model.name }),
    inputShape: [...inputs[0].shape],
    ...(batchSize !== undefined && { batchSize }),
    seed: model.seed,
    layers: (sequence ? calls.map(({ layer }) => layer) : architecture.layers).map(({ name, layer }) => ({
      className: layer.className,
      name,
      config: layer.config(),
      ...(layer.trainable === false && { trainable: false }),
    })),
    ...(!sequence && {
      inputs: inputs.map(({ name, shape }) => ({ name, shape: [...shape] })),
      calls: calls.map((call) => ({ layer: call.layer.name, inputs: call.inputs.map(nameOf) })),
      outputs: outputs.map(({ value }) => nameOf(value)),
    }),
    ...(model.preprocessing !== null && { preprocessing: model.preprocessing }),
    compiled: compiled && {
      optimizer: { name: compiled.optimizer.name, config: compiled.optimizer.config() },
      ...describeObjectives(compiled.objectives, outputs.length),
    },
  };
}
