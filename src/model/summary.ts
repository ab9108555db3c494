/** A model as a table. @module */
import { formatShape } from "../shape.ts";
import { outline } from "./forward.ts";
import type { Model } from "./model.ts";

const bytes = (n: number): string => (n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} kB` : `${(n / 1048576).toFixed(1)} MB`);

/** Layers, shapes, parameters, memory plan. */
export function summarize(model: Model, batchSize: number): string {
  const { architecture } = model;
  const { specs } = architecture.parameters;
  const { traces } = outline(architecture);
  const counted = new Set<string>();
  const rows = traces.map(({ name, output }, i) => {
    const { className } = architecture.layers[i].layer;
    const own = specs.filter((spec) => spec.name.startsWith(`${name}/`));
    const count = own.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const text = counted.has(name) ? "shared" : count.toLocaleString("en");
    counted.add(name);
    return [`${name} (${className})`, formatShape(output.shape), text];
  });
  const table = [["layer", "output", "parameters"], ["input", formatShape([{ rows: 1 }, ...architecture.inputShape]), "0"], ...rows];
  const widths = [0, 1, 2].map((c) => Math.max(...table.map((row) => row[c].length)));
  const lines = table.map((row) => `${row[0].padEnd(widths[0])}  ${row[1].padEnd(widths[1])}  ${row[2].padStart(widths[2])}`);
  lines.splice(1, 0, "-".repeat(widths[0] + widths[1] + widths[2] + 4));
  const program = model.program({ batchSize });
  const { total } = architecture.parameters.layout();
  const slots = Object.keys(model.compiled?.optimizer.slots ?? {}).length;
  lines.push(
    "",
    `${model.parameterCount.toLocaleString("en")} parameters, ${bytes(total * 4 * (2 + slots))} with gradients${slots > 0 ? ` and ${slots} optimizer slot${slots > 1 ? "s" : ""}` : ""}`,
    `${program.mode === "train" ? "training step" : "inference"} of up to ${batchSize} rows: ${program.prepare.length + program.accumulate.length + program.update.length} instructions, ${bytes(program.bytes.work)} of activations and scratch`,
  );
  return lines.join("\n");
}
