/**
 * Recurrent layers backwards; layouts and cells as in recurrent.ts. recurrent_backward goes back through time: at each step the gates' gradients follow
 * from those of the states in one pass (they may take the gates' place), and one product with the transposed recurrent weights leads to the step before.
 * recurrent_backward_weights then sums the gradients of all weights over all samples and steps at once, by register tiles of 6 inputs or states x 8 gates:
 * for each tile only those rows in which one of its 6 is not 0.
 *
 * P. J. Werbos, "Backpropagation through time", 1990. Values are summed in an order that depends on T and on the units beside it only; dw over samples and steps
 * in their order. Loads may reach 60 bytes past an operand, stores never do.
 */
import { filter_tile } from "../build/generated/conv-tiles";
import { transpose_4x4 } from "./gemm";
import { add_row, copy_row, mask_row, start_rows, tiles, write_steps } from "./recurrent";
import { GRU, gate_blocks, keras_gate, LSTM, pad, part_blocks, row_bytes, state_block } from "./recurrent-layout";
import { fma, store_tail, ZERO } from "./simd/f32x4";
import { flush } from "./simd/math";
import { tile_rows } from "./tile-rows";

/** As recurrent.ts has it. */
const SAMPLES: usize = 32;
/** Steps of samples whose gradients of 8 gates share the L1 cache with what they meet. */
const STEPS: usize = 512;

/** packed [units / 8][gates pad(U)][8]: the recurrent weights [U,G U] transposed, gates in the order of their blocks. */
export function recurrent_pack_transposed_f32(packed: usize, recurrent: usize, U: usize, cell: usize): void {
  const up = pad(U), ld = (part_blocks(cell) * U) << 2;
  for (let u: usize = 0; u < U; u += 8, recurrent += ld << 3) {
    const count = min(U - u, 8);
    for (let b = state_block(cell); b < gate_blocks(cell); ++b) {
      const from = recurrent + ((keras_gate(cell, b) * U) << 2);
      let k: usize = 0;
      if (count == 8) {
        for (; k + 4 <= U; k += 4, packed += 128) {
          const p = from + (k << 2), q = p + 4 * ld;
          transpose_4x4(packed, 32, p, p + ld, p + 2 * ld, p + 3 * ld);
          transpose_4x4(packed + 16, 32, q, q + ld, q + 2 * ld, q + 3 * ld);
        }
      }
      for (; k < up; ++k, packed += 32) {
        let p = from + (k << 2);
        for (let j: usize = 0; j < 8; ++j, p += ld) store<f32>(packed + (j << 2), k < U && j < count ? load<f32>(p) : 0);
      }
    }
  }
}

/** Larger than the reciprocal of any slope's y that counts. */
const STEEP: f32 = 1e38;

/**
 * The slope of an activation at its result y: constant + y (linear + y square), `most` at the most; vectors at p. Where a function bends sharply the polynomial is so
 * steep that it is cut at once.
 */
@final @unmanaged
class Slope {
  /** Writes the numbers; activations as in recurrent.ts. */
  @inline set(activation: usize): void {
    const p = changetype<usize>(this);
    const hard = activation == 4;
    v128.store(p, f32x4.splat(activation == 0 || activation == 3 ? 1 : 0));
    v128.store(p, f32x4.splat(activation == 1 ? 1 : activation == 2 || hard ? STEEP : 0), 16);
    v128.store(p, f32x4.splat(activation < 2 ? -1 : hard ? -STEEP : 0), 32);
    v128.store(p, f32x4.splat(hard ? 1 / <f32>6 : 1), 48);
  }

  @inline at(y: v128): v128 {
    const p = changetype<usize>(this);
    return f32x4.pmin(fma(y, fma(y, v128.load(p, 32), v128.load(p, 16)), v128.load(p)), v128.load(p, 48));
  }
}

