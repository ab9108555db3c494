/** Layers one after another. @module */
import { ConfigError } from "../../errors.ts";
import type { Layer } from "../../layers/index.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { chain, INPUT_NAME, type NamedLayer } from "../build/architecture.ts";
import { Model } from "../model.ts";
import { Namer, snakeCase } from "./names.ts";
import { checkBatchSize, checkSampleShape, checkSeed } from "./options.ts";

/** Options of {@link sequential}. */
export interface SequentialOptions {
  /** Shape of one sample, such as [28, 28, 1]. */
  inputShape: readonly number[];
  /** Rows of every batch, for layers that hand something from batch to batch. Default: any number. */
  batchSize?: number;
  /** Decides initial weights and every shuffle. Default 0. */
  seed?: number;
  /** Default: one shared runtime in mode `fast`. */
  runtime?: Runtime | Promise<Runtime>;
}

/**
 * A model of layers one after another; of a layer with several outputs the first goes on.
 * @throws ConfigError for bad options or repeated names; ShapeError where a layer does not fit the one before
 * @example
 * const model = sequential({ inputShape: [28, 28, 1], seed: 7 }, [flatten(), dense(128, { activation: "relu" }), dense(10, { activation: "softmax" })]);
 */
export function sequential(options: SequentialOptions, layers: readonly Layer[]): Model {
  const { inputShape, batchSize, seed = 0, runtime } = options;
  checkSampleShape("sequential", "inputShape", inputShape);
  checkBatchSize("sequential", batchSize);
  checkSeed("sequential", seed);
  if (layers.length === 0) throw new ConfigError({ where: "sequential", got: "no layers", expected: "at least one" });
  const input = { name: INPUT_NAME, shape: [...inputShape] };
  return new Model({ structure: chain(input, nameLayers(layers), batchSize), seed, runtime });
}

function nameLayers(layers: readonly Layer[]): NamedLayer[] {
  const namer = new Namer("sequential");
  const named = new Map<Layer, NamedLayer>();
  return layers.map((layer) => {
    const known = named.get(layer) ?? { name: namer.nameOf(layer, layer.name, snakeCase(layer.className)), layer };
    named.set(layer, known);
    return known;
  });
}
