/** Long short-term memory. @module */
import { ConfigError } from "../errors.ts";
import type { Initializer } from "../initializers/index.ts";
import type { Activation } from "./activations.ts";
import { type RecurrentLayer, type RecurrentOptions, recurrentLayer } from "./recurrent.ts";

/** Options of {@link lstm}. */
export interface LstmOptions extends RecurrentOptions {
  /** Of the gates. Default `sigmoid`. */
  recurrentActivation?: Activation;
  /** The forget gate's bias starts at 1 (Jozefowicz et al. 2015), so that what is in the cell stays at first. Default true, as in Keras (PyTorch has no such option). */
  unitForgetBias?: boolean;
}

/**
 * Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000. From a = x[t] W + h[t-1] R + b in four parts, Keras's i, f, c, o:
 * c[t] = sigmoid(f) c[t-1] + sigmoid(i) tanh(c), h[t] = sigmoid(o) tanh(c[t]). x [N,T,D], W [D,4 units], R [units,4 units], b [4 units]; y is the last
 * h [N,units], or with `returnSequences` all of them. Masks as in {@link simpleRnn}. Further inputs of a call: the first h and c, [N,units] each.
 * @throws ConfigError for options out of range or a wrong number of inputs; ShapeError if x is no sequence or a state or mask does not fit
 */
export function lstm(units: number, options: LstmOptions = {}): RecurrentLayer {
  const { recurrentActivation = "sigmoid", unitForgetBias = true, ...common } = options;
  if (typeof unitForgetBias !== "boolean")
    throw new ConfigError({ where: "lstm", got: `unitForgetBias = ${String(unitForgetBias)}`, expected: "true or false" });
  const biasInitializer = (asked: Initializer): Initializer => ({
    name: asked.name,
    config: () => asked.config(),
    fill(y, shape, key) {
      asked.fill(y, shape, key);
      if (unitForgetBias) y.fill(1, units, 2 * units);
    },
  });
  const make = (all: RecurrentOptions): RecurrentLayer => lstm(units, { ...all, recurrentActivation, unitForgetBias });
  const config = (): Record<string, unknown> => ({ unitForgetBias });
  return recurrentLayer({ kind: "lstm", className: "LSTM", gates: 4, recurrentActivation, biasInitializer, config, make }, units, common);
}
