/** The network of a trial. @module */
import type { Dataset } from "../../data/index.ts";
import { sequential } from "../../model/making/sequential.ts";
import type { Model } from "../../model/model.ts";
import { modelFromJSON } from "../../model/saved/json.ts";
import { optimizerOf } from "../../optimizers/index.ts";
import { l1l2 } from "../../regularizers/index.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { layersOf } from "../definition/models.ts";
import type { Settings } from "../definition/settings.ts";

/** Losses of labels, and of rows of probabilities in their place. */
const OF_CLASSES = /crossentropy|hinge|divergence/i;

/** Whether accuracy says something of a model: it says nothing of a regression. */
export const hasAccuracy = (loss: string, { classes }: Pick<Dataset, "classes">): boolean => classes !== undefined || OF_CLASSES.test(loss);

/**
 * The model that settings ask for, compiled: with the metric accuracy, unless it is a regression.
 * @param metrics by name, besides
 * @throws ShapeError, ConfigError where it does not fit the data
 */
export function trialModel(settings: Settings, data: Dataset, seed: number, runtime: Runtime, metrics: readonly string[] = []): Model {
  const { model: kind, optimizer, learningRate, loss } = settings;
  const model = typeof kind === "string" ? named(kind, settings, data, seed, runtime) : modelFromJSON(kind, { seed, runtime });
  const own = hasAccuracy(loss, data) ? ["accuracy"] : [];
  return model.compile({ optimizer: optimizerOf(optimizer, learningRate === null ? {} : { learningRate }), loss, metrics: [...new Set([...own, ...metrics])] });
}

function named(name: string, settings: Settings, data: Dataset, seed: number, runtime: Runtime): Model {
  const { hidden, activation, dropout, initializer, normalization, l1, l2 } = settings;
  const layers = layersOf("model", name, data, {
    hidden,
    activation,
    dropout,
    normalization,
    initializer: typeof initializer === "string" ? { name: initializer } : initializer,
    kernelRegularizer: l1 === 0 && l2 === 0 ? undefined : l1l2({ l1, l2 }),
  });
  return sequential({ inputShape: data.sampleShape, seed, runtime }, layers);
}
