/** The kernel table against the WebAssembly exports, the references and the formulas. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formulas } from "../../src/program/formulas/index.ts";
import { type Arg, type KernelName, kernels } from "../../src/program/kernels/index.ts";
import { references } from "../../src/program/reference/index.ts";
import { kernelsFolder } from "./harness.ts";

/** Exports that are no kernels: what the host calls once or asks, and the loop that measurements are compared with. */
const OTHERS: Record<string, string> = { write_constants: "()", is_relaxed: "() i32", peak_f32: "(i32 i32)" };
/** Of the shared builds: how threads meet (assembly/barrier.ts). */
const BARRIER: Record<string, string> = {
  command_post: "(i32)",
  command_wait: "(i32 i32 i32 i32) i32",
  command_join: "(i32 i32)",
  barrier_arrive: "(i32 i32)",
  barrier_wait: "(i32 i32 i32 i32 i32) i32",
  team_abort: "(i32 i32)",
};
const NO_FUNCTIONS = ["HEAP_BASE", "memory"];

const names = Object.keys(kernels) as KernelName[];
const TYPES: Record<number, string> = { 127: "i32", 126: "i64", 125: "f32", 124: "f64", 123: "v128" };

/** The type of every exported function of a module, as "(parameters) results", and the names of other exports. */
function exportsOf(bytes: Uint8Array): { functions: Map<string, string>; others: string[] } {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const list = <T>(item: () => T): T[] => Array.from({ length: number() }, item);
  const name = (): string => {
    const length = number();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const limits = (): void => {
    if (number() & 1) number();
    number();
  };
  const types: string[] = [];
  const signatures: number[] = [];
  const functions = new Map<string, string>();
  const others: string[] = [];
  while (at < bytes.length) {
    const section = bytes[at++];
    const size = number();
    const end = at + size;
    if (section === 1) {
      list(() => {
        if (bytes[at++] !== 0x60) throw new Error("not a function type");
        const [parameters, results] = [list(() => TYPES[bytes[at++]]), list(() => TYPES[bytes[at++]])];
        types.push([`(${parameters.join(" ")})`, ...results].join(" "));
      });
    } else if (section === 2) {
      list(() => {
        name();
        name();
        const kind = bytes[at++];
        if (kind === 0) signatures.push(number());
        else if (kind === 2) limits();
        else throw new Error("an import that is neither function nor memory");
      });
    } else if (section === 3) list(() => signatures.push(number()));
    else if (section === 7) {
      list(() => {
        const key = name();
        const kind = bytes[at++];
        const index = number();
        if (kind === 0) functions.set(key, types[signatures[index]]);
        else others.push(key);
      });
    }
    at = end;
  }
  return { functions, others };
}

describe("the kernel table", () => {
  test("has a reference and a formula for each kernel, and for nothing else", () => {
    const sorted = [...names].sort();
    expect(sorted.length).toBeGreaterThan(60);
    expect(Object.keys(references).sort()).toEqual(sorted);
    expect(Object.keys(formulas).sort()).toEqual(sorted);
    for (const name of names) {
      expect(typeof references[name], name).toBe("function");
      expect(formulas[name], name).toMatch(/\S/);
    }
  });

  test.each(names)("%s: has an output, extents that are whole numbers, and 0 of everything for sizes 0", (name) => {
    const args = Object.entries<Arg>(kernels[name].args);
    expect(args.some(([, arg]) => arg.kind === "pointer" && (arg.access === "out" || arg.access === "inout"))).toBe(true);
    const sizes = (value: number): Record<string, number> => Object.fromEntries(args.filter(([, arg]) => arg.kind !== "pointer").map(([key]) => [key, value]));
    for (const [key, arg] of args) {
      if (arg.kind !== "pointer") continue;
      for (const value of [0, 1, 2, 7]) {
        const extent = arg.extent(sizes(value));
        expect(Number.isInteger(extent) && extent >= 0, `${key} of ${value}: ${extent}`).toBe(true);
      }
      // Operands that are a list of a fixed length stay.
      if (!["hyper", "ok", "factor", "square", "key", "ranges", "table", "scratch"].includes(key) && !name.endsWith("_f64"))
        expect(arg.extent(sizes(0)), key).toBe(0);
    }
    expect(kernels[name].flops(sizes(0))).toBe(0);
    expect(kernels[name].flops(sizes(3))).toBeGreaterThanOrEqual(0);
  });
});

describe.each(["simd", "relaxed", "simd-shared", "relaxed-shared"])("exports of the %s build", (build) => {
  const extra = build.endsWith("shared") ? { ...OTHERS, ...BARRIER } : OTHERS;
  const { functions, others } = exportsOf(readFileSync(join(kernelsFolder, `${build}.wasm`)));

  test("are the kernels and a short list of others", () => {
    expect([...functions.keys()].sort()).toEqual([...names, ...Object.keys(extra)].sort());
    expect([...others].sort()).toEqual(NO_FUNCTIONS);
  });

  test.each(names)("%s has the table's parameters", (name) => {
    const types = Object.values<Arg>(kernels[name].args).map(({ kind }) => (kind === "float" ? "f32" : "i32"));
    expect(functions.get(name)).toBe(`(${types.join(" ")})`);
  });

  test.each(Object.entries(extra))("%s has its type", (name, type) => {
    expect(functions.get(name)).toBe(type);
  });
});
