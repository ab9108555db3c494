/** A model's parameters: what they are, their first values, and where they live. @module */
import type { Constraint } from "../constraints/index.ts";
import { ConfigError, NumericError, OutOfMemoryError, ShapeError } from "../errors.ts";
import { firstNonFinite } from "../finite.ts";
import type { ParameterLayout } from "../graph/lower.ts";
import type { Initializer } from "../initializers/index.ts";
import { deriveKey, Purpose } from "../random.ts";
import type { Regularizer } from "../regularizers/index.ts";
import type { Block, Floats } from "../runtime/memory.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { copyFromMemory, fromMemory, toMemory } from "./parameter-layout.ts";

/** One parameter. */
export interface ParameterSpec {
  /** `layer/parameter`, as in files. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** The axes of `shape` in the order memory has them; absent: as they are. */
  readonly layout?: readonly number[];
  /** Absent: no penalty. */
  readonly regularizer?: Regularizer;
  /** Absent: any value may be. */
  readonly constraint?: Constraint;
}

/** The shape of a parameter in memory. */
export function memoryShape({ shape, layout }: ParameterSpec): readonly number[] {
  return layout === undefined ? shape : layout.map((axis) => shape[axis]);
}

/**
 * A parameter's memory as [A,R,B], where R are the axes of `shape`; without axes all of it is R.
 * @throws ConfigError unless they are axes that lie together in memory
 */
export function dimsOver(spec: ParameterSpec, axes: readonly number[] | undefined): { A: number; R: number; B: number } {
  const sizes = memoryShape(spec);
  const order = spec.layout ?? sizes.map((_, axis) => axis);
  const places = (axes ?? order).map((axis) => order.indexOf(axis)).sort((a, b) => a - b);
  const [first, last] = [places[0] ?? 0, places.at(-1) ?? -1];
  if (places.includes(-1) || last - first !== places.length - 1) {
    throw new ConfigError({
      where: `constraint of ${spec.name}`,
      got: `axes [${axes?.join(",")}] of shape [${spec.shape.join(",")}]`,
      expected: places.includes(-1) ? `axes from 0 to ${sizes.length - 1}` : "axes that lie together in memory: all but the last of filters, or neighbours",
    });
  }
  return { A: elements(sizes.slice(0, first)), R: elements(sizes.slice(first, last + 1)), B: elements(sizes.slice(last + 1)) };
}

/** A parameter's values, in the API's layout. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const LINE = 16;
/** Values that fit into 4 GiB beside their gradients. */
const MOST = 2 ** 29;
const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The parameters of one model: on the host until the model first runs, then in its runtime's memory. */
export class ParameterStore {
  readonly specs: ParameterSpec[] = [];
  /** Counts the changes of the values, by whoever makes them. */
  version = 0;
  private readonly seed: number;
  private values: Float32Array[] = [];
  private block: Block | null = null;
  private slots = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Adds a parameter and draws its first values: they depend on the seed and its number only. @throws ShapeError, OutOfMemoryError */
  add(spec: ParameterSpec): number {
    const index = this.specs.length;
    if (spec.layout !== undefined) checkLayout(spec.name, spec.shape, spec.layout);
    if (spec.constraint !== undefined) dimsOver(spec, spec.constraint.axes);
    if (!(this.count + elements(spec.shape) <= MOST)) {
      throw new OutOfMemoryError({
        where: `parameter ${spec.name}`,
        got: `shape [${spec.shape.join(",")}]`,
        expected: `at most ${MOST} values in all`,
        hint: "use fewer or smaller filters, or pool before a dense layer",
      });
    }
    const data = new Float32Array(elements(spec.shape));
    spec.initializer.fill(data, spec.shape, deriveKey(this.seed, Purpose.initializer, index));
    this.specs.push(spec);
    this.values.push(data);
    return index;
  }

  /** Number of values. */
  get count(): number {
    return this.specs.reduce((sum, { shape }) => sum + elements(shape), 0);
  }

  /** Offsets in a region: each parameter on cache lines of its own. */
  layout(): ParameterLayout {
    const offsets: number[] = [];
    const sizes = this.specs.map(({ shape }) => elements(shape));
    let total = 0;
    for (const size of sizes) {
      offsets.push(total);
      total += Math.ceil(size / LINE) * LINE;
    }
    return { offsets, sizes, total };
  }

  /**
   * The model's block: parameters, gradients, then optimizer slots, each laid out alike. Made on first use; made anew,
   * keeping the weights, when more slots are asked for.
   * @param initial of each slot the value that it starts from
   */
  place(runtime: Runtime, initial: readonly number[]): Block {
    const slots = initial.length;
    if (this.block !== null && this.slots >= slots) return this.block;
    const { offsets, total } = this.layout();
    const values = this.read();
    this.block?.dispose();
    this.block = runtime.memory.allocate((2 + slots) * total * 4, "parameters, gradients and optimizer slots");
    this.slots = slots;
    values.forEach((data, i) => {
      toMemory(this.specs[i], data, (this.block as Block).floats(offsets[i] * 4, data.length));
    });
    this.values = [];
    this.resetSlots(initial);
    return this.block;
  }

