/** What the compiler made of the kernels, read from build/*.wat. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { kernels } from "../../src/program/kernels/index.ts";
import { type Build, builds, instantiate, kernelsFolder } from "./harness.ts";

interface Op {
  /** The instruction, without operands. */
  readonly name: string;
  readonly line: string;
  readonly inLoop: boolean;
}

interface Wat {
  /** Lines at the level of the module. */
  readonly fields: string[];
  /** Instructions by function. */
  readonly functions: Map<string, Op[]>;
  /** Functions by export. */
  readonly exports: Map<string, string>;
}

/** Reads the flat text that asc writes: one instruction in a line. */
function parse(text: string): Wat {
  const wat: Wat = { fields: [], functions: new Map(), exports: new Map() };
  let ops: Op[] = [];
  let open: string[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (raw.startsWith(" (")) {
      const [, name] = /^\(func (\S+)/.exec(line) ?? [];
      if (name !== undefined) {
        ops = [];
        open = [];
        wat.functions.set(name, ops);
        continue;
      }
      wat.fields.push(line);
      const exported = /^\(export "(\w+)" \(func (\S+)\)\)/.exec(line);
      if (exported) wat.exports.set(exported[1], exported[2]);
      continue;
    }
    const [name] = line.split(" ");
    if (!/^[a-z]/.test(name)) continue;
    if (name === "end") open.pop();
    else if (name !== "else") ops.push({ name, line, inLoop: open.includes("loop") });
    if (name === "loop" || name === "block" || name === "if") open.push(name);
  }
  return wat;
}

const wats: Record<Build, Wat> = {
  simd: parse(readFileSync(join(kernelsFolder, "simd.wat"), "utf8")),
  relaxed: parse(readFileSync(join(kernelsFolder, "relaxed.wat"), "utf8")),
};

/** Functions that choose: they call a tile, a slice or a plane in each round of a loop. The arithmetic is in what they call. */
const CHOOSE = [
  /\/elementwise\/walk$/,
  /\/conv-(block|window)\/conv_\w+_f32$/,
  /\/conv2d\/(tiles|filter_tiles|conv2d_nhwc_(forward|backward_input|backward_filter)_f32)$/,
  /\/depthwise\/convolve$|\/depthwise-filter\/depthwise_conv2d_nhwc_backward_filter_f32$/,
  /\/gemm\/multiply_(blocks|packed)$/,
  /\/gemm\/gemm_(small_)?(nn|nt|tn)_f32$/,
  /\/recurrent(-backward)?\/(tiles|recurrent_(forward|backward|backward_weights)_f32)$/,
  /\/sparse\/sparse_matmul(_sgd)?_f32$/,
  /\/bias-relu\/bias_relu_backward_f32$/,
  /\/winograd\/(gather_tiles|multiply_tiles|convolve|winograd_(filter|filter_transposed|backward_input|backward_filter)_f32)$/,
];
/** The tiles themselves; functions called `..._tile` and `multiply` only choose one, and `..._results` add up what tiles multiplied. */
const TILE =
  /build\/generated\/((outer-tiles|dot-tiles|conv-planes|conv-tiles|depthwise-tiles|conv-windows|conv-slices|sparse-slices)\/(?!\w+_(tile|results)$)|winograd\/multiply_\d)/;
const FUSED = /^f32x4\.relaxed_(madd|fma|nmadd)$/;
const SWIZZLE = "i8x16.relaxed_swizzle";
const count = (ops: readonly Op[], is: (op: Op) => boolean): number => ops.filter(is).length;

describe.each(["simd", "relaxed"] as const)("%s build", (build) => {
  const { fields, functions, exports } = wats[build];

  test("was parsed", () => {
    expect(functions.size).toBeGreaterThan(80);
    for (const name of Object.keys(kernels)) expect(functions.get(exports.get(name) as string)?.length, name).toBeGreaterThan(5);
  });

  test("imports the memory and nothing else", () => {
    expect(fields.filter((line) => line.startsWith("(import"))).toEqual(['(import "env" "memory" (memory $0 0))']);
  });

  test("has no data segment, no table and no state", () => {
    expect(fields.filter((line) => /^\((data|table|elem|tag)\b/.test(line))).toEqual([]);
    // HEAP_BASE is known when all is compiled, so the compiler sets it at the start; nothing else is, and nothing changes it.
    expect(fields.filter((line) => /^\(global\b.*\(mut /.test(line))).toEqual(["(global $assembly/index/HEAP_BASE (mut i32) (i32.const 0))"]);
    for (const [name, ops] of functions)
      for (const { line } of ops.filter((op) => op.name === "global.set")) expect(`${name}: ${line}`).toBe("$~start: global.set $assembly/index/HEAP_BASE");
  });

  test("has no loop that calls, but where it chooses a tile", () => {
    const calling = [...functions].filter(([, ops]) => ops.some((op) => op.inLoop && op.name.startsWith("call"))).map(([name]) => name);
    expect(calling.filter((name) => !CHOOSE.some((pattern) => pattern.test(name)))).toEqual([]);
    expect(calling.length).toBeGreaterThan(0);
  });

  test("calls no other kernel and nothing indirectly, allocates nothing", () => {
    const unwanted = ["call_indirect", "memory.grow", "unreachable"];
    for (const [name, ops] of functions)
      expect(
        ops.filter((op) => unwanted.includes(op.name)),
        name,
      ).toEqual([]);
  });

  test("multiplies vectors in its hot loops", () => {
    const tiles = [...functions].filter(([name]) => TILE.test(name));
    expect(tiles.length).toBeGreaterThan(30);
    for (const [name, ops] of tiles) {
      expect(
        count(ops, (op) => op.inLoop && (FUSED.test(op.name) || op.name === "f32x4.mul")),
        name,
      ).toBeGreaterThan(3);
      expect(
        ops.filter((op) => /^f32\./.test(op.name) && op.inLoop).map((op) => op.line),
        name,
      ).toEqual([]);
      expect(
        ops.filter((op) => op.name.startsWith("call")),
        name,
      ).toEqual([]);
    }
    for (const name of [
      "adam_update_f32",
      "relu_forward_f32",
      "relu_backward_f32",
      "softmax_forward_f32",
      "exp_f32",
      "reduce_sum_f32",
      "gather_rows_u8",
      "scatter_add_rows_f32",
    ]) {
      const ops = functions.get(exports.get(name) as string) as Op[];
      expect(
        count(ops, (op) => op.inLoop && op.name.startsWith("v128.load")),
        name,
      ).toBeGreaterThan(0);
      expect(
        ops
          .filter((op) => op.inLoop && /^f32\.(mul|add|sub|div|max|load|store)$/.test(op.name) && !(name === "reduce_sum_f32" || name.startsWith("softmax")))
          .map((op) => op.line),
        name,
      ).toEqual([]);
    }
  });

  test.skipIf(!builds.includes(build))("needs no more memory than the host reserves, and says what it is", () => {
    const { exports: instance } = instantiate(build);
    expect(Number((instance.HEAP_BASE as unknown as WebAssembly.Global).value)).toBeLessThanOrEqual(8192);
    expect((instance.is_relaxed as unknown as () => number)()).toBe(build === "relaxed" ? 1 : 0);
  });
});

test("the relaxed build fuses products and sums, the plain one does not", () => {
  const relaxed = [...wats.relaxed.functions.values()].flat();
  const plain = [...wats.simd.functions.values()].flat();
  expect(plain.filter((op) => op.name.includes("relaxed"))).toEqual([]);
  // Nothing else is relaxed: other relaxed instructions differ between engines by more than a rounding, but for swizzles whose bytes are below 16 or above 127.
  expect([...new Set(relaxed.filter((op) => op.name.includes("relaxed")).map((op) => op.name))].filter((name) => !FUSED.test(name))).toEqual([SWIZZLE]);
  const tiles = [...wats.relaxed.functions].filter(([name]) => TILE.test(name));
  for (const [name, ops] of tiles) {
    const twin = wats.simd.functions.get(name);
    expect(twin, name).toBeDefined();
    expect(
      count(ops, (op) => FUSED.test(op.name)),
      name,
    ).toBe(count(twin as Op[], (op) => op.name === "f32x4.mul"));
    expect(
      count(ops, (op) => op.name === "f32x4.mul"),
      name,
    ).toBe(0);
  }
});
