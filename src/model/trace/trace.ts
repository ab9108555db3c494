/** One training step, unfused, one instruction at a time: every value of forward, loss, backward and update. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { type Instruction, kernelOf, type Section, sizesOf } from "../../program/program.ts";
import { describeInstruction, slotNames } from "../../program/tracer.ts";
import type { Floats } from "../../runtime/memory.ts";
import { createRuntime } from "../../runtime/runtime.ts";
import { shapeAt } from "../../shape.ts";
import { optionsOf } from "../build/objectives.ts";
import { Model } from "../model.ts";
import { memoryShape } from "../parameters/parameter-spec.ts";
import type { NamedArray } from "../parameters/parameters.ts";
import { Feed, rowsOf } from "../running/feed.ts";
import { type StepsTrace, stackSteps, stepsOf } from "./trace-steps.ts";
import { type TraceWindow, windowOf } from "./trace-windows.ts";

/** A value with its shape, in the API's layout. */
export interface TraceTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** One instruction and what it wrote. */
export interface TraceEntry {
  readonly section: Section;
  readonly phase: Instruction["phase"];
  /** The layer, or "loss", "update", a metric. */
  readonly scope: string;
  readonly kernel: string;
  readonly formula: string;
  readonly operands: readonly { readonly role: string; readonly name: string; readonly written: boolean }[];
  /** Of the output; its elements in one row where no name gives it a shape. */
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Float64Array;
  /** What the window of one element saw, for convolutions and pooling. */
  readonly window?: TraceWindow;
}

/** An element of a gradient, three times. */
export interface GradientCheck {
  readonly parameter: string;
  readonly index: number;
  /** What training used. */
  readonly analytic: number;
  /** The same by the f64 reference. */
  readonly reference: number;
  /** (L(w + h) - L(w - h)) / 2h by the f64 reference. */
  readonly numeric: number;
}

/** The gradient of one channel of one filter, all over the window, beside central differences. */
export interface FilterGradient {
  readonly parameter: string;
  readonly filter: number;
  readonly channel: number;
  /** Height and width. */
  readonly size: readonly [number, number];
  /** What training used, row by row. */
  readonly analytic: readonly number[];
  /** (L(w + h) - L(w - h)) / 2h by the f64 reference. */
  readonly numeric: readonly number[];
}

/** A traced step. */
export interface StepTrace {
  readonly step: number;
  readonly loss: number;
  readonly entries: readonly TraceEntry[];
  /** By the names of `trace --out`, without the `step{S}/` before them. */
  readonly tensors: ReadonlyMap<string, TraceTensor>;
  readonly checks: readonly GradientCheck[];
  /** Of each convolution, where its gradient is steepest. */
  readonly filters: readonly FilterGradient[];
  /** Gates and states of recurrent layers from step to step. */
  readonly sequences: readonly StepsTrace[];
}

