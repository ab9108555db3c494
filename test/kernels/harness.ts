/**
 * Runs kernels of the table on linear memory against their f64 references.
 *
 * A case says sizes and what the pointers hold; the table says how far they reach. Around every operand lie 256 bytes of a pattern. Around
 * inputs, and in outputs, it is NaN as f32 and far out of bounds as an index, so that nothing good comes of reading it; around outputs it
 * is numbers, as a NaN that is overwritten by a function of a NaN often has the same bits. After the call all memory but what the reference wrote must be what it was, and what it
 * wrote must lie within the case's tolerance. Which elements the reference writes is found by running it on outputs that hold two
 * different values: this also shows that it does not read what it overwrites.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { type Arg, BYTES, type Kernel, type KernelName, kernels, type PointerArg, type Sizes } from "../../src/program/kernels/index.ts";
import { type Entries, references } from "../../src/program/reference/index.ts";
import { deriveKey, fillUniform } from "../../src/random.ts";
import { hasRelaxedSimd } from "../../src/runtime/probe.ts";

/** The unit roundoff of f32. */
export const U = 2 ** -24;

export type Build = "simd" | "relaxed";

// Node 20 and 21 have relaxed SIMD behind a flag.
if (!hasRelaxedSimd() && /^2[01]\./.test(process.versions.node)) setFlagsFromString("--experimental-wasm-relaxed-simd");

/** The builds that this engine runs; says so aloud if it is not both. */
export const builds: readonly Build[] = hasRelaxedSimd() ? ["simd", "relaxed"] : ["simd"];
if (!hasRelaxedSimd()) console.warn(`relaxed build: not available on node ${process.versions.node}, not tested`);

/** Where the builds lie: build/, or GRADIENTE_KERNELS_DIR. */
export const kernelsFolder = process.env.GRADIENTE_KERNELS_DIR ?? fileURLToPath(new URL("../../build", import.meta.url));

type Export = (...args: number[]) => void;

/** A build with memory of its own. */
export interface Machine {
  readonly build: Build;
  readonly memory: WebAssembly.Memory;
  readonly exports: Record<string, Export>;
}

const PAGES = 512;

export function instantiate(build: Build, bytes: Uint8Array = readFileSync(join(kernelsFolder, `${build}.wasm`))): Machine {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), { env: { memory } }).exports as Record<string, Export>;
  exports.write_constants();
  return { build, memory, exports };
}

/** What a pointer holds: one number, all of them, or a function of the index; a list of entries; null if absent. */
export type Content = number | ArrayLike<number> | ((i: number) => number) | { readonly offset: ArrayLike<number>; readonly value: ArrayLike<number> } | null;

/** One call. */
export interface Case {
  /** Every number argument. */
  readonly sizes: Sizes;
  /** What pointers hold; random in (-1, 1), or random bytes, where it says nothing. */
  readonly data?: Readonly<Record<string, Content>>;
  /** Elements of pointers whose reach depends on values (the table says 0). */
  readonly lengths?: Sizes;
  /** The input whose place the first argument, an output, takes. */
  readonly inPlace?: string;
  /** Elements by which every pointer is off an address that is a multiple of 64. */
  readonly shift?: number;
  /** Instead of the kernel's. */
  readonly tolerance?: Tolerance;
}

/** The cases of a kernel. */
export interface KernelCases {
  readonly tolerance: Tolerance;
  /** Outputs whose elements that the reference does not write may hold anything afterwards: room behind lists. */
  readonly garbage?: readonly string[];
  readonly cases: readonly Case[];
}

/** A call of the reference: the case's numbers, and what its pointers held (f32 as f64). */
export type Values = Record<string, number | Int32Array | Float64Array | Uint8Array | Entries | null>;

/** What a tolerance may look at. */
export interface Run {
  readonly build: Build;
  readonly sizes: Sizes;
  /** What the pointers held before the call. */
  readonly before: Readonly<Values>;
  /** What they hold after the call of the reference. */
  readonly after: Readonly<Values>;
  /** Runs the reference on `before` with some arguments replaced, and returns its outputs. */
  again(changed: Values): Values;
}

