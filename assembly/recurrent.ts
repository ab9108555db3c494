/**
 * Recurrent layers forwards: all steps of a simple RNN, LSTM or GRU (reset after the product) in one call. For each step the input's part of all gates
 * is computed from lists of what is not 0 (images are mostly black), with the bias to start from; then, for 8 units at a time, the state's part is added
 * by register tiles of samples x units, and the gates' functions and the new state follow while these are in the L1 cache.
 *
 * S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997; K. Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, with the
 * reset gate after the product, as in Keras and cuDNN. Layouts: recurrent-layout.ts. cell: 0 simple RNN, 1 LSTM, 2 GRU. Activations: 0 tanh, 1 sigmoid,
 * 2 relu, 3 linear, 4 hard sigmoid (Keras 3: relu6(x + 3) / 6).
 *
 * A value is summed in the order bias, inputs, states, whatever the samples beside it. Zeros of x are skipped, so 0 * Inf and 0 * NaN do not occur. Loads may
 * reach 60 bytes past an operand, stores never do.
 */
import { conv_tile } from "../build/generated/conv-tiles";
import { GRU, gate_blocks, keras_gate, LSTM, pad, part_blocks, row_bytes, state_block } from "./recurrent-layout";
import { fma, store_tail, ZERO } from "./simd/f32x4";
import { sigmoid, tanh_gate } from "./simd/math";
import { sparse_matmul_f32 } from "./sparse";

/** Samples that go through all steps together: their states and gates of a step share the caches with the weights. */
const SAMPLES: usize = 32;
/** Inputs whose weights of a slice of columns share the L1 cache. */
const RANGE: usize = 128;

/**
 * The weights as the forward kernel reads them: rows of gates, the bias, then one per input (what the state's bias adds to z and r of a GRU is in the first);
 * then panels [units / 8][gates][pad(U)][8] of the recurrent weights. kernel [D,G U], recurrent [U,G U], bias [G U] or, of a GRU, [2,G U] or 0.
 */
export function recurrent_pack_f32(packed: usize, kernel: usize, recurrent: usize, bias: usize, D: usize, U: usize, cell: usize): void {
  const up = pad(U), blocks = gate_blocks(cell), parts = part_blocks(cell), first = state_block(cell);
  const ld = (part_blocks(cell) * U) << 2, row = row_bytes(blocks * up);
  for (let d: usize = 0; d <= D; ++d, packed += row) {
    memory.fill(packed, 0, row);
    for (let b: usize = 0; b < blocks; ++b) {
      const to = packed + ((b * up) << 2), column = (keras_gate(cell, b) * U) << 2;
      if (d == 0) {
        if (!bias) continue;
        copy_row(to, bias + (b == 3 && cell == GRU ? ld : 0) + column, U);
        if (cell == GRU && b != 0 && b != 3) add_row(to, bias + ld + column, U);
      } else if (b < parts) copy_row(to, kernel + (d - 1) * ld + column, U);
    }
  }
  for (let u: usize = 0; u < U; u += 8) {
    for (let b = first; b < blocks; ++b) {
      const from = recurrent + ((keras_gate(cell, b) * U + u) << 2);
      for (let k: usize = 0; k < up; ++k, packed += 32) {
        v128.store(packed, ZERO);
        v128.store(packed, ZERO, 16);
        if (k < U) copy_row(packed, from + k * ld, min(U - u, 8));
      }
    }
  }
}

/** y[0..n) = x. */
// @ts-ignore: decorator
@inline
export function copy_row(y: usize, x: usize, n: usize): void {
  const end = y + ((n & ~3) << 2);
  for (; y < end; y += 16, x += 16) v128.store(y, v128.load(x));
  if (n & 3) store_tail(y, v128.load(x), n & 3);
}

