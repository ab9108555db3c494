/** Models from their configuration as JSON. @module */
import { CheckpointError } from "../../errors.ts";
import { has, isCount, isListOf, isNumber, isObject, isRecordOf, isText, type Test } from "../../formats/plain-data.ts";
import { type CustomLayers, layerFromConfig } from "../../layers/index.ts";
import { optimizerOf } from "../../optimizers/index.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { type Call, callNamer, chain, INPUT_NAME, type NamedLayer, nameOutputs, type Structure, type ValueRef } from "../build/architecture.ts";
import { optionsFromConfig } from "../build/objectives.ts";
import { checkSeed } from "../making/options.ts";
import { Model } from "../model.ts";
import type { ModelJSON, ValueJSON } from "./config.ts";
import { wrongPreprocessing } from "./preprocessing.ts";

/** Options of {@link modelFromJSON}. */
export interface ModelFromJSONOptions {
  runtime?: Runtime | Promise<Runtime>;
  /** Makers of layers of your own, by class name. */
  customLayers?: CustomLayers;
  /** Default: the saved one. */
  seed?: number;
}

const where = "model configuration";
const isPositive: Test = (value) => isCount(value) && value !== 0;
const isShape: Test = (value) => isListOf(isPositive)(value) && (value as number[]).length > 0;
const isLayer = has({ className: isText, name: isText, config: isObject });
const isValue: Test = (value) => Array.isArray(value) && value.length === 2 && isText(value[0]) && isCount(value[1]);
const isFilled =
  (test: Test): Test =>
  (value) =>
    isListOf(test)(value) && (value as unknown[]).length > 0;
const isOneOf =
  (...tests: readonly Test[]): Test =>
  (value) =>
    tests.some((test) => test(value));
const isMetrics = isListOf((value) => isText(value) || has({ name: isText, config: isObject })(value));
const isCompiled = has({
  optimizer: has({ name: isText, config: isObject }),
  lossWeights: isOneOf((value) => value === undefined, isRecordOf(isNumber)),
  metrics: isOneOf(isMetrics, isRecordOf(isMetrics)),
});

/** @throws CheckpointError unless it passes the test */
function check(test: Test, value: unknown, what: string, expected: string): void {
  if (!test(value)) throw new CheckpointError({ where, got: `${what} ${describe(value)}`, expected });
}

/** A model from its configuration, with fresh weights. @throws CheckpointError if it is not one; ConfigError for unknown classes; ShapeError where layers do not fit */
export function modelFromJSON(json: unknown, options: ModelFromJSONOptions = {}): Model {
  const j = json as ModelJSON;
  if (!isObject(json) || j.format !== "gradiente" || j.version !== 1 || !Array.isArray(j.layers) || !Array.isArray(j.inputShape)) {
    throw new CheckpointError({
      where,
      got: describe(json),
      expected: '{ "format": "gradiente", "version": 1, "inputShape", "layers" }, as model.toJSON() writes it',
    });
  }
  check(isShape, j.inputShape, "inputShape", "positive integers, such as [28,28,1]");
  check((value) => value === undefined || isPositive(value), j.batchSize, "batchSize", "a positive integer");
  check(isListOf(isLayer), j.layers, "layers", 'a list of { "className", "name", "config" }');
  check((value) => value === undefined || isText(value), j.name, "name", "a text");
  const seed = options.seed ?? j.seed ?? 0;
  checkSeed(where, seed);
  const layers = namedLayers(j, options.customLayers);
  const structure = j.calls === undefined ? chain({ name: INPUT_NAME, shape: j.inputShape }, layers, j.batchSize) : graph(j, layers);
  const model = new Model({ structure, name: j.name, seed, runtime: options.runtime });
  const wrong = wrongPreprocessing(j.preprocessing ?? null);
  if (wrong !== null) throw new CheckpointError({ where: `${where}, preprocessing`, ...wrong });
  model.preprocessing = j.preprocessing ?? null;
  const { compiled } = j;
  if (compiled == null) return model;
  check(isCompiled, compiled, "compiled", '{ "optimizer": { "name", "config" }, "loss", "metrics" }');
  const objectives = optionsFromConfig(compiled, structure.outputs.length);
  if (objectives !== null) model.compile({ optimizer: optimizerOf(compiled.optimizer.name, compiled.optimizer.config), ...objectives });
  return model;
}

/** One for each configuration; those of one name are one. */
function namedLayers({ layers }: ModelJSON, customLayers: CustomLayers | undefined): NamedLayer[] {
  const known = new Map<string, NamedLayer>();
  return layers.map((config) => {
    const named = known.get(config.name) ?? { name: config.name, layer: layerFromConfig(config, customLayers) };
    if (config.trainable === false) named.layer.trainable = false;
    known.set(config.name, named);
    return named;
  });
}

/** Calls are in order: what refers to a later one, or to itself, refers to nothing. */
function graph({ inputs, calls, outputs, batchSize }: ModelJSON, layers: readonly NamedLayer[]): Structure {
  check(isFilled(has({ name: isText, shape: isShape })), inputs, "inputs", 'a list of { "name", "shape" }');
  check(isListOf(has({ layer: isText, inputs: isFilled(isValue) })), calls, "calls", 'a list of { "layer", "inputs": [[name, output]] }');
  check(isFilled(isValue), outputs, "outputs", "a list of [name, output]");
  const known = inputs as NonNullable<typeof inputs>;
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  if (byName.size < layers.length)
    throw new CheckpointError({ where, got: "two layers of one name", expected: "each layer once, and a call for each of its places" });
  const places = new Map<string, number>();
  const add = (name: string): void => {
    if (places.has(name)) throw new CheckpointError({ where, got: `two inputs or calls named ${describe(name)}`, expected: "distinct names" });
    places.set(name, places.size);
  };
  for (const { name } of known) add(name);
  const used = new Set<number>();
  const refOf = ([name, output]: ValueJSON): ValueRef => {
    const source = places.get(name);
    if (source === undefined) {
      throw new CheckpointError({
        where,
        got: `a reference to ${describe(name)}`,
        expected: "the name of an input or of an earlier call",
        hint: "calls must not go round in a circle",
      });
    }
    used.add(source);
    return { source, output };
  };
  const nameOf = callNamer();
  const made = (calls as NonNullable<typeof calls>).map((call): Call => {
    const layer = byName.get(call.layer);
    if (layer === undefined) throw new CheckpointError({ where, got: `a call of ${describe(call.layer)}`, expected: "the name of a layer" });
    const values = call.inputs.map(refOf);
    const name = nameOf(layer);
    add(name);
    return { name, layer, inputs: values };
  });
  const values = (outputs as ValueJSON[]).map(refOf);
  const called = new Set(made.map(({ layer }) => layer));
  const idle = layers.find((layer) => !called.has(layer));
  if (idle !== undefined) throw new CheckpointError({ where, got: `layer ${describe(idle.name)} without a call`, expected: "layers that are called" });
  const unused = [...places].find(([, source]) => !used.has(source));
  if (unused !== undefined)
    throw new CheckpointError({ where, got: `${describe(unused[0])}, which nothing needs`, expected: "inputs and calls from which the outputs are computed" });
  return { inputs: known.map(({ name, shape }) => ({ name, shape: [...shape] })), calls: made, outputs: nameOutputs(values, known, made), batchSize };
}

function describe(json: unknown): string {
  const text = JSON.stringify(json) ?? String(json);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
