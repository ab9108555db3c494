import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dataset, dataset } from "../../../src/data/index.ts";
import { ConfigError, NumericError, ShapeError } from "../../../src/errors.ts";

/** n samples of one byte, their own position, with labels. */
const numbered = (labels: ArrayLike<number>): Dataset =>
  dataset({ x: new Uint8Array(labels.length).map((_, i) => i), y: Int32Array.from(labels), sampleShape: [1] });
const positions = (data: Dataset): number[] => Array.from({ length: data.length }, (_, i) => data.x[data.rows === null ? i : data.rows[i]]);

describe("dataset", () => {
  test("keeps bytes and f32 as they are, without a copy", () => {
    const bytes = Uint8Array.of(0, 255, 51, 102);
    const data = dataset({ x: bytes, y: Uint8Array.of(1, 0), sampleShape: [2] });
    expect(data.x).toBe(bytes);
    expect(data.rows).toBeNull();
    expect([data.length, data.classes, data.targetShape]).toEqual([2, 2, []]);
    expect(data.normalization).toEqual({ shift: 0, scale: 255, kind: "unit" });
    expect([...data.sample(1)]).toEqual([Math.fround(0.2), Math.fround(0.4)]);
    const floats = Float32Array.of(1, 2);
    expect(dataset({ x: floats, sampleShape: [1] }).x).toBe(floats);
    expect(dataset({ x: floats, sampleShape: [1] }).normalization.kind).toBe("none");
    expect(dataset({ x: floats, sampleShape: [1] }).y).toBeNull();
    expect(dataset({ x: new Uint8ClampedArray([1, 2]), sampleShape: [1] }).x).toEqual(Uint8Array.of(1, 2));
    expect(dataset({ x: new Int16Array([1, -2]), sampleShape: [1] }).x).toEqual(Float32Array.of(1, -2));
  });

  test("nested arrays bring their shape", () => {
    const data = dataset({
      x: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      y: [1, 0],
    });
    expect([data.sampleShape, data.classes, data.y]).toEqual([[2, 2], 2, Int32Array.of(1, 0)]);
    expect([...data.sample(1)]).toEqual([5, 6, 7, 8]);
    expect(dataset({ x: [Float32Array.of(1, 2), Float32Array.of(3, 4)] }).sampleShape).toEqual([2]);
    expect(dataset({ x: [[1, 2, 3, 4]], sampleShape: [2, 2] }).sampleShape).toEqual([2, 2]);
    expect(dataset({ x: [1, 2, 3, 4], sampleShape: [2] }).length).toBe(2);
  });

  test("targets: labels or floats", () => {
    const x = [[1], [2]];
    expect(dataset({ x, y: [0, 3] })).toMatchObject({ y: Int32Array.of(0, 3), classes: 4 });
    expect(dataset({ x, y: [0, 3], classes: 10 }).classes).toBe(10);
    expect(dataset({ x, y: Float32Array.of(0, 3) })).toMatchObject({ y: Float32Array.of(0, 3), targetShape: [], classes: undefined });
    expect(dataset({ x, y: Float32Array.of(0, 3), classes: 4 }).y).toEqual(Int32Array.of(0, 3));
    expect(dataset({ x, y: [-1, 1] }).y).toEqual(Float32Array.of(-1, 1));
    expect(dataset({ x, y: [0.5, 1] }).y).toEqual(Float32Array.of(0.5, 1));
    expect(
      dataset({
        x,
        y: [
          [0, 1],
          [1, 0],
        ],
        classes: 2,
      }),
    ).toMatchObject({ y: Float32Array.of(0, 1, 1, 0), targetShape: [2], classes: 2 });
    expect(dataset({ x, y: Float32Array.of(0, 1, 1, 0) }).targetShape).toEqual([2]);
    expect(dataset({ x, y: [0, 1, 1, 0], targetShape: [2] }).y).toEqual(Float32Array.of(0, 1, 1, 0));
  });

  test.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
    ["flat data without a shape", () => dataset({ x: [1, 2] }), ShapeError, /flat data without sampleShape/],
    [
      "values that are no whole samples",
      () => dataset({ x: new Uint8Array(5), sampleShape: [2] }),
      ShapeError,
      /got 5 values, expected samples of shape \[2\]/,
    ],
    ["ragged samples", () => dataset({ x: [[1, 2], [3]] }), ShapeError, /x\[1\]: got 1 items, expected 2/],
    ["a sample that is a number", () => dataset({ x: [[1, 2], 3] as number[][] }), ShapeError, /x\[1\]: got number/],
    ["a string", () => dataset({ x: [["1"]] as unknown as number[][] }), ShapeError, /element 0: got string/],
    ["no array", () => dataset({ x: null as unknown as number[] }), ShapeError, /got null/],
    ["a shape of zeros", () => dataset({ x: new Uint8Array(0), sampleShape: [0] }), ShapeError, /positive integers/],
    ["too few labels", () => dataset({ x: [[1], [2]], y: [0] }), ShapeError, /got 1 labels, expected 2/],
    ["too few targets", () => dataset({ x: [[1], [2]], y: [[0.5, 1]] }), ShapeError, /expected 2 targets/],
    ["a label too large", () => dataset({ x: [[1], [2]], y: [0, 10], classes: 10 }), ConfigError, /y\[1\]: got label 10, expected an integer from 0 to 9/],
    ["a negative label", () => dataset({ x: [[1], [2]], y: Int32Array.of(0, -1) }), ConfigError, /y\[1\]: got label -1/],
    ["a fractional label", () => dataset({ x: [[1], [2]], y: [0, 0.5], classes: 2 }), ConfigError, /label 0.5/],
    ["a wrong number of classes", () => dataset({ x: [[1]], y: [0], classes: 0 }), ConfigError, /classes: got 0/],
    [
      "NaN",
      () =>
        dataset({
          x: [
            [1, 2],
            [3, Number.NaN],
          ],
        }),
      NumericError,
      /x, sample 1, element 1: got NaN/,
    ],
    [
      "infinity in f32",
      () => dataset({ x: new Float32Array([1, 2, Number.POSITIVE_INFINITY]), sampleShape: [1] }),
      NumericError,
      /sample 2, element 0: got Infinity/,
    ],
    ["a number beyond f32", () => dataset({ x: [[1e39]] }), NumericError, /sample 0/],
    ["NaN as target", () => dataset({ x: [[1], [2]], y: [[1], [Number.NaN]] }), NumericError, /y, sample 1/],
    ["unit for floats", () => dataset({ x: [[1]], normalization: "unit" }), ConfigError, /"unit" for float data/],
    ["an unknown normalisation", () => dataset({ x: [[1]], normalization: "l2" as "none" }), ConfigError, /"l2"/],
    ["scale 0", () => dataset({ x: [[1]], normalization: { shift: 0, scale: 0, kind: "none" } }), ConfigError, /scale 0/],
  ])("refuses %s", (_, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});

