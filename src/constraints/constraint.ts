/** What a constraint is. @module */
import type { KernelName, Kernels } from "../program/kernels/index.ts";
import type { Operand, Pointer } from "../program/program.ts";

/** Memory of a parameter, for `Constraint.emit`. */
export interface ConstrainedParameter {
  readonly p: Pointer;
  /** Elements. */
  readonly n: number;
  /** The parameter as [A,R,B] where R are the constraint's axes. All of it, in no axes' place: A = B = 1. */
  readonly dims: { readonly A: number; readonly R: number; readonly B: number };
  readonly ok: Pointer;
  emit<K extends KernelName>(kernel: K, call: { [Name in keyof Kernels[K]["args"]]: Operand }): void;
}

/** Projects a weight onto what it may be, after each update. */
export interface Constraint {
  /** As in Keras, in camelCase: `maxNorm`. */
  readonly name: string;
  /** The axes of the weight that norms are taken over; absent: each element is for itself. */
  readonly axes?: readonly number[];
  /** Options as JSON, from which the constraint can be made again. */
  config(): Record<string, unknown>;
  emit(parameter: ConstrainedParameter): void;
}
