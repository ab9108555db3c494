/** Runs a Program on the reference kernels in plain TypeScript: the oracle (f64) and the JavaScript side of the bench (f32). @module */
import { at, type Dim } from "../shape.ts";
import { BaseExecutor } from "./base-executor.ts";
import { BYTES, type PointerArg } from "./kernels/index.ts";
import { type ACCUMULATE, type Instruction, isPointer, kernelOf, numberOf, type Pointer, SECTIONS, type Section } from "./program.ts";
import { references } from "./reference/index.ts";

type Call = Record<string, unknown>;

/** The plain executor. */
export class JsExecutor extends BaseExecutor {
  private calls: Record<Section, (() => void)[]> = { prepare: [], accumulate: [], update: [] };
  private varying: { call: Call; name: string; operand: Dim | typeof ACCUMULATE }[] = [];

  run(section: Section): void {
    const calls = this.calls[section];
    for (let i = 0; i < calls.length; i++) calls[i]();
  }

  step(): void {
    for (const section of SECTIONS) this.run(section);
  }

  runOne(section: Section, index: number): void {
    this.calls[section][index]();
  }

  protected bind(): void {
    this.varying = [];
    for (const section of SECTIONS) this.calls[section] = this.program[section].map((instruction) => this.callOf(instruction));
    this.changed();
  }

  protected changed(): void {
    for (const { call, name, operand } of this.varying) call[name] = numberOf(operand, this.rows, this.accumulating);
  }

  private callOf(instruction: Instruction): () => void {
    const reference = references[instruction.kernel] as (call: Call) => void;
    const call: Call = {};
    Object.entries(kernelOf(instruction.kernel).args).forEach(([name, arg], i) => {
      const operand = instruction.operands[i];
      if (operand === null) call[name] = null;
      else if (isPointer(operand)) call[name] = this.view(operand, arg as PointerArg);
      else {
        call[name] = operand;
        if (typeof operand !== "number") this.varying.push({ call, name, operand });
      }
    });
    return () => reference(call);
  }

  private view(pointer: Pointer, arg: PointerArg): unknown {
    const slot = this.program.slots[pointer.slot];
    const { block, offset } = this.place(pointer.slot);
    const start = offset + pointer.at * BYTES[arg.dtype];
    const length = slot.region === "data" ? Math.floor((block.byteLength - start) / BYTES[arg.dtype]) : at(slot.size, this.program.capacity) - pointer.at;
    switch (arg.dtype) {
      case "f32":
        return block.floats(start, length);
      case "i32":
        return block.ints(start, length);
      case "u8":
        return block.bytes(start, length);
      case "f64":
        return block.doubles(start, length);
      // Offsets in the first half, values in the second.
      case "entries":
        return { offset: block.ints(start, length), value: block.floats(start + 4 * length, length) };
    }
  }
}