/**
 * How near an output must come: the same f32 (`anyZero`: of either sign); units of the last place of the reference, plus an absolute
 * floor; a bound for each element; or one of these for each output.
 */
export type Tolerance =
  | { readonly kind: "exact"; readonly anyZero?: boolean }
  | { readonly kind: "ulps"; readonly ulps: number | ((build: Build) => number); readonly floor: number; readonly anyZero: boolean }
  | { readonly kind: "bound"; readonly bound: (run: Run, output: string) => (i: number) => number }
  | { readonly kind: "each"; readonly of: Readonly<Record<string, Tolerance>> };

export const exact: Tolerance = { kind: "exact" };
export const ulps = (count: number | ((build: Build) => number), { floor = 0, anyZero = true } = {}): Tolerance => ({
  kind: "ulps",
  ulps: count,
  floor,
  anyZero,
});
export const bound = (f: (run: Run, output: string) => (i: number) => number): Tolerance => ({ kind: "bound", bound: f });
export const each = (of: Readonly<Record<string, Tolerance>>): Tolerance => ({ kind: "each", of });

const absolute = (values: Values[string]): Values[string] => {
  if (values instanceof Float64Array) return values.map(Math.abs);
  if (values !== null && typeof values === "object" && "value" in values) return { offset: values.offset, value: values.value.map(Math.abs) };
  return values;
};

/**
 * `count` roundings of sums and products whose terms have, all together, the magnitude that the reference gives for absolute values of
 * the named arguments: (1 + U)^count - 1 times that. A rounding to a denormal errs by at most 2^-150 instead.
 */
export function roundings(count: number | ((sizes: Sizes) => number), names: readonly string[], negative: readonly string[] = []): Tolerance {
  return bound((run, output) => {
    const changed: Values = {};
    for (const name of names) changed[name] = absolute(run.before[name]);
    for (const name of negative) changed[name] = (absolute(run.before[name]) as Float64Array).map((x) => -x);
    const magnitude = run.again(changed)[output] as Float64Array;
    const k = typeof count === "number" ? count : count(run.sizes);
    const factor = k * U * (1 + k * U);
    return (i) => factor * Math.abs(magnitude[i]) + k * 2 ** -149;
  });
}

const scratchWord = new Int32Array(1);
const scratchFloat = new Float32Array(scratchWord.buffer);

/** An f32 on a line of integers, on which neighbours differ by 1. */
const order = (x: number): number => {
  scratchFloat[0] = x;
  return scratchWord[0] < 0 ? -2147483648 - scratchWord[0] : scratchWord[0];
};

/** The distance between f32 neighbours in the binade of x. */
export const ulpOf = (x: number): number => 2 ** (Math.max(-126, Math.min(127, Math.floor(Math.log2(Math.abs(x) || 2 ** -149)))) - 23);

/** Whether `actual` may stand for `reference`, which is `rounded` in the output's type. NaN for NaN, infinities for what is not less than they. */
function close(actual: number, reference: number, rounded: number, allowed: number, anyZero: boolean): boolean {
  if (Number.isNaN(reference)) return Number.isNaN(actual);
  if (actual === rounded) return anyZero || actual !== 0 || Object.is(actual, rounded);
  if (!Number.isFinite(rounded) || !Number.isFinite(actual)) return false;
  return Math.abs(actual - reference) <= allowed;
}

/**
 * Throws unless every element of `actual` lies within atol + rtol |reference|, or within bound(i), of the reference. The message names
 * the first such element, and the worst by its distance in units of the last place, with both values. `round` gives what the output's
 * type would hold.
 */
