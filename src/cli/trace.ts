/** `gradiente trace`: a training step, instruction by instruction. @module */
import type { Command } from "commander";
import { significant as number, wrap } from "../format.ts";
import { writeFileAtomic } from "../formats/atomic-file.node.ts";
import { encodeSafetensors } from "../formats/safetensors.ts";
import { type StepTrace, type TraceEntry, traceStep } from "../model/trace/trace.ts";
import { loadData } from "./data-options.ts";
import type { Io } from "./io.ts";
import { addModelOptions, buildModel, type ModelOptions } from "./model-options.ts";
import { drawKept } from "./trace-kept.ts";
import { drawSequences, middleSteps } from "./trace-steps.ts";
import { drawFilterGradient, drawWindow } from "./trace-windows.ts";
import { number as numberOption, positiveInteger } from "./values.ts";

/** The first values and the range of a tensor. */
function numbers(values: ArrayLike<number>): string {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let zeros = 0;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
    sum += values[i];
    if (values[i] === 0) zeros++;
  }
  const first = Array.from({ length: Math.min(4, values.length) }, (_, i) => number(values[i])).join("  ");
  if (values.length <= 4) return `= ${first}`;
  const share = zeros > 0 ? `, ${((100 * zeros) / values.length).toFixed(0)} % zero` : "";
  return `= ${first} ...  (${number(low)} to ${number(high)}, mean ${number(sum / values.length)}${share})`;
}

const PHASES: Record<TraceEntry["phase"] | "prepare", string> = {
  prepare: "Prepare: weights in the order the products read them, once per step",
  forward: "Forward: each layer from the one before",
  loss: "Loss: how wrong each sample is, and the mean",
  metric: "Metrics",
  backward: "Backward: the chain rule, from the loss to each weight",
  update: "Update: the optimizer's step",
};

/** `backward/dense/output` -> `dL/d dense.output`. */
function readable(name: string): string {
  const ofStep = name.match(/^(forward|backward)\/(.+)\/(\w+)\/(\d+)$/);
  if (ofStep !== null) return `${ofStep[1] === "backward" ? "dL/d " : ""}${ofStep[2]}.${ofStep[3]}[${ofStep[4]}]`;
  const gradient = name.match(/^backward\/(.+)\/(\w+)$/);
  if (gradient !== null) return `dL/d ${gradient[1]}.${gradient[2]}`;
  const value = name.match(/^forward\/(.+)\/(\w+)$/);
  return value === null ? name : `${value[1]}.${value[2]}`;
}

/** The edge of the graph an instruction differentiates: `dL/dx = dL/dy dy/dx`. */
function chainRule(entry: TraceEntry): string | null {
  if (entry.phase !== "backward") return null;
  const to = readable(entry.operands.find(({ written }) => written)?.name ?? "");
  const from = entry.operands.map(({ written, name }) => (written ? "" : readable(name))).find((name) => name.startsWith("dL/d "));
  if (from === undefined || !to.startsWith("dL/d ") || from === to) return null;
  const y = from.slice(5);
  const x = to.slice(5);
  return `${to} = ${from} x d ${y} / d ${x}`;
}

/** Text in lines of so many columns, each indented. */
const indented = (text: string, indent: number, width: number): string =>
  wrap(text, width - indent)
    .map((line) => " ".repeat(indent) + line)
    .join("\n");

