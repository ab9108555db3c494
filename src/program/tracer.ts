/** Says what an instruction does: its formula, with names a person knows in place of slots. @module */
import { formulas } from "./formulas/index.ts";
import { eachPointer, type Instruction, type Program } from "./program.ts";

/** An instruction in words. */
export interface Description {
  /** The kernel's formula. */
  readonly formula: string;
  /** What each operand is: `c = dense/preactivation`. */
  readonly operands: readonly { readonly role: string; readonly name: string; readonly written: boolean }[];
  /** Slot of the first output. */
  readonly output: number;
}

/** Names of slots: what the Program names, parameters with their gradients and states by byte offset, the rest by number. */
export function slotNames(program: Program, parameterNames: ReadonlyMap<number, string>, stateNames: ReadonlyMap<number, string>): (slot: number) => string {
  const names = new Map<number, string>();
  // The first name wins: a value may be one layer's output and the next one's input.
  for (const [name, { slot }] of program.names) if (!names.has(slot)) names.set(slot, name);
  return (slot) => {
    const { region, offset, name } = program.slots[slot];
    if (region === "parameters") return parameterNames.get(offset) ?? "all weights";
    if (region === "state") return stateNames.get(offset) as string;
    if (region === "gradients") return parameterNames.has(offset) && name === "gradients" ? `dL/d ${parameterNames.get(offset)}` : "all gradients";
    return names.get(slot) ?? `%${slot}`;
  };
}

/** Describes an instruction. */
export function describeInstruction(instruction: Instruction, nameOf: (slot: number) => string): Description {
  const operands: { role: string; name: string; written: boolean }[] = [];
  let output = -1;
  eachPointer(instruction, ({ slot }, arg, role) => {
    if (arg.access === "scratch") return;
    const written = arg.access !== "in";
    if (written && output < 0) output = slot;
    operands.push({ role, name: nameOf(slot), written });
  });
  return { formula: formulas[instruction.kernel], operands, output };
}
