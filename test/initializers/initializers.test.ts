import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, ShapeError } from "../../src/errors.ts";
import { fans } from "../../src/initializers/fans.ts";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  initializerFromConfig,
  lecunNormal,
  lecunUniform,
  ones,
  orthogonal,
  randomNormal,
  randomUniform,
  zeros,
} from "../../src/initializers/index.ts";
import { fillNormal, fillUniform, type Key } from "../../src/random.ts";

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
function draw(initializer: Initializer, shape: readonly number[], key: Key = [1, 2]): Float32Array {
  const y = new Float32Array(size(shape)).fill(Number.NaN);
  initializer.fill(y, shape, key);
  return y;
}
const digest = (y: Float32Array): string => bytesToHex(sha256(new Uint8Array(y.buffer))).slice(0, 16);
const deviation = (y: Float32Array): number => Math.sqrt(y.reduce((sum, v) => sum + v * v, 0) / y.length);

const all: Initializer[] = [
  glorotUniform(),
  glorotNormal(),
  heUniform(),
  heNormal(),
  lecunUniform(),
  lecunNormal(),
  randomNormal({ mean: 1, stddev: 2 }),
  randomUniform({ min: 0, max: 3 }),
  zeros(),
  ones(),
  constant(0.1),
  orthogonal({ gain: 2 }),
];

test("fans by Keras's rule", () => {
  expect(fans([])).toEqual({ fanIn: 1, fanOut: 1 });
  expect(fans([5])).toEqual({ fanIn: 5, fanOut: 5 });
  expect(fans([784, 128])).toEqual({ fanIn: 784, fanOut: 128 });
  expect(fans([3, 3, 32, 64])).toEqual({ fanIn: 288, fanOut: 576 });
});

describe.each(all.map((initializer) => [initializer.name, initializer] as const))("%s", (name, initializer) => {
  test("fills everything with finite numbers, the same for the same key", () => {
    for (const shape of [
      [5, 3],
      [3, 5],
      [3, 3, 2, 4],
      [1, 1],
    ]) {
      const y = draw(initializer, shape);
      expect(y.every(Number.isFinite)).toBe(true);
      expect(draw(initializer, shape)).toEqual(y);
      if (!["zeros", "ones", "constant"].includes(name)) expect(draw(initializer, shape, [1, 3])).not.toEqual(y);
    }
  });

  test("comes back from its configuration", () => {
    const again = initializerFromConfig(JSON.parse(JSON.stringify({ name, config: initializer.config() })));
    expect([again.name, again.config()]).toEqual([name, initializer.config()]);
    expect(draw(again, [4, 6])).toEqual(draw(initializer, [4, 6]));
  });
});

describe("uniform", () => {
  test.each([
    [glorotUniform(), 6 / (288 + 576)],
    [heUniform(), 6 / 288],
    [lecunUniform(), 3 / 288],
  ])("$name: (2u - 1) x limit in f32", (initializer, square) => {
    const shape = [3, 3, 32, 64];
    const u = new Float32Array(size(shape));
    fillUniform(u, u.length, [1, 2]);
    const f = Math.fround;
    const limit = f(Math.sqrt(square));
    const y = draw(initializer, shape);
    expect(y.every((w, i) => w === f(f(f(2 * u[i]) - 1) * limit) && Math.abs(w) <= limit)).toBe(true);
    expect(deviation(y) / Math.sqrt(square / 3)).toBeCloseTo(1, 1);
  });

  test("randomUniform stays between min and max", () => {
    const y = draw(randomUniform({ min: 2, max: 3 }), [10_000]);
    expect(y.every((v) => v >= 2 && v <= 3)).toBe(true);
    const byDefault = draw(randomUniform(), [10_000]);
    expect(byDefault.every((v) => Math.abs(v) <= Math.fround(0.05))).toBe(true);
    expect(deviation(byDefault)).toBeCloseTo(0.05 / Math.sqrt(3), 3);
  });
});

