/** Checkpoints: everything that a fit needs to go on as if nothing had happened, in one safetensors file. @module */
import { CheckpointError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from "../formats/safetensors.ts";
import type { OptimizerState } from "../optimizers/index.ts";
import { fromExactJson, toExactJson } from "./exact-json.ts";
import type { EpochReport, RateChange } from "./history.ts";
import type { Model } from "./model.ts";

/** What decides every bit of a run, as plain data: a checkpoint serves only a fit with the same. */
export interface RunSettings {
  readonly [field: string]: unknown;
}

/** A fit between two steps, but for the model's weights and optimizer slots. */
export interface RunState {
  readonly settings: RunSettings;
  /** Epochs that were asked for. */
  readonly epochs: number;
  /** The next step: its epoch from 1, its place in it, its number over all. */
  readonly epoch: number;
  readonly stepInEpoch: number;
  readonly step: number;
  /** What the schedule starts from, and what it made of it in the last step. */
  readonly baseRate: number;
  readonly lastRate: number;
  /** Training time of the running epoch. */
  readonly milliseconds: number;
  /** Why a callback ended the fit; null if it goes on. */
  readonly stopReason: string | null;
  readonly epochsTrained: number;
  readonly stepsTrained: number;
  readonly optimizerState: OptimizerState;
  /** Sums over the running epoch. */
  readonly sums: Float64Array;
  /** What each callback keeps. */
  readonly callbacks: readonly { readonly name: string; readonly state: unknown }[];
  readonly learningRateChanges: readonly RateChange[];
  readonly reports: readonly EpochReport[];
}

const VERSION = "1";
const STATE = "checkpoint/state";
const ARRAYS = "checkpoint/arrays/";
const slotTensor = (slot: string, parameter: string): string => `checkpoint/optimizer/${slot}/${parameter}`;
const slotNames = (model: Model): string[] => Object.keys(model.compiled?.optimizer.slots ?? {});

/** The bytes of a checkpoint. It is a model file too. @param digest room for a checksum, which is filled in where the file is written */
export function encodeCheckpoint(model: Model, state: RunState, digest: string): Uint8Array {
  const { parameters } = model.architecture;
  const tensors = new Map<string, SafetensorsTensor>();
  const add = (name: string, shape: readonly number[], data: Float32Array | Float64Array): void =>
    void tensors.set(name, { dtype: data instanceof Float64Array ? "F64" : "F32", shape, data });
  const values = parameters.copyValues();
  parameters.specs.forEach(({ name, shape }, i) => add(name, shape, values[i]));
  slotNames(model).forEach((slot, k) => {
    const copies = parameters.copySlot(k);
    parameters.specs.forEach(({ name, shape }, i) => add(slotTensor(slot, name), shape, copies[i]));
  });
  const text = new TextEncoder().encode(toExactJson(state, ARRAYS, tensors));
  tensors.set(STATE, { dtype: "U8", shape: [text.length], data: text });
  return encodeSafetensors(tensors, { sha256: digest, format: "gradiente", checkpoint: VERSION, model: JSON.stringify(model.toJSON()) });
}

/** A checkpoint that was read. */
export interface Checkpoint {
  readonly state: RunState;
  /** Puts weights and optimizer slots into the model, whose memory is in place. @throws CheckpointError if they do not fit */
  applyTo(model: Model): void;
}

/** Reads a checkpoint. @throws CheckpointError for anything that is none */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { metadata, tensors } = decodeSafetensors(bytes, where);
  const text = tensors.get(STATE)?.data;
  if (metadata.format !== "gradiente" || metadata.checkpoint !== VERSION || !(text instanceof Uint8Array)) {
    throw new CheckpointError({ where, got: "a safetensors file that is no checkpoint", expected: "a file written by fit's checkpoint option" });
  }
  const state = fromExactJson(new TextDecoder().decode(text), tensors, where) as RunState;
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
      const values = parameters.specs.map(({ name, shape }) => take(name, shape));
      const slots = slotNames(model).map((slot) => parameters.specs.map(({ name, shape }) => take(slotTensor(slot, name), shape)));
      parameters.write(values);
      for (const [k, copies] of slots.entries()) parameters.writeSlot(k, copies);
    },
  };
}

/** @throws CheckpointError unless the numbers that lead the loop are what they must be */
function checkState(state: RunState, where: string): void {
  const counts = ["epochs", "epoch", "stepInEpoch", "step", "epochsTrained", "stepsTrained"] as const;
  const lists = ["callbacks", "learningRateChanges", "reports"] as const;
  const bad =
    typeof state !== "object" || state === null
      ? "no object"
      : (counts.find((key) => !Number.isSafeInteger(state[key]) || state[key] < 0) ?? lists.find((key) => !Array.isArray(state[key])));
  if (bad === undefined && state.sums instanceof Float64Array) return;
  throw new CheckpointError({ where, got: `a state with a wrong ${bad ?? "sums"}`, expected: "a checkpoint as fit writes it" });
}

/** Where two plain values differ, field by field, as `path: saved X, now Y`. */
export function differences(saved: unknown, now: unknown, path = ""): string[] {
  if (isObject(saved) && isObject(now) && Array.isArray(saved) === Array.isArray(now)) {
    if (Array.isArray(saved) && saved.length !== (now as unknown as unknown[]).length) return [tell(path, saved, now)];
    const keys = new Set([...Object.keys(saved), ...Object.keys(now)]);
    return [...keys].flatMap((key) => differences(saved[key], now[key], Array.isArray(saved) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`));
  }
  return Object.is(saved, now) ? [] : [tell(path, saved, now)];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const tell = (path: string, saved: unknown, now: unknown): string => `${path}: saved ${brief(saved)}, now ${brief(now)}`;

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

/** @throws CheckpointError naming every field in which a checkpoint's run and this one differ */
export function checkSameRun({ settings, epochs, epoch }: RunState, now: RunSettings, asked: number, usesTotal: boolean, where: string): void {
  // Through JSON, as the saved ones went.
  const found = differences(settings, JSON.parse(JSON.stringify(now)));
  if (usesTotal && epochs !== asked) found.push(`epochs: saved ${epochs}, now ${asked}, and the schedule depends on the number of steps in all`);
  else if (asked < epoch - 1) found.push(`epochs: saved after ${epoch - 1}, now ${asked}`);
  if (found.length === 0) return;
  throw new CheckpointError({
    where: `resuming from ${where}`,
    got: "another run",
    expected: `the one that was saved, from which it differs in\n  ${found.join("\n  ")}`,
    hint: "resume with the saved settings, or start anew in another directory",
  });
}
