/** Room for the batches of a stream: what a model is bound to while they come and go. @module */
import { type InputColumn, product, type TargetColumn } from "../../data/dataset/columns.ts";
import { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError, ShapeError } from "../../errors.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { renew } from "../running/uploads.ts";

/** Rows of the columns that the first batch has, which later ones take the place of. Their number and memory never change. */
export class Staging {
  /** All rows; which of them are samples is known to who puts them there. */
  readonly data: Dataset;
  /** Rows that there is room for. */
  readonly capacity: number;

  /** Room for batches like `first`, whose samples stand in it to begin with, again and again: they decide which kernels suit the data. */
  constructor(first: Dataset, capacity: number) {
    this.capacity = capacity;
    const width = ({ shape }: InputColumn | TargetColumn): number => product(shape);
    const inputs = first.inputs.map((column) => ({ ...column, values: repeated(column.values, capacity * width(column)) }));
    const targets = first.targets.map((column) => ({
      ...column,
      values: repeated(column.values instanceof Float32Array ? column.values : Int32Array.from(column.values), capacity * width(column)),
      sampleWeight: column.sampleWeight && repeated(column.sampleWeight, capacity),
    }));
    this.data = new Dataset({ inputs, targets, rows: null });
  }

  /** Whether a batch is like the first. */
  suits(batch: Dataset): boolean {
    try {
      this.check(batch);
      return true;
    } catch {
      return false;
    }
  }

  /** Rows from..to of a batch take the places from `at` on. @throws ShapeError, ConfigError where the batch is not like the first */
  put(runtime: Runtime, batch: Dataset, from: number, to: number, at: number): void {
    this.check(batch);
    const { inputs, targets } = this.data;
    inputs.forEach((room, k) => {
      const column = batch.inputs[k];
      copy(runtime, room.values, column.values, product(room.shape), { from, to, at });
    });
    targets.forEach((room, k) => {
      const column = batch.targets[k];
      copy(runtime, room.values, column.values, product(room.shape), { from, to, at });
      if (room.sampleWeight === null) return;
      copy(runtime, room.sampleWeight, column.sampleWeight ?? new Float32Array(batch.length).fill(1), 1, { from, to, at });
    });
  }

  private check(batch: Dataset): void {
    const { inputs, targets } = this.data;
    checkNames("x", inputs, batch.inputs);
    checkNames("y", targets, batch.targets);
    inputs.forEach((room, k) => checkInput(room, batch.inputs[k]));
    targets.forEach((room, k) => checkTarget(room, batch.targets[k]));
  }
}

type Values = Uint8Array | Int32Array | Float32Array;

/** The values, over and over. */
function repeated<V extends Values>(values: V, length: number): V {
  const made = new (values.constructor as new (n: number) => V)(length);
  for (let at = 0; at < length; at += values.length) made.set(values.subarray(0, Math.min(values.length, length - at)), at);
  return made;
}

function copy(runtime: Runtime, room: Values, values: Values, width: number, { from, to, at }: { from: number; to: number; at: number }): void {
  room.set(values.subarray(from * width, to * width), at * width);
  renew(runtime, room, at * width, (at + to - from) * width);
}

function checkNames(what: string, rooms: readonly { readonly name: string | null }[], columns: readonly { readonly name: string | null }[]): void {
  const names = (of: typeof rooms): string => (of.length === 0 ? "none" : of.map(({ name }) => name ?? "one without a name").join(", "));
  if (names(rooms) !== names(columns))
    throw new ConfigError({ where: what, got: `columns ${names(columns)}`, expected: `${names(rooms)}, as in the first batch` });
}

function checkInput(room: InputColumn, column: InputColumn): void {
  const where = column.name === null ? "x" : `x.${column.name}`;
  if (room.shape.join() !== column.shape.join())
    throw new ShapeError({ where, got: `samples of shape [${column.shape}]`, expected: `[${room.shape}], as in the first batch` });
  const kind = ({ values, normalization: { shift, scale } }: InputColumn): string =>
    `${values instanceof Uint8Array ? "bytes" : "floats"} read as (x - ${shift}) / ${scale}`;
  if (kind(room) !== kind(column)) throw new ConfigError({ where, got: kind(column), expected: `${kind(room)}, as in the first batch` });
}

function checkTarget(room: TargetColumn, column: TargetColumn): void {
  const where = column.name === null ? "y" : `y.${column.name}`;
  const kind = ({ values, shape }: TargetColumn): string => (values instanceof Float32Array ? `floats of shape [${shape}]` : "labels");
  if (kind(room) !== kind(column)) throw new ShapeError({ where, got: kind(column), expected: `${kind(room)}, as in the first batch` });
  if (room.sampleWeight === null && column.sampleWeight !== null)
    throw new ConfigError({ where: "sampleWeight", got: "weights", expected: "none, as in the first batch", hint: "give the first batch weights too" });
}
