/** Recurrent layers: all steps of a cell as one op. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { GEMM_SCRATCH, kernels, type Sizes } from "../../program/kernels/index.ts";
import { cellRow, gateBlocks, gateRow, padUnits, partBlocks, recurrentTransposed, recurrentWeights, stateRow } from "../../program/kernels/recurrent.ts";
import type { Pointer } from "../../program/program.ts";
import { at, type Dim, formatShape, isRows, type Shape, sameShape, times } from "../../shape.ts";
import type { Graph, Lowering, Node, Op, Tensor } from "../graph.ts";
import { parameterOp } from "./leaf.ts";
import { planned, tensor } from "./operands.ts";
import { reshape, stopGradient } from "./shaping.ts";
import { concat, slice } from "./slicing.ts";

/** Cells of {@link recurrent}; their numbers in the kernels are their places here. */
const CELLS = ["simpleRnn", "lstm", "gru"] as const;
export type RecurrentCell = (typeof CELLS)[number];

/** Activations of {@link recurrent}; their numbers in the kernels are their places here. */
export const ACTIVATIONS = ["tanh", "sigmoid", "relu", "linear", "hardSigmoid"] as const;
export type RecurrentActivation = (typeof ACTIVATIONS)[number];

/** Operands and options of {@link recurrent}. G is 1 for a simple RNN, 4 for an LSTM (i, f, c, o), 3 for a GRU (z, r, h). */
export interface RecurrentOptions {
  /** [D,G U]. */
  readonly kernel: Tensor;
  /** [U,G U]. */
  readonly recurrentKernel: Tensor;
  /** [G U]; of a GRU [2,3U], that of the input and that of the state. Default: none. */
  readonly bias?: Tensor;
  /** [N,T], 1 or 0. Where it is 0 the state is carried over and the output is the one before, or 0 if there is none. Default: every step counts. */
  readonly mask?: Tensor;
  /** h0 [N,U], and for an LSTM c0 [N,U]. Default: zeros. */
  readonly initialState?: readonly Tensor[];
  /** [N,U]: h of the step before times it enters the products. Default: as it is. */
  readonly recurrentMask?: Tensor;
  /** Default false. */
  readonly goBackwards?: boolean;
  /** Of h, and of the LSTM's c. Default `tanh`. */
  readonly activation?: RecurrentActivation;
  /** Of the other gates. Default `sigmoid`. */
  readonly recurrentActivation?: RecurrentActivation;
}

/** What {@link recurrent} gives. */
export interface RecurrentResult {
  /** [N,T,U], in the order of the steps. */
  readonly outputs: Tensor;
  /** The last h [N,U]. */
  readonly h: Tensor;
  /** The last c [N,U] of an LSTM. */
  readonly c?: Tensor;
  /** Activated gates [N,T,G,U] in Keras's order, h before each step and, of an LSTM, c before each step [N,T,U], in the order of x: to be looked at; no gradient flows. */
  readonly gates: Tensor;
  readonly states: Tensor;
  readonly cells?: Tensor;
}

/** Numbers that the kernels take. */
interface Attributes {
  readonly T: number;
  readonly D: number;
  readonly U: number;
  readonly cell: number;
  readonly activation: number;
  readonly recurrentActivation: number;
  readonly reverse: 0 | 1;
}

const LSTM = 1;
const sizesOf = (attributes: Attributes): Sizes => attributes as unknown as Sizes;
const f32 = (shape: Shape) => ({ shape, dtype: "f32" as const });

/** Tensors by name: what is absent has no place among the inputs. */
type Named = Readonly<Record<string, Tensor | null | undefined>>;

/** An op whose inputs have names; those that are absent are null. */
interface NamedAttributes extends Attributes {
  readonly names: readonly string[];
}

function addNamed(graph: Graph, op: Op<NamedAttributes>, inputs: Named, attributes: Attributes, ...outputs: { shape: Shape; dtype: "f32" }[]): Tensor[] {
  const present = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] != null);
  return graph.add(
    op,
    present.map(([, x]) => x),
    { ...attributes, names: present.map(([name]) => name) },
    ...outputs,
  );
}

const named = (node: Node<NamedAttributes>, name: string): Tensor | null => node.inputs[node.attributes.names.indexOf(name)] ?? null;