  /** Copies of all values, in order. */
  read(): Float32Array[] {
    if (this.block === null) return this.values.map((data) => data.slice());
    const { offsets, sizes } = this.layout();
    return sizes.map((size, i) => fromMemory(this.specs[i], (this.block as Block).floats(offsets[i] * 4, size)));
  }

  /** Copies of all values, in order and with memory's precision. */
  copyValues(): Floats[] {
    return this.block === null ? this.read() : this.copyRegion(this.block, 0);
  }

  /** Copies of an optimizer slot's values for each parameter, in the API's layout and with memory's precision. Needs `place` first. */
  copySlot(slot: number): Floats[] {
    return this.copyRegion(this.block as Block, 2 + slot);
  }

  /** Replaces an optimizer slot's values, as `copySlot` gave them. Needs `place` first. */
  writeSlot(slot: number, arrays: readonly ArrayLike<number>[]): void {
    const { offsets, sizes, total } = this.layout();
    sizes.forEach((size, i) => {
      toMemory(this.specs[i], arrays[i], (this.block as Block).floats(((2 + slot) * total + offsets[i]) * 4, size));
    });
  }

  private copyRegion(block: Block, region: number): Floats[] {
    const { offsets, sizes, total } = this.layout();
    return sizes.map((size, i) => copyFromMemory(this.specs[i], block.floats((region * total + offsets[i]) * 4, size)));
  }

  /** Copies of all values, or values like them, under their names, in order. */
  named(values = this.read()): NamedArray[] {
    return values.map((data, i) => ({ name: this.specs[i].name, shape: this.specs[i].shape, data }));
  }

  /** Copies of the gradients as the last run left them. */
  readGradients(): Float32Array[] {
    const { offsets, sizes, total } = this.layout();
    return sizes.map((size, i) => fromMemory(this.specs[i], (this.block as Block).floats((total + offsets[i]) * 4, size)));
  }

  /** A copy of the optimizer slots. */
  readSlots(): Float32Array {
    const { total } = this.layout();
    return this.block === null ? new Float32Array(0) : Float32Array.from(this.block.floats(2 * total * 4, this.slots * total));
  }

  /** @throws ShapeError unless there is one array of the right length per parameter; nothing is written then */
  write(arrays: readonly ArrayLike<number>[]): void {
    const { offsets, sizes } = this.layout();
    if (arrays.length !== sizes.length) {
      throw new ShapeError({
        where: "setWeights",
        got: `${arrays.length} arrays`,
        expected: `${sizes.length}: ${this.specs.map(({ name }) => name).join(", ")}`,
      });
    }
    sizes.forEach((size, i) => {
      if (arrays[i].length !== size) {
        throw new ShapeError({
          where: `setWeights (${this.specs[i].name})`,
          got: `${arrays[i].length} values`,
          expected: `${size} for shape [${this.specs[i].shape.join(",")}]`,
        });
      }
    });
    this.version++;
    sizes.forEach((size, i) => {
      if (this.block === null) this.values[i].set(arrays[i]);
      else toMemory(this.specs[i], arrays[i], this.block.floats(offsets[i] * 4, size));
    });
  }

  /** Sets the optimizer slots that there are to these values. */
  resetSlots(initial: readonly number[]): void {
    const { total } = this.layout();
    for (let k = 0; k < this.slots; k++) this.block?.floats((2 + k) * total * 4, total).fill(initial[k] ?? 0);
  }

  /** @throws NumericError naming the first parameter that holds a NaN or an infinity */
  assertFinite(): void {
    this.read().forEach((data, i) => {
      const at = firstNonFinite(data);
      if (at >= 0) {
        throw new NumericError({
          where: `weights (${this.specs[i].name})`,
          got: `${data[at]} at element ${at}`,
          expected: "finite values",
          hint: "load good weights with setWeights, or make the model anew",
        });
      }
    });
  }

  dispose(): void {
    if (this.block === null) return;
    this.values = this.read();
    this.block.dispose();
    this.block = null;
    this.slots = 0;
  }
}

/** @throws ShapeError unless `layout` names each axis of `shape` once */
function checkLayout(name: string, shape: readonly number[], layout: readonly number[]): void {
  if (layout.length === shape.length && shape.every((_, axis) => layout.includes(axis))) return;
  throw new ShapeError({
    where: `parameter ${name}`,
    got: `layout [${layout.join(",")}] for shape [${shape.join(",")}]`,
    expected: "each of its axes once",
  });
}
