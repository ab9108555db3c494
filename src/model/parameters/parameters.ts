/** A model's parameters and states: their first values, and where they live. @module */
import { ConfigError, NumericError, OutOfMemoryError, ShapeError } from "../../errors.ts";
import { firstNonFinite } from "../../finite.ts";
import type { ParameterLayout } from "../../graph/lower.ts";
import type { Bindings } from "../../program/executor.ts";
import { deriveKey, Purpose } from "../../random.ts";
import type { Block, Floats, Memory } from "../../runtime/memory.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { copyFromMemory, fromMemory, toMemory } from "./parameter-layout.ts";
import { checkLayout, dimsOver, elements, type ParameterSpec, type Role } from "./parameter-spec.ts";
import { Sharing } from "./sharing.ts";

/** Values of a parameter or state, in the API's layout. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const LINE = 16;
/** Values that fit into 4 GiB beside their gradients. */
const MOST = 2 ** 29;
/** Parameters of more values are drawn when they are first asked for: who has no memory to train them hears of it before. */
export const LARGE = 2 ** 24;

/** Parts of the model's block, one after another; an optimizer's slots follow. States stay apart from parameters: updates run over these as a whole. */
type Part = "parameters" | "state" | "gradients";

/**
 * The parameters and states of one model: on the host until the model first runs, then in its runtime's memory. A number counts all of them in the order
 * in which they were made; `weights` are those that files hold, in files' order.
 */
export class ParameterStore {
  readonly specs: ParameterSpec[] = [];
  /** When values changed, and which other models have the same; who changes them in memory tells it. */
  readonly sharing = new Sharing({ read: (index) => this.readOne(index), write: (index, data) => this.writeOne(index, data) });
  private readonly seed: number;
  /** While they are on the host. What is large has none until it is asked for. */
  private values: (Float32Array | undefined)[] = [];
  private block: Block | null = null;
  private slots = 0;
  private readonly names = new Set<string>();
  /** Number of values in all. */
  private elements = 0;
  private laidOut: ParameterLayout | null = null;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Adds a parameter or state. Its first values depend on the seed and its number only. @throws ShapeError, OutOfMemoryError, ConfigError for a name that another has */
  add(spec: ParameterSpec): number {
    const index = this.specs.length;
    if (spec.layout !== undefined) checkLayout(spec.name, spec.shape, spec.layout);
    if (spec.constraint !== undefined) dimsOver(spec, spec.constraint.axes);
    if (this.names.has(spec.name)) {
      throw new ConfigError({
        where: "weights",
        got: `two weights named ${JSON.stringify(spec.name)}`,
        expected: "distinct names",
        hint: "give one of the layers another name",
      });
    }
    this.names.add(spec.name);
    this.elements += elements(spec.shape);
    if (!(this.elements <= MOST)) {
      throw new OutOfMemoryError({
        where: `parameter ${spec.name}`,
        got: `shape [${spec.shape.join(",")}]`,
        expected: `at most ${MOST} values in all`,
        hint: "use fewer units, fewer or smaller filters, or pool before a dense layer",
      });
    }
    this.specs.push(spec);
    this.laidOut = null;
    return index;
  }

  /** Draws the first values of those that have none yet, but for large ones. */
  draw(): void {
    for (let i = this.values.length; i < this.specs.length; i++) this.values.push(elements(this.specs[i].shape) > LARGE ? undefined : this.firstValues(i));
    this.sharing.changed();
  }

  /** @param slots values that the optimizer keeps of each parameter @throws OutOfMemoryError where a memory can never hold what training takes */
  assertRoom({ limit }: Memory, slots: number): void {
    const bytes = this.bytesWith(slots);
    if (bytes <= limit) return;
    throw new OutOfMemoryError({
      where: "fit",
      got: `${this.count} parameters, which take ${bytes} bytes with their gradients${slots === 0 ? "" : ` and ${slots} values of the optimizer for each`}`,
      expected: `at most ${limit} bytes`,
      hint: `make layers smaller${slots === 0 ? "" : ", or take the optimizer sgd without momentum, which keeps none"}`,
    });
  }

  /** Numbers of the weights in the order of files and hashes: layer by layer, the trainable ones first. */
  get weights(): readonly number[] {
    const layers = [...new Set(this.specs.map(({ layer }) => layer))];
    const places = new Map(layers.map((layer, i) => [layer, i]));
    const place = ({ layer, role }: ParameterSpec): number => 2 * (places.get(layer) as number) + (role === "trainable" ? 0 : 1);
    return [...this.numbersOf("trainable"), ...this.numbersOf("state")].sort((a, b) => place(this.specs[a]) - place(this.specs[b]) || a - b);
  }