function printStep(io: Io, trace: StepTrace): void {
  const { bold, cyan, dim, green } = io.colour;
  io.print(bold(`\nStep ${trace.step}`));
  let phase = "";
  let scope = "";
  const isMiddle = middleSteps(trace.entries);
  for (const entry of trace.entries) {
    if (isMiddle(entry.scope)) {
      if (!isMiddle(scope)) io.print(dim("    ... and so on, step by step ..."));
      scope = entry.scope;
      continue;
    }
    const part = entry.section === "prepare" ? "prepare" : entry.phase;
    if (part !== phase) {
      phase = part;
      scope = "";
      io.print(bold(cyan(`\n${PHASES[part]}`)));
    }
    if (entry.scope !== scope) {
      scope = entry.scope;
      io.print(bold(`  ${scope || "graph"}`));
    }
    const out = entry.operands.find(({ written }) => written);
    const rest = entry.operands.filter(({ written }) => !written).map(({ role, name }) => `${role} = ${readable(name)}`);
    const rule = chainRule(entry);
    if (rule !== null) io.print(green(indented(rule, 4, io.width)));
    const written = `    ${readable(out?.name ?? "")} [${entry.shape.join(",")}]`;
    const line = `${written}   ${entry.formula}`;
    io.print(line.length <= io.width ? line : `${written}\n${indented(entry.formula, 6, io.width)}`);
    io.print(dim(indented(`${entry.kernel}${rest.length > 0 ? `: ${rest.join(", ")}` : ""}`, 6, io.width)));
    io.print(indented(numbers(entry.values), 6, io.width));
    if (entry.window !== undefined) drawWindow(io, entry.window);
  }
  drawSequences(io, trace.sequences);
  if (trace.checks.length > 0) {
    io.print(bold(cyan("\nGradients three ways: as trained, by the f64 reference, and numerically")));
    io.print(dim("  (L(w+h) - L(w-h)) / 2h; and the weight before and after the step"));
    const longest = Math.max(...trace.checks.map(({ parameter, index }) => `${parameter}[${index}]`.length));
    const columns = (name: string, gradients: readonly string[], weights: readonly string[]): string =>
      `  ${name.padEnd(longest)}${gradients.map((cell) => cell.padStart(11)).join("")}${weights.map((cell) => cell.padStart(9)).join("")}`;
    io.print(dim(columns("weight", ["analytic", "f64", "numeric"], ["before", "after"])));
    for (const { parameter, index, analytic, reference, numeric } of trace.checks) {
      const before = trace.tensors.get(`before/${parameter}`)?.data[index] ?? 0;
      const after = trace.tensors.get(`after/${parameter}`)?.data[index] ?? 0;
      const gradients = [analytic, reference, numeric].map((v) => v.toExponential(4));
      io.print(
        columns(
          `${parameter}[${index}]`,
          gradients,
          [before, after].map((v) => v.toFixed(5)),
        ),
      );
    }
  }
  if (trace.checks.some(({ reference, numeric }) => Math.abs(reference - numeric) > 1e-4 * Math.abs(reference))) {
    io.print(dim("    Where the numeric one differs, values lie exactly on a kink:\n    black pixels under a bias of 0 make relu's input 0."));
  }
  if (trace.filters.length > 0) {
    io.print(bold(cyan("\nThe steepest filters")));
    for (const filter of trace.filters) drawFilterGradient(io, filter);
  }
  drawKept(io, trace);
  io.print(bold(`\nloss of step ${trace.step}: ${number(trace.loss)}`));
}

/** Adds the command. */
export function traceCommand(program: Command, io: Io): void {
  const command = program
    .command("trace")
    .description("run steps of a model unfused, one instruction at a time, and print every tensor of forward, backward and update")
    .option("--steps <n>", "training steps to trace", "1")
    .option("--checks <n>", "elements per parameter whose gradient is also taken numerically", "2")
    .option("--out <file>", "save every tensor as safetensors: step0/forward/dense/output, ...")
    .option("--json", "one JSON line per instruction instead of text");
  addModelOptions(command);
  command.addHelpText(
    "after",
    "\nExamples:\n  gradiente trace --model softmax --batch-size 4\n  gradiente trace --model lstm --hidden 16\n  gradiente trace --hidden 16 --steps 2 --out results/trace.safetensors\n  gradiente trace --model lstm --hidden 8 --batch-size 2",
  );
  command.action(async (options: ModelOptions & { steps: string; checks: string; out?: string; json?: boolean }) => {
    const steps = positiveInteger("--steps", options.steps);
    const checks = numberOption("--checks", options.checks, (value) => Number.isSafeInteger(value) && value >= 0, "an integer, 0 or more");
    const { model, training } = await buildModel(options);
    const { train } = await loadData(options);
    const batch = training.batchSize === "full" ? train.length : training.batchSize;
    const tensors = new Map<string, { dtype: "F32" | "I32"; shape: number[]; data: Float32Array | Int32Array }>();
    for (let step = 0; step < steps; step++) {
      const from = (step * batch) % train.length;
      const rows = Int32Array.from({ length: Math.min(batch, train.length - from) }, (_, i) => from + i);
      const trace = await traceStep(model, train.subset(rows), step, checks);
      if (options.json === true) {
        for (const entry of trace.entries) io.json({ event: "instruction", step, ...entry, values: Array.from(entry.values.slice(0, 8)) });
        for (const check of trace.checks) io.json({ event: "gradient", step, ...check });
        for (const filter of trace.filters) io.json({ event: "filter", step, ...filter });
        for (const sequence of trace.sequences) io.json({ event: "sequence", step, ...sequence });
        io.json({ event: "step", step, loss: trace.loss });
      } else printStep(io, trace);
      for (const [name, { shape, data }] of trace.tensors)
        tensors.set(`step${step}/${name}`, { dtype: data instanceof Int32Array ? "I32" : "F32", shape: [...shape], data });
    }
    if (options.out !== undefined) {
      await writeFileAtomic(options.out, encodeSafetensors(tensors, { format: "gradiente trace" }));
      if (options.json !== true) io.print(`saved ${tensors.size} tensors to ${options.out}`);
    }
  });
}
