/** What a step left in states, and in one row of each embedding. @module */
import { significant } from "../format.ts";
import type { StepTrace, TraceTensor } from "../model/trace/trace.ts";
import type { Io } from "./io.ts";

/** Values of a row that are shown. */
const FIRST = 6;

const row = (values: ArrayLike<number>): string =>
  Array.from({ length: Math.min(FIRST, values.length) }, (_, i) => significant(values[i]).padStart(10)).join("  ") + (values.length > FIRST ? "  ..." : "");

function table(io: Io, lines: readonly (readonly [label: string, values: ArrayLike<number>])[]): void {
  const width = Math.max(...lines.map(([label]) => label.length));
  for (const [label, values] of lines) io.print(`      ${label.padEnd(width)}  ${row(values)}`);
}

/** The row of a table whose gradient is largest, and that. */
function steepestRow({ shape: [rows, width], data }: TraceTensor): number {
  const sizes = Array<number>(rows).fill(0);
  for (let i = 0; i < data.length; i++) sizes[Math.floor(i / width)] += Math.abs(data[i]);
  return sizes.indexOf(Math.max(...sizes));
}

/** Prints how states moved (moving statistics, what is carried to the next batch), and how the row of each embedding did that has the largest gradient. */
export function drawKept(io: Io, { tensors }: StepTrace): void {
  const { bold, cyan } = io.colour;
  const of = (kind: string, name: string): TraceTensor | undefined => tensors.get(`${kind}/${name}`);
  const names = [...tensors.keys()].filter((name) => name.startsWith("before/")).map((name) => name.slice("before/".length));
  const states = names.filter((name) => of("backward", name) === undefined && of("before", name)?.data.some((v, i) => v !== of("after", name)?.data[i]));
  if (states.length > 0) io.print(bold(cyan("\nWhat layers keep, before and after the step")));
  for (const name of states) {
    io.print(`    ${name}`);
    table(io, [
      ["before", (of("before", name) as TraceTensor).data],
      ["after", (of("after", name) as TraceTensor).data],
    ]);
  }
  for (const name of names.filter((n) => n.endsWith("/embeddings"))) {
    const gradient = of("backward", name);
    if (gradient === undefined) continue;
    const r = steepestRow(gradient);
    const [from, to] = [r * gradient.shape[1], (r + 1) * gradient.shape[1]];
    io.print(bold(cyan(`\nRow ${r} of ${name}, whose gradient is the largest`)));
    table(io, [
      ["before", (of("before", name) as TraceTensor).data.subarray(from, to)],
      ["gradient", gradient.data.subarray(from, to)],
      ["after", (of("after", name) as TraceTensor).data.subarray(from, to)],
    ]);
  }
}