  /** Numbers of those in this role, in the order in which they were made. */
  numbersOf(role: Role): readonly number[] {
    return this.specs.flatMap((spec, i) => (spec.role === role ? [i] : []));
  }

  /** Number of trainable values. */
  get count(): number {
    return this.numbersOf("trainable").reduce((sum, i) => sum + elements(this.specs[i].shape), 0);
  }

  /** Offsets in a region: each parameter, and each state, on cache lines of its own. */
  layout(): ParameterLayout {
    this.laidOut ??= this.layOut();
    return this.laidOut;
  }

  private layOut(): ParameterLayout {
    const sizes = this.specs.map(({ shape }) => elements(shape));
    const ends = { parameters: 0, state: 0 };
    const offsets = this.specs.map(({ role }, i) => {
      const part = role === "trainable" ? "parameters" : "state";
      const offset = ends[part];
      ends[part] += Math.ceil(sizes[i] / LINE) * LINE;
      return offset;
    });
    return { offsets, sizes, total: ends.parameters, states: ends.state };
  }

  /**
   * The model's block: parameters, states, gradients, then optimizer slots. Made on first use; made anew, keeping the values, when more slots are
   * asked for.
   * @param initial of each slot the value that it starts from
   */
  place(runtime: Runtime, initial: readonly number[]): Block {
    this.sharing.follow();
    const slots = initial.length;
    if (this.block !== null && this.slots >= slots) return this.block;
    const values = this.block === null ? this.values : this.specs.map((_, i) => this.readOne(i));
    this.block?.dispose();
    this.block = runtime.memory.allocate(this.bytesWith(slots), "parameters, gradients and optimizer slots");
    this.slots = slots;
    for (let i = 0; i < this.specs.length; i++) this.writeOne(i, values[i] ?? this.firstValues(i));
    this.values = [];
    this.resetSlots(initial);
    return this.block;
  }

  /** Where the regions of a Program lie in the block that `place` gave. */
  bindings(block: Block): Bindings {
    const at = (part: Part | number) => ({ block, offset: this.start(part) * 4 });
    return { parameters: at("parameters"), state: at("state"), gradients: at("gradients"), moments: at(0) };
  }

  /** Copies of all weights, in their order. */
  read(): Float32Array[] {
    this.sharing.follow();
    return this.weights.map((i) => this.readOne(i));
  }

  /** Copies of values by their numbers, with memory's precision. */
  copyValues(numbers: readonly number[]): Floats[] {
    this.sharing.follow();
    return numbers.map((i) => (this.block === null ? this.readOne(i) : copyFromMemory(this.specs[i], this.view(i, this.partOf(i)))));
  }

  /** Replaces values by their numbers, as `copyValues` gave them. */
  writeValues(numbers: readonly number[], arrays: readonly ArrayLike<number>[]): void {
    this.sharing.follow();
    this.sharing.changed(numbers);
    numbers.forEach((i, k) => {
      this.writeOne(i, arrays[k]);
    });
  }

  /** Copies of an optimizer slot's values for each trainable parameter, in the API's layout and with memory's precision. Needs `place` first. */
  copySlot(slot: number): Floats[] {
    return this.numbersOf("trainable").map((i) => copyFromMemory(this.specs[i], this.view(i, slot)));
  }

  /** Replaces an optimizer slot's values, as `copySlot` gave them. Needs `place` first. */
  writeSlot(slot: number, arrays: readonly ArrayLike<number>[]): void {
    this.numbersOf("trainable").forEach((i, k) => {
      toMemory(this.specs[i], arrays[k], this.view(i, slot));
    });
  }

  /** Copies of all weights under their names, in their order. */
  named(): NamedArray[] {
    this.sharing.follow();
    return this.weights.map((i) => ({ ...this.nameAndShape(i), data: this.readOne(i) }));
  }

  /** Name and shape of number `index`. */
  nameAndShape(index: number): { name: string; shape: readonly number[] } {
    const { name, shape } = this.specs[index];
    return { name, shape };
  }

  /** A copy of the gradient of a parameter as the last run left it. Needs `place` first. */
  readGradient(index: number): Float32Array {
    return fromMemory(this.specs[index], this.view(index, "gradients"));
  }

