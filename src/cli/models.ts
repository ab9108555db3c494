/** The models that have a name. @module */
import { UsageError } from "../errors.ts";
import { type InitializerConfig, initializerFromConfig } from "../initializers/index.ts";
import { type ActivationName, conv2d, dense, dropout, flatten, gru, type Layer, lstm, maxPool2d, reshape, simpleRnn } from "../layers/index.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { formatShape } from "../shape.ts";

const recurrent = { rnn: simpleRnn, lstm, gru };

/** Names of recurrent models. */
export const RECURRENT: readonly string[] = Object.keys(recurrent);

/** Of Adam, along a cosine: with a rate that stays, an LSTM ends its fifth epoch a percent lower. */
export const RECURRENT_RATE = 0.002;

/** Names of models. */
export const MODELS = ["softmax", "mlp", "cnn", ...RECURRENT] as const;

/** What options say of a model's layers. */
export interface LayerSettings {
  readonly hidden: number;
  readonly activation: ActivationName;
  /** Of dropout before the output layer. */
  readonly rate: number;
  readonly kernelInitializer: InitializerConfig | undefined;
  /** Of every kernel. */
  readonly kernelRegularizer: Regularizer | undefined;
}

/** The layers of a model for samples of a shape. @throws UsageError if a recurrent model cannot make steps of it */
export function layersOf(name: string, sampleShape: readonly number[], classes: number, settings: LayerSettings): Layer[] {
  const { hidden, activation, rate, kernelRegularizer } = settings;
  const noise = rate === 0 ? [] : [dropout(rate)];
  const kernelInitializer = settings.kernelInitializer === undefined ? undefined : initializerFromConfig(settings.kernelInitializer);
  const output = dense(classes, { activation: "softmax", kernelInitializer, kernelRegularizer });
  if (name === "softmax") return [flatten(), output];
  if (name === "mlp") return [flatten(), dense(hidden, { activation, kernelInitializer, kernelRegularizer }), ...noise, output];
  if (Object.hasOwn(recurrent, name)) {
    const make = recurrent[name as keyof typeof recurrent];
    return [...rowsAsSteps(name, sampleShape), make(hidden, { activation, kernelRegularizer, recurrentRegularizer: kernelRegularizer }), ...noise, output];
  }
  return [
    conv2d(32, 3, { activation: "relu", kernelRegularizer }),
    maxPool2d(2),
    conv2d(64, 3, { activation: "relu", kernelRegularizer }),
    maxPool2d(2),
    flatten(),
    dense(64, { activation: "relu", kernelRegularizer }),
    ...noise,
    output,
  ];
}

/** An image [H,W,C] as H steps of its rows; a sequence is one already. */
function rowsAsSteps(name: string, sampleShape: readonly number[]): Layer[] {
  const [steps, width, channels = 1] = sampleShape;
  if (sampleShape.length === 2) return [];
  if (sampleShape.length === 3) return [reshape([steps, width * channels])];
  throw new UsageError({
    where: "--model",
    got: `${name} for samples ${formatShape(sampleShape)}`,
    expected: "images or sequences, [height,width,channels] or [steps,features]",
  });
}