describe("Dataset", () => {
  test("take, subset, sample and label follow rows", () => {
    const data = numbered([5, 6, 7, 8, 9]);
    const some = data.subset([4, 0, 4, 2]);
    expect(positions(some)).toEqual([4, 0, 4, 2]);
    expect(positions(some.subset([3, 1]))).toEqual([2, 0]);
    expect(positions(some.take(2))).toEqual([4, 0]);
    expect(positions(data.take(2))).toEqual([0, 1]);
    expect(data.take(9)).toBe(data);
    expect([some.label(0), some.label(3)]).toEqual([9, 7]);
    expect(some.sample(3)[0]).toBe(Math.fround(2 / 255));
    expect(some.x).toBe(data.x);
    expect(() => some.sample(4)).toThrow(ConfigError);
    expect(() => data.subset([5])).toThrow(/subset, position 0: got 5, expected an integer from 0 to 4/);
    expect(() => data.take(-1)).toThrow(ConfigError);
    expect(() => dataset({ x: [[1]] }).label(0)).toThrow(/without targets/);
    expect(Object.isFrozen(data)).toBe(true);
  });

  test("standardize: mean 0 and deviation 1 over the samples in use, the same numbers for another set", () => {
    const data = dataset({ x: new Uint8Array(40).map((_, i) => i * i), sampleShape: [2], normalization: "standardize" });
    const all = Array.from({ length: data.length }, (_, i) => [...data.sample(i)]).flat();
    const mean = all.reduce((a, b) => a + b) / 40;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(Math.abs(all.reduce((a, b) => a + (b - mean) ** 2, 0) / 40 - 1)).toBeLessThan(1e-6);
    const part = data.subset([0, 1]).normalizedBy("standardize");
    expect(part.normalization).toEqual({ kind: "standardize", shift: 3.5, scale: Math.fround(Math.sqrt(12.25)) });
    expect(data.normalizedBy(part.normalization).normalization).toEqual(part.normalization);
    expect(dataset({ x: [[3], [3]], normalization: "standardize" }).normalization).toMatchObject({ shift: 3, scale: 1 });
    expect(dataset({ x: Float32Array.of(1, 3), sampleShape: [1], normalization: "standardize" }).normalization).toMatchObject({ shift: 2, scale: 1 });
  });
});