/** One step of a sample of an LSTM: gradients of its gates to dg; dc becomes that of c before the step. dh is left for the product to start from: 0. */
function lstm_step(dg: usize, gates: usize, cells: usize, dh: usize, dc: usize, block: usize, slope: Slope, recurrent: Slope): void {
  for (const end = dh + block; dh < end; dh += 16, dc += 16, cells += 16, gates += 16, dg += 16) {
    const i = v128.load(gates), f = v128.load(gates + block), g = v128.load(gates + 2 * block), o = v128.load(gates + 3 * block);
    const tc = v128.load(cells + block), d = flush(v128.load(dh));
    const e = flush(fma(f32x4.mul(d, o), slope.at(tc), v128.load(dc)));
    v128.store(dg, f32x4.mul(f32x4.mul(e, g), recurrent.at(i)));
    v128.store(dg + block, f32x4.mul(f32x4.mul(e, v128.load(cells)), recurrent.at(f)));
    v128.store(dg + 2 * block, f32x4.mul(f32x4.mul(e, i), slope.at(g)));
    v128.store(dg + 3 * block, f32x4.mul(f32x4.mul(d, tc), recurrent.at(o)));
    v128.store(dc, f32x4.mul(e, f));
    v128.store(dh, ZERO);
  }
}

/** The same of a GRU; dh is left as what reaches the state before the step directly. */
function gru_step(dg: usize, gates: usize, states: usize, dh: usize, block: usize, slope: Slope, recurrent: Slope): void {
  for (const end = dh + block; dh < end; dh += 16, states += 16, gates += 16, dg += 16) {
    const h = v128.load(gates), z = v128.load(gates + block), r = v128.load(gates + 2 * block), inner = v128.load(gates + 3 * block);
    const d = flush(v128.load(dh)), kept = f32x4.mul(d, z);
    const e = f32x4.mul(f32x4.sub(d, kept), slope.at(h));
    v128.store(dg, e);
    v128.store(dg + block, f32x4.mul(f32x4.mul(d, f32x4.sub(v128.load(states), h)), recurrent.at(z)));
    v128.store(dg + 2 * block, f32x4.mul(f32x4.mul(e, inner), recurrent.at(r)));
    v128.store(dg + 3 * block, f32x4.mul(e, r));
    v128.store(dh, kept);
  }
}

/** The same of a simple RNN. */
function simple_step(dg: usize, gates: usize, dh: usize, block: usize, slope: Slope): void {
  for (const end = dh + block; dh < end; dh += 16, gates += 16, dg += 16) {
    v128.store(dg, f32x4.mul(flush(v128.load(dh)), slope.at(v128.load(gates))));
    v128.store(dh, ZERO);
  }
}

/** The first step that the mask does not leave out, T if there is none. */
function first_step(mask: usize, T: usize, reverse: i32): u32 {
  for (let s: usize = 0; s < T; ++s) if (load<f32>(mask + ((reverse ? T - 1 - s : s) << 2)) != 0) return <u32>s;
  return <u32>T;
}

/**
 * Back through time: dgates from the gradients of all outputs [N,T,U], of the last h and of the last c, each of which may be 0. dgates may take the place of gates. weights: as
 * recurrent_pack_transposed_f32 packs them. dh0 and dc0 [N,U] are the gradients of the initial state, or 0: not asked for. Gradients of states below 1e-30 are 0.
 */
