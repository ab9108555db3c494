/**
 * The section `update` of a training Program: from gradients to new weights, in Keras's order. The penalties' gradient is added, all is clipped, then
 * come the optimizer's step (which decays weights too), the constraints, and the average of the weights.
 * @module
 */
import type { ProgramBuilder } from "../../graph/lower.ts";
import type { Clip, Optimizer } from "../../optimizers/index.ts";
import { fuseSparseUpdate } from "../../program/fuse-update.ts";
import type { Pointer } from "../../program/program.ts";
import { dimsOver } from "../parameters/parameter-spec.ts";
import type { ParameterStore } from "../parameters/parameters.ts";
import { PENALTY } from "./objectives.ts";

/** Elements that are summed together, in f64; then these sums are added in their order. It decides bits. */
const CHUNK = 1024;

/** What an update is made from. */
export interface UpdateRequest {
  readonly optimizer: Optimizer;
  readonly parameters: ParameterStore;
  /** Numbers of the parameters that have a gradient, in order; all others keep their values. */
  readonly trained: readonly number[];
  /** Gradient and update may become one: one pass writes a step's gradient, and nobody else reads it. */
  readonly fuse: boolean;
}

/** Emits the section. */
export function emitUpdate(builder: ProgramBuilder, request: UpdateRequest): void {
  builder.within("update", "update", "update", () => {
    const { optimizer, parameters, trained } = request;
    const ok = builder.slot("ok", "i32", "scalars", 1);
    const penalized = emitPenalties(builder, parameters, trained, ok);
    if (optimizer.clip !== undefined && trained.length > 0) emitClip(builder, optimizer.clip, parameters, trained, ok);
    emitStep(builder, request, ok, request.fuse && optimizer.clip === undefined && !penalized);
    emitConstraints(builder, parameters, trained, ok);
    if (optimizer.ema !== undefined) emitAverage(builder, optimizer, parameters.layout().total, ok);
  });
}

/** Sums of one number per run of rows; `combine` adds them up. Apart, so that threads meet once between the two and not at every sum. */
class Sums {
  private readonly builder: ProgramBuilder;
  private readonly parts: { sums: Pointer; n: number }[] = [];

  constructor(builder: ProgramBuilder) {
    this.builder = builder;
  }

  /** @param emit the kernel that sums rows: x [A,R] to y [A] */
  add(x: Pointer, n: number, emit: (rows: { y: Pointer; x: Pointer; A: number; R: number }) => void): this {
    const whole = Math.floor(n / CHUNK);
    for (const [at, A, R] of [
      [0, whole, CHUNK],
      [whole * CHUNK, 1, n % CHUNK],
    ]) {
      if (A * R === 0) continue;
      const y = this.builder.scratch("f64", A);
      emit({ y, x: { slot: x.slot, at: x.at + at }, A, R });
      this.parts.push({ sums: y, n: A });
    }
    return this;
  }

  combine(y: Pointer): void {
    this.parts.forEach(({ sums, n }, i) => {
      this.builder.emit("combine_f64", { y, x: sums, n, beta: i === 0 ? 0 : 1 });
    });
  }
}

/** Adds the penalties' gradients and their sum, at the weights before the step; false if there are none. */
function emitPenalties(builder: ProgramBuilder, parameters: ParameterStore, trained: readonly number[], ok: Pointer): boolean {
  const sums = new Sums(builder);
  let found = false;
  for (const index of trained) {
    const { regularizer } = parameters.specs[index];
    if (regularizer === undefined) continue;
    found = true;
    const { l1, l2 } = regularizer;
    const [p, g, n] = [builder.parameter(index), builder.gradient(index), parameters.layout().sizes[index]];
    sums.add(p, n, (rows) => builder.emit("penalty_sum_f64", { ...rows, l1, l2 }));
    builder.emit("penalty_gradient_f32", { g, p, n, l1, l2, ok });
  }
  if (found) sums.combine(builder.slot(`sum:${PENALTY}`, "f64", "scalars", 1));
  return found;
}