/** y[0..n) += x. */
// @ts-ignore: decorator
@inline
export function add_row(y: usize, x: usize, n: usize): void {
  const end = y + ((n & ~3) << 2);
  for (; y < end; y += 16, x += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  if (n & 3) store_tail(y, f32x4.add(v128.load(y), v128.load(x)), n & 3);
}

/** y = x mask of U floats, 0 up to pad(U). y may be x. */
export function mask_row(y: usize, x: usize, mask: usize, U: usize): void {
  const end = y + ((U & ~3) << 2);
  for (; y < end; y += 16, x += 16, mask += 16) v128.store(y, f32x4.mul(v128.load(x), v128.load(mask)));
  if (U & 3) store_tail(y, f32x4.mul(v128.load(x), v128.load(mask)), U & 3);
  memory.fill(y + ((U & 3) << 2), 0, (pad(U) - U) << 2);
}

/** `rows` rows of pad(U) floats, `step` bytes apart, from x [rows,U], or 0 without x. */
export function start_rows(y: usize, step: usize, x: usize, rows: usize, U: usize): void {
  for (; rows > 0; --rows, y += step) {
    memory.fill(y, 0, pad(U) << 2);
    if (!x) continue;
    copy_row(y, x, U);
    x += U << 2;
  }
}

/** Positions of tiles, two words each: bytes to a row of the left factor, and of the result. */
export function write_steps(positions: usize, rows: usize, left: usize, result: usize): void {
  for (let r: usize = 0; r < rows; ++r, positions += 8) {
    store<u32>(positions, <u32>(r * left));
    store<u32>(positions, <u32>(r * result), 4);
  }
}

/** 8 columns of all rows: y = (y +) x [rows,run] times a panel. */
export function tiles(y: usize, positions: usize, rows: usize, x: usize, panel: usize, run: usize, accumulate: i32): void {
  for (let left = rows; left > 0; ) {
    const tilesLeft = (left + 5) / 6, count = (left + tilesLeft - 1) / tilesLeft;
    conv_tile(count, y, positions, x, panel, 1, run, 0, 8, accumulate);
    positions += count << 3;
    left -= count;
  }
}

/** Lists of what is not 0 in rows of D inputs `step` bytes apart, in runs of RANGE: entries [rows,D], counts [rows,ranges]. `row`: bytes of a row of weights. */
function list_inputs(entries: usize, counts: usize, x: usize, rows: usize, D: usize, step: usize, row: usize): void {
  for (; rows > 0; --rows, x += step, entries += D << 3) {
    let e = entries;
    for (let d: usize = 0; d < D; counts += 4) {
      const first = e;
      for (const end = min(d + RANGE, D); d < end; ++d) {
        const bits = load<u32>(x + (d << 2));
        store<u32>(e, <u32>(d * row));
        store<u32>(e, bits, 4);
        e += usize((bits << 1) != 0) << 3;
      }
      store<u32>(counts, <u32>((e - first) >> 3));
    }
  }
}

/** z = f(z) of `rows` rows of 8, `step` bytes apart. */
function activate(z: usize, rows: usize, step: usize, activation: usize): void {
  const end = z + rows * step;
  if (activation == 0) {
    for (; z < end; z += step) {
      v128.store(z, tanh_gate(v128.load(z)));
      v128.store(z, tanh_gate(v128.load(z, 16)), 16);
    }
  } else if (activation == 1) {
    for (; z < end; z += step) {
      v128.store(z, sigmoid(v128.load(z)));
      v128.store(z, sigmoid(v128.load(z, 16)), 16);
    }
  } else {
    const hard = activation == 4;
    const scale = f32x4.splat(hard ? 1 / <f32>6 : 1), shift = f32x4.splat(hard ? 0.5 : 0);
    const low = f32x4.splat(activation == 3 ? -Infinity : 0), high = f32x4.splat(hard ? 1 : Infinity);
    for (; z < end; z += step) {
      v128.store(z, f32x4.pmin(f32x4.pmax(fma(v128.load(z), scale, shift), low), high));
      v128.store(z, f32x4.pmin(f32x4.pmax(fma(v128.load(z, 16), scale, shift), low), high), 16);
    }
  }
}

/** Whether the mask leaves a sample's step out. `mask` points to the step of the first sample, or is 0. */
// @ts-ignore: decorator
@inline
function left_out(mask: usize, r: usize, T: usize): bool {
  return mask ? load<f32>(mask + ((r * T) << 2)) == 0 : false;
}

/** The new c of 8 units: f c + i g; and once more, at `activated`, for the activation. Gates at z, `block` bytes apart. */
function lstm_cells(next: usize, nextStep: usize, z: usize, step: usize, block: usize, cells: usize, cellStep: usize, activated: usize, mask: usize, rows: usize, T: usize): void {
  for (let r: usize = 0; r < rows; ++r, z += step, cells += cellStep, next += nextStep, activated += cellStep) {
    let a = v128.load(cells), b = v128.load(cells, 16);
    if (!left_out(mask, r, T)) {
      const f = z + block, g = f + block;
      a = fma(v128.load(f), a, f32x4.mul(v128.load(z), v128.load(g)));
      b = fma(v128.load(f, 16), b, f32x4.mul(v128.load(z, 16), v128.load(g, 16)));
    }
    v128.store(next, a);
    v128.store(next, b, 16);
    v128.store(activated, a);
    v128.store(activated, b, 16);
  }
}

/** All steps; see the head of the file. mask [N,T] may be 0, and so may recurrentMask, h0 and c0 [N,U]; the last step's state goes to h and, of an LSTM, c [N,U]. */
export function recurrent_forward_f32(outputs: usize, h: usize, c: usize, gates: usize, states: usize, cells: usize, x: usize, weights: usize, mask: usize, recurrentMask: usize, h0: usize, c0: usize, scratch: usize, N: usize, T: usize, D: usize, U: usize, cell: usize, activation: usize, recurrentActivation: usize, reverse: i32): void {
  const up = pad(U), block = up << 2, blocks = gate_blocks(cell), parts = part_blocks(cell), first = state_block(cell);
  const gateRow = row_bytes(blocks * up), stateRow = row_bytes(up), cellRow = row_bytes(2 * up);
  const gateStep = T * gateRow, stateStep = T * stateRow, cellStep = T * cellRow;
  const panels = weights + (D + 1) * gateRow;
  const ranges = (D + RANGE - 1) / RANGE;
  const positions = scratch, counts = positions + (SAMPLES << 3), noCounts = counts + ((SAMPLES * ranges) << 2);
  const seen = noCounts + ((SAMPLES * ranges) << 2), lastState = seen + (SAMPLES << 2), lastCell = lastState + SAMPLES * stateRow;
  const operands = lastCell + SAMPLES * cellRow, entries = operands + SAMPLES * stateRow;
  memory.fill(noCounts, 0, (SAMPLES * ranges) << 2);
  for (let left = N; left > 0; ) {
    const rows = min(left, SAMPLES);
    const begin = reverse ? T - 1 : 0;
    start_rows(states + begin * stateRow, stateStep, h0, rows, U);
    if (cell == LSTM) start_rows(cells + begin * cellRow, cellStep, c0, rows, U);
    memory.fill(seen, mask ? 0 : 1, SAMPLES << 2);
    write_steps(positions, rows, recurrentMask ? stateRow : stateStep, gateStep);
    for (let s: usize = 0; s < T; ++s) {
      const t = reverse ? T - 1 - s : s, last = s == T - 1, next = reverse ? t - 1 : t + 1;
      const z = gates + t * gateRow, state = states + t * stateRow, cellState = cells + t * cellRow;
      const to = last ? lastState : states + next * stateRow, toStep = last ? stateRow : stateStep;
      const toCell = last ? lastCell : cells + next * cellRow, toCellStep = last ? cellRow : cellStep;
      const stepMask = mask ? mask + (t << 2) : 0;

      list_inputs(entries, counts, x + ((t * D) << 2), rows, D, (T * D) << 2, gateRow);
      sparse_matmul_f32(z, entries, counts, weights + gateRow, weights, rows, parts * up, D, ranges, gateStep >> 2, 0);
      if (cell == GRU) sparse_matmul_f32(z + 3 * block, entries, noCounts, weights, weights + 3 * block, rows, up, D, ranges, gateStep >> 2, 0);

      let operand = state;
      if (recurrentMask) {
        operand = operands;
        for (let r: usize = 0; r < rows; ++r) mask_row(operands + r * stateRow, state + r * stateStep, recurrentMask + ((r * U) << 2), U);
      }
      let panel = panels;
      for (let u: usize = 0; u < block; u += 32) {
        for (let b = first; b < blocks; ++b, panel += block << 3) {
          if (s || h0) tiles(z + b * block + u, positions, rows, operand, panel, up, 1);
        }
        if (cell == LSTM) {
          activate(z + u, rows, gateStep, recurrentActivation);
          activate(z + block + u, rows, gateStep, recurrentActivation);
          activate(z + 2 * block + u, rows, gateStep, activation);
          activate(z + 3 * block + u, rows, gateStep, recurrentActivation);
          lstm_cells(toCell + u, toCellStep, z + u, gateStep, block, cellState + u, cellStep, cellState + block + u, stepMask, rows, T);
          activate(cellState + block + u, rows, cellStep, activation);
        } else if (cell == GRU) {
          activate(z + block + u, rows, gateStep, recurrentActivation);
          activate(z + 2 * block + u, rows, gateStep, recurrentActivation);
          for (let r: usize = 0, p = z + u; r < rows; ++r, p += gateStep) {
            v128.store(p, fma(v128.load(p + 2 * block), v128.load(p + 3 * block), v128.load(p)));
            v128.store(p, fma(v128.load(p + 2 * block, 16), v128.load(p + 3 * block, 16), v128.load(p, 16)), 16);
          }
          activate(z + u, rows, gateStep, activation);
        } else activate(z + u, rows, gateStep, activation);

        let p = z + u, q = state + u, n = to + u, tc = cellState + block + u;
        for (let r: usize = 0; r < rows; ++r, p += gateStep, q += stateStep, n += toStep, tc += cellStep) {
          let a = v128.load(q), b = v128.load(q, 16);
          if (!left_out(stepMask, r, T)) {
            if (cell == LSTM) {
              a = f32x4.mul(v128.load(p + 3 * block), v128.load(tc));
              b = f32x4.mul(v128.load(p + 3 * block, 16), v128.load(tc, 16));
            } else if (cell == GRU) {
              const ha = v128.load(p), hb = v128.load(p, 16);
              a = fma(v128.load(p + block), f32x4.sub(a, ha), ha);
              b = fma(v128.load(p + block, 16), f32x4.sub(b, hb), hb);
            } else {
              a = v128.load(p);
              b = v128.load(p, 16);
            }
          }
          v128.store(n, a);
          v128.store(n, b, 16);
        }
      }

      for (let r: usize = 0; r < rows; ++r) {
        const out = outputs + (((r * T + s) * U) << 2);
        if (!left_out(stepMask, r, T)) store<u32>(seen + (r << 2), 1);
        if (load<u32>(seen + (r << 2))) copy_row(out, to + r * toStep, U);
        else memory.fill(out, 0, U << 2);
        if (!last) continue;
        copy_row(h + ((r * U) << 2), to + r * toStep, U);
        if (cell == LSTM) copy_row(c + ((r * U) << 2), toCell + r * toCellStep, U);
      }
    }
    left -= rows;
    outputs += (rows * T * U) << 2;
    h += (rows * U) << 2;
    c += (rows * U) << 2;
    gates += rows * gateStep;
    states += rows * stateStep;
    cells += rows * cellStep;
    x += (rows * T * D) << 2;
    if (mask) mask += (rows * T) << 2;
    if (recurrentMask) recurrentMask += (rows * U) << 2;
    if (h0) h0 += (rows * U) << 2;
    if (c0) c0 += (rows * U) << 2;
  }
}
