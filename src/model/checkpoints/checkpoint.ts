/** Checkpoints: everything that a fit needs to go on as if nothing had happened, in one safetensors file. @module */
import { CheckpointError } from "../../errors.ts";
import { checkLength, decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from "../../formats/safetensors.ts";
import type { Floats } from "../../runtime/memory.ts";
import type { Model } from "../model.ts";
import { elements } from "../parameters/parameter-spec.ts";
import { fromExactJson, toExactJson } from "./exact-json.ts";
import { checkState, type RunState } from "./run-state.ts";

const VERSION = "1";
const STATE = "checkpoint/state";
const ARRAYS = "checkpoint/arrays/";
const carriedTensor = (name: string): string => `checkpoint/carried/${name}`;
const slotTensor = (slot: string, parameter: string): string => `checkpoint/optimizer/${slot}/${parameter}`;
const slotNames = (model: Model): string[] => Object.keys(model.compiled?.optimizer.slots ?? {});

/** @throws CheckpointError for a model whose weights and optimizer slots are too large for a file, before they are used and copied */
export function checkCheckpointSize(model: Model): void {
  const { parameters } = model.architecture;
  const values = (numbers: readonly number[]): number => numbers.reduce((sum, i) => sum + elements(parameters.specs[i].shape), 0);
  const slots = slotNames(model);
  const hint =
    slots.length === 0
      ? undefined
      : `${slots.length} of the optimizer's values for each weight are part of it (${slots.join(", ")}): sgd without momentum has none`;
  const all = values([...parameters.weights, ...parameters.numbersOf("carried")]) + slots.length * values(parameters.numbersOf("trainable"));
  checkLength(Float32Array.BYTES_PER_ELEMENT * all, "checkpoint", hint);
}

/** The bytes of a checkpoint. It is a model file too. @param digest room for a checksum, which is filled in where the file is written */
export function encodeCheckpoint(model: Model, state: RunState, digest: string): Uint8Array {
  const { parameters } = model.architecture;
  const tensors = new Map<string, SafetensorsTensor>();
  const add = (name: string, shape: readonly number[], data: Float32Array | Float64Array): void =>
    void tensors.set(name, { dtype: data instanceof Float64Array ? "F64" : "F32", shape, data });
  const addAll = (numbers: readonly number[], tensorOf: (name: string) => string, arrays: readonly Floats[]): void =>
    numbers.forEach((i, k) => {
      const { name, shape } = parameters.specs[i];
      add(tensorOf(name), shape, arrays[k]);
    });
  const { weights } = parameters;
  const carried = parameters.numbersOf("carried");
  addAll(weights, (name) => name, parameters.copyValues(weights));
  addAll(carried, carriedTensor, parameters.copyValues(carried));
  slotNames(model).forEach((slot, k) => {
    addAll(parameters.numbersOf("trainable"), (name) => slotTensor(slot, name), parameters.copySlot(k));
  });
  const text = new TextEncoder().encode(toExactJson(state, ARRAYS, tensors));
  tensors.set(STATE, { dtype: "U8", shape: [text.length], data: text });
  return encodeSafetensors(tensors, { sha256: digest, format: "gradiente", checkpoint: VERSION, model: JSON.stringify(model.toJSON()) });
}

/** A checkpoint that was read. */
export interface Checkpoint {
  readonly state: RunState;
  /** Puts weights, optimizer slots and running products into the model, whose memory is in place. @throws CheckpointError if they do not fit: nothing is changed then */
  applyTo(model: Model): void;
}

/** Reads a checkpoint. @throws CheckpointError for anything that is none */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { metadata, tensors } = decodeSafetensors(bytes, where);
  const text = tensors.get(STATE)?.data;
  if (metadata.format !== "gradiente" || metadata.checkpoint !== VERSION || !(text instanceof Uint8Array)) {
    throw new CheckpointError({ where, got: "a safetensors file that is no checkpoint", expected: "a file written by fit's checkpoint option" });
  }
  const state = fromExactJson(new TextDecoder().decode(text), tensors, where);
  checkState(state, where);
  const take = (name: string, shape: readonly number[]): Float32Array | Float64Array => {
    const tensor = tensors.get(name);
    if (tensor !== undefined && tensor.shape.join() === shape.join()) {
      if (tensor.data instanceof Float32Array || tensor.data instanceof Float64Array) return tensor.data;
    }
    throw new CheckpointError({
      where: `${where}, tensor "${name}"`,
      got: tensor === undefined ? "nothing" : `${tensor.dtype} [${tensor.shape}]`,
      expected: `floats [${shape}]`,
    });
  };
  return {
    state,
    applyTo(model) {
      const { parameters } = model.architecture;
      const takeAll = (numbers: readonly number[], tensorOf: (name: string) => string) =>
        numbers.map((i) => take(tensorOf(parameters.specs[i].name), parameters.specs[i].shape));
      const numbers = [...parameters.weights, ...parameters.numbersOf("carried")];
      const values = [...takeAll(parameters.weights, (name) => name), ...takeAll(parameters.numbersOf("carried"), carriedTensor)];
      const slots = slotNames(model).map((slot) => takeAll(parameters.numbersOf("trainable"), (name) => slotTensor(slot, name)));
      const products = Object.keys(model.optimizerState);
      const missing = products.find((name) => !Object.hasOwn(state.optimizerState, name));
      if (missing !== undefined) throw new CheckpointError({ where, got: `an optimizer without ${missing}`, expected: products.join(", ") });
      parameters.writeValues(numbers, values);
      for (const [k, copies] of slots.entries()) parameters.writeSlot(k, copies);
      for (const name of products) model.optimizerState[name] = state.optimizerState[name];
    },
  };
}
