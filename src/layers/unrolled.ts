/** Recurrent cells composed of ops, one step after another: any activation, and the forms that the fused op does not have. @module */
import type { Tensor } from "../graph/graph.ts";
import * as ops from "../graph/ops/index.ts";
import type { ActivationFunction } from "./activations.ts";

/** The state after a step; c is an LSTM's. */
interface State {
  readonly h: Tensor;
  readonly c?: Tensor;
}

/** The gates of a step, by name. */
type Gates = Readonly<Record<string, Tensor>>;

/** What {@link unrolled} takes beside x. */
export interface UnrolledOptions {
  /** [D,G U], gates side by side. */
  readonly kernel: Tensor;
  /** [U,G U]. */
  readonly recurrentKernel: Tensor;
  /** [G U]; of a GRU with resetAfter [2,3 U]: of the inputs, of the state. */
  readonly bias?: Tensor;
  /** [N,T]. */
  readonly mask?: Tensor;
  /** h and, of an LSTM, c. Default zeros. */
  readonly initialState?: readonly Tensor[];
  readonly goBackwards: boolean;
  readonly activation: ActivationFunction;
  readonly recurrentActivation: ActivationFunction;
  /** [N,U], multiplied with the state before its product. */
  readonly recurrentMask?: Tensor;
  /** Of a GRU. */
  readonly resetAfter: boolean;
  /** Names gates and states of each step, [N,U]: `h/0`, `h/1` and so on. */
  readonly tap: (name: string, value: Tensor) => void;
}

/** Outputs [N,T,U] in the order they are computed, and the last state. */
export function unrolled(cell: "simpleRnn" | "lstm" | "gru", x: Tensor, options: UnrolledOptions): State & { outputs: Tensor } {
  const { kernel, recurrentKernel, bias, mask, initialState, goBackwards, recurrentMask, tap } = options;
  const { graph } = x;
  const scope = graph.currentScope;
  const [N, steps] = [x.shape[0], x.shape[1] as number];
  const [units, width] = recurrentKernel.shape as readonly number[];
  const twoBiases = bias?.shape.length === 2;
  const biasOf = (i: number): Tensor => ops.reshape(ops.slice(bias as Tensor, [i, 0], [1, -1]), [width]);
  const inputBias = twoBiases ? biasOf(0) : bias;
  const fromInputs = ops.matmul(x, kernel);
  const inputs = inputBias === undefined ? fromInputs : ops.add(fromInputs, inputBias);
  const step = makeStep(cell, options, units, twoBiases ? biasOf(1) : undefined);
  const zeros = ops.broadcastTo(ops.constant(x.graph, [0], [1, 1]), [N, units]);
  const [h = zeros, c = zeros] = initialState ?? [];
  let state: State = cell === "lstm" ? { h, c } : { h };
  let output = zeros;
  const outputs: Tensor[] = [];
  for (let i = 0; i < steps; i++) {
    const t = goBackwards ? steps - 1 - i : i;
    graph.within(`${scope}, step ${t}`, "forward", () => {
      const z = ops.reshape(ops.slice(inputs, [0, t, 0], [N, 1, width]), [N, width]);
      const before = recurrentMask === undefined ? state.h : ops.mul(state.h, recurrentMask);
      const { gates, ...next } = step(z, before, state);
      if (mask === undefined) {
        state = next;
        output = next.h;
      } else {
        const counts = ops.slice(mask, [0, t], [N, 1]);
        const { h: held, c: cell } = state;
        state = { h: ops.where(counts, next.h, held), ...(cell !== undefined && next.c !== undefined && { c: ops.where(counts, next.c, cell) }) };
        output = ops.where(counts, state.h, output);
      }
      for (const [name, value] of Object.entries({ ...gates, ...state })) tap(`${name}/${t}`, value);
      outputs.push(ops.reshape(output, [N, 1, units]));
    });
  }
  return { outputs: ops.concat(outputs, 1), ...state };
}

/** A step from its inputs z [N,G U], the state `before` its product, and the state itself. */
type Step = (z: Tensor, before: Tensor, state: State) => State & { gates: Gates };

function makeStep(cell: "simpleRnn" | "lstm" | "gru", options: UnrolledOptions, units: number, stateBias: Tensor | undefined): Step {
  const { recurrentKernel, activation, recurrentActivation, resetAfter } = options;
  const gate = (a: Tensor, i: number): Tensor => ops.slice(a, [0, i * units], [-1, units]);
  if (cell === "simpleRnn") return (z, before) => ({ gates: {}, h: activation(ops.add(z, ops.matmul(before, recurrentKernel))) });
  if (cell === "lstm") {
    return (z, before, { c }) => {
      const a = ops.add(z, ops.matmul(before, recurrentKernel));
      const [i, f, o] = [0, 1, 3].map((k) => recurrentActivation(gate(a, k)));
      const candidate = activation(gate(a, 2));
      const next = ops.add(ops.mul(f, c as Tensor), ops.mul(i, candidate));
      return { gates: { i, f, candidate, o }, h: ops.mul(o, activation(next)), c: next };
    };
  }
  const blend = (z: Tensor, r: Tensor, h: Tensor, candidate: Tensor): ReturnType<Step> => ({
    gates: { z, r, candidate },
    h: ops.add(ops.mul(z, h), ops.mul(ops.sub(1, z), candidate)),
  });
  if (resetAfter) {
    return (x, before, { h }) => {
      const product = ops.matmul(before, recurrentKernel);
      const s = stateBias === undefined ? product : ops.add(product, stateBias);
      const [z, r] = [0, 1].map((k) => recurrentActivation(ops.add(gate(x, k), gate(s, k))));
      return blend(z, r, h, activation(ops.add(gate(x, 2), ops.mul(r, gate(s, 2)))));
    };
  }
  const gates = ops.slice(recurrentKernel, [0, 0], [units, 2 * units]);
  const candidates = gate(recurrentKernel, 2);
  return (x, before, { h }) => {
    const s = ops.matmul(before, gates);
    const [z, r] = [0, 1].map((k) => recurrentActivation(ops.add(gate(x, k), gate(s, k))));
    return blend(z, r, h, activation(ops.add(gate(x, 2), ops.matmul(ops.mul(r, before), candidates))));
  };
}