/** Weights in the form a kernel reads: made once per step if they depend on parameters only. */
function packOp(name: string, emit: (node: Node<Attributes>, to: Lowering, packed: Pointer) => void): Op<Attributes> {
  return {
    name,
    lower(node, to) {
      const [packed] = node.outputs;
      if (node.inputs.every((x) => x.node.op === (parameterOp as Node["op"]))) {
        const pointer = to.prepared(packed, packed.shape[0]);
        to.alias(packed, pointer);
        to.once(() => emit(node, to, pointer));
      } else emit(node, to, to.output(node));
    },
  };
}

const weightsOp = packOp("recurrentWeights", (node, to, packed) => {
  const [kernel, recurrent, bias] = node.inputs.map((x) => to.pointer(x));
  const { D, U, cell } = node.attributes;
  to.emit("recurrent_pack_f32", { packed, kernel, recurrent, bias: bias ?? null, D, U, cell });
});

const transposedOp = packOp("recurrentWeightsTransposed", (node, to, packed) => {
  const { U, cell } = node.attributes;
  to.emit("recurrent_pack_transposed_f32", { packed, recurrent: to.pointer(node.inputs[0]), U, cell });
});

const recurrentOp: Op<NamedAttributes> = {
  name: "recurrent",
  lower(node, to) {
    const { names: _names, ...sizes } = node.attributes;
    const read = (name: string): Pointer | null => {
      const x = named(node, name);
      return x && to.pointer(x);
    };
    const [outputs, h, gates, states, c, cells] = node.outputs.map((_, i) => to.output(node, i));
    to.emit("recurrent_forward_f32", {
      outputs,
      h,
      c: c ?? null,
      gates,
      states,
      cells: cells ?? null,
      x: read("x"),
      weights: read("weights"),
      mask: read("mask"),
      recurrentMask: read("recurrentMask"),
      h0: read("h0"),
      c0: read("c0"),
      scratch: to.scratch("f32", kernels.recurrent_forward_f32.args.scratch.extent(sizesOf(sizes))),
      N: node.outputs[0].shape[0],
      ...sizes,
    });
  },
  gradient(node, [doutputs, dh, , , dc]) {
    const { graph } = node.outputs[0];
    const { names, ...attributes } = node.attributes;
    const { T, D, U, cell } = attributes;
    const input = (name: string): Tensor | null => named(node, name);
    const [outputs, h, gates, states, , cells] = node.outputs;
    const N = outputs.shape[0];
    const [kernel, recurrentKernel, bias] = [input("kernel") as Tensor, input("recurrentKernel") as Tensor, input("bias")];
    const transposed = graph.add(transposedOp, [recurrentKernel], attributes, f32([recurrentTransposed(sizesOf(attributes))]))[0];
    const initial = [input("h0") && f32(h.shape), input("c0") && f32(h.shape)].filter((made) => made !== null);
    const [dgates, dh0, dc0] = addNamed(
      graph,
      backwardOp,
      { gates, states, cells, doutputs, dh, dc, transposed, mask: input("mask"), recurrentMask: input("recurrentMask") },
      attributes,
      f32(gates.shape),
      ...initial,
    );
    const biases = bias === null ? 0 : cell === 2 ? 2 : 1;
    const columns = partBlocks(cell) * U;
    const x = input("x") as Tensor;
    const dw = addNamed(graph, weightsGradientOp, { x, states, dgates, recurrentMask: input("recurrentMask") }, attributes, f32([D + U + biases, columns]))[0];
    const gradients: Record<string, Tensor | undefined> = {
      x: addNamed(graph, inputGradientOp, { dgates, weights: input("weights") }, attributes, f32([N, T, D]))[0],
      kernel: slice(dw, [0, 0], kernel.shape as number[]),
      recurrentKernel: slice(dw, [D, 0], recurrentKernel.shape as number[]),
      h0: dh0,
      c0: dc0,
    };
    if (bias !== null) gradients.bias = reshape(slice(dw, [D + U, 0], [biases, columns]), bias.shape);
    return names.map((name) => gradients[name] ?? null);
  },
};

