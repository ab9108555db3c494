/**
 * Recurrent layers fused over time: simple RNN, LSTM, GRU with the reset gate after the product. `cell` is 0, 1 or 2; an activation 0 tanh, 1 sigmoid, 2 relu,
 * 3 linear, 4 hard sigmoid. T is at least 1.
 *
 * What passes from forward to backward lies as in assembly/recurrent-layout.ts: units in blocks of 8, U padded to a multiple of that; a step of a sample is a row of an odd number of
 * cache lines. gates [N,T,row]: h (simple RNN); i, f, c, o (LSTM); h, z, r, the state's part of h before r scales it (GRU). states [N,T,row]: h before the step.
 * cells [N,T,row] of an LSTM: c before the step, activation(c) after it.
 */
import { flag, inout, input, kernel, optional, out, reusable, SHARD, type Sizes, type Split, scratch, size } from "./kernel.ts";

const LSTM = 1;
const GRU = 2;

/** Units with what fills the last block of 8. */
export const padUnits = (U: number): number => 8 * Math.ceil(U / 8);
/** Floats of a row that holds so many. */
export const recurrentRow = (floats: number): number => (floats === 0 ? 0 : 16 * (Math.ceil(floats / 16) + ((Math.ceil(floats / 16) + 1) % 2)));
/** Blocks of a row of gates. */
export const gateBlocks = (cell: number): number => (cell === 0 ? 1 : 4);
/** How many of them, the first ones, the input has a part in, and how many, the last ones, the state: the gates of Keras. */
export const partBlocks = (cell: number): number => (cell === GRU ? 3 : gateBlocks(cell));
/** Where Keras has the gate of a block. */
export const kerasGate = (cell: number, block: number): number => (cell !== GRU ? block : block === 0 || block === 3 ? 2 : block - 1);

/** Floats of a step's gates. */
export const gateRow = ({ U, cell }: Sizes): number => recurrentRow(gateBlocks(cell) * padUnits(U));
/** Floats of a step's state. */
export const stateRow = ({ U }: Sizes): number => recurrentRow(padUnits(U));
/** Floats of a step's cells. */
export const cellRow = ({ U, cell }: Sizes): number => (cell === LSTM ? recurrentRow(2 * padUnits(U)) : 0);
/** Floats of the weights as the forward kernel reads them. */
export const recurrentWeights = (s: Sizes): number => (s.D + 1) * gateRow(s) + recurrentTransposed(s);
/** Floats of the recurrent weights as the backward kernel reads them. */
export const recurrentTransposed = ({ U, cell }: Sizes): number => padUnits(U) * partBlocks(cell) * padUnits(U);

/** Samples that go through all steps together, and inputs of a run of the lists. */
const [SAMPLES, RANGE] = [32, 128];
/** Steps of samples whose gradients the weights' kernel packs at a time. */
const STEPS = 512;

const forwardScratch = (s: Sizes): number =>
  s.U === 0 ? 0 : SAMPLES * (3 + 2 * Math.ceil(s.D / RANGE) + 2 * stateRow(s) + recurrentRow(2 * padUnits(s.U)) + 2 * s.D);
const backwardScratch = (s: Sizes): number => (s.U === 0 ? 0 : 32 + SAMPLES * (3 + 3 * stateRow(s)));

function weightsScratch({ N, T, D, U }: Sizes): number {
  const passes = Math.ceil(N / Math.max(Math.floor(STEPS / Math.max(T, 1)), 1));
  const steps = passes === 0 ? 0 : Math.ceil(N / passes) * T;
  const tiles = Math.ceil(D / 4) + Math.ceil(U / 4) + 2;
  return 16 + tiles + steps * (8 + D + U + 2 * tiles);
}

const state = (s: Sizes): number => s.N * s.U;
const sequence = (s: Sizes): number => s.N * s.T * s.U;
const ofLstm = (s: Sizes): number => (s.cell === LSTM ? state(s) : 0);
const gates = (s: Sizes): number => s.N * s.T * gateRow(s);
const states = (s: Sizes): number => s.N * s.T * stateRow(s);
const cells = (s: Sizes): number => s.N * s.T * cellRow(s);
const inputs = (s: Sizes): number => s.N * s.T * s.D;
const columns = ({ U, cell }: Sizes): number => partBlocks(cell) * U;
const biases = (s: Sizes): number => (s.cell === GRU ? 2 : 1) * columns(s);

/** Elements of a sample. */
const perSample = {
  state: (s: Sizes) => s.U,
  sequence: (s: Sizes) => s.T * s.U,
  gates: (s: Sizes) => s.T * gateRow(s),
  states: (s: Sizes) => s.T * stateRow(s),
  cells: (s: Sizes) => s.T * cellRow(s),
  x: (s: Sizes) => s.T * s.D,
  mask: (s: Sizes) => s.T,
};
const bySamples = (shift: Split["shift"]): Split => ({ along: "N", grain: SHARD, shift });

