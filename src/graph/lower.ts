/** Lowers a graph to a Program: picks memory for every tensor and emits the kernel calls in order. @module */
import { ConfigError } from "../errors.ts";
import type { DType, KernelName, Kernels } from "../program/kernels/index.ts";
import { placeScratch, planWork } from "../program/plan.ts";
import {
  ACCUMULATE,
  type Instruction,
  instructionsOf,
  kernelOf,
  type Operand,
  type Pointer,
  type Program,
  type Region,
  SECTIONS,
  type Section,
  type Slot,
  slotBytes,
} from "../program/program.ts";
import { schedule } from "../program/schedule.ts";
import { count, type Dim, type Shape } from "../shape.ts";
import { type Lowering, type Node, reachable, type Tensor } from "./graph.ts";
import { addNOp } from "./ops/add-n.ts";

/**
 * Where a model keeps its parameters and states, by their number: offsets in floats from the start of their region, which for parameters is the
 * same in gradients and in each optimizer slot.
 */
export interface ParameterLayout {
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  /** Floats of all parameters. */
  readonly total: number;
  /** Floats of all states. */
  readonly states: number;
}

/** A state and what it becomes after each pass. */
export interface Assignment {
  /** Number of the state. */
  readonly index: number;
  readonly value: Tensor;
  /** The layer it belongs to. */
  readonly scope: string;
}

/** What to lower. */
export interface LowerRequest {
  readonly mode: Program["mode"];
  readonly capacity: number;
  readonly layout: ParameterLayout;
  /** Tensors whose values the host reads, by name. They survive to the end of the run. */
  readonly results: ReadonlyMap<string, Tensor>;
  /** Gradient of each parameter, by its number. */
  readonly gradients?: ReadonlyMap<number, Tensor>;
  /** What states become after each pass. */
  readonly assignments?: readonly Assignment[];
  /** Passes per step (default 1). With more, each pass's gradient is summed by itself and then added: one long f32 sum would lose digits. */
  readonly passes?: number;
  /** Emits what follows forward and backward in each pass (loss sums), and the update. */
  readonly finish?: (builder: ProgramBuilder) => void;
  /** Convolutions are computed directly, never by tiles. Default false. */
  readonly plain?: boolean;
  /** Keep every value to the end (tracing), and give each tensor of the map a name. */
  readonly trace?: ReadonlyMap<string, Tensor>;
}

/** Collects slots and instructions. */
export class ProgramBuilder implements Lowering {
  readonly capacity: number;
  readonly plain: boolean;
  readonly slots: Slot[] = [];
  readonly sections: Record<Section, Instruction[]> = { prepare: [], accumulate: [], update: [] };
  readonly names = new Map<string, { slot: number; shape: Shape }>();
  private readonly layout: ParameterLayout;
  private readonly constants: { slot: number; values: readonly number[] }[] = [];
  private readonly bytes: Record<Region, number> = {
    parameters: 0,
    state: 0,
    gradients: 0,
    moments: 0,
    scalars: 0,
    constants: 0,
    prepared: 0,
    work: 0,
    scratch: 0,
    data: 0,
  };
  private readonly memory = new Map<Tensor, Pointer>();
  private readonly destinations = new Map<Tensor, { pointer: Pointer; beta: Operand }>();
  private readonly shared = new Map<string, number>();
  private section: Section = "accumulate";
  private node: { scope: string; phase: Instruction["phase"] } = { scope: "", phase: "forward" };

  constructor(capacity: number, layout: ParameterLayout, plain = false) {
    this.capacity = capacity;
    this.plain = plain;
    this.layout = layout;
  }

  pointer(tensor: Tensor): Pointer {
    const pointer = this.memory.get(tensor);
    if (pointer === undefined)
      throw new ConfigError({
        where: `graph op "${tensor.node.op.name}"`,
        got: "a tensor of another graph, or used before it was made",
        expected: "tensors of one graph",
      });
    return pointer;
  }

  output(node: Node, index = 0): Pointer {
    const tensor = node.outputs[index];
    const known = this.memory.get(tensor);
    if (known !== undefined) return known;
    const pointer = this.destinations.get(tensor)?.pointer ?? {
      slot: this.newSlot(`${node.scope || "graph"}/${node.op.name}`, tensor.dtype, "work", count(tensor.shape)),
      at: 0,
    };
    this.memory.set(tensor, pointer);
    return pointer;
  }

