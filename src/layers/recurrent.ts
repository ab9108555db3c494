/** What simpleRnn, lstm and gru have in common. @module */
import { type Constraint, constraintOf, describeConstraint } from "../constraints/index.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import { option } from "../graph/ops/operands.ts";
import { ACTIVATIONS } from "../graph/ops/recurrent.ts";
import { describeInitializer, type Initializer, orthogonal, zeros } from "../initializers/index.ts";
import { describeRegularizer, type Regularizer, regularizerOf } from "../regularizers/index.ts";
import { type Dim, formatShape, isRows, sameShape } from "../shape.ts";
import { type Activation, activationConfig, activationFunction } from "./activations.ts";
import { penalized } from "./activity-regularization.ts";
import type { Layer, LayerContext } from "./layer.ts";
import { maskOf, withMask } from "./mask.ts";
import { unrolled } from "./unrolled.ts";
import { type WeightOptions, weightsOf } from "./weights.ts";

/** Options of {@link simpleRnn}, {@link lstm} and {@link gru}. */
export interface RecurrentOptions extends WeightOptions {
  /** Of the state (of an LSTM also of what goes into its cell). Default `tanh`. */
  activation?: Activation;
  /** Default orthogonal(), as in Keras (PyTorch: uniform within 1/sqrt(units)). */
  recurrentInitializer?: Initializer;
  /** Penalty on the recurrent kernel. Default: none. */
  recurrentRegularizer?: Regularizer | string;
  /** What the recurrent kernel is kept to. Default: anything goes. */
  recurrentConstraint?: Constraint | string;
  /** Part of the inputs that training drops, the same for all steps of a sample. Default 0. */
  dropout?: number;
  /** Part of the state that training hides from its product with the recurrent kernel, the same for all steps. Default 0. */
  recurrentDropout?: number;
  /** The outputs of all steps [N,T,units] instead of the last one [N,units]. Default false. */
  returnSequences?: boolean;
  /** The last state as further outputs: h, of an LSTM h and c. Default false. */
  returnState?: boolean;
  /** Reads the steps from the last to the first, and gives its outputs in that order. Default false. */
  goBackwards?: boolean;
  /** Starts each batch from the state that the one before ended with; the model needs a `batchSize`. Default false. */
  stateful?: boolean;
  name?: string;
}

/** A recurrent layer, of which {@link bidirectional} can make one that reads the other way. */
export interface RecurrentLayer extends Layer {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  /** Another layer with the same options that reads the other way. */
  reversed(): RecurrentLayer;
}

/** What makes one kind of recurrent layer. */
export interface Cell {
  readonly kind: "simpleRnn" | "lstm" | "gru";
  readonly className: string;
  readonly gates: number;
  /** Of its gates; absent: it has none. */
  readonly recurrentActivation?: Activation;
  /** Of a GRU, see there. Default true. */
  readonly resetAfter?: boolean;
  /** Its bias from the one that options ask for. Default: that one. */
  readonly biasInitializer?: (asked: Initializer) => Initializer;
  /** Its own options as JSON. */
  readonly config: () => Record<string, unknown>;
  /** The same with other common options. */
  readonly make: (options: RecurrentOptions) => RecurrentLayer;
}

