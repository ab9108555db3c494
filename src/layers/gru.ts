/** Gated recurrent units. @module */
import { ConfigError } from "../errors.ts";
import type { Activation } from "./activations.ts";
import { type RecurrentLayer, type RecurrentOptions, recurrentLayer } from "./recurrent.ts";

/** Options of {@link gru}. */
export interface GruOptions extends RecurrentOptions {
  /** Of the gates. Default `sigmoid`. */
  recurrentActivation?: Activation;
  /** The reset gate acts behind the product with the recurrent kernel, which then has a bias of its own. Default true, as in Keras and PyTorch; false is the paper's form. */
  resetAfter?: boolean;
}

/**
 * Cho et al. 2014. From x[t] W + b and h[t-1] R + b' in three parts, Keras's z, r, h: z = sigmoid(z + z'), r = sigmoid(r + r'),
 * h[t] = z h[t-1] + (1 - z) tanh(h + r h'). x [N,T,D], W [D,3 units], R [units,3 units], both biases together [2,3 units]; with `resetAfter: false` h' is
 * (r h[t-1]) R without a bias, and b is [3 units]. y is the last h [N,units], or with `returnSequences` all of them. Masks as in {@link simpleRnn}.
 * Further inputs of a call: the first h [N,units].
 * @throws ConfigError for options out of range or a wrong number of inputs; ShapeError if x is no sequence or the state or mask does not fit
 */
export function gru(units: number, options: GruOptions = {}): RecurrentLayer {
  const { recurrentActivation = "sigmoid", resetAfter = true, ...common } = options;
  if (typeof resetAfter !== "boolean") throw new ConfigError({ where: "gru", got: `resetAfter = ${String(resetAfter)}`, expected: "true or false" });
  const make = (all: RecurrentOptions): RecurrentLayer => gru(units, { ...all, recurrentActivation, resetAfter });
  return recurrentLayer({ kind: "gru", className: "GRU", gates: 3, recurrentActivation, resetAfter, config: () => ({ resetAfter }), make }, units, common);
}
