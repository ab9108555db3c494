/** A model's configuration as JSON. @module */
import { CheckpointError } from "../errors.ts";
import { type CustomLayers, type LayerConfig, layerFromConfig } from "../layers/index.ts";
import { describeLoss, type LossConfig, lossFromConfig } from "../losses/index.ts";
import { optimizerOf } from "../optimizers/index.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Model } from "./model.ts";
import { has, isListOf, isObject, isText } from "./plain-data.ts";
import { sequential } from "./sequential.ts";

/** What `model.toJSON()` gives. */
export interface ModelJSON {
  format: "gradiente";
  version: 1;
  inputShape: number[];
  /** Absent: any number of rows. */
  batchSize?: number;
  seed: number;
  layers: LayerConfig[];
  compiled: { optimizer: { name: string; config: Record<string, unknown> }; loss: LossConfig; metrics: string[] } | null;
}

/** The configuration of a model. */
export function describeModel(model: Model): ModelJSON {
  const { inputShape, batchSize, layers } = model.architecture;
  const { compiled } = model;
  return {
    format: "gradiente",
    version: 1,
    inputShape: [...inputShape],
    ...(batchSize !== undefined && { batchSize }),
    seed: model.seed,
    layers: layers.map(({ name, layer }) => ({
      className: layer.className,
      name,
      config: layer.config(),
      ...(layer.trainable === false && { trainable: false }),
    })),
    compiled: compiled && {
      optimizer: { name: compiled.optimizer.name, config: compiled.optimizer.config() },
      loss: describeLoss(compiled.loss),
      metrics: compiled.metrics.map(({ name }) => name),
    },
  };
}

const isLayer = has({ className: isText, name: isText, config: isObject });
const isCompiled = has({ optimizer: has({ name: isText, config: isObject }), metrics: isListOf(isText) });

/** A model from its configuration, with fresh weights. @throws CheckpointError if it is not one; ConfigError for unknown classes */
export function modelFromJSON(json: unknown, options: { runtime?: Runtime | Promise<Runtime>; customLayers?: CustomLayers; seed?: number } = {}): Model {
  const j = json as ModelJSON;
  if (typeof json !== "object" || json === null || j.format !== "gradiente" || j.version !== 1 || !Array.isArray(j.layers) || !Array.isArray(j.inputShape)) {
    throw new CheckpointError({
      where: "model configuration",
      got: describe(json),
      expected: '{ "format": "gradiente", "version": 1, "inputShape", "layers" }, as model.toJSON() writes it',
    });
  }
  const shared = new Map<string, ReturnType<typeof layerFromConfig>>();
  const layers = j.layers.map((config) => {
    if (!isLayer(config)) {
      throw new CheckpointError({ where: "model configuration", got: `layer ${JSON.stringify(config)}`, expected: '{ "className", "name", "config" }' });
    }
    const layer = shared.get(config.name) ?? layerFromConfig(config, options.customLayers);
    if (config.trainable === false) layer.trainable = false;
    shared.set(config.name, layer);
    return layer;
  });
  const model = sequential({ inputShape: j.inputShape, batchSize: j.batchSize, seed: options.seed ?? j.seed ?? 0, runtime: options.runtime }, layers);
  const { compiled } = j;
  if (compiled == null) return model;
  if (!isCompiled(compiled)) {
    throw new CheckpointError({
      where: "model configuration",
      got: `compiled ${describe(compiled)}`,
      expected: '{ "optimizer": { "name", "config" }, "loss", "metrics" }',
    });
  }
  const loss = lossFromConfig(compiled.loss);
  if (loss !== null) model.compile({ optimizer: optimizerOf(compiled.optimizer.name, compiled.optimizer.config), loss, metrics: compiled.metrics });
  return model;
}

function describe(json: unknown): string {
  const text = JSON.stringify(json) ?? String(json);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