/** Runs one training step on `data` (one batch) and records it. The weights move as in training. @param checksPerParameter elements to check numerically, the steepest first */
export async function traceStep(model: Model, data: Dataset, step: number, checksPerParameter = 2): Promise<StepTrace> {
  const { optimizer } = model.needCompiled("trace");
  const { parameters } = model.architecture;
  parameters.assertFinite();
  const executor = await model.load("trace", data, data.length, 1);
  parameters.clearGradients();
  const { program } = executor;
  const feed = new Feed(executor, model.randomKey);
  feed.refresh();
  const all = parameters.specs.map((_, i) => i);
  const trained = model.trainedParameters();
  const before = parameters.copyValues(all);
  feed.step(data.length, model.stepsTrained);
  feed.pass(rowsOf(data), 0, data.length, 0);
  optimizer.step(executor.floats("hyper"), optimizer.learningRate, model.optimizerState);

  const { offsets } = parameters.layout();
  const namesIn = (states: boolean) =>
    new Map(parameters.specs.flatMap(({ name, role }, i) => ((role !== "trainable") === states ? [[offsets[i] * 4, name] as const] : [])));
  const nameOf = slotNames(program, namesIn(false), namesIn(true));
  const shapes = new Map<number, number[]>();
  // As with names, the first counts: flattened, the output of a pooling layer is the input of the next.
  for (const { slot, shape } of program.names.values()) if (!shapes.has(slot)) shapes.set(slot, shapeAt(shape, data.length));
  parameters.specs.forEach((spec, i) => {
    const shape = memoryShape(spec);
    program.slots.forEach((slot, id) => {
      const regions = spec.role === "trainable" ? ["parameters", "gradients"] : ["state"];
      if (regions.includes(slot.region) && slot.offset === offsets[i] * 4 && slot.size === shape.reduce((a, b) => a * b, 1)) shapes.set(id, [...shape]);
    });
  });
  const entries: TraceEntry[] = [];
  let gradients = new Map<number, Float32Array>();
  for (const section of ["prepare", "accumulate", "update"] as const) {
    // The update adds penalties to them, and clips.
    if (section === "update") gradients = new Map(trained.map((i) => [i, parameters.readGradient(i)]));
    program[section].forEach((instruction, i) => {
      executor.runOne(section, i);
      const { formula, operands, output } = describeInstruction(instruction, nameOf);
      const written = Object.entries(kernelOf(instruction.kernel).args).find(
        ([, arg]) => arg.kind === "pointer" && (arg.access === "out" || arg.access === "inout"),
      );
      const length = written?.[1].kind === "pointer" ? written[1].extent(sizesOf(instruction, data.length)) : 0;
      const values = executor.slotValues(output, length);
      const window = windowOf(instruction, data.length, (slot, count) => executor.slotValues(slot, count));
      entries.push({
        section,
        phase: instruction.phase,
        scope: instruction.scope,
        kernel: instruction.kernel,
        formula,
        operands,
        shape: shapes.get(output) ?? [length],
        values,
        ...(window !== undefined && { window }),
      });
    });
  }
  const loss = executor.doubles("sum:loss")[0] / data.length;
  if (executor.ints("ok")[0] === 0) {
    const states = all.filter((i) => parameters.specs[i].role !== "trainable");
    parameters.writeValues(
      states,
      states.map((i) => before[i]),
    );
  }
  const after = parameters.copyValues(all);

  const tensors = new Map<string, TraceTensor>();
  for (const [name, { slot, shape }] of program.names) {
    if (!/^(input|target)(\/|$)|^(forward|backward)\//.test(name)) continue;
    const real = shapeAt(shape, data.length);
    const values = executor.slotValues(
      slot,
      real.reduce((a, b) => a * b, 1),
    );
    tensors.set(name, { shape: real, data: values instanceof Int32Array ? values : Float32Array.from(values) });
  }
  const sequences = stepsOf(tensors, stackSteps(tensors));
  tensors.set("loss", { shape: [], data: Float32Array.of(loss) });
  parameters.specs.forEach(({ name, shape }, i) => {
    const gradient = gradients.get(i);
    if (gradient !== undefined) tensors.set(`backward/${name}`, { shape, data: gradient });
    tensors.set(`before/${name}`, { shape, data: Float32Array.from(before[i]) });
    tensors.set(`after/${name}`, { shape, data: Float32Array.from(after[i]) });
  });
  model.stepsTrained++;
  parameters.sharing.changed();
  const { checks, filters } = await checkGradients(model, data, model.stepsTrained - 1, before, gradients, checksPerParameter);
  return { step, loss, entries, tensors, checks, filters, sequences };
}

/** Central differences in f64 beside analytic gradients: for the steepest elements of each parameter, and all over the steepest window of filters. */
async function checkGradients(
  model: Model,
  data: Dataset,
  step: number,
  values: readonly Floats[],
  gradients: ReadonlyMap<number, Float32Array>,
  each: number,
): Promise<{ checks: GradientCheck[]; filters: FilterGradient[] }> {
  if (each === 0) return { checks: [], filters: [] };
  const { architecture: structure, seed } = model;
  const { parameters } = structure;
  const { objectives } = model.needCompiled("trace");
  const oracle = new Model({ structure, seed, runtime: createRuntime({ backend: "js", precision: "f64" }) });
  oracle.compile({ optimizer: "sgd", ...optionsOf(objectives) });
  // Random layers draw what they drew in the step.
  oracle.stepsTrained = step;
  const exact = values.map((data) => Float64Array.from(data));
  const numbers = [...exact.keys()];
  const write = (): void => oracle.architecture.parameters.writeValues(numbers, exact);
  write();
  const { gradients: references } = await oracle.gradients(data);
  const h = 1e-5;
  const known = new Map<string, number>();
  const numericOf = async (p: number, index: number): Promise<number> => {
    const key = `${p}/${index}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const at = async (value: number): Promise<number> => {
      const old = exact[p][index];
      exact[p][index] = value;
      write();
      exact[p][index] = old;
      return oracle.objective(data);
    };
    const w = exact[p][index];
    const numeric = ((await at(w + h)) - (await at(w - h))) / (2 * h);
    known.set(key, numeric);
    return numeric;
  };
  const checks: GradientCheck[] = [];
  const filters: FilterGradient[] = [];
  for (const [p, gradient] of gradients) {
    const { name: parameter, shape } = parameters.specs[p];
    const reference = references.find(({ name }) => name === parameter) as NamedArray;
    const bySteepness = [...gradient.keys()].sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]));
    for (const index of bySteepness.slice(0, each)) {
      checks.push({ parameter, index, analytic: gradient[index], reference: reference.data[index], numeric: await numericOf(p, index) });
    }
    if (shape.length !== 4 || bySteepness.length === 0) continue;
    const [height, width, channels, count] = shape;
    const [filter, channel] = [bySteepness[0] % count, Math.floor(bySteepness[0] / count) % channels];
    const places = Array.from({ length: height * width }, (_, tap) => (tap * channels + channel) * count + filter);
    const numeric: number[] = [];
    for (const place of places) numeric.push(await numericOf(p, place));
    filters.push({ parameter, filter, channel, size: [height, width], analytic: places.map((place) => gradient[place]), numeric });
  }
  oracle.dispose();
  return { checks, filters };
}
