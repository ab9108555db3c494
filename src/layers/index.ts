/** Layers, and making them from their configuration. @module */

import { type ConstraintConfig, constraintFromConfig } from "../constraints/index.ts";
import { ConfigError } from "../errors.ts";
import type { Factor, FillMode, FlipMode } from "../graph/ops/index.ts";
import { initializerFromConfig } from "../initializers/index.ts";
import { type RegularizerConfig, regularizerFromConfig } from "../regularizers/index.ts";
import { activation } from "./activation.ts";
import type { ActivationName } from "./activations.ts";
import { activityRegularization } from "./activity-regularization.ts";
import { bidirectional, type MergeMode } from "./bidirectional.ts";
import { type Border, cropping2d, zeroPadding2d } from "./borders.ts";
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { conv2dTranspose } from "./conv2d-transpose.ts";
import { type DenseOptions, dense } from "./dense.ts";
import { depthwiseConv2d, type SeparableConv2dLayerOptions, separableConv2d } from "./depthwise-conv2d.ts";
import { dropout, gaussianDropout, gaussianNoise, spatialDropout2d } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { globalAveragePool1d, globalAveragePool2d, globalMaxPool1d, globalMaxPool2d } from "./global-pooling.ts";
import { type GruOptions, gru } from "./gru.ts";
import type { Layer } from "./layer.ts";
import { lstm } from "./lstm.ts";
import { masking } from "./masking.ts";
import { add, average, concatenate, maximum, minimum, multiply, subtract } from "./merging.ts";
import { batchNormalization, type LayerNormalizationOptions, layerNormalization } from "./normalization.ts";
import { averagePool1d, averagePool2d, maxPool1d, maxPool2d, type Pool1dLayerOptions, type Pool2dLayerOptions } from "./pooling.ts";
import { prelu } from "./prelu.ts";
import { type RandomAffineLayerOptions, randomAffine, randomFlip, randomRotation, randomTranslation, randomZoom } from "./random-affine.ts";
import { type RandomElasticLayerOptions, randomElastic } from "./random-elastic.ts";
import { randomShift } from "./random-shift.ts";
import type { RecurrentLayer } from "./recurrent.ts";
import { repeatVector } from "./repeat-vector.ts";
import { flatten, permute, reshape } from "./shaping.ts";
import { simpleRnn } from "./simple-rnn.ts";
import { timeDistributed } from "./time-distributed.ts";

