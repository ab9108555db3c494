/** A model as a table. @module */
import { BATCH, formatShape, type Shape } from "../shape.ts";
import { isChain, type NamedLayer, type ValueRef } from "./architecture.ts";
import { outline } from "./forward.ts";
import type { Model } from "./model.ts";
import { elements } from "./parameter-spec.ts";

const bytes = (n: number): string => (n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} kB` : `${(n / 1048576).toFixed(1)} MB`);
const integer = (n: number): string => n.toLocaleString("en");
const shapes = (list: readonly Shape[]): string => list.map(formatShape).join(", ");

/** Layers named among those that hold most memory. */
const NAMED = 4;

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
        traces.map(({ outputs }) => shapes(outputs.map(({ shape }) => shape))),
      ),
    ),
    "",
    `${integer(all)} parameters, ${integer(trainable)} trainable and ${integer(all - trainable)} not`,
    ...memoryLines(model, batchSize),
  ].join("\n");
}

/** What memory a run takes, and which layers hold it where it is most. */
function memoryLines(model: Model, batchSize: number): string[] {
  const program = model.program({ batchSize });
  const { slots: own = {} } = model.compiled?.optimizer ?? {};
  const { total, states } = model.architecture.parameters.layout();
  const slots = Object.keys(own).length;
  const withSlots = slots > 0 ? ` and ${slots} optimizer slot${slots > 1 ? "s" : ""}` : "";
  const { prepared, scalars, constants, work, scratch } = program.bytes;
  const { scope, phase, bytes: alive, tenants } = program.peak;
  const held = new Map<string, number>();
  for (const { slot, bytes: size } of tenants) {
    const { name } = program.slots[slot];
    const layer = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : name;
    held.set(layer, (held.get(layer) ?? 0) + size);
  }
  const largest = [...held].sort((a, b) => b[1] - a[1]);
  const named = largest.slice(0, NAMED).map(([layer, size]) => `${layer} ${bytes(size)}`);
  const others = largest.length > NAMED ? ` and ${largest.length - NAMED} more` : "";
  const instructions = program.prepare.length + program.accumulate.length + program.update.length;
  return [
    `${program.mode === "train" ? "training step" : "inference"} of up to ${batchSize} rows: ${instructions} instructions`,
    `memory: weights with gradients${withSlots} ${bytes((total * (2 + slots) + states) * 4)}, made from them ${bytes(prepared + scalars + constants)}, activations ${bytes(work)}, scratch ${bytes(scratch)} a thread`,
    `most of it alive: ${bytes(alive)} of activations, ${phase} of ${scope}: ${named.join(", ")}${others}`,
  ];
}

/** The cells, headings first. Who is connected to whom is told where it is not always the line before. */
function rowsOf({ architecture }: Model, outputs: readonly string[]): string[][] {
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
  const row = (name: string, shape: string, weights: string, from: string): string[] => (isPlain ? [name, shape, weights] : [name, shape, weights, from]);
  return [
    row("layer", "output", "parameters", "connected to"),
    ...inputs.map(({ name, shape }) => row(isPlain ? "input" : name, formatShape([BATCH, ...shape]), "0", "")),
    ...calls.map((call, i) => row(`${call.name} (${call.layer.layer.className})`, outputs[i], weightsOf(call.layer), call.inputs.map(nameOf).join(", "))),
  ];
}

/** Columns as wide as they must be; numbers to the right. */
function table(rows: readonly string[][]): string[] {
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