export function expectClose(
  actual: ArrayLike<number>,
  reference: ArrayLike<number>,
  tolerance: {
    rtol?: number;
    atol?: number;
    bound?: (i: number) => number;
    anyZero?: boolean;
    round?: (x: number) => number;
    where?: string;
    skip?: (i: number) => boolean;
  },
): void {
  const { rtol = 0, atol = 0, anyZero = false, round = Math.fround, where = "values", skip } = tolerance;
  if (actual.length !== reference.length) throw new Error(`${where}: ${actual.length} elements, expected ${reference.length}`);
  const limit = tolerance.bound ?? ((i: number): number => atol + rtol * Math.abs(reference[i]));
  let first = -1;
  let worst = -1;
  let distance = -1;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (skip?.(i)) continue;
    if (close(actual[i], reference[i], round(reference[i]), limit(i), anyZero)) continue;
    count++;
    if (first < 0) first = i;
    const ulps = Number.isNaN(actual[i] + reference[i]) ? Infinity : Math.abs(order(actual[i]) - order(reference[i]));
    if (ulps > distance) {
      distance = ulps;
      worst = i;
    }
  }
  if (first < 0) return;
  const element = (i: number): string => {
    const ulps = round === Math.fround ? `${Math.abs(order(actual[i]) - order(reference[i]))} ulp` : `off by ${Math.abs(actual[i] - reference[i])}`;
    const value = Object.is(actual[i], -0) ? "-0" : `${actual[i]}`;
    return `[${i}] ${value}, expected ${Object.is(reference[i], -0) ? "-0" : reference[i]} (${Number.isNaN(actual[i] + reference[i]) ? "NaN" : ulps}, allowed ${limit(i).toExponential(2)})`;
  };
  throw new Error(`${where}: ${count} of ${actual.length} differ; first ${element(first)}${worst === first ? "" : `; worst ${element(worst)}`}`);
}

// 2^16 numbers in (-1, 1), of which every operand takes another stretch.
const POOL = 65536;
const pool = new Float32Array(POOL);
fillUniform(pool, POOL, deriveKey(20));
for (let i = 0; i < POOL; i++) pool[i] = 2 * pool[i] - 1;

/** Random numbers in (-1, 1): number i of stream `stream`. */
export const random = (stream: number, i: number): number => pool[(Math.imul(stream, 40503) + i) & (POOL - 1)];

const GUARD = 256;
const BOTTOM = 8192;
/** NaN as f32. As two of the four bytes of u8 operands it is no zero. */
const CANARY = 0x7fc0dead;
/** 1.25 as f32; with more of it no two are the same. */
const NUMBERS = 0x3fa00000;
/** What outputs hold when the reference runs: two values that it would not compute. */
const PREFILLS = [-77771.5, 88883.25];

interface Operand {
  readonly name: string;
  readonly arg: PointerArg;
  readonly length: number;
  /** Of the first element; 0 if absent. */
  readonly address: number;
  /** Not read: holds garbage before the call. */
  readonly blank: boolean;
}

const isEntries = (content: unknown): content is { offset: ArrayLike<number>; value: ArrayLike<number> } =>
  typeof content === "object" && content !== null && "offset" in content;

/** Places the operands of a call. The scratch, which is large, lies at the top. */
function place(args: Record<string, Arg>, c: Case, memoryBytes: number): { operands: Operand[]; end: number; scratch: [number, number] | null } {
  const { sizes, data = {}, lengths = {}, shift = 0 } = c;
  const operands: Operand[] = [];
  let cursor = BOTTOM;
  let scratch: [number, number] | null = null;
  for (const name of [...Object.keys(data), ...Object.keys(lengths)]) if (args[name]?.kind !== "pointer") throw new Error(`no pointer ${name}`);
  for (const [name, arg] of Object.entries(args)) {
    if (arg.kind !== "pointer") {
      if (sizes[name] === undefined) throw new Error(`no value for ${name}`);
      continue;
    }
    const content = data[name];
    const length = lengths[name] ?? arg.extent(sizes);
    const blank = arg.access === "out" || (arg.access === "inout" && sizes.beta === 0);
    if (content === null) {
      operands.push({ name, arg, length: 0, address: 0, blank });
      continue;
    }
    const bytes = BYTES[arg.dtype] * length;
    const offset = shift * (arg.dtype === "entries" ? 4 : BYTES[arg.dtype]);
    if (arg.access === "scratch") {
      const address = memoryBytes - Math.ceil((bytes + offset + 2 * GUARD) / 64) * 64 + GUARD + offset;
      scratch = [address, address + bytes];
      operands.push({ name, arg, length, address, blank: true });
      continue;
    }
    const address = Math.ceil((cursor + GUARD) / 64) * 64 + offset;
    cursor = address + bytes + GUARD;
    operands.push({ name, arg, length, address, blank });
  }
  const end = Math.ceil(cursor / 4) * 4;
  if (end > (scratch?.[0] ?? memoryBytes) - GUARD) throw new Error(`${end} bytes do not fit the test's memory`);
  if (c.inPlace !== undefined) {
    const input = operands.find(({ name }) => name === c.inPlace);
    if (input === undefined) throw new Error(`no pointer ${c.inPlace}`);
    if (input.length < operands[0].length) throw new Error(`${c.inPlace} is shorter than ${operands[0].name}`);
    operands[0] = { ...operands[0], address: input.address };
  }
  return { operands, end, scratch };
}