  beta(node: Node): Operand {
    return this.destinations.get(node.outputs[0])?.beta ?? 0;
  }

  alias(tensor: Tensor, pointer: Pointer): void {
    this.memory.set(tensor, pointer);
  }

  scratch(dtype: DType, size: Dim): Pointer {
    return { slot: this.newSlot("scratch", dtype, "work", size), at: 0 };
  }

  prepared(tensor: Tensor, size: Dim): Pointer {
    return this.slot(`${tensor.node.op.name} ${tensor.node.id}`, "f32", "prepared", size);
  }

  once(emit: () => void): void {
    this.within("prepare", this.node.scope, "forward", emit);
  }

  slot(name: string, dtype: DType, region: Region, size: Dim): Pointer {
    if (region === "constants") return { slot: this.newSlot(name, dtype, region, size), at: 0 };
    const key = `${region}/${name}`;
    let slot = this.shared.get(key);
    if (slot === undefined) {
      slot = this.newSlot(name, dtype, region, size);
      this.shared.set(key, slot);
      if (region === "scalars") this.names.set(name, { slot, shape: [size] });
    }
    return { slot, at: 0 };
  }

  constant(pointer: Pointer, values: readonly number[]): void {
    this.constants.push({ slot: pointer.slot, values });
  }

  parameter(index: number): Pointer {
    return this.laidOut("parameters", index);
  }

  /** Memory of a parameter's gradient. */
  gradient(index: number): Pointer {
    return this.laidOut("gradients", index);
  }

  state(index: number, size: Dim): Pointer {
    const key = `state/${index}`;
    let slot = this.shared.get(key);
    if (slot === undefined) {
      slot = this.slots.push({ name: "state", dtype: "f32", region: "state", size, offset: this.layout.offsets[index] * 4 }) - 1;
      this.shared.set(key, slot);
    }
    return { slot, at: 0 };
  }

  /** Gives states their new values. One may become what another was: such values are taken before the first changes. */
  assign(assignments: readonly Assignment[]): void {
    const sources = assignments.map(({ value, scope }) => {
      const x = this.pointer(value);
      if (this.slots[x.slot].region !== "state") return x;
      const copy = { slot: this.newSlot("state before", "f32", "work", count(value.shape)), at: 0 };
      this.copy(scope, copy, x, count(value.shape));
      return copy;
    });
    assignments.forEach(({ index, value, scope }, i) => {
      const n = count(value.shape);
      this.copy(scope, this.state(index, n), sources[i], n);
    });
  }

  private copy(scope: string, y: Pointer, x: Pointer, n: Dim): void {
    this.within("accumulate", scope, "update", () => this.emit("accumulate_f32", { y, x, n, beta: 0 }));
  }

  /** A run of a parameter-shaped region: `region` is parameters, gradients, or optimizer slot `k` of moments. */
  run(region: "parameters" | "gradients" | "moments", offset: number, length: number, k = 0): Pointer {
    const start = k * this.layout.total + offset;
    const slot = this.slots.length;
    this.slots.push({ name: `${region}${k > 0 ? k : ""}`, dtype: "f32", region, size: length, offset: start * 4 });
    this.bytes[region] = Math.max(this.bytes[region], (k + 1) * this.layout.total * 4);
    return { slot, at: 0 };
  }

  private laidOut(region: "parameters" | "gradients", index: number): Pointer {
    const key = `${region}/${index}`;
    let slot = this.shared.get(key);
    if (slot === undefined) {
      slot = this.run(region, this.layout.offsets[index], this.layout.sizes[index]).slot;
      this.shared.set(key, slot);
    }
    return { slot, at: 0 };
  }

  emit<K extends KernelName>(kernel: K, call: { [Name in keyof Kernels[K]["args"]]: Operand }): void {
    const operands = Object.keys(kernelOf(kernel).args).map((name) => (call as Record<string, Operand>)[name]);
    this.sections[this.section].push({ kernel, operands, ...this.node });
  }

  /** What is emitted in `build` goes to this section under this label. */
  within(section: Section, scope: string, phase: Instruction["phase"], build: () => void): void {
    const before = { section: this.section, node: this.node };
    this.section = section;
    this.node = { scope, phase };
    build();
    this.section = before.section;
    this.node = before.node;
  }

