/** Models from symbolic values. @module */
import { ConfigError } from "../../errors.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { type Call, callNamer, INPUT_NAME, type ModelInput, type NamedLayer, nameOutputs, type ValueRef } from "../build/architecture.ts";
import { type LayerOfModel, Model } from "../model.ts";
import { Namer, snakeCase } from "./names.ts";
import { checkSeed } from "./options.ts";
import { type Called, commonBatchSize, kindOf, type Source, SymbolicTensor } from "./symbolic.ts";

/** Options of {@link model}. */
export interface ModelOptions {
  /** What `input` gave: one or a list. */
  inputs: SymbolicTensor | readonly SymbolicTensor[];
  /** What the model computes: one value or a list. */
  outputs: SymbolicTensor | readonly SymbolicTensor[];
  /** What it is called as a part of another model; default `model`, `model_1`. */
  name?: string;
  /** Decides initial weights and every shuffle. Default 0. */
  seed?: number;
  /** Default: one shared runtime in mode `fast`. */
  runtime?: Runtime | Promise<Runtime>;
}

/**
 * The model that computes `outputs` from `inputs`.
 * @throws ConfigError for bad options, repeated names, outputs that need other inputs, inputs that no output needs; ShapeError where a layer that is
 * shared does not fit all its inputs
 * @example
 * const [a, b] = [input([8]), input([8])];
 * const shared = dense(16, { activation: "relu" });
 * const y = call(dense(1), call(concatenate(), call(shared, a), call(shared, b)));
 * const twins = model({ inputs: [a, b], outputs: y });
 */
export function model(options: ModelOptions): Model {
  const { name, seed = 0, runtime } = options;
  checkSeed("model", seed);
  const inputs = valuesOf("inputs", options.inputs);
  const outputs = valuesOf("outputs", options.outputs);
  const strange = inputs.find(({ source }) => source.called !== null);
  if (strange !== undefined) throw new ConfigError({ where: "model, inputs", got: "a value that call() gave", expected: "values that input() gave" });

  const called = neededBy(outputs, inputs);
  const namer = new Namer("model");
  const places = new Map<Source, number>();
  const inputNames = nameInputs(inputs, namer);
  inputs.forEach(({ source }, i) => {
    places.set(source, i);
  });
  const refOf = ({ source, index }: SymbolicTensor): ValueRef => ({ source: places.get(source) as number, output: index });
  const layers = new Map<object, NamedLayer>();
  const parts = new Map<NamedLayer, LayerOfModel>();
  const nameOf = callNamer();
  const calls = called.map((source): Call => {
    const what = source.called as Called;
    const layer = nameLayer(what, layers, namer);
    if (what.part !== null) parts.set(layer, what.part);
    const made = { name: nameOf(layer), layer, inputs: source.inputs.map(refOf) };
    if (made.name !== layer.name) namer.reserve(made.name, "layers");
    places.set(source, places.size);
    return made;
  });
  const named = nameOutputs(outputs.map(refOf), inputNames, calls);
  const batchSize = commonBatchSize("model", inputs);
  return new Model({ structure: { inputs: inputNames, calls, outputs: named, batchSize }, parts, name, seed, runtime });
}

function valuesOf(what: "inputs" | "outputs", given: unknown): readonly SymbolicTensor[] {
  const values: readonly unknown[] = given instanceof SymbolicTensor ? [given] : Array.isArray(given) ? given : [given];
  const stranger = values.find((value) => !(value instanceof SymbolicTensor));
  if (stranger !== undefined || values.length === 0 || values[0] === undefined) {
    throw new ConfigError({ where: `model, ${what}`, got: values.length === 0 ? "none" : kindOf(stranger), expected: "values that input() or call() gave" });
  }
  return values as readonly SymbolicTensor[];
}

/** The calls that outputs need, in the order in which they were made. @throws ConfigError unless they need the inputs, all of them and no others */
function neededBy(outputs: readonly SymbolicTensor[], inputs: readonly SymbolicTensor[]): Source[] {
  const given = new Set(inputs.map(({ source }) => source));
  if (given.size < inputs.length) throw new ConfigError({ where: "model, inputs", got: "one input twice", expected: "distinct inputs" });
  const needed = new Set<Source>();
  const stack = outputs.map(({ source }) => ({ source, by: "an output" }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { source, by } = next;
    if (source.called === null && !given.has(source)) {
      const shape = source.values[0].shape.slice(1).join(",");
      throw new ConfigError({
        where: "model",
        got: `a graph that is not connected: ${by} needs ${source.name === undefined ? "an input" : `the input "${source.name}"`} of shape [${shape}]`,
        expected: "that input among the model's inputs",
      });
    }
    if (needed.has(source)) continue;
    needed.add(source);
    const name = source.called === null ? "" : (source.called.layer.name ?? source.called.layer.className);
    stack.push(...source.inputs.map((value) => ({ source: value.source, by: `layer ${name}` })));
  }
  const unused = inputs.findIndex(({ source }) => !needed.has(source));
  if (unused >= 0) {
    const { name } = inputs[unused].source;
    throw new ConfigError({
      where: "model, inputs",
      got: `${name === undefined ? `input ${unused + 1}` : `the input "${name}"`}, which no output needs`,
      expected: "inputs from which the outputs are computed",
    });
  }
  return [...needed].filter(({ called }) => called !== null).sort((a, b) => a.id - b.id);
}

function nameInputs(inputs: readonly SymbolicTensor[], namer: Namer): ModelInput[] {
  return inputs.map(({ source, shape }) => ({ name: namer.nameOf(source, source.name, INPUT_NAME), shape: shape.slice(1) as number[] }));
}

/** A layer by itself is one thing; a layer of another model is another, though the object be the same, and is one thing by whichever models it comes. */
function nameLayer({ layer, part }: Called, layers: Map<object, NamedLayer>, namer: Namer): NamedLayer {
  const thing = part === null ? layer : part.model.originOf(part.layer);
  const known = layers.get(thing);
  if (known !== undefined) return known;
  const own = part === null ? layer.name : `${namer.nameOf(part.model, part.model.name, "model")}/${part.layer.name}`;
  const made = { name: namer.nameOf(thing, own, snakeCase(layer.className)), layer };
  layers.set(thing, made);
  return made;
}
