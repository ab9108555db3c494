/** How much there is to do in sections of a Program, and how many threads that is worth. Whatever is decided here, the bits are the same. @module */
import { BYTES } from "./kernels/index.ts";
import { eachPointer, type Instruction, kernelOf, type Program, SECTIONS, sizesOf } from "./program.ts";

/** Nanoseconds, roughly. */
export interface Estimate {
  /** What one thread does while the others wait. */
  readonly alone: number;
  /** What is divided. */
  readonly shared: number;
  /** Times that all threads meet. */
  readonly barriers: number;
}

const FLOPS_PER_NS = 30;
const BYTES_PER_NS = 10;
/** Of a barrier (0.2 us) with the wait for who is late. */
const BARRIER_NS = 1000;
/** Of a command's start and end (0.3 us), and of caches that change hands. */
const START_NS = 2000;

function weigh(instruction: Instruction, rows: number): number {
  const sizes = sizesOf(instruction, rows);
  let bytes = 0;
  eachPointer(instruction, (_, arg) => {
    if (arg.access !== "scratch") bytes += arg.extent(sizes) * BYTES[arg.dtype];
  });
  return kernelOf(instruction.kernel).flops(sizes) / FLOPS_PER_NS + bytes / BYTES_PER_NS;
}

/** The work of the sections in the mask. */
export function estimate(program: Program, mask: number, rows: number): Estimate {
  let [alone, shared, barriers] = [0, 0, -1];
  SECTIONS.forEach((section, k) => {
    if ((mask & (1 << k)) === 0 || program[section].length === 0) return;
    barriers++;
    for (const instruction of program[section]) {
      if (instruction.barrier === true) barriers++;
      if (instruction.division === undefined) alone += weigh(instruction, rows);
      else shared += weigh(instruction, rows);
    }
  });
  return { alone, shared, barriers: Math.max(0, barriers) };
}

/** The number of threads, up to `most`, that should be done first. */
export function worthwhileThreads({ alone, shared, barriers }: Estimate, most: number): number {
  let best = 1;
  let least = alone + shared;
  for (let threads = 2; threads <= most; threads++) {
    const time = alone + shared / threads + barriers * BARRIER_NS + START_NS;
    if (time < least) [best, least] = [threads, time];
  }
  return best;
}
