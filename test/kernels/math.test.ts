/** Accuracy of the vector functions in both builds, and random numbers bit for bit. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { describe, expect, test } from "vitest";
import { references } from "../../src/program/reference/index.ts";
import { deriveKey, fillNormal, fillUniform, type Key } from "../../src/random.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

type Exports = Record<string, (...args: number[]) => void>;

const BLOCK = 4096;
const X = 8192;
const Y = X + BLOCK * 4 + 64;
const B = Y + BLOCK * 4 + 64;
const memory = new WebAssembly.Memory({ initial: 4 });
const f32 = new Float32Array(memory.buffer);
const i32 = new Int32Array(memory.buffer);

function load(build: string): Exports {
  const module = new WebAssembly.Module(readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url)));
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
  exports.write_constants();
  return exports;
}

const word = new Int32Array(1);
const float = new Float32Array(word.buffer);
const fromBits = (bits: number): number => {
  word[0] = bits;
  return float[0];
};
/** Distance to the next f32 of larger magnitude, of the binade that x lies in. */
const ulp = (x: number): number => (Math.abs(x) < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23));

/** Every `step`-th bit pattern from one float to another of the same sign. */
function* patterns(from: number, to: number, step: number): Generator<number> {
  float[0] = from;
  const first = word[0];
  float[0] = to;
  const last = word[0];
  for (let bits = Math.min(first, last); bits <= Math.max(first, last); bits += step) yield fromBits(bits);
}

function* grid(from: number, to: number, count: number): Generator<number> {
  for (let i = 0; i <= count; i++) yield Math.fround(from + ((to - from) * i) / count);
}

/** A sample of both signs of all magnitudes in [low, high], denser where functions bend. */
function* sample(low: number, high: number): Generator<number> {
  if (low < 0) {
    yield* patterns(-0, low, 4001);
    yield* grid(low, Math.min(high, 0), 300_000);
    yield* grid(Math.max(low, -20), Math.min(high, 0), 300_000);
  }
  if (high > 0) {
    yield* patterns(Math.max(low, 0), high, 4001);
    yield* grid(Math.max(low, 0), high, 300_000);
    yield* grid(Math.max(low, 0), Math.min(high, 20), 300_000);
  }
}

/** Largest error in units of the last place over the sample, beyond an absolute floor. */
function worst(f: (n: number) => void, exact: (x: number) => number, xs: Iterable<number>, floor = 0): { error: number; at: number } {
  const result = { error: 0, at: 0 };
  let n = 0;
  const flush = (): void => {
    f(n);
    for (let i = 0; i < n; i++) {
      const x = f32[X / 4 + i];
      const want = exact(x);
      const error = Math.max(0, Math.abs(f32[Y / 4 + i] - want) - floor) / ulp(want);
      if (!(error <= result.error)) Object.assign(result, { error, at: x });
    }
    n = 0;
  };
  for (const x of xs) {
    f32[X / 4 + n++] = x;
    if (n === BLOCK) flush();
  }
  flush();
  return result;
}

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const elu = (x: number): number => (x > 0 ? x : Math.expm1(x));
const one = new Float64Array(1);
/** The f64 reference of a kernel, at one point: golden/activations.json holds it against PyTorch. */
const byReference =
  (name: "gelu_forward_f32" | "gelu_tanh_forward_f32" | "silu_forward_f32" | "mish_forward_f32" | "log_cosh_f32") =>
  (x: number): number => {
    references[name]({ y: one, x: Float64Array.of(x), n: 1 });
    return one[0];
  };
const MAX = fromBits(0x7f7fffff);
const DENORMAL = 2 ** -149;