let streams = 0;

/** Writes what an operand holds to memory. */
function fill({ arg, address, length, blank }: Operand, content: Content | undefined, memory: ArrayBuffer): void {
  if (length === 0 || (blank && content === undefined)) return;
  if (arg.dtype === "entries") {
    if (!isEntries(content)) throw new Error("a list needs entries");
    const words = new Int32Array(memory, address, 2 * length);
    const floats = new Float32Array(memory, address, 2 * length);
    for (let i = 0; i < content.offset.length; i++) {
      words[2 * i] = content.offset[i];
      floats[2 * i + 1] = content.value[i];
    }
    return;
  }
  const view = { f32: Float32Array, i32: Int32Array, u8: Uint8Array, f64: Float64Array }[arg.dtype];
  const values = new view(memory, address, length);
  const stream = streams++;
  if (content === undefined) {
    if (arg.dtype === "i32") throw new Error("integers have to be given");
    for (let i = 0; i < length; i++) values[i] = arg.dtype === "u8" ? Math.floor((random(stream, i) + 1) * 128) : random(stream, i);
  } else if (typeof content === "number") values.fill(content);
  else if (typeof content === "function") for (let i = 0; i < length; i++) values[i] = content(i);
  else if (isEntries(content)) throw new Error("not a list");
  else for (let i = 0; i < length && i < (content as ArrayLike<number>).length; i++) values[i] = (content as ArrayLike<number>)[i];
}

/** What an operand holds, in the reference's types. */
function read({ arg, address, length }: Operand, memory: ArrayBuffer): Values[string] {
  if (address === 0) return null;
  switch (arg.dtype) {
    case "f32":
      return arg.access === "scratch" ? new Float64Array(0) : Float64Array.from(new Float32Array(memory, address, length));
    case "i32":
      return new Int32Array(memory, address, length).slice();
    case "u8":
      return new Uint8Array(memory, address, length).slice();
    case "f64":
      return new Float64Array(memory, address, length).slice();
    case "entries": {
      const words = new Int32Array(memory, address, 2 * length);
      const floats = new Float32Array(memory, address, 2 * length);
      return { offset: Int32Array.from({ length }, (_, i) => words[2 * i]), value: Float64Array.from({ length }, (_, i) => floats[2 * i + 1]) };
    }
  }
}

const copy = (value: Values[string]): Values[string] => {
  if (value === null || typeof value === "number") return value;
  return isEntries(value) ? ({ offset: value.offset.slice(), value: value.value.slice() } as Entries) : value.slice();
};
const prefilled = (value: Values[string], x: number): Values[string] => {
  const all = copy(value);
  if (isEntries(all)) {
    (all as Entries).offset.fill(Math.trunc(x) * 4);
    (all as Entries).value.fill(x);
  } else if (all !== null && typeof all !== "number") (all as Float64Array).fill(x);
  return all;
};