const backwardOp: Op<NamedAttributes> = {
  name: "recurrentGradient",
  lower(node, to) {
    const { names: _names, D: _D, ...sizes } = node.attributes;
    const read = (name: string): Pointer | null => {
      const x = named(node, name);
      return x && to.pointer(x);
    };
    const [dgates, dh0, dc0] = node.outputs.map((_, i) => to.output(node, i));
    to.emit("recurrent_backward_f32", {
      dgates,
      dh0: dh0 ?? null,
      dc0: dc0 ?? null,
      gates: read("gates"),
      states: read("states"),
      cells: read("cells"),
      doutputs: read("doutputs"),
      dh: read("dh"),
      dc: read("dc"),
      weights: read("transposed"),
      mask: read("mask"),
      recurrentMask: read("recurrentMask"),
      scratch: to.scratch("f32", kernels.recurrent_backward_f32.args.scratch.extent(sizesOf(node.attributes))),
      N: node.outputs[0].shape[0],
      ...sizes,
    });
  },
};

const inputGradientOp: Op<NamedAttributes> = {
  name: "recurrentInputGradient",
  accumulates: true,
  lower(node, to) {
    const [dgates, weights] = node.inputs;
    const { T, D, U, cell } = node.attributes;
    const row = gateRow(sizesOf(node.attributes));
    const { slot, at: start } = to.pointer(weights);
    to.emit("gemm_nt_f32", {
      c: to.output(node),
      a: to.pointer(dgates),
      // Behind the biases.
      b: { slot, at: start + row },
      batch: 1,
      M: times(dgates.shape[0], T),
      N: D,
      K: partBlocks(cell) * padUnits(U),
      lda: row,
      ldb: row,
      ldc: D,
      strideA: 0,
      strideB: 0,
      strideC: 0,
      beta: to.beta(node),
      scratch: to.scratch("f32", GEMM_SCRATCH),
    });
  },
};

const weightsGradientOp: Op<NamedAttributes> = {
  name: "recurrentWeightsGradient",
  accumulates: true,
  lower(node, to) {
    const [x, states, dgates] = node.inputs;
    const { T, D, U, cell } = node.attributes;
    const mask = named(node, "recurrentMask");
    const call = { N: x.shape[0], T, D, U, cell, units: U, biases: (node.outputs[0].shape[0] as number) - D - U };
    to.emit("recurrent_backward_weights_f32", {
      dw: to.output(node),
      x: to.pointer(x),
      states: to.pointer(states),
      dgates: to.pointer(dgates),
      recurrentMask: mask && to.pointer(mask),
      scratch: to.scratch("f32", kernels.recurrent_backward_weights_f32.args.scratch.extent({ ...call, N: at(call.N, to.capacity) })),
      ...call,
      beta: to.beta(node),
    });
  },
};

/** The tensor itself. @throws ShapeError if it has another shape */
function shaped(x: Tensor, name: string, value: unknown, shape: Shape): Tensor {
  const operand = tensor(`recurrent, ${name}`, value, "f32", x);
  if (!sameShape(operand.shape, shape))
    throw new ShapeError({ where: "recurrent", got: `${name} ${formatShape(operand.shape)}`, expected: `${formatShape(shape)} for x ${formatShape(x.shape)}` });
  return operand;
}

function numberOf<T extends string>(what: string, list: readonly T[], value: T): number {
  const number = list.indexOf(value);
  if (number < 0) throw new ConfigError({ where: "recurrent", got: `${what} ${JSON.stringify(value)}`, expected: list.join(", ") });
  return number;
}

/** Units `from` on of rows of steps [N,T row], U of each of `blocks`: [N,T,blocks,U]. */
function unpacked(rows: Tensor, T: number, row: number, from: number, blocks: number, U: number): Tensor {
  const up = padUnits(U);
  const steps = reshape(rows, [rows.shape[0], T, row]);
  const all = slice(steps, [0, 0, from], [rows.shape[0], T, blocks * up]);
  return slice(reshape(all, [rows.shape[0], T, blocks, up]), [0, 0, 0, 0], [rows.shape[0], T, blocks, U]);
}

