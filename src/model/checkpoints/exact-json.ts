/** JSON that gives every number back, also those which JSON has no word for, and that leaves typed arrays to a file of tensors. @module */
import { CheckpointError } from "../../errors.ts";
import type { SafetensorsArray, SafetensorsTensor, SafetensorsType } from "../../formats/safetensors.ts";

const TYPES: readonly (readonly [new (n: number) => SafetensorsArray, SafetensorsType])[] = [
  [Float32Array, "F32"],
  [Float64Array, "F64"],
  [Int32Array, "I32"],
  [Uint32Array, "U32"],
  [Int16Array, "I16"],
  [Uint16Array, "U16"],
  [Int8Array, "I8"],
  [Uint8Array, "U8"],
  [BigInt64Array, "I64"],
  [BigUint64Array, "U64"],
];

const typeOf = (value: unknown): SafetensorsType | undefined => TYPES.find(([type]) => value instanceof type)?.[1];

/** The text of a plain value. Its typed arrays go to `tensors`, under names that begin with `prefix`. */
export function toExactJson(value: unknown, prefix: string, tensors: Map<string, SafetensorsTensor>): string {
  let count = 0;
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "number" && (!Number.isFinite(part) || Object.is(part, -0))) return { $number: Object.is(part, -0) ? "-0" : String(part) };
    const dtype = typeOf(part);
    if (dtype === undefined) return part;
    const name = `${prefix}${count++}`;
    const data = part as SafetensorsArray;
    tensors.set(name, { dtype, shape: [data.length], data });
    return { $tensor: name };
  });
}

/** The value of a text. @throws CheckpointError if it is no JSON or names a tensor that is not there */
export function fromExactJson(text: string, tensors: ReadonlyMap<string, SafetensorsTensor>, where: string): unknown {
  try {
    return JSON.parse(text, (_, part: unknown) => {
      if (typeof part !== "object" || part === null) return part;
      const { $number: number, $tensor: name } = part as { $number?: unknown; $tensor?: unknown };
      if (typeof number === "string") return Number(number);
      if (typeof name !== "string") return part;
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new CheckpointError({ where, got: `no tensor ${JSON.stringify(name)}`, expected: "all that its state names" });
      return tensor.data;
    });
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError({ where, got: "a state that is not JSON", expected: "a checkpoint as fit writes it" }, { cause });
  }
}

/** What becomes of a plain value that is written and read again: fields that are undefined, for one, are gone. */
export function exactCopy(value: unknown): unknown {
  const tensors = new Map<string, SafetensorsTensor>();
  return fromExactJson(toExactJson(value, "", tensors), tensors, "a plain value");
}