export { activation } from "./activation.ts";
export { type Activation, type ActivationFunction, type ActivationName, activationNames } from "./activations.ts";
export { activityRegularization } from "./activity-regularization.ts";
export { type BidirectionalOptions, bidirectional, type MergeMode } from "./bidirectional.ts";
export { type Border, cropping2d, zeroPadding2d } from "./borders.ts";
export { type Conv1dLayerOptions, conv1d } from "./conv1d.ts";
export { type Conv2dLayerOptions, conv2d } from "./conv2d.ts";
export { type Conv2dTransposeLayerOptions, conv2dTranspose } from "./conv2d-transpose.ts";
export { defineLayer, type LayerDefinition } from "./define-layer.ts";
export { type DenseOptions, dense } from "./dense.ts";
export { type DepthwiseConv2dLayerOptions, depthwiseConv2d, type SeparableConv2dLayerOptions, separableConv2d } from "./depthwise-conv2d.ts";
export { dropout, gaussianDropout, gaussianNoise, spatialDropout2d } from "./dropout.ts";
export { type EmbeddingOptions, embedding } from "./embedding.ts";
export { type GlobalPoolOptions, globalAveragePool1d, globalAveragePool2d, globalMaxPool1d, globalMaxPool2d } from "./global-pooling.ts";
export { type GruOptions, gru } from "./gru.ts";
export type { Layer, LayerContext, ParameterOptions, StateOptions } from "./layer.ts";
export { type LstmOptions, lstm } from "./lstm.ts";
export { maskOf, withMask } from "./mask.ts";
export { masking } from "./masking.ts";
export { add, average, type ConcatenateOptions, concatenate, type MergeOptions, maximum, minimum, multiply, subtract } from "./merging.ts";
export { type BatchNormalizationOptions, batchNormalization, type LayerNormalizationOptions, layerNormalization } from "./normalization.ts";
export { averagePool1d, averagePool2d, maxPool1d, maxPool2d, type Pool1dLayerOptions, type Pool2dLayerOptions } from "./pooling.ts";
export { type PreluOptions, prelu } from "./prelu.ts";
export {
  type RandomAffineLayerOptions,
  type RandomImageOptions,
  type RandomZoomOptions,
  randomAffine,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./random-affine.ts";
export { type RandomElasticLayerOptions, randomElastic } from "./random-elastic.ts";
export { randomShift } from "./random-shift.ts";
export type { RecurrentLayer, RecurrentOptions } from "./recurrent.ts";
export { repeatVector } from "./repeat-vector.ts";
export { flatten, permute, reshape } from "./shaping.ts";
export { simpleRnn } from "./simple-rnn.ts";
export { timeDistributed } from "./time-distributed.ts";

/** A layer as `toJSON` writes it. */
export interface LayerConfig {
  className: string;
  name: string;
  config: Record<string, unknown>;
  /** Only of frozen layers. */
  trainable?: false;
}

/** Makes a layer of a user's class from its configuration. */
export type CustomLayers = Readonly<Record<string, (config: Record<string, unknown>, name: string) => Layer>>;

type InitializerConfig = Parameters<typeof initializerFromConfig>[0];

const poolOptions = (c: Record<string, unknown>, name: string): Pool2dLayerOptions => ({
  name,
  strides: c.strides as [number, number],
  padding: c.padding as "valid" | "same",
});

/** Files from before there were any have none. */
const penalty = (saved: unknown, name: string) => (saved == null ? undefined : regularizerFromConfig(saved as RegularizerConfig, `layer "${name}"`));
const bound = (saved: unknown, name: string) => (saved == null ? undefined : constraintFromConfig(saved as ConstraintConfig, `layer "${name}"`));

function affineOptions(c: Record<string, unknown>, name: string): LayerNormalizationOptions {
  return {
    name,
    epsilon: c.epsilon as number,
    center: c.center as boolean,
    scale: c.scale as boolean,
    betaInitializer: initializerFromConfig(c.betaInitializer as InitializerConfig),
    gammaInitializer: initializerFromConfig(c.gammaInitializer as InitializerConfig),
    betaRegularizer: penalty(c.betaRegularizer, name),
    gammaRegularizer: penalty(c.gammaRegularizer, name),
    betaConstraint: bound(c.betaConstraint, name),
    gammaConstraint: bound(c.gammaConstraint, name),
  };
}

function penaltiesAndConstraints(
  c: Record<string, unknown>,
  name: string,
): Pick<DenseOptions, "kernelRegularizer" | "biasRegularizer" | "activityRegularizer" | "kernelConstraint" | "biasConstraint"> {
  return {
    kernelRegularizer: penalty(c.kernelRegularizer, name),
    biasRegularizer: penalty(c.biasRegularizer, name),
    activityRegularizer: penalty(c.activityRegularizer, name),
    kernelConstraint: bound(c.kernelConstraint, name),
    biasConstraint: bound(c.biasConstraint, name),
  };
}

/** What the recurrent layers share. */
function recurrentOptions(c: Record<string, unknown>, name: string): GruOptions {
  return {
    name,
    activation: c.activation as ActivationName,
    recurrentActivation: c.recurrentActivation as ActivationName,
    useBias: c.useBias as boolean,
    kernelInitializer: initializerFromConfig(c.kernelInitializer as InitializerConfig),
    recurrentInitializer: initializerFromConfig(c.recurrentInitializer as InitializerConfig),
    biasInitializer: initializerFromConfig(c.biasInitializer as InitializerConfig),
    ...penaltiesAndConstraints(c, name),
    recurrentRegularizer: penalty(c.recurrentRegularizer, name),
    recurrentConstraint: bound(c.recurrentConstraint, name),
    dropout: c.dropout as number,
    recurrentDropout: c.recurrentDropout as number,
    returnSequences: c.returnSequences as boolean,
    returnState: c.returnState as boolean,
    goBackwards: c.goBackwards as boolean,
    stateful: c.stateful as boolean,
  };
}

const pool1dOptions = (c: Record<string, unknown>, name: string): Pool1dLayerOptions => ({
  name,
  strides: c.strides as number,
  padding: c.padding as "valid" | "same",
});

/** Windows of images and the biases of what they make. Files from before there were dilation and groups have none. */
const windowOptions = (c: Record<string, unknown>, name: string) => ({
  name,
  strides: c.strides as [number, number],
  padding: c.padding as "valid" | "same",
  dilationRate: (c.dilationRate ?? 1) as [number, number],
  activation: c.activation as ActivationName,
  useBias: c.useBias as boolean,
  biasInitializer: initializerFromConfig(c.biasInitializer as InitializerConfig),
});

/** The same, and kernels. */
const kernelOptions = (c: Record<string, unknown>, name: string) => ({
  ...windowOptions(c, name),
  kernelInitializer: initializerFromConfig(c.kernelInitializer as InitializerConfig),
  ...penaltiesAndConstraints(c, name),
});

/** Filters of single channels, and of single pixels if there are any. */
function separableOptions(c: Record<string, unknown>, name: string): SeparableConv2dLayerOptions {
  const of = (part: "depthwise" | "pointwise") => {
    const initializer = c[`${part}Initializer`] as InitializerConfig | undefined;
    const saved = { kernelRegularizer: c[`${part}Regularizer`], kernelConstraint: c[`${part}Constraint`] };
    return { initializer: initializer && initializerFromConfig(initializer), ...penaltiesAndConstraints(saved, name) };
  };
  const [depthwise, pointwise] = [of("depthwise"), of("pointwise")];
  const { biasRegularizer, biasConstraint, activityRegularizer } = penaltiesAndConstraints(c, name);
  return {
    ...windowOptions(c, name),
    depthMultiplier: c.depthMultiplier as number,
    depthwiseInitializer: depthwise.initializer,
    depthwiseRegularizer: depthwise.kernelRegularizer,
    depthwiseConstraint: depthwise.kernelConstraint,
    pointwiseInitializer: pointwise.initializer,
    pointwiseRegularizer: pointwise.kernelRegularizer,
    pointwiseConstraint: pointwise.kernelConstraint,
    biasRegularizer,
    biasConstraint,
    activityRegularizer,
  };
}

/** Makes a layer from its configuration; `inner` makes the layer that a configuration inside it describes. */
type Maker = (config: Record<string, unknown>, name: string, inner: (described: unknown) => Layer) => Layer;

const makers: Readonly<Record<string, Maker>> = {
  Dense: (c, name) =>
    dense(c.units as number, {
      name,
      activation: c.activation as ActivationName,
      useBias: c.useBias as boolean,
      kernelInitializer: initializerFromConfig(c.kernelInitializer as InitializerConfig),
      biasInitializer: initializerFromConfig(c.biasInitializer as InitializerConfig),
      ...penaltiesAndConstraints(c, name),
    }),
  Conv2D: (c, name) => conv2d(c.filters as number, c.kernelSize as [number, number], { ...kernelOptions(c, name), groups: (c.groups ?? 1) as number }),
  Conv1D: (c, name) =>
    conv1d(c.filters as number, c.kernelSize as number, {
      ...kernelOptions(c, name),
      strides: c.strides as number,
      padding: c.padding as "valid" | "same" | "causal",
      dilationRate: c.dilationRate as number,
      groups: c.groups as number,
    }),
  Conv2DTranspose: (c, name) =>
    conv2dTranspose(c.filters as number, c.kernelSize as [number, number], {
      ...kernelOptions(c, name),
      outputPadding: (c.outputPadding ?? undefined) as [number, number] | undefined,
    }),
  DepthwiseConv2D: (c, name) => depthwiseConv2d(c.kernelSize as [number, number], separableOptions(c, name)),
  SeparableConv2D: (c, name) => separableConv2d(c.filters as number, c.kernelSize as [number, number], separableOptions(c, name)),
  MaxPooling2D: (c, name) => maxPool2d(c.poolSize as [number, number], poolOptions(c, name)),
  AveragePooling2D: (c, name) => averagePool2d(c.poolSize as [number, number], poolOptions(c, name)),
  MaxPooling1D: (c, name) => maxPool1d(c.poolSize as number, pool1dOptions(c, name)),
  AveragePooling1D: (c, name) => averagePool1d(c.poolSize as number, pool1dOptions(c, name)),
  Flatten: (_, name) => flatten({ name }),
  BatchNormalization: (c, name) =>
    batchNormalization({
      ...affineOptions(c, name),
      momentum: c.momentum as number,
      movingMeanInitializer: initializerFromConfig(c.movingMeanInitializer as InitializerConfig),
      movingVarianceInitializer: initializerFromConfig(c.movingVarianceInitializer as InitializerConfig),
    }),
  LayerNormalization: (c, name) => layerNormalization(affineOptions(c, name)),
  Embedding: (c, name) =>
    embedding(c.inputDim as number, c.outputDim as number, {
      name,
      maskZero: c.maskZero as boolean,
      embeddingsInitializer: initializerFromConfig(c.embeddingsInitializer as InitializerConfig),
      embeddingsRegularizer: penalty(c.embeddingsRegularizer, name),
      embeddingsConstraint: bound(c.embeddingsConstraint, name),
    }),
  Add: (_, name) => add({ name }),
  Subtract: (_, name) => subtract({ name }),
  Multiply: (_, name) => multiply({ name }),
  Average: (_, name) => average({ name }),
  Maximum: (_, name) => maximum({ name }),
  Minimum: (_, name) => minimum({ name }),
  Concatenate: (c, name) => concatenate({ axis: c.axis as number, name }),
  GlobalAveragePooling2D: (c, name) => globalAveragePool2d({ keepDims: c.keepDims as boolean, name }),
  GlobalMaxPooling2D: (c, name) => globalMaxPool2d({ keepDims: c.keepDims as boolean, name }),
  GlobalAveragePooling1D: (c, name) => globalAveragePool1d({ keepDims: c.keepDims as boolean, name }),
  GlobalMaxPooling1D: (c, name) => globalMaxPool1d({ keepDims: c.keepDims as boolean, name }),
  Permute: (c, name) => permute(c.dims as number[], { name }),
  ZeroPadding2D: (c, name) => zeroPadding2d(c.padding as Border, { name }),
  Cropping2D: (c, name) => cropping2d(c.cropping as Border, { name }),
  Reshape: (c, name) => reshape(c.shape as number[], { name }),
  RandomShift: (c, name) => randomShift(c.pixels as number, { name }),
  RandomAffine: (c, name) => randomAffine({ ...(c as RandomAffineLayerOptions), name }),
  RandomTranslation: (c, name) => randomTranslation(c.heightFactor as Factor, c.widthFactor as Factor, { fillMode: c.fillMode as FillMode, name }),
  RandomRotation: (c, name) => randomRotation(c.factor as Factor, { fillMode: c.fillMode as FillMode, name }),
  RandomZoom: (c, name) =>
    randomZoom(c.heightFactor as Factor, { widthFactor: (c.widthFactor ?? undefined) as Factor | undefined, fillMode: c.fillMode as FillMode, name }),
  RandomFlip: (c, name) => randomFlip(c.mode as FlipMode, { name }),
  RandomElastic: (c, name) => randomElastic({ ...(c as RandomElasticLayerOptions), name }),
  Dropout: (c, name) => dropout(c.rate as number, { name }),
  SpatialDropout2D: (c, name) => spatialDropout2d(c.rate as number, { name }),
  GaussianNoise: (c, name) => gaussianNoise(c.stddev as number, { name }),
  GaussianDropout: (c, name) => gaussianDropout(c.rate as number, { name }),
  ActivityRegularization: (c, name) => activityRegularization({ l1: c.l1 as number, l2: c.l2 as number, name }),
  PReLU: (c, name) => prelu({ name, sharedAxes: c.sharedAxes as number[], alphaInitializer: initializerFromConfig(c.alphaInitializer as InitializerConfig) }),
  SimpleRNN: (c, name) => simpleRnn(c.units as number, recurrentOptions(c, name)),
  LSTM: (c, name) => lstm(c.units as number, { ...recurrentOptions(c, name), unitForgetBias: c.unitForgetBias as boolean }),
  GRU: (c, name) => gru(c.units as number, { ...recurrentOptions(c, name), resetAfter: c.resetAfter as boolean }),
  Bidirectional: (c, name, inner) => bidirectional(inner(c.layer) as RecurrentLayer, { name, mergeMode: c.mergeMode as MergeMode }),
  TimeDistributed: (c, name, inner) => timeDistributed(inner(c.layer), { name }),
  Masking: (c, name) => masking(c.maskValue as number, { name }),
  RepeatVector: (c, name) => repeatVector(c.n as number, { name }),
  Activation: (c, name) => activation(c.activation as ActivationName, { name }),
};

/** The layer that `config()` described. @throws ConfigError for an unknown class */
export function layerFromConfig({ className, name, config }: LayerConfig, custom: CustomLayers = {}): Layer {
  const make = Object.hasOwn(custom, className) ? custom[className] : Object.hasOwn(makers, className) ? makers[className] : undefined;
  if (make === undefined) {
    throw new ConfigError({
      where: `layer "${name}"`,
      got: `class ${JSON.stringify(className)}`,
      expected: Object.keys(makers).join(", "),
      hint: "give the maker of a layer of your own as customLayers",
    });
  }
  return make(config, name, (described) => {
    const inside = described as Partial<LayerConfig> | null | undefined;
    if (typeof inside?.className !== "string" || typeof inside.config !== "object" || inside.config === null)
      throw new ConfigError({ where: `layer "${name}"`, got: `layer ${JSON.stringify(described)}`, expected: '{ "className", "config" }' });
    return layerFromConfig(inside as LayerConfig, custom);
  });
}