/** Gates of 1e-30 or less are 0, and so is what they multiply (by 70 at most there). */
const GATE = 7e-29;
/** Export, exact function, sampled range, ulp allowed in the relaxed and in the plain build, and beyond what error. */
const functions: [string, (x: number) => number, number, number, number, number, number?][] = [
  ["exp_f32", Math.exp, -103.9, 88.72, 0.95, 1.2],
  ["log_f32", Math.log, DENORMAL, MAX, 0.8, 0.8],
  ["sigmoid_forward_f32", sigmoid, -86.9, 120, 2.5, 2.5],
  ["tanh_forward_f32", Math.tanh, -MAX, MAX, 2.6, 2.6],
  ["softplus_forward_f32", softplus, -86.9, MAX, 2.7, 2.7],
  ["elu_forward_f32", elu, -MAX, MAX, 1.2, 1.2],
  ["gelu_forward_f32", byReference("gelu_forward_f32"), -MAX, MAX, 5.3, 5.3, GATE],
  ["gelu_tanh_forward_f32", byReference("gelu_tanh_forward_f32"), -1, MAX, 5.3, 5.3, GATE],
  // The exponent's own rounding, times the exponent.
  ["gelu_tanh_forward_f32", byReference("gelu_tanh_forward_f32"), -MAX, -1, 150, 150, GATE],
  ["silu_forward_f32", byReference("silu_forward_f32"), -MAX, MAX, 3.2, 3.2, GATE],
  ["mish_forward_f32", byReference("mish_forward_f32"), -MAX, MAX, 4, 4, GATE],
  ["log_cosh_f32", byReference("log_cosh_f32"), -MAX, MAX, 4.4, 4.4, 1e-37],
];

const specials = [NaN, Infinity, -Infinity, 0, -0, DENORMAL, -DENORMAL, 1e-40, -1e-40, 88.73, 100, -87.5, -103.98, -200, MAX, -MAX];
/** Results for `specials`, where a bound in ulp says nothing; null where it does. */
const SMALLEST = 1.6458e-38; // e^-87
const expected: Record<string, (number | null)[]> = {
  exp_f32: [NaN, Infinity, 0, 1, 1, 1, 1, 1, 1, Infinity, Infinity, null, 0, 0, Infinity, 0],
  log_f32: [NaN, Infinity, NaN, -Infinity, -Infinity, null, NaN, null, NaN, null, null, NaN, NaN, NaN, null, NaN],
  sigmoid_forward_f32: [NaN, 1, SMALLEST, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, SMALLEST, SMALLEST, SMALLEST, 1, SMALLEST],
  tanh_forward_f32: [NaN, 1, -1, 0, -0, DENORMAL, -DENORMAL, Math.fround(1e-40), Math.fround(-1e-40), 1, 1, -1, -1, -1, 1, -1],
  softplus_forward_f32: [NaN, Infinity, SMALLEST, null, null, null, null, null, null, null, 100, SMALLEST, SMALLEST, SMALLEST, MAX, SMALLEST],
  elu_forward_f32: [NaN, Infinity, -1, 0, 0, DENORMAL, -DENORMAL, Math.fround(1e-40), Math.fround(-1e-40), null, 100, -1, -1, -1, MAX, -1],
};