  private newSlot(name: string, dtype: DType, region: Region, size: Dim): number {
    const slot: Slot = { name, dtype, region, size, offset: 0 };
    if (region !== "work" && region !== "data") {
      slot.offset = this.bytes[region];
      this.bytes[region] += Math.ceil(slotBytes(slot, this.capacity) / 64) * 64;
    }
    this.slots.push(slot);
    return this.slots.length - 1;
  }

  /** Lowers what the roots need. */
  lowerNodes(roots: readonly Tensor[], gradients: ReadonlyMap<number, Tensor>, passes: number): void {
    const order = reachable(roots);
    const copies = this.directGradients(order, roots, gradients, passes);
    for (const node of order) {
      this.node = { scope: node.scope, phase: node.phase };
      node.op.lower(node, this);
    }
    for (const [index, tensor] of copies) {
      this.node = { scope: tensor.node.scope, phase: "backward" };
      this.emit("accumulate_f32", { y: this.gradient(index), x: this.pointer(tensor), n: count(tensor.shape), beta: ACCUMULATE });
    }
  }

  /** Lets gradients be written where they are wanted; returns the parameters whose gradient must be copied instead. */
  private directGradients(order: readonly Node[], roots: readonly Tensor[], gradients: ReadonlyMap<number, Tensor>, passes: number): Map<number, Tensor> {
    const readers = new Map<Tensor, number>();
    const read = (tensor: Tensor): void => void readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
    for (const node of order) for (const input of node.inputs) read(input);
    for (const root of roots) read(root);
    const copies = new Map<number, Tensor>();
    for (const [index, tensor] of gradients) {
      // Another reader would find the sum over the passes of a step, not the value of this one.
      if (passes === 1 && tensor.node.op.accumulates === true && readers.get(tensor) === 1)
        this.destinations.set(tensor, { pointer: this.gradient(index), beta: ACCUMULATE });
      else copies.set(index, tensor);
    }
    for (const node of order) {
      if (node.op !== (addNOp as Node["op"])) continue;
      const { direct } = node.attributes as { direct: Set<number> };
      direct.clear();
      const parts = node.inputs.map((input, i) => ({ input, i })).sort((a, b) => a.input.node.id - b.input.node.id);
      for (const { input, i } of parts) {
        // A sum in a sum keeps its own memory: its first part may be written before this sum's first part.
        if (input.node.op.accumulates !== true || input.node.op === node.op || readers.get(input) !== 1 || this.destinations.has(input)) continue;
        this.destinations.set(input, { pointer: this.output(node), beta: direct.size > 0 ? 1 : this.beta(node) });
        direct.add(i);
      }
    }
    return copies;
  }

  /** Plans the memory and closes the Program. */
  finish(mode: Program["mode"], keep: ReadonlySet<number> | true): Program {
    this.bytes.scratch = placeScratch(this.slots, instructionsOf(this.sections), this.capacity);
    // Who keeps every value reads them in the order they were written down.
    if (keep !== true) for (const section of SECTIONS) this.sections[section] = schedule(this.sections[section], this.slots, this.capacity);
    const { prepare, accumulate, update } = this.sections;
    const { total, peak } = planWork(this.slots, this.sections, this.capacity, keep);
    this.bytes.work = total;
    const { capacity, slots, constants, bytes, names } = this;
    return { mode, capacity, slots, prepare, accumulate, update, constants, bytes, peak, names };
  }
}

/** Lowers a graph. */
export function lower(request: LowerRequest): Program {
  const builder = new ProgramBuilder(request.capacity, request.layout, request.plain);
  const gradients = request.gradients ?? new Map<number, Tensor>();
  const assignments = request.assignments ?? [];
  const named = [...request.results, ...(request.trace ?? [])];
  builder.lowerNodes([...named.map(([, t]) => t), ...assignments.map(({ value }) => value), ...gradients.values()], gradients, request.passes ?? 1);
  for (const [name, tensor] of named) builder.names.set(name, { slot: builder.pointer(tensor).slot, shape: tensor.shape });
  builder.assign(assignments);
  request.finish?.(builder);
  const keep = new Set([...request.results.values()].map((t) => builder.pointer(t).slot));
  return builder.finish(request.mode, request.trace === undefined ? keep : true);
}
