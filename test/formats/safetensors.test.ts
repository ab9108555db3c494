import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/errors.ts";
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from "../../src/formats/safetensors.ts";

/** A file from a header text and a number of data bytes. */
function file(header: string, data = 0, claimed?: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data);
  const view = new DataView(bytes.buffer);
  const length = claimed ?? text.length;
  view.setUint32(0, length % 2 ** 32, true);
  view.setUint32(4, Math.floor(length / 2 ** 32), true);
  bytes.set(text, 8);
  return bytes;
}
const decode = (bytes: Uint8Array) => decodeSafetensors(bytes, "m.safetensors");
const one = (fields: string): string => `{"a":{${fields}}}`;

const makers = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const;
const tensor: fc.Arbitrary<SafetensorsTensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(makers) as (keyof typeof makers)[])),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    fc.uint8Array({ minLength: 2048, maxLength: 2048 }),
  )
  .map(([dtype, shape, bytes]) => ({
    dtype,
    shape,
    data: new makers[dtype](
      bytes.buffer,
      0,
      shape.reduce((a, b) => a * b, 1),
    ).slice(),
  }));
const name = fc.string({ unit: "binary", maxLength: 12 }).filter((n) => n !== "__proto__" && n !== "__metadata__");
const raw = ({ data }: SafetensorsTensor) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

describe("round trip", () => {
  test("keeps names, types, shapes, bits and metadata", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, tensor), { selector: ([n]) => n, maxLength: 6 }),
        fc.option(fc.dictionary(name, fc.string()), { nil: undefined }),
        (entries, metadata) => {
          const bytes = encodeSafetensors(entries, metadata);
          // Also from the middle of another buffer, at an odd address.
          const inside = new Uint8Array(bytes.length + 3);
          inside.set(bytes, 3);
          const { tensors, metadata: read } = decode(inside.subarray(3));
          expect({ ...read }).toEqual({ ...metadata });
          expect(new Set(tensors.keys())).toEqual(new Set(entries.map(([n]) => n)));
          for (const [n, t] of entries) {
            const got = tensors.get(n) as SafetensorsTensor;
            expect([got.dtype, got.shape, got.data.constructor]).toEqual([t.dtype, t.shape, t.data.constructor]);
            expect(raw(got)).toEqual(raw(t));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("layout: header padded with spaces to 8 bytes, larger items first, little-endian", () => {
    const bytes = encodeSafetensors(
      new Map<string, SafetensorsTensor>([
        ["b", { dtype: "U8", shape: [3], data: Uint8Array.of(7, 8, 9) }],
        ["a", { dtype: "F32", shape: [1, 2], data: Float32Array.of(1, -2) }],
      ]),
      { format: "x" },
    );
    const length = new DataView(bytes.buffer).getUint32(0, true);
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"__metadata__":{"format":"x"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}',
    );
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7, 8, 9]);
    const { tensors, metadata } = decode(bytes);
    expect([...tensors.keys()]).toEqual(["a", "b"]);
    expect(metadata.constructor).toBeUndefined();
  });

  test("an empty file", () => {
    expect(decode(encodeSafetensors([])).tensors.size).toBe(0);
  });

  test("decoded arrays are copies", () => {
    const bytes = encodeSafetensors([["a", { dtype: "U8", shape: [1], data: Uint8Array.of(5) }]]);
    const { tensors } = decode(bytes);
    bytes.fill(0);
    expect(tensors.get("a")?.data[0]).toBe(5);
  });
});

describe("encoding refuses", () => {
  const good: SafetensorsTensor = { dtype: "F32", shape: [1], data: new Float32Array(1) };
  test.each<[string, [string, SafetensorsTensor][], RegExp]>([
    [
      "a name twice",
      [
        ["a", good],
        ["a", good],
      ],
      /"a": got a name used twice/,
    ],
    ["a reserved name", [["__metadata__", good]], /reserved/],
    ["__proto__", [["__proto__", good]], /reserved/],
    ["another length", [["a", { ...good, shape: [2] }]], /got 1 values for shape \[2\], expected 2/],
    ["a negative dimension", [["a", { ...good, shape: [-1] }]], /non-negative/],
    ["another array type", [["a", { ...good, data: new Int32Array(1) }]], /Int32Array for "F32"/],
    ["an unknown type", [["a", { ...good, dtype: "Q4" as "F32" }]], /"Q4"/],
  ])("%s", (_, entries, message) => {
    expect(() => encodeSafetensors(entries)).toThrow(CheckpointError);
    expect(() => encodeSafetensors(entries)).toThrow(message);
  });
});