/** The layer of a cell. @throws ConfigError for options out of range */
export function recurrentLayer({ kind, className, gates, resetAfter = true, ...cell }: Cell, units: number, options: RecurrentOptions): RecurrentLayer {
  const { recurrentInitializer = orthogonal(), biasInitializer = zeros(), dropout = 0, recurrentDropout = 0, name } = options;
  const { returnSequences = false, returnState = false, goBackwards = false, stateful = false } = options;
  if (!Number.isInteger(units) || units < 1) throw new ConfigError({ where: kind, got: `units = ${units}`, expected: "a positive integer" });
  for (const [key, rate] of [
    ["dropout", dropout],
    ["recurrentDropout", recurrentDropout],
  ] as const)
    option(kind, key, rate, "a number, 0 or more, below 1", (value) => value >= 0 && value < 1);
  const weights = weightsOf(kind, { ...options, activation: options.activation ?? "tanh" });
  const recurrentActivation = cell.recurrentActivation === undefined ? undefined : activationFunction(kind, cell.recurrentActivation);
  const recurrentRegularizer = regularizerOf(kind, options.recurrentRegularizer);
  const recurrentConstraint = constraintOf(kind, options.recurrentConstraint);
  const stateNames = kind === "lstm" ? ["h", "c"] : ["h"];
  const width = gates * units;
  const fused = resetAfter ? fusedActivations(options.activation ?? "tanh", cell.recurrentActivation ?? "sigmoid") : null;

  /** The first state, if the call has one. */
  function givenState({ inputs }: LayerContext, N: Dim): readonly Tensor[] {
    const given = inputs.slice(1);
    if (given.length !== 0 && given.length !== stateNames.length)
      throw new ConfigError({ where: kind, got: `${inputs.length} inputs`, expected: `x alone, or x and its first ${stateNames.join(" and ")}` });
    given.forEach(({ shape }, i) => {
      if (!sameShape(shape, [N, units]))
        throw new ShapeError({ where: kind, got: `first ${stateNames[i]} ${formatShape(shape)}`, expected: formatShape([N, units]) });
    });
    return given;
  }

  return {
    className,
    name,
    returnSequences,
    returnState,
    goBackwards,
    reversed: () => cell.make({ ...options, goBackwards: !goBackwards }),
    apply(input, context) {
      const [N, T, D] = input.shape;
      if (input.shape.length !== 3 || isRows(T) || isRows(D))
        throw new ShapeError({
          where: kind,
          got: `input ${formatShape(input.shape)}`,
          expected: "[N,steps,features]",
          hint: "put reshape([steps, features]) before it; a recurrent layer before it needs returnSequences: true",
        });
      const mask = stepMask(kind, input);
      const given = givenState(context, N);
      const carried = stateful ? stateNames.map((key) => context.state(key, [N, units], { initializer: zeros(), carried: true })) : [];
      const start = given.length > 0 ? given : carried;
      const parameters = {
        kernel: context.parameter("kernel", [D, width], weights.kernel),
        recurrentKernel: context.parameter("recurrentKernel", [units, width], {
          initializer: recurrentInitializer,
          regularizer: recurrentRegularizer,
          constraint: recurrentConstraint,
        }),
        ...(weights.bias !== null && {
          bias: context.parameter("bias", kind === "gru" && resetAfter ? [2, width] : [width], {
            ...weights.bias,
            initializer: cell.biasInitializer?.(biasInitializer) ?? biasInitializer,
          }),
        }),
      };
      const { training, graph } = context;
      const x = training && dropout > 0 ? ops.spatialDropout(input, dropout) : input;
      const ones = (): Tensor => ops.broadcastTo(ops.constant(graph, [1], [1, 1]), [N, units]);
      const call = {
        ...parameters,
        mask,
        initialState: start.length > 0 ? start : undefined,
        goBackwards,
        recurrentMask: training && recurrentDropout > 0 ? ops.dropout(ones(), recurrentDropout) : undefined,
      };
      const { outputs, h, c } =
        fused !== null && !context.traced
          ? ops.recurrent(kind, x, { ...call, ...fused })
          : unrolled(kind, x, {
              ...call,
              activation: weights.activate,
              recurrentActivation: recurrentActivation ?? weights.activate,
              resetAfter,
              tap: context.tap,
            });
      const states = c === undefined ? [h] : [h, c];
      carried.forEach((state, i) => context.assign(state, states[i]));
      // Before the first step that counts the output is 0, whatever the state.
      const final = mask === undefined || start.length === 0 ? h : ops.reshape(ops.slice(outputs, [0, T - 1, 0], [-1, 1, -1]), [N, units]);
      const y = penalized(returnSequences ? outputs : final, weights.activityRegularizer, context);
      const masked = returnSequences && mask !== undefined ? withMask(y, goBackwards ? ops.reverse(mask, 1) : mask) : y;
      return returnState ? [masked, ...states] : masked;
    },
    config: () => ({
      units,
      ...weights.config(),
      ...(cell.recurrentActivation !== undefined && { recurrentActivation: activationConfig(kind, cell.recurrentActivation) }),
      recurrentInitializer: describeInitializer(recurrentInitializer),
      recurrentRegularizer: describeRegularizer(recurrentRegularizer),
      recurrentConstraint: describeConstraint(recurrentConstraint),
      dropout,
      recurrentDropout,
      returnSequences,
      returnState,
      goBackwards,
      stateful,
      ...cell.config(),
    }),
  };
}

/** The activations as options of the op that runs all steps, or null if it does not have them. */
function fusedActivations(activation: Activation, recurrentActivation: Activation): Pick<ops.RecurrentOptions, "activation" | "recurrentActivation"> | null {
  const has = (f: Activation): f is ops.RecurrentActivation => (ACTIVATIONS as readonly unknown[]).includes(f);
  return has(activation) && has(recurrentActivation) ? { activation, recurrentActivation } : null;
}

/** The mask of a sequence x [N,T,...]. @throws ShapeError if it has another number of steps */
export function stepMask(where: string, x: Tensor): Tensor | undefined {
  const mask = maskOf(x);
  const expected = x.shape.slice(0, 2);
  if (mask !== undefined && !sameShape(mask.shape, expected))
    throw new ShapeError({ where, got: `a mask ${formatShape(mask.shape)} for input ${formatShape(x.shape)}`, expected: formatShape(expected) });
  return mask;
}
