/**
 * How a reference kernel is written: a function of one object whose keys are the kernel's arguments. Pointers arrive as typed
 * arrays that begin at the address (f32 as Float32Array or Float64Array: the executor's precision), sizes as numbers.
 * The same function is the f64 oracle of the tests and the plain JavaScript that the bench compares with: write it as a
 * good JavaScript programmer would, clear loops over typed arrays, no allocation.
 * @module
 */
import type { Arg, DType, KernelName, Kernels } from "../kernels/index.ts";

/** f32 memory in the executor's precision. */
export type Floats = Float32Array | Float64Array;

/** A sparse list's entries, as two arrays. */
export interface Entries {
  /** Byte offsets into f32 memory: divide by 4 for an element. */
  offset: Int32Array;
  value: Floats;
}

interface Views {
  f32: Floats;
  i32: Int32Array;
  u8: Uint8Array;
  f64: Float64Array;
  entries: Entries;
}

type Value<A extends Arg> = A extends { kind: "pointer"; dtype: infer D extends DType; optional: true }
  ? Views[D] | null
  : A extends { kind: "pointer"; dtype: infer D extends DType }
    ? Views[D]
    : number;

/** The argument object of kernel K. */
export type Call<K extends KernelName> = { [Name in keyof Kernels[K]["args"]]: Kernels[K]["args"][Name] extends Arg ? Value<Kernels[K]["args"][Name]> : never };

/** The reference of kernel K. */
export type Reference<K extends KernelName> = (call: Call<K>) => void;

/** References for some of the kernels. */
export type References<K extends KernelName = KernelName> = { [Name in K]: Reference<Name> };