/** Memory as a call finds it. */
function arrange(machine: Machine, args: Record<string, Arg>, c: Case) {
  const memory = machine.memory.buffer as ArrayBuffer;
  const { operands, end, scratch } = place(args, c, memory.byteLength);
  const words = new Int32Array(memory);
  words.fill(CANARY, BOTTOM / 4, end / 4);
  const bytes = new Uint8Array(memory);
  const guards: Uint8Array[] = [];
  if (scratch !== null) guards.push(bytes.subarray(scratch[0] - GUARD, scratch[0]), bytes.subarray(scratch[1], scratch[1] + GUARD));
  for (const guard of guards) guard.fill(0xad);
  operands.forEach((operand, i) => {
    if (i === 0 && c.inPlace !== undefined) return;
    fill(operand, c.data?.[operand.name], memory);
  });
  for (const { arg, address, length } of operands) {
    if (arg.access !== "out" && arg.access !== "inout") continue;
    const [first, last] = [address / 4, (address + BYTES[arg.dtype] * length) / 4];
    for (let i = 0; i < GUARD / 4; i++) {
      words[first - 1 - i] = NUMBERS + 3 * i;
      words[last + i] = NUMBERS + 5 * i;
    }
  }
  return { memory, operands, end, words, guards };
}

/** The arguments of a call as the export takes them. */
const argumentsOf = (args: Record<string, Arg>, operands: readonly Operand[], sizes: Sizes): number[] =>
  Object.entries(args).map(([key, arg]) => (arg.kind === "pointer" ? operands.find((o) => o.name === key)!.address : sizes[key]));

/** The kernel on the case, on a machine. @throws Error that says what is wrong */
export function runCase(machine: Machine, name: KernelName, { tolerance: common, garbage = [] }: KernelCases, c: Case): void {
  const args = kernels[name].args as Record<string, Arg>;
  const reference = references[name] as (call: Values) => void;
  const { memory, operands, end, words, guards } = arrange(machine, args, c);
  const unchanged = words.slice(0, end / 4);
  const bytes = new Uint8Array(memory);
  const unchangedBytes = new Uint8Array(unchanged.buffer);

  // The reference, on two different backgrounds.
  const numbers: Values = {};
  for (const [key, arg] of Object.entries(args)) if (arg.kind !== "pointer") numbers[key] = arg.kind === "float" ? Math.fround(c.sizes[key]) : c.sizes[key];
  const before: Values = { ...numbers };
  for (const operand of operands) before[operand.name] = read(operand, memory);
  const call = (prefill: number, changed: Values = {}): Values => {
    const values: Values = { ...numbers };
    for (const { name: key, blank } of operands)
      values[key] = blank && before[key] !== null ? prefilled(before[key], prefill) : copy(changed[key] ?? before[key]);
    reference(values);
    return values;
  };
  const after = call(PREFILLS[0]);
  const other = call(PREFILLS[1]);
  const run: Run = { build: machine.build, sizes: c.sizes, before, after, again: (changed) => call(0, changed) };

  machine.exports[name](...argumentsOf(args, operands, c.sizes));

  for (const { arg, address, length, name: key, blank } of operands) {
    if (address === 0 || arg.access === "in" || arg.access === "scratch") continue;
    const tolerance = pick(c.tolerance ?? common, key);
    if (garbage.includes(key)) unchangedBytes.set(bytes.subarray(address, address + BYTES[arg.dtype] * length), address);
    if (arg.dtype === "entries") {
      const [one, two] = [after[key] as Entries, other[key] as Entries];
      const words = new Int32Array(memory, address, 2 * length);
      const actual = new Float32Array(memory, address, 2 * length);
      for (let i = 0; i < length; i++) {
        if (one.offset[i] !== two.offset[i]) continue;
        if (words[2 * i] !== one.offset[i] || !Object.is(actual[2 * i + 1], Math.fround(one.value[i]))) {
          throw new Error(`${key}[${i}]: { ${words[2 * i]}, ${actual[2 * i + 1]} }, expected { ${one.offset[i]}, ${one.value[i]} }`);
        }
        for (let word = 2 * i; word < 2 * i + 2; word++) unchanged[address / 4 + word] = words[word];
      }
      continue;
    }
    const view = { f32: Float32Array, i32: Int32Array, u8: Uint8Array, f64: Float64Array }[arg.dtype];
    const actual = new view(memory, address, length);
    const [one, two] = [after[key] as Float64Array, other[key] as Float64Array];
    const background = before[key] as Float64Array;
    const kept = arg.dtype === "u8" ? Uint8Array.of(PREFILLS[0])[0] : PREFILLS[0];
    const untouched = blank
      ? (i: number): boolean => !Object.is(one[i], two[i])
      : (i: number): boolean => one[i] === background[i] && Object.is(one[i], background[i]);
    for (let i = 0; i < length; i++) {
      if (untouched(i)) {
        if (blank && one[i] !== kept && one[i] !== Math.trunc(kept)) throw new Error(`the reference reads ${key}[${i}], which it overwrites`);
        continue;
      }
      // What is written is checked below; the rest must not change.
      for (let at = address + i * actual.BYTES_PER_ELEMENT, last = at + actual.BYTES_PER_ELEMENT; at < last; at++) unchangedBytes[at] = bytes[at];
    }
    const round = arg.dtype === "f32" ? Math.fround : (x: number): number => x;
    expectClose(actual, one, { ...limits(tolerance, run, key, one, arg.dtype), round, where: key, skip: untouched });
  }
  for (let i = 0; i < end / 4; i++) {
    if (words[i] !== unchanged[i]) throw new Error(`stored outside: ${describe(4 * i, operands)}`);
  }
  for (const guard of guards) if (guard.some((byte) => byte !== 0xad)) throw new Error("stored outside the scratch");
}