describe("split", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 200 });

  test("parts are disjoint, complete, in order, and each class gives its share", () => {
    fc.assert(
      fc.property(
        labels,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.boolean(),
        (y, fraction, seed, stratified) => {
          const total = Math.floor(fraction * y.length + 0.5);
          fc.pre(total > 0 && total < y.length);
          const data = numbered(y);
          const classes = new Set(y);
          // Each class keeps one, and gives up to one more than its share rounded down.
          const most = [...classes].reduce((sum, c) => {
            const [members, share] = [y.filter((l) => l === c).length, (y.filter((l) => l === c).length * total) / y.length];
            return sum + Math.min(Math.ceil(share), members - 1);
          }, 0);
          if (stratified && most < total) {
            expect(() => data.split(fraction, { seed, stratified })).toThrow("expected one that leaves each class a sample in the rest");
            return;
          }
          const [rest, held] = data.split(fraction, { seed, stratified });
          expect(held.length).toBe(total);
          for (const part of [rest, held]) expect(positions(part)).toEqual(positions(part).sort((a, b) => a - b));
          expect([...positions(rest), ...positions(held)].sort((a, b) => a - b)).toEqual(positions(data));
          if (!stratified) return;
          expect(new Set(Array.from({ length: rest.length }, (_, i) => rest.label(i)))).toEqual(classes);
          for (let c = 0; c < 5; c++) {
            const share = (y.filter((l) => l === c).length * total) / y.length;
            const count = Array.from({ length: held.length }, (_, i) => held.label(i)).filter((l) => l === c).length;
            expect(Math.abs(count - share)).toBeLessThan(1);
          }
        },
      ),
    );
  });

  test("the seed decides, a subset splits its own samples", () => {
    const data = numbered(Array.from({ length: 100 }, (_, i) => i % 3));
    const held = (seed: number) => positions(data.split(0.2, { seed })[1]);
    expect(held(1)).toEqual(held(1));
    expect(held(1)).not.toEqual(held(2));
    const even = data.subset(Array.from({ length: 50 }, (_, i) => 2 * i));
    const [a, b] = even.split(0.5, { seed: 3 });
    expect([...positions(a), ...positions(b)].every((i) => i % 2 === 0)).toBe(true);
    expect(a.length + b.length).toBe(50);
  });

  test("without shuffle the last samples are held out, whatever their classes", () => {
    const data = numbered([0, 0, 0, 1, 1, 2]);
    expect(data.split(0.5, { shuffle: false }).map(positions)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(data.subset([5, 3, 1, 0]).split(0.25, { shuffle: false, stratified: true, seed: 7 }).map(positions)).toEqual([[5, 3, 1], [0]]);
    for (const fraction of [0, 1, Number.NaN, 0.01]) expect(() => data.split(fraction, { shuffle: false })).toThrow(ConfigError);
  });

  test("works without labels, and refuses empty parts", () => {
    const data = dataset({ x: [[1], [2], [3], [4]], y: [0.5, 1, 2, 3] });
    expect(data.split(0.25).map(({ length }) => length)).toEqual([3, 1]);
    for (const fraction of [0, 1, -0.5, Number.NaN, 0.01, 0.99]) expect(() => data.split(fraction)).toThrow(ConfigError);
  });
});
