/** Activations by name. @module */
import { ConfigError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";

/** A function on a tensor. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** swish and hardSwish are other names of silu and hardSilu, as in Keras. */
const functions = {
  linear: (x) => x,
  relu: (x) => ops.relu(x),
  leakyRelu: (x) => ops.leakyRelu(x),
  elu: (x) => ops.elu(x),
  sigmoid: (x) => ops.sigmoid(x),
  tanh: (x) => ops.tanh(x),
  softplus: (x) => ops.softplus(x),
  softmax: (x) => ops.softmax(x),
  logSoftmax: (x) => ops.logSoftmax(x),
  gelu: (x) => ops.gelu(x),
  geluTanh: (x) => ops.geluTanh(x),
  silu: (x) => ops.silu(x),
  swish: (x) => ops.silu(x),
  mish: (x) => ops.mish(x),
  selu: (x) => ops.selu(x),
  relu6: (x) => ops.relu6(x),
  hardSigmoid: (x) => ops.hardSigmoid(x),
  hardTanh: (x) => ops.hardTanh(x),
  hardSilu: (x) => ops.hardSilu(x),
  hardSwish: (x) => ops.hardSilu(x),
  softsign: (x) => ops.softsign(x),
  exponential: (x) => ops.exp(x),
} satisfies Record<string, ActivationFunction>;

/** The names that `activation` options take. */
export type ActivationName = keyof typeof functions;
/** An activation: a name, or any function on a tensor. */
export type Activation = ActivationName | ActivationFunction;

/** The names, in order of the docs. */
export const activationNames = Object.keys(functions) as ActivationName[];

/** The function of an activation. @throws ConfigError for an unknown name */
export function activationFunction(where: string, activation: Activation): ActivationFunction {
  if (typeof activation === "function") return activation;
  const found: ActivationFunction | undefined = Object.hasOwn(functions, activation) ? functions[activation] : undefined;
  if (found === undefined) throw new ConfigError({ where, got: `activation ${JSON.stringify(activation)}`, expected: activationNames.join(", ") });
  return found;
}

/** What `config()` says of an activation. @throws ConfigError for a function: it has no name */
export function activationConfig(where: string, activation: Activation): string {
  if (typeof activation === "string") return activation;
  throw new ConfigError({
    where,
    got: "an activation that is a function",
    expected: "a named activation",
    hint: "put it into a layer made with defineLayer to save the model",
  });
}
