/** A Program as a table of integers, with addresses: what the threads of a team walk (see runtime/walk.ts). @module */
import { ArgumentKind, floatBits } from "../runtime/walk.ts";
import { type Dim, isRows } from "../shape.ts";
import { BYTES, KERNELS } from "./kernels/index.ts";
import { type Instruction, isPointer, kernelOf, type Program, SECTIONS, sizesOf } from "./program.ts";

const numbers = new Map(KERNELS.map((name, i) => [name, i]));

/** @param address of a slot of linear memory @param id of this encoding; no two are alike */
export function encode(program: Program, id: number, address: (slot: number) => number): Int32Array {
  const table = [id, program.prepare.length, program.accumulate.length, program.update.length];
  for (const section of SECTIONS) for (const instruction of program[section]) encodeInstruction(table, instruction, program, address);
  return Int32Array.from(table);
}

function encodeInstruction(table: number[], instruction: Instruction, program: Program, address: (slot: number) => number): void {
  const { kernel, operands, division, barrier } = instruction;
  const { args, splits } = kernelOf(kernel);
  const names = Object.keys(args);
  const split = division === undefined ? null : splits[division.split];
  const along = split === null ? -1 : names.indexOf(split.along);
  const units = along < 0 ? 0 : (operands[along] as Dim);
  const sizes = sizesOf(instruction, program.capacity);
  table.push(numbers.get(kernel) as number, barrier === true ? 1 : 0, along);
  table.push(isRows(units) ? units.rows : units, isRows(units) ? 1 : 0, division?.grain ?? 1, names.length);
  operands.forEach((operand, i) => {
    const arg = args[names[i]];
    if (operand === null) table.push(ArgumentKind.integer, 0, 0);
    else if (isPointer(operand)) {
      const { region, offset } = program.slots[operand.slot];
      const bytes = arg.kind === "pointer" ? BYTES[arg.dtype] : 1;
      if (region === "scratch") table.push(ArgumentKind.scratch, offset + operand.at * bytes, 0);
      else table.push(ArgumentKind.pointer, address(operand.slot) + operand.at * bytes, (split?.shift[names[i]]?.(sizes) ?? 0) * bytes);
    } else if (typeof operand === "number")
      table.push(...(arg.kind === "float" ? [ArgumentKind.float, floatBits(operand), 0] : [ArgumentKind.integer, operand, 0]));
    else if ("accumulate" in operand) table.push(ArgumentKind.accumulating, 0, 0);
    else table.push(ArgumentKind.rows, operand.rows, 0);
  });
}
