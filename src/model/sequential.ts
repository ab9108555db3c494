/** Layers one after another. @module */
import { ConfigError } from "../errors.ts";
import type { Layer } from "../layers/index.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { NamedLayer } from "./forward.ts";
import { Model } from "./model.ts";

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
 * A model of layers one after another.
 * @throws ConfigError for bad options or repeated names; ShapeError where a layer does not fit the one before
 * @example
 * const model = sequential({ inputShape: [28, 28, 1], seed: 7 }, [flatten(), dense(128, { activation: "relu" }), dense(10, { activation: "softmax" })]);
 */
export function sequential(options: SequentialOptions, layers: readonly Layer[]): Model {
  const { inputShape, batchSize, seed = 0, runtime } = options;
  if (!Array.isArray(inputShape) || inputShape.length === 0 || !inputShape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ConfigError({ where: "sequential", got: `inputShape ${JSON.stringify(inputShape)}`, expected: "positive integers, such as [28, 28, 1]" });
  }
  if (!Number.isSafeInteger(seed) || seed < 0) throw new ConfigError({ where: "sequential", got: `seed ${seed}`, expected: "an integer, 0 to 2^53 - 1" });
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0))
    throw new ConfigError({ where: "sequential", got: `batchSize ${batchSize}`, expected: "a positive integer" });
  if (layers.length === 0) throw new ConfigError({ where: "sequential", got: "no layers", expected: "at least one" });
  return new Model({ inputShape: [...inputShape], batchSize, seed, layers: nameLayers(layers), runtime });
}

/** `MaxPooling2D` -> max_pooling2d, as Keras writes it. */
const snakeCase = (className: string): string =>
  className
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** `Dense` -> dense, dense_1, ..., as Keras names them. The same object keeps one name. */
function nameLayers(layers: readonly Layer[]): NamedLayer[] {
  const counts = new Map<string, number>();
  const names = new Map<Layer, string>();
  const taken = new Map<string, Layer>();
  return layers.map((layer) => {
    let name = names.get(layer);
    if (name === undefined) {
      if (layer.name !== undefined) name = layer.name;
      else {
        const base = snakeCase(layer.className);
        const n = counts.get(base) ?? 0;
        counts.set(base, n + 1);
        name = n === 0 ? base : `${base}_${n}`;
      }
      if (taken.has(name)) throw new ConfigError({ where: "sequential", got: `two layers named "${name}"`, expected: "distinct names" });
      taken.set(name, layer);
      names.set(layer, name);
    }
    return { name, layer };
  });
}