/**
 * A recurrent cell over all steps of x [N,T,D], with f = activation, g = recurrentActivation, h and c the state of the step before:
 * simpleRnn: h' = f(x W + h R + b). lstm: i, f, c~, o = x W + h R + b; c' = g(f) c + g(i) f(c~), h' = g(o) f(c'). gru (reset after the product):
 * z, r = g(x W + h R + b), h~ = f(x W + b + r (h R + b_r)), h' = z h + (1 - z) h~.
 * Gradients of x, weights, biases and initial state go back through time from those of the outputs and of the last state.
 * @throws ShapeError if the shapes do not fit; ConfigError for an unknown cell or activation
 */
export function recurrent(cell: RecurrentCell, x: Tensor, options: RecurrentOptions): RecurrentResult {
  const { activation = "tanh", recurrentActivation = "sigmoid", goBackwards = false } = options;
  tensor("recurrent", x, "f32");
  const number = numberOf("cell", CELLS, cell);
  const [N, T, D] = x.shape as readonly [Dim, number, number];
  if (x.shape.length !== 3 || isRows(T) || isRows(D) || T < 1 || D < 1)
    throw new ShapeError({
      where: "recurrent",
      got: `input ${formatShape(x.shape)}`,
      expected: "[N,steps,features]",
      hint: "reshape() makes rows of an image steps",
    });
  const recurrentKernel = tensor("recurrent, recurrentKernel", options.recurrentKernel, "f32", x);
  const U = recurrentKernel.shape[0] as number;
  const columns = partBlocks(number) * U;
  shaped(x, "recurrentKernel", recurrentKernel, [U, columns]);
  const optional = (name: string, value: Tensor | undefined, shape: Shape): Tensor | null => (value === undefined ? null : shaped(x, name, value, shape));
  const kernel = shaped(x, "kernel", options.kernel, [D, columns]);
  const bias = optional("bias", options.bias, number === 2 ? [2, columns] : [columns]);
  const states = options.initialState;
  if (states !== undefined && states.length !== (number === LSTM ? 2 : 1))
    throw new ConfigError({ where: "recurrent", got: `initialState of ${states.length} tensors`, expected: number === LSTM ? "h and c" : "h" });
  const attributes: Attributes = {
    T,
    D,
    U,
    cell: number,
    activation: numberOf("activation", ACTIVATIONS, activation),
    recurrentActivation: numberOf("recurrentActivation", ACTIVATIONS, recurrentActivation),
    reverse: goBackwards ? 1 : 0,
  };
  const sizes = sizesOf(attributes);
  const weights = x.graph.add(
    weightsOp,
    bias === null ? [kernel, recurrentKernel] : [kernel, recurrentKernel, bias],
    attributes,
    f32([recurrentWeights(sizes)]),
  )[0];
  const inputs: Named = {
    x,
    weights,
    kernel,
    recurrentKernel,
    bias,
    mask: optional("mask", options.mask, [N, T]),
    recurrentMask: optional("recurrentMask", options.recurrentMask, [N, U]),
    h0: optional("initial h", states?.[0], [N, U]),
    c0: optional("initial c", states?.[1], [N, U]),
  };
  const steps = (row: number): { shape: Shape; dtype: "f32" } => f32(planned("recurrent", [N, T * row]));
  const ofLstm = number === LSTM ? [f32([N, U]), steps(cellRow(sizes))] : [];
  const made = addNamed(
    x.graph,
    recurrentOp,
    inputs,
    attributes,
    f32(planned("recurrent", [N, T, U])),
    f32([N, U]),
    steps(gateRow(sizes)),
    steps(stateRow(sizes)),
    ...ofLstm,
  );
  const [outputs, h, gateRows, stateRows, c, cellRows] = made;
  const shown = (rows: Tensor, row: number): Tensor => reshape(unpacked(stopGradient(rows), T, row, 0, 1, U), [N, T, U]);
  const gates = (from: number, blocks: number): Tensor => unpacked(stopGradient(gateRows), T, gateRow(sizes), from * padUnits(U), blocks, U);
  return {
    outputs,
    h,
    gates: number === 2 ? concat([gates(1, 2), gates(0, 1)], 2) : gates(0, gateBlocks(number)),
    states: shown(stateRows, stateRow(sizes)),
    ...(number === LSTM && { c, cells: shown(cellRows, cellRow(sizes)) }),
  };
}