  /** Copies of gradients by their numbers, as the last run left them, with memory's precision. Needs `place` first. */
  copyGradients(numbers: readonly number[]): Floats[] {
    return numbers.map((i) => copyFromMemory(this.specs[i], this.view(i, "gradients")));
  }

  /** Sets all gradients to 0: a run leaves alone those of parameters on which its loss does not depend. Needs `place` first. */
  clearGradients(): void {
    this.block?.floats(this.start("gradients") * 4, this.layout().total).fill(0);
  }

  /** A copy of the optimizer slots. */
  readSlots(): Float32Array {
    return this.block === null ? new Float32Array(0) : Float32Array.from(this.block.floats(this.start(0) * 4, this.slots * this.layout().total));
  }

  /** All states as they lie in memory, valid until memory grows. Needs `place` first. */
  states(): Floats {
    return (this.block as Block).floats(this.start("state") * 4, this.layout().states);
  }

  /** Brings what is carried from batch to batch back to its start. */
  resetCarried(): void {
    const carried = this.numbersOf("carried");
    this.writeValues(
      carried,
      carried.map((i) => this.firstValues(i)),
    );
  }

  /** Replaces all weights. @throws ShapeError unless there is one array of the right length per weight; nothing is written then */
  write(arrays: readonly ArrayLike<number>[]): void {
    const { weights } = this;
    if (arrays.length !== weights.length) {
      throw new ShapeError({
        where: "setWeights",
        got: `${arrays.length} arrays`,
        expected: `${weights.length}: ${weights.map((i) => this.specs[i].name).join(", ")}`,
      });
    }
    weights.forEach((i, k) => {
      const { name, shape } = this.specs[i];
      if (arrays[k].length !== elements(shape)) {
        throw new ShapeError({
          where: `setWeights (${name})`,
          got: `${arrays[k].length} values`,
          expected: `${elements(shape)} for shape [${shape.join(",")}]`,
        });
      }
    });
    this.writeValues(weights, arrays);
  }

  /** Sets the optimizer slots that there are to these values. */
  resetSlots(initial: readonly number[]): void {
    const { total } = this.layout();
    for (let k = 0; k < this.slots; k++) this.block?.floats(this.start(k) * 4, total).fill(initial[k] ?? 0);
  }

  /** @throws NumericError naming the first weight or state that holds a NaN or an infinity */
  assertFinite(): void {
    this.sharing.follow();
    for (const i of [...this.weights, ...this.numbersOf("carried")]) {
      const data = this.readOne(i);
      const at = firstNonFinite(data);
      if (at >= 0) {
        throw new NumericError({
          where: `weights (${this.specs[i].name})`,
          got: `${data[at]} at element ${at}`,
          expected: "finite values",
          hint: "load good weights with setWeights, or make the model anew",
        });
      }
    }
  }

  dispose(): void {
    if (this.block === null) return;
    this.values = this.specs.map((_, i) => this.readOne(i));
    this.block.dispose();
    this.block = null;
    this.slots = 0;
  }

  /** Length of the block. */
  private bytesWith(slots: number): number {
    const { total, states } = this.layout();
    return ((2 + slots) * total + states) * 4;
  }

  private firstValues(index: number): Float32Array {
    const { initializer, shape } = this.specs[index];
    const data = new Float32Array(elements(shape));
    initializer.fill(data, shape, deriveKey(this.seed, Purpose.initializer, index));
    return data;
  }

  private partOf(index: number): Part {
    return this.specs[index].role === "trainable" ? "parameters" : "state";
  }

  /** First float of a part of the block, or of an optimizer slot. */
  private start(part: Part | number): number {
    const { total, states } = this.layout();
    if (part === "parameters") return 0;
    if (part === "state") return total;
    return total + states + (part === "gradients" ? 0 : (1 + part) * total);
  }

  private view(index: number, part: Part | number): Floats {
    const { offsets, sizes } = this.layout();
    return (this.block as Block).floats((this.start(part) + offsets[index]) * 4, sizes[index]);
  }

  private onHost(index: number): Float32Array {
    this.values[index] ??= this.firstValues(index);
    return this.values[index];
  }

  private readOne(index: number): Float32Array {
    return this.block === null ? this.onHost(index).slice() : fromMemory(this.specs[index], this.view(index, this.partOf(index)));
  }

  private writeOne(index: number, data: ArrayLike<number>): void {
    if (this.block === null) {
      this.values[index] ??= new Float32Array(elements(this.specs[index].shape));
      this.values[index].set(data);
    } else toMemory(this.specs[index], data, this.view(index, this.partOf(index)));
  }
}