function pick(tolerance: Tolerance, output: string): Exclude<Tolerance, { kind: "each" }> {
  const found = tolerance.kind === "each" ? tolerance.of[output] : tolerance;
  if (found === undefined || found.kind === "each") throw new Error(`no tolerance for ${output}`);
  return found;
}

function limits(
  tolerance: Exclude<Tolerance, { kind: "each" }>,
  run: Run,
  output: string,
  reference: Float64Array,
  dtype: string,
): { bound: (i: number) => number; anyZero: boolean } {
  if (tolerance.kind === "bound") return { bound: tolerance.bound(run, output), anyZero: true };
  if (tolerance.kind === "ulps") {
    const count = typeof tolerance.ulps === "number" ? tolerance.ulps : tolerance.ulps(run.build);
    return { bound: (i) => count * ulpOf(reference[i]) + tolerance.floor, anyZero: tolerance.anyZero };
  }
  // Integers have one zero.
  return { bound: () => 0, anyZero: dtype === "i32" || tolerance.anyZero === true };
}

/** Which element, or how far from which operand, an address is. */
function describe(address: number, operands: readonly Operand[]): string {
  for (const { name, arg, address: start, length } of operands) {
    const bytes = BYTES[arg.dtype];
    if (start === 0 || address < start - GUARD || address >= start + length * bytes + GUARD) continue;
    if (address < start) return `${start - address} bytes before ${name}`;
    if (address >= start + length * bytes) return `${address - start - length * bytes} bytes past the end of ${name}`;
    return `${name}[${Math.floor((address - start) / bytes)}], which is ${arg.access === "in" ? "an input" : "not written by the reference"}`;
  }
  return `address ${address}`;
}

/** A case in one line. */
export function caseName({ sizes, data, lengths, inPlace, shift }: Case): string {
  const given = Object.entries(data ?? {}).map(([name, content]) => {
    if (content === null) return `${name}: absent`;
    return `${name}: ${typeof content === "number" ? content : "given"}`;
  });
  return JSON.stringify({
    ...sizes,
    ...(shift && { shift }),
    ...(inPlace && { inPlace }),
    ...(lengths && { lengths }),
    ...(given.length > 0 && { data: given.join(", ") }),
  }).replaceAll('"', "");
}

/** Runs all cases of a kernel; the first that fails is thrown. Returns how many there are. */
export function runKernel(machine: Machine, name: KernelName, all: KernelCases): number {
  streams = 0;
  for (const c of all.cases) {
    try {
      runCase(machine, name, all, c);
    } catch (error) {
      throw new Error(`${name} (${machine.build}) ${caseName(c)}: ${(error as Error).message}`, { cause: error });
    }
  }
  return all.cases.length;
}

