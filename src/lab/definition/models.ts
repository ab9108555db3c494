/** The models that have a name. @module */
import { product } from "../../data/dataset/columns.ts";
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError } from "../../errors.ts";
import { type InitializerConfig, initializerFromConfig } from "../../initializers/index.ts";
import {
  type ActivationName,
  activation,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  gru,
  type Layer,
  layerNormalization,
  lstm,
  maxPool2d,
  reshape,
  simpleRnn,
} from "../../layers/index.ts";
import type { Regularizer } from "../../regularizers/index.ts";
import { formatShape } from "../../shape.ts";

const recurrent = { rnn: simpleRnn, lstm, gru };

/** Names of recurrent models. */
export const RECURRENT: readonly string[] = Object.keys(recurrent);

/** Of Adam, along a cosine: with a rate that stays, an LSTM ends its fifth epoch a percent lower. */
export const RECURRENT_RATE = 0.002;

/** Names of models. */
export const MODELS = ["softmax", "mlp", "cnn", ...RECURRENT] as const;

const normalizations = { none: () => [], batch: () => [batchNormalization()], layer: () => [layerNormalization()] };

/** What stands between a hidden layer and its activation. */
export type LayerNormalizationName = keyof typeof normalizations;
export const layerNormalizationNames = Object.keys(normalizations) as readonly LayerNormalizationName[];

/** What is said of a model's layers. */
export interface LayerSettings {
  /** Units of `mlp` and the recurrent models. */
  readonly hidden: number;
  /** Of the hidden layers. */
  readonly activation: ActivationName;
  /** Rate of dropout before the output layer. */
  readonly dropout: number;
  /** Of the kernels, recurrent ones excepted. Undefined: the layers' own. */
  readonly initializer: InitializerConfig | undefined;
  /** Of every kernel. */
  readonly kernelRegularizer: Regularizer | undefined;
  /** Of `mlp` and `cnn`. */
  readonly normalization: LayerNormalizationName;
}

/**
 * The layers of a model for the samples of a dataset: it ends in a softmax over the classes, or where targets are numbers in as many values.
 * @throws ConfigError if a recurrent model cannot make steps of the samples, `cnn` sees no images, or `softmax` no classes
 */
export function layersOf(where: string, name: string, data: Pick<Dataset, "sampleShape" | "classes" | "targetShape">, settings: LayerSettings): Layer[] {
  const { hidden, activation: chosen, initializer, kernelRegularizer, normalization } = settings;
  const kernelInitializer = initializer === undefined ? undefined : initializerFromConfig(initializer);
  const kernel = { kernelInitializer, kernelRegularizer };
  const noise = settings.dropout === 0 ? [] : [dropout(settings.dropout)];
  const { classes, sampleShape, targetShape } = data;
  const output = classes === undefined ? dense(product(targetShape), kernel) : dense(classes, { activation: "softmax", ...kernel });
  // A layer with its activation, or what normalizes its values between the two.
  const activated = (make: (options: { activation?: ActivationName }) => Layer): Layer[] =>
    normalization === "none" ? [make({ activation: chosen })] : [make({}), ...normalizations[normalization](), activation(chosen)];

  if (name === "softmax") {
    if (classes === undefined)
      throw new ConfigError({ where, got: "softmax for a target that is a number", expected: "classes", hint: "mlp predicts numbers too" });
    return [flatten(), output];
  }
  if (name === "mlp") return [flatten(), ...activated((options) => dense(hidden, { ...options, ...kernel })), ...noise, output];
  if (Object.hasOwn(recurrent, name)) {
    const make = recurrent[name as keyof typeof recurrent];
    const steps = rowsAsSteps(where, name, sampleShape);
    return [...steps, make(hidden, { activation: chosen, ...kernel, recurrentRegularizer: kernelRegularizer }), ...noise, output];
  }
  if (sampleShape.length !== 3)
    throw new ConfigError({
      where,
      got: `cnn for samples ${formatShape(sampleShape)}`,
      expected: "images, [height,width,channels]",
      hint: "mlp takes any samples",
    });
  return [
    ...activated((options) => conv2d(32, 3, { ...options, ...kernel })),
    maxPool2d(2),
    ...activated((options) => conv2d(64, 3, { ...options, ...kernel })),
    maxPool2d(2),
    flatten(),
    ...activated((options) => dense(64, { ...options, ...kernel })),
    ...noise,
    output,
  ];
}

/** An image [H,W,C] as H steps of its rows; a sequence is one already. */
function rowsAsSteps(where: string, name: string, sampleShape: readonly number[]): Layer[] {
  const [steps, width, channels = 1] = sampleShape;
  if (sampleShape.length === 2) return [];
  if (sampleShape.length === 3) return [reshape([steps, width * channels])];
  throw new ConfigError({
    where,
    got: `${name} for samples ${formatShape(sampleShape)}`,
    expected: "images or sequences, [height,width,channels] or [steps,features]",
  });
}
