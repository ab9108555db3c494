/** A model as a table. @module */
import { bytes, integer } from "../format.ts";
import { BATCH, formatShape } from "../shape.ts";
import { type Call, isChain, type NamedLayer, type ValueRef } from "./build/architecture.ts";
import { outline } from "./build/forward.ts";
import { snakeCase } from "./making/names.ts";
import type { Model } from "./model.ts";
import { elements } from "./parameters/parameter-spec.ts";

/** Layers named among those that hold most memory. */
const NAMED = 4;
/** Columns of a terminal. */
const WIDTH = 80;
/** What is in a cell, one after another, or below each other where the table would be too wide. */
type Cell = readonly string[];

/** Layers, shapes, parameters, memory plan. */
export function summarize(model: Model, batchSize: number): string {
  const { architecture } = model;
  const { parameters } = architecture;
  const { traces, frozen } = outline(architecture);
  const valuesOf = (numbers: readonly number[]): number => numbers.reduce((sum, i) => sum + elements(parameters.specs[i].shape), 0);
  const all = valuesOf(parameters.weights);
  const trainable = valuesOf(parameters.numbersOf("trainable").filter((i) => !frozen.has(i)));

  return [
    ...table(
      rowsOf(
        model,
        traces.map(({ outputs }) => outputs.map(({ shape }) => formatShape(shape))),
      ),
    ),
    "",
    `${integer(all)} parameters, ${integer(trainable)} trainable and ${integer(all - trainable)} not`,
    "",
    ...memoryLines(model, batchSize),
  ].join("\n");
}

/** What memory a run takes, and which layers hold it where it is most. */
function memoryLines(model: Model, batchSize: number): string[] {
  const program = model.program({ batchSize });
  const { slots: own = {} } = model.compiled?.optimizer ?? {};
  const { total, states } = model.architecture.parameters.layout();
  const slots = Object.keys(own).length;
  const withSlots = slots > 0 ? `, ${slots} optimizer slot${slots > 1 ? "s" : ""}` : "";
  const { prepared, scalars, constants, work, scratch } = program.bytes;
  const { scope, phase, bytes: alive, tenants } = program.peak;
  const held = new Map<string, number>();
  for (const { slot, bytes: size } of tenants) {
    const { name } = program.slots[slot];
    const layer = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : name;
    held.set(layer, (held.get(layer) ?? 0) + size);
  }
  const largest = [...held].sort((a, b) => b[1] - a[1]);
  const others = largest.slice(NAMED);
  const instructions = program.prepare.length + program.accumulate.length + program.update.length;
  const line = (what: string, size: number): string => `  ${what.padEnd(46)} ${bytes(size).padStart(9)}`;
  return [
    `memory of ${program.mode === "train" ? "a training step" : "inference"}, up to ${integer(batchSize)} rows, ${integer(instructions)} instructions`,
    line(`weights, gradients${withSlots}`, (total * (2 + slots) + states) * 4),
    line("made from them", prepared + scalars + constants),
    line("activations", work),
    `${line("scratch", scratch)} a thread`,
    `most alive at once: ${bytes(alive)} of activations, ${phase} of ${scope}`,
    ...largest.slice(0, NAMED).map(([layer, size]) => line(layer, size)),
    ...(others.length > 0
      ? [
          line(
            `${others.length} more`,
            others.reduce((sum, [, size]) => sum + size, 0),
          ),
        ]
      : []),
  ];
}

/** The cells, headings first. Who is connected to whom is told where it is not always the line before. */
function rowsOf({ architecture }: Model, outputs: readonly Cell[]): Cell[][] {
  const { inputs, calls, parameters, registry } = architecture;
  const isPlain = isChain(architecture);
  const nameOf = ({ source, output }: ValueRef): string => {
    const name = source < inputs.length ? inputs[source].name : calls[source - inputs.length].name;
    return output === 0 ? name : `${name}[${output}]`;
  };
  const counted = new Set<NamedLayer>();
  const weightsOf = (layer: NamedLayer): string => {
    if (counted.has(layer)) return "shared";
    counted.add(layer);
    const numbers = [...(registry.get(layer)?.values() ?? [])].filter((i) => parameters.specs[i].role !== "carried");
    return integer(numbers.reduce((sum, i) => sum + elements(parameters.specs[i].shape), 0));
  };
  const row = (name: string, shape: Cell, weights: string, from: Cell): Cell[] => (isPlain ? [[name], shape, [weights]] : [[name], shape, [weights], from]);
  return [
    row("layer", ["output"], "parameters", ["connected to"]),
    ...inputs.map(({ name, shape }) => row(isPlain ? "input" : name, [formatShape([BATCH, ...shape])], "0", [])),
    ...calls.map((call, i) => row(labelOf(call), outputs[i], weightsOf(call.layer), call.inputs.map(nameOf))),
  ];
}

/** The name, and the class where the name is not made from it: `dense_1`, `digit (Dense)`. */
function labelOf({ name, layer: { layer } }: Call): string {
  const made = name.replace(/^.*\//, "").replace(/(_\d+)?(#\d+)?$/, "") === snakeCase(layer.className);
  return made ? name : `${name} (${layer.className})`;
}

/** Columns as wide as they must be; numbers to the right. */
function table(rows: readonly (readonly Cell[])[]): string[] {
  const lines = layOut(rows.map((row) => row.map((cell) => cell.join(", "))));
  if (lines.every(({ length }) => length <= WIDTH)) return lines;
  return layOut(
    rows.flatMap((row) => {
      const height = Math.max(...row.map(({ length }) => length));
      return Array.from({ length: height }, (_, i) => row.map((cell) => (cell[i] === undefined ? "" : `${cell[i]}${i < cell.length - 1 ? "," : ""}`)));
    }),
  );
}

function layOut(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 2 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd(),
  );
  lines.splice(1, 0, "-".repeat(widths.reduce((a, b) => a + b + 2, -2)));
  return lines;
}
