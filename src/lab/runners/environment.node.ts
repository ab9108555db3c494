/** The environment of this process. @module */
import { createHash } from "node:crypto";
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import { readBytes } from "../../runtime/load.node.ts";
import { createRuntime, type Mode } from "../../runtime/runtime.ts";
import { version } from "../../runtime/version.node.ts";
import type { Environment } from "./environment.ts";
import { probe } from "./probe.ts";

/** Measured once per process and mode. */
const kernelsOf = new Map<Mode, Promise<Pick<Environment, "kernels" | "wasm" | "probe">>>();

/** What trials on this data would depend on here. @throws WasmInitError */
export async function environmentOf(mode: Mode, data: TrainAndTest): Promise<Environment> {
  const known = kernelsOf.get(mode) ?? measure(mode);
  kernelsOf.set(mode, known);
  known.catch(() => kernelsOf.delete(mode));
  return { mode, engine: engine(), samples: digestOf(data), ...(await known), version: version() };
}

async function measure(mode: Mode): Promise<Pick<Environment, "kernels" | "wasm" | "probe">> {
  const runtime = await createRuntime({ mode, threads: 1 });
  const kernels = runtime.kernels === "relaxed" ? "relaxed" : "simd";
  // The build without threads stands for both: they are made from the same sources, and any number of threads gives the same bits.
  const wasm = createHash("sha256")
    .update(readBytes(new URL(`../../../build/${kernels}.wasm`, import.meta.url)))
    .digest("hex");
  return { kernels, wasm, probe: await probe(runtime) };
}

/** Name and version of the engine, with that of V8 where it has one. */
function engine(): string {
  const { bun, deno, node, v8 } = process.versions as Record<string, string | undefined>;
  if (bun !== undefined) return `bun ${bun}`;
  const name = deno === undefined ? `node ${node}` : `deno ${deno}`;
  return v8 === undefined ? name : `${name}, v8 ${v8}`;
}

/** SHA-256 of all that training and evaluation could see. */
function digestOf(data: TrainAndTest): string {
  const hash = createHash("sha256");
  const add = (array: Uint8Array | Float32Array | Int32Array | null): void => {
    hash.update(`${array?.constructor.name} ${array?.length};`);
    if (array !== null) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  };
  for (const { inputs, targets, rows } of [data.train, data.test]) {
    for (const { values, shape, normalization } of inputs) {
      add(values);
      hash.update(JSON.stringify([shape, normalization]));
    }
    for (const { values, shape, classes, sampleWeight } of targets) {
      add(values);
      add(sampleWeight);
      hash.update(JSON.stringify([shape, classes ?? null]));
    }
    add(rows);
  }
  return hash.digest("hex");
}