/** Bounds the gradients. Padding between parameters is in no norm. */
function emitClip(builder: ProgramBuilder, { by, limit }: Clip, parameters: ParameterStore, trained: readonly number[], ok: Pointer): void {
  const { sizes, total } = parameters.layout();
  const all = { g: builder.run("gradients", 0, total), n: total };
  if (by === "value") {
    builder.emit("clip_value_f32", { ...all, limit, ok });
    return;
  }
  const groups = (by === "norm" ? trained.map((index) => [index]) : [trained]).map((group) => {
    const sums = new Sums(builder);
    for (const index of group) sums.add(builder.gradient(index), sizes[index], (rows) => builder.emit("sum_squares_f64", rows));
    return { group, sums, factor: builder.scratch("f32", 1) };
  });
  // All factors before the first is used: any of them may find that the step is not sound.
  for (const { sums, factor } of groups) {
    const square = builder.scratch("f64", 1);
    sums.combine(square);
    builder.emit("clip_factor_f32", { factor, ok, square, limit });
  }
  for (const { group, factor } of groups) {
    const one = by === "norm" ? { g: builder.gradient(group[0]), n: sizes[group[0]] } : all;
    builder.emit("clip_scale_f32", { ...one, factor, ok });
  }
}

/** The optimizer's kernel, over all parameters at once but for those that have no gradient, or whose gradient goes straight into them. */
function emitStep(builder: ProgramBuilder, { optimizer, parameters, trained }: UpdateRequest, ok: Pointer, fuse: boolean): void {
  const { offsets, sizes, total } = parameters.layout();
  const hyper = builder.slot("hyper", "f32", "scalars", optimizer.hypers);
  const group = (offset: number, n: number): void =>
    optimizer.emit({
      p: builder.run("parameters", offset, n),
      g: builder.run("gradients", offset, n),
      slots: Object.keys(optimizer.slots).map((_, k) => builder.run("moments", offset, n, k)),
      n,
      hyper,
      ok,
      emit: (kernel, call) => builder.emit(kernel, call),
    });
  const fusedRuns = optimizer.plain === true && fuse ? fuseSparseUpdate(builder, hyper, ok) : [];
  const moved = new Set(trained);
  const still = parameters.numbersOf("trainable").filter((index) => !moved.has(index));
  const left = [...fusedRuns, ...still.map((index) => ({ offset: offsets[index], size: sizes[index] }))].sort((a, b) => a.offset - b.offset);
  let from = 0;
  for (const { offset, size } of left) {
    if (offset > from) group(from, offset - from);
    from = offset + Math.ceil(size / 16) * 16;
  }
  if (total > from) group(from, total - from);
}

function emitConstraints(builder: ProgramBuilder, parameters: ParameterStore, trained: readonly number[], ok: Pointer): void {
  for (const index of trained) {
    const spec = parameters.specs[index];
    spec.constraint?.emit({
      p: builder.parameter(index),
      n: parameters.layout().sizes[index],
      dims: dimsOver(spec, spec.constraint.axes),
      ok,
      emit: (kernel, call) => builder.emit(kernel, call),
    });
  }
}

/** The last slot and the last number are the average's; see {@link averaging}. */
function emitAverage(builder: ProgramBuilder, optimizer: Optimizer, total: number, ok: Pointer): void {
  const { slot } = builder.slot("hyper", "f32", "scalars", optimizer.hypers);
  builder.emit("ema_update_f32", {
    e: builder.run("moments", 0, total, Object.keys(optimizer.slots).indexOf(EMA)),
    p: builder.run("parameters", 0, total),
    n: total,
    hyper: { slot, at: optimizer.hypers - 1 },
    ok,
  });
}

/** The slot of the average. */
export const EMA = "ema";

/** The optimizer with a slot and a number more for the average of the weights, if it is to keep one: the first step copies them, later ones move it. */
export function averaging(optimizer: Optimizer): Optimizer {
  const { ema, hypers, slots } = optimizer;
  if (ema === undefined || EMA in slots) return optimizer;
  return {
    ...optimizer,
    slots: { ...slots, [EMA]: 0 },
    hypers: hypers + 1,
    start: () => ({ ...optimizer.start(), averaged: 0 }),
    step(hyper, learningRate, state) {
      optimizer.step(hyper, learningRate, state);
      hyper[hypers] = state.averaged === 0 ? 1 : 1 - ema;
      state.averaged = 1;
    },
    emit: (group) => optimizer.emit({ ...group, slots: group.slots.slice(0, -1) }),
  };
}
