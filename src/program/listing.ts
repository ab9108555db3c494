/** A Program as text that a person can read. @module */
import { formatDim } from "../shape.ts";
import { type Instruction, isPointer, kernelOf, type Operand, type Program } from "./program.ts";

function operandText(program: Program, operand: Operand): string {
  if (operand === null) return "-";
  if (isPointer(operand)) {
    const slot = program.slots[operand.slot];
    return `%${operand.slot}${operand.at > 0 ? `+${operand.at}` : ""}${slot.region === "work" ? "" : `:${slot.region}`}`;
  }
  if (typeof operand === "object" && "accumulate" in operand) return "pass>0";
  return formatDim(operand);
}

function line(program: Program, instruction: Instruction): string {
  const names = Object.keys(kernelOf(instruction.kernel).args);
  const operands = instruction.operands.map((operand, i) => `${names[i]}=${operandText(program, operand)}`);
  return `  ${instruction.kernel.padEnd(36)} ${operands.join(" ")}${instruction.scope === "" ? "" : `   ; ${instruction.phase} ${instruction.scope}`}`;
}

/** Slots, then the instructions of each section. */
export function listing(program: Program): string {
  const lines = [`program ${program.mode}, up to ${program.capacity} rows, work ${program.bytes.work} bytes`];
  program.slots.forEach((slot, i) => {
    if (slot.region === "work")
      lines.push(
        `  %${String(i).padEnd(4)} ${slot.dtype.padEnd(7)} [${formatDim(slot.size)}]`.padEnd(34) + ` at ${String(slot.offset).padStart(9)}  ${slot.name}`,
      );
  });
  for (const section of ["prepare", "accumulate", "update"] as const) {
    if (program[section].length === 0) continue;
    lines.push(`${section}:`, ...program[section].map((instruction) => line(program, instruction)));
  }
  return lines.join("\n");
}
