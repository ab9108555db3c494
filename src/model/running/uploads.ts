/** The columns of datasets in a runtime's memory, as they are (u8 stays u8, labels become i32), uploaded once per runtime. @module */
import type { InputColumn, TargetColumn } from "../../data/dataset/columns.ts";
import type { SampleFormat, TargetFormat } from "../../graph/ops/leaf.ts";
import type { Block } from "../../runtime/memory.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/** Copies of arrays, while the arrays live. */
type Copies = WeakMap<object, WeakMap<Runtime, Block>>;

const asStored: Copies = new WeakMap();
const asLabels: Copies = new WeakMap();

/** How the samples of an input are stored. @param column name of their slot */
export function sampleFormat(column: string, input: InputColumn): SampleFormat {
  const { shift, scale } = input.normalization;
  const sparse = zeroShare(input) > SPARSE_SHARE;
  return { column, dtype: input.values instanceof Uint8Array ? "u8" : "f32", shape: input.shape, shift, scale, sparse };
}

/** How the targets of an output are stored. @param column name of their slot */
export function targetFormat(column: string, { values, shape }: TargetColumn): TargetFormat {
  return values instanceof Float32Array ? { column, dtype: "f32", shape } : { column, dtype: "i32", shape: [] };
}

/** Samples or weights in a runtime's memory. Subsets share their parent's arrays, hence its copy. */
export function uploadStored(runtime: Runtime, values: Uint8Array | Float32Array): Block {
  return upload(asStored, runtime, values, values.byteLength, (block) => {
    if (values instanceof Uint8Array) block.bytes(0, values.length).set(values);
    else block.floats(0, values.length).set(values);
  });
}

/** Targets in a runtime's memory. */
export function uploadTargets(runtime: Runtime, values: TargetColumn["values"]): Block {
  if (values instanceof Float32Array) return uploadStored(runtime, values);
  return upload(asLabels, runtime, values, values.length * 4, (block) => block.ints(0, values.length).set(values));
}

/** Brings a part of an array's copy up to date, if there is one. */
export function renew(runtime: Runtime, values: Uint8Array | Int32Array | Float32Array, from: number, to: number): void {
  const block = (values instanceof Int32Array ? asLabels : asStored).get(values)?.get(runtime);
  if (block === undefined) return;
  if (values instanceof Uint8Array) block.bytes(from, to - from).set(values.subarray(from, to));
  else if (values instanceof Int32Array) block.ints(from * 4, to - from).set(values.subarray(from, to));
  else block.floats(from * 4, to - from).set(values.subarray(from, to));
}

function upload(copies: Copies, runtime: Runtime, values: object, bytes: number, write: (block: Block) => void): Block {
  let perRuntime = copies.get(values);
  if (perRuntime === undefined) {
    perRuntime = new WeakMap();
    copies.set(values, perRuntime);
  }
  let block = perRuntime.get(runtime);
  if (block === undefined) {
    block = runtime.memory.allocate(bytes, "a dataset");
    write(block);
    perRuntime.set(runtime, block);
  }
  return block;
}

/** Part of an input's values that must be zero for lists to beat the dense product. */
const SPARSE_SHARE = 0.6;

/** Part of a u8 input's values that are zero, from a sample of its rows. */
function zeroShare({ values, normalization }: InputColumn): number {
  if (!(values instanceof Uint8Array) || normalization.shift !== 0 || values.length === 0) return 0;
  const stride = Math.max(1, Math.floor(values.length / 200_000)) | 1;
  let zeros = 0;
  let seen = 0;
  for (let i = 0; i < values.length; i += stride, seen++) if (values[i] === 0) zeros++;
  return zeros / seen;
}
