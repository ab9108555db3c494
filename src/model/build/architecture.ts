/** What a model is made of: a graph of calls of layers, without a number in it. @module */
import type { Layer } from "../../layers/index.ts";
import type { ParameterStore } from "../parameters/parameters.ts";

/** An input of a model. */
export interface ModelInput {
  readonly name: string;
  /** Of one sample. */
  readonly shape: readonly number[];
}

/** A layer of a model; who calls it twice shares its weights. */
export interface NamedLayer {
  /** Unique in the model. */
  readonly name: string;
  readonly layer: Layer;
}

/** A value in the graph. */
export interface ValueRef {
  /** Who gives it: the inputs of the model are numbered first, then its calls. */
  readonly source: number;
  /** Which of several values. */
  readonly output: number;
}

/** A layer applied to values. */
export interface Call {
  /** The layer's name; of its later calls with their number, `dense#2`. */
  readonly name: string;
  readonly layer: NamedLayer;
  /** Values of the model's inputs or of earlier calls; at least one. */
  readonly inputs: readonly ValueRef[];
}

/** An output of a model. */
export interface ModelOutput {
  /** That of the layer which gives it. */
  readonly name: string;
  readonly value: ValueRef;
}

/** Inputs, calls in order, outputs. */
export interface Structure {
  readonly inputs: readonly ModelInput[];
  readonly calls: readonly Call[];
  readonly outputs: readonly ModelOutput[];
  /** Rows of every batch, where states have a value per row; undefined: any number. */
  readonly batchSize: number | undefined;
}

/** Everything a Program is made from. */
export interface Architecture extends Structure {
  /** The layers in the order of their first calls. */
  readonly layers: readonly NamedLayer[];
  readonly parameters: ParameterStore;
  /** Number of a layer's parameter or state, by layer and name. */
  readonly registry: Map<NamedLayer, Map<string, number>>;
}

/** Keras's name of an input that has none. */
export const INPUT_NAME = "input_layer";

/** The layers of calls in the order of their first ones. */
export function layersOf(calls: readonly Call[]): NamedLayer[] {
  return [...new Set(calls.map(({ layer }) => layer))];
}

/** Names calls, given their layers in order: the layer's name, then `dense#2`. */
export function callNamer(): (layer: NamedLayer) => string {
  const counts = new Map<NamedLayer, number>();
  return (layer) => {
    const count = (counts.get(layer) ?? 0) + 1;
    counts.set(layer, count);
    return count === 1 ? layer.name : `${layer.name}#${count}`;
  };
}

/** One input, layers one after another, one output: what `sequential` makes. */
export function isChain({ inputs, calls, outputs }: Structure): boolean {
  const follows = ({ source, output }: ValueRef, from: number): boolean => source === from && output === 0;
  return (
    inputs.length === 1 &&
    outputs.length === 1 &&
    follows(outputs[0].value, calls.length) &&
    calls.every(({ inputs: values }, i) => values.length === 1 && follows(values[0], i))
  );
}

/** Layers one after another. */
export function chain(input: ModelInput, layers: readonly NamedLayer[], batchSize: number | undefined): Structure {
  const nameOf = callNamer();
  const calls = layers.map((layer, i) => ({ name: nameOf(layer), layer, inputs: [{ source: i, output: 0 }] }));
  return { inputs: [input], calls, outputs: nameOutputs([{ source: calls.length, output: 0 }], [input], calls), batchSize };
}

/** The names of the layers that give them; of several of one layer, with a number. */
export function nameOutputs(values: readonly ValueRef[], inputs: readonly ModelInput[], calls: readonly Call[]): ModelOutput[] {
  const taken = new Set<string>();
  return values.map((value) => {
    const base = value.source < inputs.length ? inputs[value.source].name : calls[value.source - inputs.length].layer.name;
    let name = base;
    for (let n = 1; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    return { name, value };
  });
}