describe("hostile files", () => {
  const deep = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;
  test.each<[string, Uint8Array, RegExp]>([
    ["empty", new Uint8Array(0), /0 bytes/],
    ["cut in the length", new Uint8Array(7), /7 bytes/],
    ["header longer than the file", file("{}", 0, 3), /byte 0: got a header of 3 bytes, expected at most 2/],
    ["header length 2^64 - 1", file("{}", 0, 2 ** 64 - 2048), /byte 0/],
    ["header length of 16 GB", file("{}", 0, 2 ** 34), /17179869184/],
    ["not JSON", file("{a}"), /byte 8: got a header that is not JSON/],
    ["not UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0x28), /UTF-8/],
    ["a byte order mark", file("\ufeff{}"), /not JSON/],
    ["a list", file("[]"), /got \[\], expected a JSON object/],
    ["null", file("null"), /null/],
    ["deep nesting", file(deep), /brackets 4 deep/],
    ["deep lists", file("[".repeat(1e6)), /brackets 4 deep/],
    [
      "duplicate tensor",
      file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
      /key "a" a second time at character 53/,
    ],
    [
      "duplicate by escape",
      file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061" :{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      /second time/,
    ],
    ["duplicate field", file(one('"dtype":"U8","dtype":"F32","shape":[1],"data_offsets":[0,4]'), 4), /"dtype" a second time/],
    ["duplicate metadata", file('{"__metadata__":{"k":"1","k":"2"}}'), /"k" a second time/],
    ["__proto__ tensor", file('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'), /__proto__/],
    ["__proto__ in metadata", file('{"__metadata__":{"__proto__":"x"}}'), /__proto__/],
    ["escaped __proto__", file('{"__metadata__":{"__pro\\u0074o__":"x"}}'), /__proto__/],
    ["metadata that is no string", file('{"__metadata__":{"k":1}}'), /"k": got 1, expected a string/],
    ["tensor that is no object", file('{"a":[1]}'), /"a": got \[1\]/],
    ["missing fields", file(one("")), /dtype: got undefined/],
    ["extra field", file(one('"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1')), /"x"/],
    ["unknown dtype", file(one('"dtype":"toString","shape":[0],"data_offsets":[0,0]')), /dtype: got "toString"/],
    ["negative dimension", file(one('"dtype":"U8","shape":[-1],"data_offsets":[0,0]')), /shape: got \[-1\]/],
    ["negative zero", file(one('"dtype":"U8","shape":[-0],"data_offsets":[0,0]')), /shape/],
    ["fractional dimension", file(one('"dtype":"U8","shape":[0.5],"data_offsets":[0,0]')), /shape/],
    ["shape of strings", file(one('"dtype":"U8","shape":["1"],"data_offsets":[0,1]'), 1), /shape/],
    ["overflowing shape", file(one('"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]')), /shape/],
    ["overflow that wraps to 0", file(one('"dtype":"F64","shape":[4294967296,4294967296,0],"data_offsets":[0,0]')), /shape/],
    ["infinite dimension", file(one('"dtype":"U8","shape":[1e999],"data_offsets":[0,0]')), /shape/],
    ["shape that does not fit", file(one('"dtype":"F32","shape":[2],"data_offsets":[0,4]'), 4), /got 4 bytes, expected 8/],
    ["offsets past the end", file(one('"dtype":"U8","shape":[9],"data_offsets":[0,9]'), 8), /within the 8 bytes/],
    ["negative offset", file(one('"dtype":"U8","shape":[1],"data_offsets":[-1,0]'), 8), /data_offsets: got \[-1,0\]/],
    ["backward offsets", file(one('"dtype":"U8","shape":[1],"data_offsets":[1,0]'), 8), /data_offsets/],
    ["fractional offsets", file(one('"dtype":"U8","shape":[1],"data_offsets":[0.5,1.5]'), 8), /data_offsets/],
    ["one offset", file(one('"dtype":"U8","shape":[1],"data_offsets":[0]'), 1), /data_offsets/],
    [
      "overlap",
      file('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', 3),
      /"b" over another tensor/,
    ],
    ["hole", file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}', 3), /a hole before "b"/],
    ["hole at the start", file(one('"dtype":"U8","shape":[1],"data_offsets":[1,2]'), 2), /a hole before "a"/],
    ["bytes after the last tensor", file(one('"dtype":"U8","shape":[1],"data_offsets":[0,1]'), 2), /1 bytes after the last tensor/],
  ])("%s", (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(CheckpointError);
    expect(() => decode(bytes)).toThrow(message);
    expect(() => decode(bytes)).toThrow(/^m\.safetensors/);
  });

  test("any mutation of a good file gives tensors or a CheckpointError", () => {
    const good = encodeSafetensors(
      [
        ["dense/kernel", { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }],
        ["labels", { dtype: "I32", shape: [2], data: new Int32Array(2) }],
      ],
      { format: "gradiente", model: '{"layers":[]}' },
    );
    const edit = fc.tuple(fc.nat(good.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(...[...'{}[]",:0159-e\\ '].map((c) => c.charCodeAt(0)))));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.nat(good.length), (edits, cut) => {
        const bytes = good.slice();
        for (const [at, value] of edits) bytes[at] = value;
        for (const mutant of [bytes, bytes.slice(0, cut)]) {
          try {
            const { tensors } = decode(mutant);
            for (const { shape, data } of tensors.values()) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointError);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, text) => {
        for (const mutant of [bytes, file(text)]) {
          try {
            decode(mutant);
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointError);
          }
        }
      }),
    );
  });
});

test("what would reach 2 GiB is refused before memory is taken for it", () => {
  /** Says that it is large. */
  class Large extends Float32Array {
    override get length(): number {
      return 2 ** 28;
    }
    override get byteLength(): number {
      return 2 ** 30;
    }
  }
  const large = (name: string) => [name, { dtype: "F32", shape: [2 ** 28], data: new Large(1) }] as const;
  expect(() => encodeSafetensors([large("a"), large("b")])).toThrow(CheckpointError);
  expect(() => encodeSafetensors([large("a"), large("b")])).toThrow(/^safetensors: got 2147483\d{3} bytes in one file, expected at most 2147483647$/);
});
