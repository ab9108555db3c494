/** Layers, and making them from their configuration. @module */

import { type ConstraintConfig, constraintFromConfig } from "../constraints/index.ts";
import { ConfigError } from "../errors.ts";
import { initializerFromConfig } from "../initializers/index.ts";
import { type RegularizerConfig, regularizerFromConfig } from "../regularizers/index.ts";
import { activation } from "./activation.ts";
import type { ActivationName } from "./activations.ts";
import { activityRegularization } from "./activity-regularization.ts";
import { bidirectional, type MergeMode } from "./bidirectional.ts";
import { conv2d } from "./conv2d.ts";
import { type DenseOptions, dense } from "./dense.ts";
import { dropout, gaussianDropout, gaussianNoise, spatialDropout2d } from "./dropout.ts";
import { type GruOptions, gru } from "./gru.ts";
import type { Layer } from "./layer.ts";
import { lstm } from "./lstm.ts";
import { masking } from "./masking.ts";
import { averagePool2d, maxPool2d, type Pool2dLayerOptions } from "./pooling.ts";
import { prelu } from "./prelu.ts";
import { randomShift } from "./random-shift.ts";
import type { RecurrentLayer } from "./recurrent.ts";
import { repeatVector } from "./repeat-vector.ts";
import { flatten, reshape } from "./shaping.ts";
import { simpleRnn } from "./simple-rnn.ts";
import { timeDistributed } from "./time-distributed.ts";

export { activation } from "./activation.ts";
export { type Activation, type ActivationFunction, type ActivationName, activationNames } from "./activations.ts";
export { activityRegularization } from "./activity-regularization.ts";
export { type BidirectionalOptions, bidirectional, type MergeMode } from "./bidirectional.ts";
export { type Conv2dLayerOptions, conv2d } from "./conv2d.ts";
export { defineLayer, type LayerDefinition } from "./define-layer.ts";
export { type DenseOptions, dense } from "./dense.ts";
export { dropout, gaussianDropout, gaussianNoise, spatialDropout2d } from "./dropout.ts";
export { type GruOptions, gru } from "./gru.ts";
export type { Layer, LayerContext, ParameterOptions, StateOptions } from "./layer.ts";
export { type LstmOptions, lstm } from "./lstm.ts";
export { maskOf, withMask } from "./mask.ts";
export { masking } from "./masking.ts";
export { averagePool2d, maxPool2d, type Pool2dLayerOptions } from "./pooling.ts";
export { type PreluOptions, prelu } from "./prelu.ts";
export { randomShift } from "./random-shift.ts";
export type { RecurrentLayer, RecurrentOptions } from "./recurrent.ts";
export { repeatVector } from "./repeat-vector.ts";
export { flatten, reshape } from "./shaping.ts";
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
function penaltiesAndConstraints(
  c: Record<string, unknown>,
  name: string,
): Pick<DenseOptions, "kernelRegularizer" | "biasRegularizer" | "activityRegularizer" | "kernelConstraint" | "biasConstraint"> {
  const where = `layer "${name}"`;
  const penalty = (saved: unknown) => (saved == null ? undefined : regularizerFromConfig(saved as RegularizerConfig, where));
  const bound = (saved: unknown) => (saved == null ? undefined : constraintFromConfig(saved as ConstraintConfig, where));
  return {
    kernelRegularizer: penalty(c.kernelRegularizer),
    biasRegularizer: penalty(c.biasRegularizer),
    activityRegularizer: penalty(c.activityRegularizer),
    kernelConstraint: bound(c.kernelConstraint),
    biasConstraint: bound(c.biasConstraint),
  };
}

/** What the recurrent layers share. */
function recurrentOptions(c: Record<string, unknown>, name: string): GruOptions {
  const where = `layer "${name}"`;
  return {
    name,
    activation: c.activation as ActivationName,
    recurrentActivation: c.recurrentActivation as ActivationName,
    useBias: c.useBias as boolean,
    kernelInitializer: initializerFromConfig(c.kernelInitializer as InitializerConfig),
    recurrentInitializer: initializerFromConfig(c.recurrentInitializer as InitializerConfig),
    biasInitializer: initializerFromConfig(c.biasInitializer as InitializerConfig),
    ...penaltiesAndConstraints(c, name),
    recurrentRegularizer: c.recurrentRegularizer == null ? undefined : regularizerFromConfig(c.recurrentRegularizer as RegularizerConfig, where),
    recurrentConstraint: c.recurrentConstraint == null ? undefined : constraintFromConfig(c.recurrentConstraint as ConstraintConfig, where),
    dropout: c.dropout as number,
    recurrentDropout: c.recurrentDropout as number,
    returnSequences: c.returnSequences as boolean,
    returnState: c.returnState as boolean,
    goBackwards: c.goBackwards as boolean,
    stateful: c.stateful as boolean,
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
  Conv2D: (c, name) =>
    conv2d(c.filters as number, c.kernelSize as [number, number], {
      name,
      strides: c.strides as [number, number],
      padding: c.padding as "valid" | "same",
      activation: c.activation as ActivationName,
      useBias: c.useBias as boolean,
      kernelInitializer: initializerFromConfig(c.kernelInitializer as InitializerConfig),
      biasInitializer: initializerFromConfig(c.biasInitializer as InitializerConfig),
      ...penaltiesAndConstraints(c, name),
    }),
  MaxPooling2D: (c, name) => maxPool2d(c.poolSize as [number, number], poolOptions(c, name)),
  AveragePooling2D: (c, name) => averagePool2d(c.poolSize as [number, number], poolOptions(c, name)),
  Flatten: (_, name) => flatten({ name }),
  Reshape: (c, name) => reshape(c.shape as number[], { name }),
  RandomShift: (c, name) => randomShift(c.pixels as number, { name }),
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