describe.each(["simd", "relaxed"])("vector functions, %s build", (build) => {
  const kernels = load(build);
  const call = (name: string) => (n: number) => (name.startsWith("elu") ? kernels[name](Y, X, n, 1) : kernels[name](Y, X, n));

  test.each(functions)("%s", (name, exact, low, high, relaxed, plain, floor) => {
    const { error, at } = worst(call(name), exact, sample(low, high), floor);
    if (process.env.REPORT) console.log(`${build} ${name}: ${error.toFixed(3)} ulp at ${at}`);
    expect(error, `ulp at ${at}`).toBeLessThanOrEqual(build === "relaxed" ? relaxed : plain);
    if (!(name in expected)) return;
    specials.forEach((x, i) => (f32[X / 4 + i] = x));
    call(name)(specials.length);
    specials.forEach((x, i) => {
      const want = expected[name][i];
      const got = f32[Y / 4 + i];
      if (want === null) expect(Math.abs(got - exact(Math.fround(x))) / ulp(exact(Math.fround(x))), `${name}(${x})`).toBeLessThanOrEqual(3.1);
      else if (want === SMALLEST) expect(Math.abs(got / SMALLEST - 1), `${name}(${x})`).toBeLessThan(1e-4);
      else if (want === 0 && !name.startsWith("tanh")) expect(got === 0, `${name}(${x})`).toBe(true);
      else expect(got, `${name}(${x})`).toBe(want);
    });
  });

  test.each(functions.map(([name]) => name))("%s of a NaN is NaN, whatever its bits", (name) => {
    const bits = [0x7fc00000, 0xffc00000, 0x7fc00001, 0x7fffffff, 0xffffffff];
    new Uint32Array(f32.buffer, X, bits.length).set(bits);
    call(name)(bits.length);
    expect([...f32.subarray(Y / 4, Y / 4 + bits.length)]).toEqual(bits.map(() => Number.NaN));
  });

  test("exp goes down through denormals by at most one step", () => {
    const { error } = worst(call("exp_f32"), Math.exp, grid(-104.5, -87, 200_000));
    expect(error).toBeLessThanOrEqual(1.25);
  });

  test("pow_f32", () => {
    const power = (a: (i: number) => number, b: (i: number) => number, count: number): { error: number; at: string } => {
      const result = { error: 0, at: "" };
      for (let start = 0; start < count; start += BLOCK) {
        for (let i = 0; i < BLOCK; i++) {
          f32[X / 4 + i] = a(start + i);
          f32[B / 4 + i] = b(start + i);
        }
        kernels.pow_f32(Y, X, B, 1, 1, 1, BLOCK, 0, 0, 0, 1, 0, 0, 0, 1);
        for (let i = 0; i < BLOCK; i++) {
          const [x, y, got] = [f32[X / 4 + i], f32[B / 4 + i], f32[Y / 4 + i]];
          const want = x ** y;
          // Beyond the largest f32 the result is infinite.
          if (Number.isNaN(want) || Math.fround(want) === 0 || !Number.isFinite(Math.fround(want))) {
            const rounded = Math.fround(want);
            if (!Object.is(got, rounded) && Math.abs(want) < 1.5 * 2 ** 128) expect(got, `${x} ** ${y}`).toBe(rounded);
            continue;
          }
          const error = Math.abs(got - want) / ulp(want);
          if (!(error <= result.error)) Object.assign(result, { error, at: `${x} ** ${y}` });
        }
      }
      return result;
    };
    const spread = (i: number): number => (i * 0.6180339887498949) % 1;
    const other = (i: number): number => (i * 0.7548776662466927) % 1;
    const results = [
      power(
        (i) => fromBits(Math.floor(spread(i) * 0x7f800000)),
        (i) => (other(i) - 0.5) * 4,
        1_000_000,
      ),
      power(
        (i) => 0.5 + spread(i),
        (i) => (other(i) - 0.5) * 300,
        1_000_000,
      ),
      power(
        (i) => spread(i) * 10,
        (i) => (other(i) - 0.5) * 30,
        500_000,
      ),
      power(
        (i) => 1 + (spread(i) - 0.5) * 1e-4,
        (i) => (other(i) - 0.5) * 1e6,
        500_000,
      ),
      power(
        (i) => (spread(i) - 0.5) * 20,
        (i) => Math.round((other(i) - 0.5) * 20),
        500_000,
      ),
    ];
    for (const { error, at } of results) {
      if (process.env.REPORT) console.log(`${build} pow_f32: ${error.toFixed(3)} ulp at ${at}`);
      expect(error, at).toBeLessThanOrEqual(0.55);
    }
    const values = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1.5, -1.5, DENORMAL, -DENORMAL, MAX, -MAX, 16777215, -16777217, 1e-30];
    for (const x of values) {
      for (const y of values) {
        f32[X / 4] = x;
        f32[B / 4] = y;
        kernels.pow_f32(Y, X, B, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
        const exact = f32[X / 4] ** f32[B / 4];
        const got = f32[Y / 4];
        if (Number.isNaN(exact) || exact === 0 || Math.abs(exact) > MAX) expect(got, `${x} ** ${y}`).toBe(Math.fround(exact));
        else expect(Math.abs(got - exact) / ulp(exact), `${x} ** ${y}`).toBeLessThanOrEqual(0.55);
      }
    }
  });

  test("random numbers have the bits of src/random.ts", () => {
    const keys: Key[] = [deriveKey(1, 2, 3), deriveKey(-7.5, 1), [0, 0], [-1, 0x7fffffff]];
    for (const key of keys) {
      i32[B / 4] = key[0];
      i32[B / 4 + 1] = key[1];
      for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 4000]) {
        for (const [name, fill] of [
          ["fill_uniform_f32", fillUniform],
          ["fill_normal_f32", fillNormal],
        ] as const) {
          const y = Y + 4;
          i32.fill(0x7fc0dead, Y / 4, Y / 4 + n + 16);
          const want = new Int32Array(n + 16).fill(0x7fc0dead);
          fill(new Float32Array(want.buffer, 4, n), n, key);
          kernels[name](y, n, B);
          expect(i32.slice(Y / 4, Y / 4 + n + 16), `${name} ${n}`).toEqual(want);
        }
      }
    }
  });
});
