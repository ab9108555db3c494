/** The plain recurrent layer. @module */
import { type RecurrentLayer, type RecurrentOptions, recurrentLayer } from "./recurrent.ts";

/**
 * h[t] = activation(x[t] W + h[t-1] R + b): x [N,T,D], W [D,units], R [units,units], b [units] (Elman 1990). y is the last h [N,units], or with
 * `returnSequences` all of them. A masked step (see masking) leaves the state alone and repeats the output of the step before, 0 at the start. Further
 * inputs of a call: the first h [N,units].
 * @throws ConfigError for options out of range or a wrong number of inputs; ShapeError if x is no sequence or the state or mask does not fit
 */
export function simpleRnn(units: number, options: RecurrentOptions = {}): RecurrentLayer {
  const make = (all: RecurrentOptions): RecurrentLayer => simpleRnn(units, all);
  return recurrentLayer({ kind: "simpleRnn", className: "SimpleRNN", gates: 1, config: () => ({}), make }, units, options);
}