export function recurrent_backward_f32(dgates: usize, dh0: usize, dc0: usize, gates: usize, states: usize, cells: usize, doutputs: usize, dh: usize, dc: usize, weights: usize, mask: usize, recurrentMask: usize, scratch: usize, N: usize, T: usize, U: usize, cell: usize, activation: usize, recurrentActivation: usize, reverse: i32): void {
  const up = pad(U), block = up << 2, blocks = gate_blocks(cell), first = state_block(cell), run = (blocks - first) * up;
  const gateRow = row_bytes(blocks * up), stateRow = row_bytes(up), cellRow = row_bytes(2 * up);
  const gateStep = T * gateRow, stateStep = T * stateRow, cellStep = T * cellRow;
  const slope = changetype<Slope>(scratch), recurrentSlope = changetype<Slope>(scratch + 64);
  slope.set(activation);
  recurrentSlope.set(recurrentActivation);
  const positions = scratch + 128, begins = positions + (SAMPLES << 3), h = begins + (SAMPLES << 2), c = h + SAMPLES * stateRow, products = c + SAMPLES * stateRow;
  for (let left = N; left > 0; ) {
    const rows = min(left, SAMPLES);
    start_rows(h, stateRow, dh, rows, U);
    if (cell == LSTM) start_rows(c, stateRow, dc, rows, U);
    write_steps(positions, rows, gateStep, stateRow);
    for (let r: usize = 0; r < rows; ++r) store<u32>(begins + (r << 2), mask ? first_step(mask + ((r * T) << 2), T, reverse) : 0);
    for (let s = T; s-- > 0; ) {
      const t = reverse ? T - 1 - s : s;
      for (let r: usize = 0; r < rows; ++r) {
        const state = h + r * stateRow, dg = dgates + r * gateStep + t * gateRow, g = gates + r * gateStep + t * gateRow;
        if (doutputs && <u32>s >= load<u32>(begins + (r << 2))) add_row(state, doutputs + (((r * T + s) * U) << 2), U);
        if (mask && load<f32>(mask + ((r * T + t) << 2)) == 0) memory.fill(dg, 0, blocks * block);
        else if (cell == LSTM) lstm_step(dg, g, cells + r * cellStep + t * cellRow, state, c + r * stateRow, block, slope, recurrentSlope);
        else if (cell == GRU) gru_step(dg, g, states + r * stateStep + t * stateRow, state, block, slope, recurrentSlope);
        else simple_step(dg, g, state, block, slope);
      }
      if (!s && !dh0) continue;
      const from = dgates + t * gateRow + first * block, to = recurrentMask ? products : h;
      let panel = weights;
      for (let u: usize = 0; u < block; u += 32, panel += run << 5) tiles(to + u, positions, rows, from, panel, run, recurrentMask ? 0 : 1);
      if (!recurrentMask) continue;
      for (let r: usize = 0; r < rows; ++r) {
        mask_row(products + r * stateRow, products + r * stateRow, recurrentMask + ((r * U) << 2), U);
        add_row(h + r * stateRow, products + r * stateRow, U);
      }
    }
    for (let r: usize = 0; r < rows; ++r) {
      if (dh0) copy_row(dh0 + ((r * U) << 2), h + r * stateRow, U);
      if (dc0 && cell == LSTM) copy_row(dc0 + ((r * U) << 2), c + r * stateRow, U);
    }
    left -= rows;
    dgates += rows * gateStep;
    gates += rows * gateStep;
    states += rows * stateStep;
    cells += rows * cellStep;
    const state = (rows * U) << 2;
    if (dh0) dh0 += state;
    if (dc0) dc0 += state;
    if (doutputs) doutputs += T * state;
    if (dh) dh += state;
    if (dc) dc += state;
    if (mask) mask += (rows * T) << 2;
    if (recurrentMask) recurrentMask += state;
  }
}

/**
 * Packs up to 6 features of rows `ld` bytes apart: packed [n][count] of those rows in which one is not 0, and their positions, the bytes to their row of a panel. Returns
 * n. What a copy writes too much, the next one overwrites. mask: of the samples of T rows each, ldm bytes apart, or 0.
 */
function pack_features(packed: usize, positions: usize, x: usize, count: usize, rows: usize, ld: usize, mask: usize, T: usize, ldm: usize): usize {
  const used = (1 << <i32>count) - 1, begin = positions;
  let step: usize = 0;
  for (let r: usize = 0; r < rows; ++r, x += ld) {
    let a = v128.load(x), b = v128.load(x, 16);
    if (mask) {
      a = f32x4.mul(a, v128.load(mask));
      b = f32x4.mul(b, v128.load(mask, 16));
      if (++step == T) {
        step = 0;
        mask += ldm;
      }
    }
    v128.store(packed, a);
    v128.store(packed, b, 16);
    store<u32>(positions, <u32>(r << 5));
    const some = usize(((i32x4.bitmask(f32x4.ne(a, ZERO)) | (i32x4.bitmask(f32x4.ne(b, ZERO)) << 4)) & used) != 0);
    packed += some * (count << 2);
    positions += some << 3;
  }
  return (positions - begin) >> 3;
}

