/**
 * A Program: what a model does, as data. Instructions call kernels on slots of memory; every number in them is a constant, or a
 * constant x the rows of the running batch, so that one Program serves any batch up to its capacity.
 * @module
 */
import { at, type Dim } from "../shape.ts";
import { type Arg, BYTES, type DType, type Kernel, type KernelName, kernels, type Sizes } from "./kernels/index.ts";

/**
 * Where a slot lives. `parameters`, `state`, `gradients` and `moments` belong to the model (the last two laid out like the first);
 * `scalars` is written and read by the host each step; `constants` is written at load; `prepared` depends on the weights only;
 * `work` holds nothing between steps, `scratch` nothing between instructions: each thread has its own; `data` is what a dataset brings along: each
 * of its slots is a column, bound by its name.
 */
export type Region = "parameters" | "state" | "gradients" | "moments" | "scalars" | "constants" | "prepared" | "work" | "scratch" | "data";

/** A piece of memory with a type. */
export interface Slot {
  readonly name: string;
  readonly dtype: DType;
  readonly region: Region;
  /** Elements. */
  readonly size: Dim;
  /** Bytes from the region's start; the memory plan sets it for `work`, the lowering for the rest. */
  offset: number;
}

/** A pointer: slot and elements from its start. */
export interface Pointer {
  readonly slot: number;
  readonly at: number;
}

/** The beta of a gradient that micro-batches add up: 0 in the first pass of a step, 1 in the others. */
export const ACCUMULATE = Object.freeze({ accumulate: true as const });

/** An argument of an instruction. */
export type Operand = Pointer | Dim | typeof ACCUMULATE | null;

/** One kernel call. */
export interface Instruction {
  readonly kernel: KernelName;
  /** In the order of the kernel's arguments. */
  readonly operands: readonly Operand[];
  /** The layer it works for, or what else: "loss", "update". */
  readonly scope: string;
  readonly phase: "forward" | "loss" | "backward" | "update" | "metric";
  /** How threads share it; absent: one does it alone. */
  readonly division?: Division;
  /** All threads must have done what stands before. */
  readonly barrier?: boolean;
}

/** Which of its kernel's splits divides an instruction: by samples, the same ones per thread in every instruction, or by what it writes. */
export interface Division {
  readonly split: number;
  readonly by: "samples" | "output";
  /** Units between cuts, of what is divided by output. */
  readonly grain: number;
}

/** A run of instructions; see the sections of {@link Program}. */
export type Section = "prepare" | "accumulate" | "update";

/** The sections in order of execution. */
export const SECTIONS: readonly Section[] = ["prepare", "accumulate", "update"];

/** The instruction at which most of `work` holds something. */
export interface Peak {
  readonly scope: string;
  readonly phase: Instruction["phase"];
  /** Bytes that are alive; the plan may need more, where a value keeps its place until all threads have passed. */
  readonly bytes: number;
  /** Who they belong to, largest first. */
  readonly tenants: readonly { readonly slot: number; readonly bytes: number }[];
}

/** A model lowered for one purpose. */
export interface Program {
  readonly mode: "train" | "evaluate" | "infer";
  /** The most rows it can run. */
  readonly capacity: number;
  readonly slots: readonly Slot[];
  /** What depends on the weights only. */
  readonly prepare: readonly Instruction[];
  /** Forward, loss, backward: once, or once per micro-batch. */
  readonly accumulate: readonly Instruction[];
  /** The optimizer: once per step. */
  readonly update: readonly Instruction[];
  /** Values written when the Program is loaded. */
  readonly constants: readonly { slot: number; values: readonly number[] }[];
  /** Bytes each region needs (data: 0, it is the dataset's). */
  readonly bytes: Readonly<Record<Region, number>>;
  readonly peak: Peak;
  /** Slots that the host or a person asks for by name. */
  readonly names: ReadonlyMap<string, { slot: number; shape: readonly Dim[] }>;
}

/** True for a pointer operand. */
export function isPointer(operand: Operand): operand is Pointer {
  return operand !== null && typeof operand === "object" && "slot" in operand;
}

/** Bytes of a slot at capacity. */
export function slotBytes(slot: Slot, capacity: number): number {
  return at(slot.size, capacity) * BYTES[slot.dtype];
}

/** The table's entry, loosely typed. */
export function kernelOf(name: KernelName): Kernel {
  return kernels[name] as unknown as Kernel;
}

/** The scalar arguments of an instruction for `rows`. */
export function sizesOf(instruction: Instruction, rows: number, accumulating = false): Sizes {
  const sizes: Sizes = {};
  Object.keys(kernelOf(instruction.kernel).args).forEach((name, i) => {
    const operand = instruction.operands[i];
    if (operand !== null && !isPointer(operand)) sizes[name] = numberOf(operand, rows, accumulating);
  });
  return sizes;
}

/** The value of a number operand. */
export function numberOf(operand: Dim | typeof ACCUMULATE, rows: number, accumulating: boolean): number {
  if (typeof operand === "object" && "accumulate" in operand) return accumulating ? 1 : 0;
  return at(operand, rows);
}

/** All instructions, in order of execution. */
export function instructionsOf(program: Pick<Program, Section>): Instruction[] {
  return [...program.prepare, ...program.accumulate, ...program.update];
}

/** Calls `visit` for each pointer of an instruction. */
export function eachPointer(instruction: Instruction, visit: (pointer: Pointer, arg: Extract<Arg, { kind: "pointer" }>, name: string) => void): void {
  Object.entries(kernelOf(instruction.kernel).args).forEach(([name, arg], i) => {
    const operand = instruction.operands[i];
    if (arg.kind === "pointer" && isPointer(operand)) visit(operand, arg, name);
  });
}
