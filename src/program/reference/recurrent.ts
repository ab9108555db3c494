/**
 * Recurrent layers, step by step. Layouts as in program/kernels/recurrent.ts: a row of gates holds blocks of pad(U) units, and what fills the last 8 units
 * computes like the others.
 * @module
 */
import { cellRow, gateBlocks, gateRow, kerasGate, padUnits, partBlocks, stateRow } from "../kernels/recurrent.ts";
import { flush } from "./flush.ts";
import type { Call, Floats, References } from "./reference.ts";

const [LSTM, GRU] = [1, 2];

const ACTIVATIONS: readonly ((x: number) => number)[] = [
  Math.tanh,
  (x) => 1 / (1 + Math.exp(-x)),
  (x) => Math.max(x, 0),
  (x) => x,
  (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
];

/** From the result. */
const SLOPES: readonly ((y: number) => number)[] = [(y) => 1 - y * y, (y) => y * (1 - y), (y) => (y > 0 ? 1 : 0), () => 1, (y) => (y > 0 && y < 1 ? 1 / 6 : 0)];

/** The first block that the state has a part in. */
const stateBlock = (cell: number): number => gateBlocks(cell) - partBlocks(cell);

/** Where the weight from unit k (row k of a matrix) to unit u of block b of `blocks` is in panels [pad(U)/8][blocks][rows][8]. */
const panelAt = (u: number, b: number, blocks: number, rows: number, k: number): number => (((u >> 3) * blocks + b) * rows + k) * 8 + (u & 7);

function forward({
  outputs,
  h,
  c,
  gates,
  states,
  cells,
  x,
  weights,
  mask,
  recurrentMask,
  h0,
  c0,
  scratch: _scratch,
  ...sizes
}: Call<"recurrent_forward_f32">): void {
  const { N, T, D, U, cell, activation, recurrentActivation, reverse } = sizes;
  const [up, blocks, parts, first] = [padUnits(U), gateBlocks(cell), partBlocks(cell), stateBlock(cell)];
  const [gateLd, stateLd, cellLd] = [gateRow(sizes), stateRow(sizes), cellRow(sizes)];
  const panels = (D + 1) * gateLd;
  const [f, g] = [ACTIVATIONS[activation], ACTIVATIONS[recurrentActivation]];
  const [state, carried, next, carriedNext] = [0, 0, 0, 0].map(() => new Float64Array(up));
  for (let n = 0; n < N; n++) {
    for (let u = 0; u < up; u++) {
      state[u] = h0 !== null && u < U ? h0[n * U + u] : 0;
      carried[u] = c0 !== null && u < U ? c0[n * U + u] : 0;
    }
    let seen = mask === null;
    for (let s = 0; s < T; s++) {
      const t = reverse ? T - 1 - s : s;
      const kept = mask !== null && mask[n * T + t] === 0;
      seen ||= !kept;
      const [z, q, r] = [(n * T + t) * gateLd, (n * T + t) * stateLd, (n * T + t) * cellLd];
      for (let b = 0; b < blocks; b++) {
        for (let u = 0; u < up; u++) {
          let sum = weights[b * up + u];
          if (b < parts) for (let d = 0; d < D; d++) sum += x[(n * T + t) * D + d] * weights[(d + 1) * gateLd + b * up + u];
          if (b >= first) {
            for (let k = 0; k < up; k++) {
              const operand = recurrentMask === null ? state[k] : k < U ? state[k] * recurrentMask[n * U + k] : 0;
              sum += operand * weights[panels + panelAt(u, b - first, parts, up, k)];
            }
          }
          gates[z + b * up + u] = sum;
        }
      }
      for (let u = 0; u < up; u++) {
        states[q + u] = state[u];
        const at = (b: number): number => z + b * up + u;
        if (cell === LSTM) {
          for (const b of [0, 1, 3]) gates[at(b)] = g(gates[at(b)]);
          gates[at(2)] = f(gates[at(2)]);
          cells[r + u] = carried[u];
          carriedNext[u] = kept ? carried[u] : gates[at(1)] * carried[u] + gates[at(0)] * gates[at(2)];
          cells[r + up + u] = f(carriedNext[u]);
          next[u] = gates[at(3)] * cells[r + up + u];
        } else if (cell === GRU) {
          for (const b of [1, 2]) gates[at(b)] = g(gates[at(b)]);
          gates[at(0)] = f(gates[at(0)] + gates[at(2)] * gates[at(3)]);
          next[u] = gates[at(1)] * state[u] + (1 - gates[at(1)]) * gates[at(0)];
        } else next[u] = gates[at(0)] = f(gates[at(0)]);
      }
      if (!kept) state.set(next);
      carried.set(carriedNext);
      for (let u = 0; u < U; u++) outputs[(n * T + s) * U + u] = seen ? state[u] : 0;
    }
    for (let u = 0; u < U; u++) {
      h[n * U + u] = state[u];
      if (cell === LSTM) c[n * U + u] = carried[u];
    }
  }
}

function backward({
  dgates,
  dh0,
  dc0,
  gates,
  states,
  cells,
  doutputs,
  dh,
  dc,
  weights,
  mask,
  recurrentMask,
  scratch: _scratch,
  ...sizes
}: Call<"recurrent_backward_f32">): void {
  const { N, T, U, cell, activation, recurrentActivation, reverse } = sizes;
  const [up, blocks, parts, first] = [padUnits(U), gateBlocks(cell), partBlocks(cell), stateBlock(cell)];
  const [gateLd, stateLd, cellLd] = [gateRow(sizes), stateRow(sizes), cellRow(sizes)];
  const [f, g] = [SLOPES[activation], SLOPES[recurrentActivation]];
  const [state, carried] = [0, 0].map(() => new Float64Array(up));
  for (let n = 0; n < N; n++) {
    for (let u = 0; u < up; u++) {
      state[u] = dh !== null && u < U ? dh[n * U + u] : 0;
      carried[u] = dc !== null && u < U ? dc[n * U + u] : 0;
    }
    const stepOf = (s: number): number => n * T + (reverse ? T - 1 - s : s);
    // Before the first step that counts outputs are 0, whatever the state.
    let begin = 0;
    if (mask !== null) while (begin < T && mask[stepOf(begin)] === 0) begin++;
    for (let s = T - 1; s >= 0; s--) {
      const step = stepOf(s);
      const [z, q, r] = [step * gateLd, step * stateLd, step * cellLd];
      if (doutputs !== null && s >= begin) for (let u = 0; u < U; u++) state[u] += doutputs[(n * T + s) * U + u];
      if (mask !== null && mask[step] === 0) {
        for (let i = 0; i < blocks * up; i++) dgates[z + i] = 0;
        continue;
      }
      for (let u = 0; u < up; u++) {
        const [a, b, c, d] = [gates[z + u], gates[z + up + u], gates[z + 2 * up + u], gates[z + 3 * up + u]];
        const dState = flush(state[u]);
        if (cell === LSTM) {
          const after = cells[r + up + u];
          const dCell = flush(carried[u] + dState * d * f(after));
          dgates[z + u] = dCell * c * g(a);
          dgates[z + up + u] = dCell * cells[r + u] * g(b);
          dgates[z + 2 * up + u] = dCell * a * f(c);
          dgates[z + 3 * up + u] = dState * after * g(d);
          carried[u] = dCell * b;
          state[u] = 0;
        } else if (cell === GRU) {
          const dCandidate = dState * (1 - b) * f(a);
          dgates[z + u] = dCandidate;
          dgates[z + up + u] = dState * (states[q + u] - a) * g(b);
          dgates[z + 2 * up + u] = dCandidate * d * g(c);
          dgates[z + 3 * up + u] = dCandidate * c;
          state[u] = dState * b;
        } else {
          dgates[z + u] = dState * f(a);
          state[u] = 0;
        }
      }
      for (let k = 0; k < up; k++) {
        const keep = recurrentMask === null ? 1 : k < U ? recurrentMask[n * U + k] : 0;
        for (let i = 0; i < parts * up; i++) state[k] += keep * dgates[z + first * up + i] * weights[panelAt(k, 0, 1, parts * up, i)];
      }
    }
    for (let u = 0; u < U; u++) {
      if (dh0 !== null) dh0[n * U + u] = state[u];
      if (dc0 !== null && cell === LSTM) dc0[n * U + u] = carried[u];
    }
  }
}

/** dw [rows,columns] += what one row of features meets: feature k adds to row k. */
function addProducts(dw: Floats, at: number, ld: number, features: (k: number) => number, count: number, gradient: (u: number) => number, units: number): void {
  for (let k = 0; k < count; k++) for (let u = 0; u < units; u++) dw[at + k * ld + u] += features(k) * gradient(u);
}

function weights({ dw, x, states, dgates, recurrentMask, N, T, D, U, cell, units, biases, beta }: Call<"recurrent_backward_weights_f32">): void {
  const sizes = { N, T, D, U, cell };
  const [up, blocks, parts, first] = [padUnits(U), gateBlocks(cell), partBlocks(cell), stateBlock(cell)];
  const [gateLd, stateLd, ld] = [gateRow(sizes), stateRow(sizes), parts * U];
  if (!beta) for (let row = 0; row < D + U + biases; row++) for (let b = 0; b < parts; b++) dw.fill(0, row * ld + b * U, row * ld + b * U + units);
  for (let step = 0; step < N * T; step++) {
    const n = Math.floor(step / T);
    for (let b = 0; b < blocks; b++) {
      const column = kerasGate(cell, b) * U;
      const gradient = (u: number): number => dgates[step * gateLd + b * up + u];
      if (b < parts) addProducts(dw, column, ld, (d) => x[step * D + d], D, gradient, units);
      if (b >= first)
        addProducts(dw, D * ld + column, ld, (k) => states[step * stateLd + k] * (recurrentMask === null ? 1 : recurrentMask[n * U + k]), U, gradient, units);
      if (biases > 0 && b < parts) addProducts(dw, (D + U) * ld + column, ld, () => 1, 1, gradient, units);
      if (biases > 1 && b >= first) addProducts(dw, (D + U + 1) * ld + column, ld, () => 1, 1, gradient, units);
    }
  }
}

export const recurrent: References<
  "recurrent_pack_f32" | "recurrent_pack_transposed_f32" | "recurrent_forward_f32" | "recurrent_backward_f32" | "recurrent_backward_weights_f32"
> = {
  recurrent_pack_f32({ packed, kernel, recurrent: matrix, bias, ...sizes }) {
    const { D, U, cell } = sizes;
    const [up, parts, first, row] = [padUnits(U), partBlocks(cell), stateBlock(cell), gateRow(sizes)];
    const ld = parts * U;
    packed.fill(0, 0, (D + 1) * row + up * parts * up);
    for (let b = 0; b < gateBlocks(cell); b++) {
      for (let u = 0; u < U; u++) {
        const column = kerasGate(cell, b) * U + u;
        // Of the GRU's two biases the second is the state's.
        if (bias !== null) packed[b * up + u] = (b < parts ? bias[column] : 0) + (cell === GRU && b >= first ? bias[ld + column] : 0);
        if (b < parts) for (let d = 0; d < D; d++) packed[(d + 1) * row + b * up + u] = kernel[d * ld + column];
        if (b >= first) for (let k = 0; k < U; k++) packed[(D + 1) * row + panelAt(u, b - first, parts, up, k)] = matrix[k * ld + column];
      }
    }
  },
  recurrent_pack_transposed_f32({ packed, recurrent: matrix, U, cell }) {
    const [up, parts, first] = [padUnits(U), partBlocks(cell), stateBlock(cell)];
    packed.fill(0, 0, up * parts * up);
    for (let k = 0; k < U; k++) {
      for (let b = 0; b < parts; b++)
        for (let u = 0; u < U; u++) packed[panelAt(k, 0, 1, parts * up, b * up + u)] = matrix[k * parts * U + kerasGate(cell, first + b) * U + u];
    }
  },
  recurrent_forward_f32: forward,
  recurrent_backward_f32: backward,
  recurrent_backward_weights_f32: weights,
};