describe("normal", () => {
  test.each([
    [glorotNormal(), 2 / (288 + 576)],
    [heNormal(), 2 / 288],
    [lecunNormal(), 1 / 288],
  ])("$name: cut at two, with the variance asked for", (initializer, variance) => {
    const y = draw(initializer, [3, 3, 32, 64]);
    const stddev = Math.sqrt(variance) / 0.87962566103423978;
    expect(y.every((w) => Math.abs(w) <= 2 * stddev * (1 + 1e-6))).toBe(true);
    expect(Math.abs(deviation(y) / Math.sqrt(variance) - 1)).toBeLessThan(0.02);
    expect(Math.abs(y.reduce((a, b) => a + b) / y.length)).toBeLessThan((4 * Math.sqrt(variance)) / Math.sqrt(y.length));
  });

  test("elements inside are the plain stream's, and none depends on how many there are", () => {
    const z = new Float32Array(4000);
    fillNormal(z, 4000, [1, 2]);
    const unit = Math.fround(1 / 0.87962566103423978);
    const y = draw(lecunNormal(), [1, 4000]);
    expect(z.filter((v) => Math.abs(v) > 2).length).toBeGreaterThan(100);
    expect(y.every((w, i) => Math.abs(z[i]) > 2 || w === Math.fround(z[i] * unit))).toBe(true);
    expect(draw(lecunNormal(), [1, 1000])).toEqual(y.slice(0, 1000));
  });

  test("randomNormal is not cut", () => {
    const y = draw(randomNormal({ mean: 3, stddev: 0.5 }), [20_000]);
    expect(y.reduce((a, b) => a + b) / y.length).toBeCloseTo(3, 1);
    expect(deviation(y.map((v) => v - 3))).toBeCloseTo(0.5, 1);
    expect(y.some((v) => Math.abs(v - 3) > 1.5)).toBe(true);
    expect(draw(randomNormal(), [4])).toEqual(draw(randomNormal({ mean: 0, stddev: 0.05 }), [4]));
  });
});

describe("orthogonal", () => {
  test("rows or columns at right angles, gain long", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.integer(), (rows, columns, seed) => {
        const y = draw(orthogonal({ gain: 1.5 }), [rows, columns], [seed, 0]);
        const at = (long: number, short: number): number => (rows >= columns ? y[long * columns + short] : y[short * columns + long]);
        for (let i = 0; i < Math.min(rows, columns); i++) {
          for (let j = 0; j <= i; j++) {
            let dot = 0;
            for (let k = 0; k < Math.max(rows, columns); k++) dot += at(k, i) * at(k, j);
            expect(Math.abs(dot - (i === j ? 2.25 : 0))).toBeLessThan(2e-6);
          }
        }
      }),
    );
  });

  test("R's diagonal is positive: Q points along the normal matrix", () => {
    const normal = new Float64Array(6);
    fillNormal(normal, 6, [1, 2]);
    const q = draw(orthogonal(), [3, 2]);
    const length = Math.sqrt(normal[0] ** 2 + normal[2] ** 2 + normal[4] ** 2);
    for (const r of [0, 1, 2]) expect(q[2 * r]).toBe(Math.fround(normal[2 * r] / length));
    expect(q[1] * normal[1] + q[3] * normal[3] + q[5] * normal[5]).toBeGreaterThan(0);
    // A wide matrix is the transpose of the tall one of the same numbers.
    const wide = draw(orthogonal(), [2, 3]);
    expect([...wide]).toEqual([0, 2, 4, 1, 3, 5].map((i) => q[i]));
  });

  test("convolutions count all but the last dimension as rows; vectors are refused", () => {
    expect(draw(orthogonal(), [3, 3, 2, 4])).toEqual(draw(orthogonal(), [18, 4]));
    expect(() => draw(orthogonal(), [4])).toThrow(ShapeError);
  });
});

test("the same bits everywhere and for ever", () => {
  expect(
    Object.fromEntries(all.map((initializer) => [initializer.name, digest(draw(initializer, [28, 14], [0x13198a2e, 0x03707344]))])),
  ).toMatchInlineSnapshot(`
    {
      "constant": "dc4887ab42cdf8c0",
      "glorotNormal": "6698bb76ec6e3018",
      "glorotUniform": "53a7a72032318e6a",
      "heNormal": "81101d645b6f3e48",
      "heUniform": "c2565d6161dff406",
      "lecunNormal": "7f8f109c72dee6fa",
      "lecunUniform": "5541acee15f14de4",
      "ones": "35e2a36fe0589961",
      "orthogonal": "b86843bb4fe49e0b",
      "randomNormal": "478e486ecaf482e6",
      "randomUniform": "67d0210779446859",
      "zeros": "7fbcfcd86bdfa943",
    }
  `);
});

describe("refuses", () => {
  test.each<[string, () => unknown]>([
    ["a NaN", () => constant(Number.NaN)],
    ["a number beyond f32", () => constant(1e39)],
    ["a negative deviation", () => randomNormal({ stddev: -1 })],
    ["min above max", () => randomUniform({ min: 1, max: 0 })],
    ["a gain of infinity", () => orthogonal({ gain: Number.POSITIVE_INFINITY })],
    ["an unknown name", () => initializerFromConfig({ name: "xavier" })],
    ["a name of Object", () => initializerFromConfig({ name: "constructor" })],
    ["no description", () => initializerFromConfig(undefined as never)],
    ["a configuration that is no object", () => initializerFromConfig({ name: "constant", config: 1 as never })],
    ["a constant without value", () => initializerFromConfig({ name: "constant" })],
    ["a string as number", () => initializerFromConfig({ name: "randomNormal", config: { mean: "1" } })],
  ])("%s", (_, make) => {
    expect(make).toThrow(ConfigError);
  });
});
