/** Runs a Program on the WebAssembly kernels: one closure per instruction, made at load; a step allocates nothing. @module */

import { WasmInitError } from "../errors.ts";
import type { Dim } from "../shape.ts";
import { BaseExecutor } from "./base-executor.ts";
import { BYTES } from "./kernels/index.ts";
import type { ACCUMULATE, Instruction } from "./program.ts";
import { isPointer, kernelOf, numberOf } from "./program.ts";

type F = (...args: number[]) => unknown;

/** An argument that changes with the rows or the pass. */
interface Varying {
  args?: number[];
  index: number;
  operand: Dim | typeof ACCUMULATE;
}

/** The WebAssembly executor. */
export class WasmExecutor extends BaseExecutor {
  private readonly varying = new Map<Instruction, Varying[]>();

  protected bind(instruction: Instruction): () => void {
    const f = this.runtime.exports?.[instruction.kernel];
    if (f === undefined) {
      throw new WasmInitError({
        where: "kernels",
        got: `no export "${instruction.kernel}"`,
        expected: "a module built from this version",
        hint: "run `npm run build`",
      });
    }
    const specs = Object.values(kernelOf(instruction.kernel).args);
    const varying: Varying[] = [];
    const args = instruction.operands.map((operand, index) => {
      if (operand === null) return 0;
      if (isPointer(operand)) {
        const { block, offset } = this.place(operand.slot);
        const spec = specs[index];
        return block.base + offset + operand.at * (spec.kind === "pointer" ? BYTES[spec.dtype] : 1);
      }
      if (typeof operand === "number") return operand;
      varying.push({ index, operand });
      return 0;
    });
    for (const v of varying) v.args = args;
    this.varying.set(instruction, varying);
    return call(f, args);
  }

  protected applyNumbers(): void {
    for (const list of this.varying.values()) {
      for (const { args, index, operand } of list) (args as number[])[index] = numberOf(operand, this.rows, this.accumulating);
    }
  }
}

/** A call without spread: the engine compiles each as one direct call. */
function call(f: F, a: number[]): () => void {
  switch (a.length) {
    case 2:
      return () => void f(a[0], a[1]);
    case 3:
      return () => void f(a[0], a[1], a[2]);
    case 4:
      return () => void f(a[0], a[1], a[2], a[3]);
    case 5:
      return () => void f(a[0], a[1], a[2], a[3], a[4]);
    case 6:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5]);
    case 7:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    case 8:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    case 9:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
    case 10:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);
    case 11:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10]);
    case 12:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]);
    case 13:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12]);
    case 14:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13]);
    case 15:
      return () => void f(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14]);
    default:
      return () => void f(...a);
  }
}
