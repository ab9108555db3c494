/**
 * What the table says of a kernel: its arguments in the order of the WebAssembly export, how far each pointer reaches,
 * and its arithmetic. Pointers are given as [slot, offset in elements]; sizes in elements.
 *
 * To add a kernel: export it from assembly/index.ts, declare it in a file of this folder, and add its twin to
 * program/reference and program/formulas (the compiler and test/kernels insist on all three).
 * @module
 */

/** Element types of memory. `entries` are pairs { byte offset u32, coefficient f32 } of a sparse list. */
export type DType = "f32" | "i32" | "u8" | "f64" | "entries";

/** Bytes per element. */
export const BYTES: Record<DType, number> = { f32: 4, i32: 4, u8: 1, f64: 8, entries: 8 };

/** The scalar arguments of one call, by name. */
export type Sizes = Record<string, number>;

/** A pointer argument. */
export interface PointerArg<D extends DType = DType> {
  readonly kind: "pointer";
  readonly dtype: D;
  /** `out` is overwritten, `inout` is read and written (also: read only if beta is 1), `in` is read, `scratch` is garbage after. */
  readonly access: "in" | "out" | "inout" | "scratch";
  /** Elements reached from the pointer, as a function of the call's sizes. */
  readonly extent: (sizes: Sizes) => number;
  /** May be absent (address 0). */
  readonly optional?: boolean;
  /** The output may be at the same address: element i is read before element i is written, and never again. */
  readonly reusable?: boolean;
}

/** A number argument: `size` counts elements or is an index, `flag` is 0 or 1, `float` is an f32. */
export interface NumberArg {
  readonly kind: "size" | "flag" | "float";
}

/** Any argument. */
export type Arg = PointerArg | NumberArg;

/**
 * How a call may be divided among threads: into calls on runs of consecutive units of one size argument. Every element of the result is
 * computed by one of them, with the same bits wherever the cuts are, so the number of threads never shows.
 */
export interface Split {
  /** The size argument that counts the units. */
  readonly along: string;
  /** Elements that each pointer moves per unit; pointers without an entry are shared by all parts. */
  readonly shift: Readonly<Record<string, (sizes: Sizes) => number>>;
  /** Cuts are at multiples of this many units. Default 1. */
  readonly grain?: number;
  /** Whether a call may be divided like this at all. Default: always. */
  readonly when?: (sizes: Sizes) => boolean;
}

/** Samples per shard: cuts of the batch are at its multiples, and what is summed over samples is summed shard by shard. It decides bits, so it never changes. */
export const SHARD = 4;

/** A kernel of the table. */
export interface Kernel<A extends Record<string, Arg> = Record<string, Arg>> {
  /** In the order of the export's parameters. */
  readonly args: A;
  /** Useful floating-point operations of a call; 0 if it only moves data. */
  readonly flops: (sizes: Sizes) => number;
  /** Ways to divide a call, the preferred one first; none: one thread runs it. */
  readonly splits: readonly Split[];
}

type Extent = (sizes: Sizes) => number;
const pointer =
  (access: PointerArg["access"]) =>
  <D extends DType>(dtype: D, extent: Extent): PointerArg<D> => ({ kind: "pointer", access, dtype, extent });

/** Overwritten. */
export const out = pointer("out");
/** Read and written; with a `beta` argument it is read only if beta is 1. */
export const inout = pointer("inout");
/** Read. */
export const input = pointer("in");
/** Read; the output may take its place. */
export const reusable = <D extends DType>(dtype: D, extent: Extent): PointerArg<D> => ({ ...input(dtype, extent), reusable: true });
/** Garbage after the call. */
export const scratch = pointer("scratch");
/** Read if present. */
export const optional = <D extends DType>(dtype: D, extent: Extent): PointerArg<D> & { readonly optional: true } => ({
  ...input(dtype, extent),
  optional: true,
});
/** A number of elements. */
export const size: NumberArg = { kind: "size" };
/** 0 or 1. */
export const flag: NumberArg = { kind: "flag" };
/** An f32 constant. */
export const float: NumberArg = { kind: "float" };

/** A division along the `n` elements that all these pointers walk in step. */
export const elements = (...pointers: string[]): Split => ({ along: "n", shift: Object.fromEntries(pointers.map((name) => [name, () => 1])) });

/** Declares a kernel; the key order of `args` is the order of the export's parameters. */
export function kernel<const A extends Record<string, Arg>>(args: A, flops: (sizes: Sizes) => number = () => 0, ...splits: Split[]): Kernel<A> {
  return { args, flops, splits };
}
