/** Datasets in a runtime's memory: samples as they are (u8 stays u8) and targets, uploaded once per runtime. @module */
import type { Dataset } from "../data/dataset.ts";
import type { SampleFormat } from "../graph/ops/leaf.ts";
import type { Bindings } from "../program/executor.ts";
import type { Block } from "../runtime/memory.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** By the targets (the samples where there are none): a copy holds one pair of arrays. */
const uploads = new WeakMap<object, WeakMap<Runtime, { x: Dataset["x"]; block: Block; targets: number }>>();

/** Copies of weights per sample, by their array. */
const weightUploads = new WeakMap<Float32Array, WeakMap<Runtime, Block>>();

/** How a dataset's samples are stored. */
export function formatOf(data: Dataset): SampleFormat {
  const { shift, scale } = data.normalization;
  return { dtype: data.x instanceof Uint8Array ? "u8" : "f32", shape: data.sampleShape, shift, scale };
}

/** Copies a dataset into a runtime's memory unless it is there, and what its stored samples weigh. Subsets share their parent's arrays, hence its copy. */
export function upload(runtime: Runtime, data: Dataset, sampleWeights: Float32Array | null): Bindings {
  const { x, y } = data;
  const key = y ?? x;
  let perRuntime = uploads.get(key);
  if (perRuntime === undefined) {
    perRuntime = new WeakMap();
    uploads.set(key, perRuntime);
  }
  let held = perRuntime.get(runtime);
  if (held === undefined || held.x !== x) {
    const targets = Math.ceil(x.byteLength / 64) * 64;
    const block = runtime.memory.allocate(targets + (y === null ? 0 : y.length * 4), "a dataset");
    if (x instanceof Uint8Array) block.bytes(0, x.length).set(x);
    else block.floats(0, x.length).set(x);
    if (y instanceof Float32Array) block.floats(targets, y.length).set(y);
    else if (y !== null) block.ints(targets, y.length).set(y);
    held = { x, block, targets };
    perRuntime.set(runtime, held);
  }
  return {
    data: { block: held.block, offset: 0 },
    targets: { block: held.block, offset: held.targets },
    ...(sampleWeights !== null && { sampleWeights: { block: uploadWeights(runtime, sampleWeights), offset: 0 } }),
  };
}

function uploadWeights(runtime: Runtime, weights: Float32Array): Block {
  let perRuntime = weightUploads.get(weights);
  if (perRuntime === undefined) {
    perRuntime = new WeakMap();
    weightUploads.set(weights, perRuntime);
  }
  let block = perRuntime.get(runtime);
  if (block === undefined) {
    block = runtime.memory.allocate(weights.byteLength, "weights of samples");
    block.floats(0, weights.length).set(weights);
    perRuntime.set(runtime, block);
  }
  return block;
}

/** Part of a u8 dataset's values that are zero, from a sample of its rows: decides between lists and dense products. */
export function zeroShare(data: Dataset): number {
  const { x } = data;
  if (!(x instanceof Uint8Array) || data.normalization.shift !== 0 || x.length === 0) return 0;
  const stride = Math.max(1, Math.floor(x.length / 200_000)) | 1;
  let zeros = 0;
  let seen = 0;
  for (let i = 0; i < x.length; i += stride, seen++) if (x[i] === 0) zeros++;
  return zeros / seen;
}