const kernelInput = input("f32", (s) => s.D * columns(s));
const recurrentInput = input("f32", (s) => s.U * columns(s));
const functions = { cell: size, activation: size, recurrentActivation: size, reverse: flag };

/** The weights as recurrent_forward_f32 reads them: rows of gates, first the biases, then one per input; panels [pad(U)/8][gates][pad(U)][8] of the recurrent weights. */
export const recurrent_pack_f32 = kernel({
  packed: out("f32", (s) => (s.U === 0 ? 0 : recurrentWeights(s))),
  kernel: kernelInput,
  recurrent: recurrentInput,
  bias: optional("f32", biases),
  D: size,
  U: size,
  cell: size,
});

/** The recurrent weights transposed, as recurrent_backward_f32 reads them: panels [pad(U)/8][gates pad(U)][8]. */
export const recurrent_pack_transposed_f32 = kernel({ packed: out("f32", recurrentTransposed), recurrent: recurrentInput, U: size, cell: size });

/** All steps of all samples: outputs [N,T,U] in the order of the steps, the last state h and, of an LSTM, c [N,U], and what the backward kernels read. A step that mask [N,T] leaves out carries the state over. */
export const recurrent_forward_f32 = kernel(
  {
    outputs: out("f32", sequence),
    h: out("f32", state),
    c: out("f32", ofLstm),
    gates: out("f32", gates),
    states: out("f32", states),
    cells: out("f32", cells),
    x: input("f32", inputs),
    weights: input("f32", (s) => (s.U === 0 ? 0 : recurrentWeights(s))),
    mask: optional("f32", (s) => s.N * s.T),
    recurrentMask: optional("f32", state),
    h0: optional("f32", state),
    c0: optional("f32", ofLstm),
    scratch: scratch("f32", forwardScratch),
    N: size,
    T: size,
    D: size,
    U: size,
    ...functions,
  },
  (s) => 2 * s.N * s.T * (s.D + s.U) * columns(s),
  bySamples({
    outputs: perSample.sequence,
    h: perSample.state,
    c: perSample.state,
    gates: perSample.gates,
    states: perSample.states,
    cells: perSample.cells,
    x: perSample.x,
    mask: perSample.mask,
    recurrentMask: perSample.state,
    h0: perSample.state,
    c0: perSample.state,
  }),
);

/** Back through time: dgates, and the gradients of the initial state if they are asked for, from those of outputs, last h and last c. */
export const recurrent_backward_f32 = kernel(
  {
    dgates: out("f32", gates),
    dh0: out("f32", state),
    dc0: out("f32", ofLstm),
    gates: reusable("f32", gates),
    states: input("f32", states),
    cells: input("f32", cells),
    doutputs: optional("f32", sequence),
    dh: optional("f32", state),
    dc: optional("f32", ofLstm),
    weights: input("f32", recurrentTransposed),
    mask: optional("f32", (s) => s.N * s.T),
    recurrentMask: optional("f32", state),
    scratch: scratch("f32", backwardScratch),
    N: size,
    T: size,
    U: size,
    ...functions,
  },
  (s) => 2 * s.N * s.T * s.U * columns(s),
  bySamples({
    dgates: perSample.gates,
    dh0: perSample.state,
    dc0: perSample.state,
    gates: perSample.gates,
    states: perSample.states,
    cells: perSample.cells,
    doutputs: perSample.sequence,
    dh: perSample.state,
    dc: perSample.state,
    mask: perSample.mask,
    recurrentMask: perSample.state,
  }),
);

/** dw [D + U + biases,G U] = the gradients of kernel, recurrent kernel and biases, one below the other, summed over samples and steps, + beta dw; columns 0 to `units` of each gate. */
export const recurrent_backward_weights_f32 = kernel(
  {
    dw: inout("f32", (s) => (s.units === 0 || s.U === 0 ? 0 : (s.D + s.U + s.biases) * columns(s) - s.U + s.units)),
    x: input("f32", inputs),
    states: input("f32", states),
    dgates: input("f32", gates),
    recurrentMask: optional("f32", state),
    scratch: scratch("f32", weightsScratch),
    N: size,
    T: size,
    D: size,
    U: size,
    units: size,
    cell: size,
    biases: size,
    beta: flag,
  },
  (s) => 2 * s.N * s.T * (s.D + s.U) * partBlocks(s.cell) * s.units,
  { along: "units", grain: 8, shift: { dw: () => 1, dgates: () => 1 } },
);
