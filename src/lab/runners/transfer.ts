/** What is sent to threads and comes back from them, as plain data. @module */
import { Dataset } from "../../data/dataset/dataset.ts";
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import * as errors from "../../errors.ts";

/** A dataset whose arrays threads share. */
type Parts = Pick<Dataset, "inputs" | "targets" | "rows">;

/** Training and test set, to be posted. */
export interface SharedData {
  readonly train: Parts;
  readonly test: Parts;
}

/** Both sets with their arrays in shared memory: one copy, whatever the number of threads. */
export function share({ train, test }: TrainAndTest): SharedData {
  const copies = new Map<ArrayBufferView, ArrayBufferView>();
  const shared = <A extends Uint8Array | Float32Array | Int32Array | null | undefined>(array: A): A => {
    if (array === null || array === undefined) return array;
    const known = copies.get(array);
    if (known !== undefined) return known as A;
    const copy = new (array.constructor as Uint8ArrayConstructor)(new SharedArrayBuffer(array.byteLength));
    copy.set(array);
    copies.set(array, copy);
    return copy as A;
  };
  const parts = ({ inputs, targets, rows }: Dataset): Parts => ({
    inputs: inputs.map((column) => ({ ...column, values: shared(column.values) })),
    targets: targets.map((column) => ({ ...column, values: shared(column.values), sampleWeight: shared(column.sampleWeight) })),
    rows: shared(rows),
  });
  return { train: parts(train), test: parts(test) };
}

/** The sets that were shared. */
export function received({ train, test }: SharedData): TrainAndTest {
  return { train: new Dataset(train), test: new Dataset(test) };
}

/** An error that can be posted. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly complaint: errors.Complaint | null;
}

/** An error as plain data. */
export function plainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack, complaint: error instanceof errors.GradienteError ? error.complaint : null };
}

/** Classes of errors, by name. */
const classes: ReadonlyMap<string, unknown> = new Map(Object.entries(errors));

/** The error again, of its own class where it is one of ours; `where` comes before its place. */
export function errorOf({ name, message, stack, complaint }: PlainError, where: string): Error {
  const Own = classes.get(name) as typeof errors.ConfigError | undefined;
  if (complaint !== null && Own !== undefined) {
    return new Own({ ...complaint, where: `${where}, ${complaint.where}` });
  }
  const error = new Error(`${where}: ${message}`);
  error.stack = stack ?? error.stack;
  return error;
}
