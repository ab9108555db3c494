/**
 * TensorBoard's event files: records of Event messages (tensorflow/core/util/event.proto, framework/summary.proto). Two messages need no library: their
 * few fields are written here by the wire format of Protocol Buffers.
 * @module
 */
import { encodeRecord } from "./tfrecord.ts";

/** The distribution of values, as HistogramProto. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Upper ends of buckets, ascending. */
  readonly limits: readonly number[];
  /** Values in each bucket. */
  readonly counts: readonly number[];
}

/** A value of a step. */
export type Summary = { readonly tag: string } & ({ readonly scalar: number } | { readonly histogram: Histogram });

/** The first record of a file: what version it is. @param wallTime seconds since 1970 */
export function encodeVersion(wallTime: number): Uint8Array {
  return encodeRecord(message([double(1, wallTime), text(3, "brain.Event:2")]));
}

/** A record with the values of a step. @param wallTime seconds since 1970 */
export function encodeSummaries(wallTime: number, step: number, summaries: readonly Summary[]): Uint8Array {
  const values = summaries.map((summary) => bytes(1, encodeValue(summary)));
  return encodeRecord(message([double(1, wallTime), integer(2, step), bytes(5, message(values))]));
}

/**
 * The record that says where a run was taken up again: what earlier files hold of this step and later ones counts no more.
 * @param wallTime seconds since 1970
 */
export function encodeRestart(wallTime: number, step: number): Uint8Array {
  return encodeRecord(message([double(1, wallTime), integer(2, step), bytes(7, message([integer(1, SESSION_START)]))]));
}

const SESSION_START = 1;

function encodeValue(summary: Summary): Uint8Array {
  if ("scalar" in summary) return message([text(1, summary.tag), float(2, summary.scalar)]);
  const { min, max, num, sum, sumSquares, limits, counts } = summary.histogram;
  return message([
    text(1, summary.tag),
    bytes(5, message([double(1, min), double(2, max), double(3, num), double(4, sum), double(5, sumSquares), doubles(6, limits), doubles(7, counts)])),
  ]);
}

const LIMITS = bucketLimits();

/** Ends of buckets as TensorFlow has them: 1e-12 and on in steps of a tenth, up to 1e20, their mirror images, 0 between them and the largest double. */
function bucketLimits(): readonly number[] {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  positive.push(Number.MAX_VALUE);
  return [...positive.map((limit) => -limit).reverse(), 0, ...positive];
}

/**
 * The histogram of arrays in TensorFlow's buckets; empty ones are left out but for one on either side of those that are not. Values that are not finite
 * belong to none.
 */
export function histogramOf(arrays: readonly ArrayLike<number>[]): Histogram {
  const counts = new Float64Array(LIMITS.length);
  let [min, max, num, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (const values of arrays) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!Number.isFinite(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
      num++;
      sum += value;
      sumSquares += value * value;
      counts[bucketOf(value)]++;
    }
  }
  if (num === 0) return { min: 0, max: 0, num: 0, sum: 0, sumSquares: 0, limits: [0], counts: [0] };
  const kept = LIMITS.map((_, i) => i).filter((i) => counts[i] > 0 || counts[i - 1] > 0 || counts[i + 1] > 0);
  return { min, max, num, sum, sumSquares, limits: kept.map((i) => LIMITS[i]), counts: kept.map((i) => counts[i]) };
}

/** The first bucket whose end is above a value, the last for the largest double itself. */
function bucketOf(value: number): number {
  let low = 0;
  let high = LIMITS.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (LIMITS[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Fields of the wire format: a number and a type, then the value.
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

const message = (fields: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
};

/** Seven bits a byte, the lowest first; safe integers, 0 or more. */
function varint(value: number): number[] {
  const found: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) found.push((rest % 128) | 128);
  return [...found, rest];
}

const key = (field: number, type: number): number => (field << 3) | type;

const NOTHING = new Uint8Array(0);

/** A 0 is what an absent field says; Protocol Buffers leave it out. */
function integer(field: number, value: number): Uint8Array {
  if (value === 0) return NOTHING;
  return Uint8Array.from([key(field, VARINT), ...varint(value)]);
}

function double(field: number, value: number): Uint8Array {
  if (Object.is(value, 0)) return NOTHING;
  const made = new Uint8Array(9);
  made[0] = key(field, FIXED64);
  new DataView(made.buffer).setFloat64(1, value, true);
  return made;
}

function float(field: number, value: number): Uint8Array {
  const made = new Uint8Array(5);
  made[0] = key(field, FIXED32);
  new DataView(made.buffer).setFloat32(1, value, true);
  return made;
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return message([Uint8Array.from([key(field, LENGTH), ...varint(value.length)]), value]);
}

const text = (field: number, value: string): Uint8Array => bytes(field, new TextEncoder().encode(value));

function doubles(field: number, values: readonly number[]): Uint8Array {
  const packed = new Uint8Array(8 * values.length);
  const view = new DataView(packed.buffer);
  values.forEach((value, i) => {
    view.setFloat64(8 * i, value, true);
  });
  return bytes(field, packed);
}