/** Places to cut `units` at: all of them, or of many the first, the last and some between. */
function cuts(units: number, grain: number): number[] {
  const all = Array.from({ length: Math.ceil(units / grain) - 1 }, (_, i) => (i + 1) * grain);
  return all.length <= 24 ? all : all.filter((_, i) => i < 9 || i >= all.length - 9 || i % Math.ceil(all.length / 6) === 0);
}

/**
 * Runs the case as one call, then, for each of the kernel's splits and each place where it may be cut, as two: all memory but the scratch
 * must end the same, bit by bit. Returns the number of cuts. @throws Error that says which cut shows
 */
export function cutCase(machine: Machine, name: KernelName, c: Case): number {
  const { args, splits } = kernels[name] as unknown as Kernel;
  const { memory, operands, end } = arrange(machine, args, c);
  const bytes = new Uint8Array(memory, 0, end);
  const before = bytes.slice();
  machine.exports[name](...argumentsOf(args, operands, c.sizes));
  const whole = Buffer.from(bytes.slice());
  let count = 0;
  for (const { along, shift, grain = 1, when } of splits) {
    if (when?.(c.sizes) === false) continue;
    for (const cut of cuts(c.sizes[along], grain)) {
      bytes.set(before);
      for (const [from, units] of [
        [0, cut],
        [cut, c.sizes[along] - cut],
      ]) {
        const moved = operands.map((operand) => ({
          ...operand,
          address: operand.address && operand.address + from * BYTES[operand.arg.dtype] * (shift[operand.name]?.(c.sizes) ?? 0),
        }));
        machine.exports[name](...argumentsOf(args, moved, { ...c.sizes, [along]: units }));
      }
      count++;
      if (whole.equals(bytes)) continue;
      const at = whole.findIndex((byte, i) => byte !== bytes[i]);
      throw new Error(`cut along ${along} at ${cut}: other bits at ${describe(at, operands)}`);
    }
  }
  return count;
}

/** Cuts all cases of a kernel; returns the number of cuts. */
export function cutKernel(machine: Machine, name: KernelName, all: KernelCases): number {
  streams = 0;
  return all.cases.reduce((sum, c) => {
    try {
      return sum + cutCase(machine, name, c);
    } catch (error) {
      throw new Error(`${name} (${machine.build}) ${caseName(c)}: ${(error as Error).message}`, { cause: error });
    }
  }, 0);
}

/** How far behind a tensor's end memory is sure to go on, in bytes. */
const LINE = 64;

/**
 * Runs the case as often as it has pointers, each in turn as near to the end of memory as a tensor may lie: what looks further behind it traps.
 * @throws Error that says behind which
 */
export function reachCase(machine: Machine, name: KernelName, c: Case): void {
  const args = kernels[name].args as Record<string, Arg>;
  const memoryBytes = machine.memory.buffer.byteLength;
  for (const { name: last, address: from, length, arg } of place(args, c, memoryBytes).operands) {
    if (from === 0) continue;
    const { memory, operands } = arrange(machine, args, c);
    const bytes = length * BYTES[arg.dtype];
    const address = memoryBytes - LINE - bytes;
    const moved = operands.map((operand) => {
      if (operand.name === last) return { ...operand, address };
      // The scratch makes room.
      return operand.arg.access === "scratch" ? { ...operand, address: operand.address - Math.ceil((bytes + LINE) / LINE) * LINE } : operand;
    });
    new Uint8Array(memory).copyWithin(address, from, from + bytes);
    try {
      machine.exports[name](...argumentsOf(args, moved, c.sizes));
    } catch (error) {
      throw new Error(`looks more than ${LINE} bytes behind ${last}`, { cause: error });
    }
  }
}

/** As {@link reachCase}, of all cases of a kernel whose output is not in place of an input. Returns how many there are. */
export function reachKernel(machine: Machine, name: KernelName, all: KernelCases): number {
  streams = 0;
  const apart = all.cases.filter(({ inPlace }) => inPlace === undefined);
  for (const c of apart) {
    try {
      reachCase(machine, name, c);
    } catch (error) {
      throw new Error(`${name} (${machine.build}) ${caseName(c)}: ${(error as Error).message}`, { cause: error });
    }
  }
  return apart.length;
}