/** packed [rows][8] of rows `ld` bytes apart; their sum goes to `sums`. */
function pack_panel(packed: usize, sums: usize, x: usize, rows: usize, ld: usize): void {
  let a = ZERO, b = ZERO;
  for (; rows > 0; --rows, packed += 32, x += ld) {
    const u = v128.load(x), v = v128.load(x, 16);
    v128.store(packed, u);
    v128.store(packed, v, 16);
    a = f32x4.add(a, u);
    b = f32x4.add(b, v);
  }
  v128.store(sums, a);
  v128.store(sums, b, 16);
}

/** The first n (1 to 8) floats of y = x (+ y). */
function put_sums(y: usize, x: usize, n: usize, beta: i32): void {
  if (beta) add_row(y, x, n);
  else copy_row(y, x, n);
}

/**
 * dw [D + U + biases,G U] = the gradients of kernel, recurrent kernel and biases (0, 1, or of a GRU 2: that of the state last), one below the other, + beta dw, in columns 0 to `units` of each gate. x
 * [N,T,D], states, dgates and the recurrent mask [N,U] (or 0) as they were.
 */
export function recurrent_backward_weights_f32(dw: usize, x: usize, states: usize, dgates: usize, recurrentMask: usize, scratch: usize, N: usize, T: usize, D: usize, U: usize, units: usize, cell: usize, biases: usize, beta: i32): void {
  const up = pad(U), blocks = gate_blocks(cell), parts = part_blocks(cell), first = state_block(cell);
  const gateRow = row_bytes(blocks * up), stateRow = row_bytes(up), ld = (parts * U) << 2;
  const most = max(STEPS / max(T, 1), 1), passes = (N + most - 1) / most, some = passes ? (N + passes - 1) / passes : 0;
  const steps = some * T;
  const sums = scratch, counts = sums + 32, panel = counts + ((((D + 3) >> 2) + ((U + 3) >> 2) + 2) << 2), packed = panel + (steps << 5);
  const positions = packed + ((steps * (D + U)) << 2) + 32;
  do {
    const samples = min(some, N), rows = samples * T;
    let to = packed, at = positions, count = counts;
    for (let f: usize = 0; f < D + U; ) {
      const k = tile_rows(f < D ? D - f : D + U - f);
      const ofState = f >= D;
      const from = ofState ? states + ((f - D) << 2) : x + (f << 2);
      const n = pack_features(to, at, from, k, rows, ofState ? stateRow : D << 2, ofState && recurrentMask ? recurrentMask + ((f - D) << 2) : 0, T, U << 2);
      store<u32>(count, <u32>n);
      count += 4;
      to += (rows * k) << 2;
      at += rows << 3;
      f += k;
    }
    for (let u: usize = 0; u < units; u += 8) {
      const columns = min(units - u, 8);
      for (let b: usize = 0; b < blocks; ++b) {
        let y = dw + ((keras_gate(cell, b) * U + u) << 2);
        pack_panel(panel, sums, dgates + ((b * up + u) << 2), rows, gateRow);
        to = packed, at = positions, count = counts;
        for (let f: usize = 0; f < D + U; ) {
          const k = tile_rows(f < D ? D - f : D + U - f);
          if (f < D ? b < parts : b >= first) filter_tile(k, y, to, panel, at, load<u32>(count), ld, columns, beta);
          y += k * ld;
          count += 4;
          to += (rows * k) << 2;
          at += rows << 3;
          f += k;
        }
        if (biases && b < parts) put_sums(y, sums, columns, beta);
        if (biases > 1 && b >= first) put_sums(y + ld, sums, columns, beta);
      }
    }
    beta = 1;
    x += (rows * D) << 2;
    states += rows * stateRow;
    dgates += rows * gateRow;
    if (recurrentMask) recurrentMask += (samples * U) << 2;
    N -= samples;
  } while (N > 0);
}
