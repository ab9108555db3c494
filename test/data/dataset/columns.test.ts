/** Datasets of several inputs and outputs. */
import { describe, expect, it } from "vitest";
import { type DatasetOptions, dataset } from "../../../src/data/index.ts";
import { ConfigError, NumericError, ShapeError } from "../../../src/errors.ts";
import { datasetDigest } from "../../../src/model/checkpoints/checkpoint-files.node.ts";

const image = Uint8Array.from({ length: 6 * 4 }, (_, i) => i * 10);
const table = Float32Array.from({ length: 6 * 2 }, (_, i) => i / 4);
const digit = Uint8Array.of(0, 2, 1, 2, 0, 1);
const ratio = Float32Array.of(0.5, 1, 1.5, 2, 2.5, 3);
const parts = { x: { image, table }, y: { digit, ratio }, sampleShape: { image: [2, 2, 1], table: [2] } } satisfies DatasetOptions;
const both = dataset(parts);

describe("a dataset of several columns", () => {
  it("has one for each input and output, the first of which are what x and y say", () => {
    expect(both.inputs.map(({ name, shape, values }) => [name, shape, values])).toEqual([
      ["image", [2, 2, 1], image],
      ["table", [2], table],
    ]);
    expect(both.inputs[0].values).toBe(image);
    expect(both.targets).toMatchObject([
      { name: "digit", values: digit, shape: [], classes: 3, sampleWeight: null },
      { name: "ratio", values: ratio, shape: [], classes: undefined, sampleWeight: null },
    ]);
    expect(both).toMatchObject({ x: image, sampleShape: [2, 2, 1], y: digit, classes: 3, length: 6 });
    expect(both.normalization.kind).toBe("unit");
    expect(both.inputs[1].normalization.kind).toBe("none");
  });

  it("the plain form is the case of one, without a name", () => {
    const plain = dataset({ x: image, y: digit, sampleShape: [2, 2, 1] });
    expect(plain.inputs).toMatchObject([{ name: null, values: image, shape: [2, 2, 1] }]);
    expect(plain.targets).toMatchObject([{ name: null, values: digit }]);
    expect(dataset({ x: table, sampleShape: [2] }).targets).toEqual([]);
  });

  it("reads one sample, label or weight by name", () => {
    const weighted = dataset({ ...parts, sampleWeight: { ratio: [1, 2, 3, 4, 5, 6] } });
    expect([...weighted.sample(1)]).toEqual([40, 50, 60, 70].map((v) => Math.fround(v / 255)));
    expect([...weighted.sample(1, "table")]).toEqual([0.5, 0.75]);
    expect([weighted.label(3), weighted.label(3, "digit"), weighted.weight(3), weighted.weight(3, "ratio")]).toEqual([2, 2, 1, 4]);
    expect(() => weighted.sample(1, "picture")).toThrow(/sample: got "picture", expected "image", "table"/);
    expect(() => weighted.label(1, "ratio")).toThrow(ConfigError);
  });

  it("subsets, splits and takes keep the columns together", () => {
    const [rest, held] = both.split(0.5, { seed: 1 });
    expect([...held.targets[0].values].length).toBe(6);
    expect(Array.from({ length: 3 }, (_, i) => held.label(i)).sort()).toEqual([0, 1, 2]);
    for (const part of [rest, held, both.take(2), both.subset([5, 5])]) {
      for (let i = 0; i < part.length; i++) {
        const row = part.rows?.[i] ?? i;
        expect(part.sample(i, "table")[0]).toBe(row / 2);
        expect(part.label(i)).toBe(digit[row]);
      }
      expect(part.inputs[1]).toBe(both.inputs[1]);
    }
  });

  it("options are one for all, or by name", () => {
    const two = dataset({ x: { a: image, b: image }, sampleShape: [4], normalization: { b: "none" }, y: { p: digit, q: digit }, classes: 7 });
    expect(two.inputs.map(({ shape, normalization }) => [shape, normalization.kind])).toEqual([
      [[4], "unit"],
      [[4], "none"],
    ]);
    expect(two.targets.map(({ classes }) => classes)).toEqual([7, 7]);
    const shared = dataset({ ...parts, sampleWeight: [1, 2, 3, 4, 5, 6] });
    expect(shared.targets[0].sampleWeight).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(shared.targets[1].sampleWeight).toBe(shared.targets[0].sampleWeight);
    expect(dataset({ ...parts, sampleWeight: { ratio: null } }).targets[1].sampleWeight).toBeNull();
    const given = dataset({ x: { a: table, b: table }, sampleShape: [2], normalization: { shift: 1, scale: 2, kind: "none" } });
    expect(given.inputs.map(({ normalization }) => normalization.shift)).toEqual([1, 1]);
    expect(two.normalizedBy({ a: "standardize" }).inputs.map(({ normalization }) => normalization.kind)).toEqual(["standardize", "none"]);
    expect(two.normalizedBy("none").inputs.map(({ normalization }) => normalization.scale)).toEqual([1, 1]);
    expect(dataset({ x: { table }, sampleShape: [2], y: { one: [0, 1, 0, 1, 0, 1], rows: table }, targetShape: { rows: [2] } }).targets[1].shape).toEqual([2]);
  });

  it("nested arrays bring their shape", () => {
    const made = dataset({
      x: {
        word: [
          [3, 5],
          [0, 7],
        ],
        length: [[2], [1]],
      },
      y: { next: [1, 0] },
    });
    expect(made.inputs.map(({ shape, values }) => [shape, [...values]])).toEqual([
      [[2], [3, 5, 0, 7]],
      [[1], [2, 1]],
    ]);
  });

  it.each<[string, DatasetOptions, new (...args: never[]) => Error, RegExp]>([
    [
      "columns of another length",
      { ...parts, x: { image, table: table.subarray(2) } },
      ShapeError,
      /dataset, x\.table: got 5 samples, expected 6, as in dataset, x\.image/,
    ],
    ["targets of another length", { ...parts, y: { digit: digit.subarray(1) } }, ShapeError, /y\.digit: got 5 labels, expected 6/],
    ["no columns", { x: {} }, ConfigError, /dataset, x: got \[\], expected an object with an array for each name/],
    [
      "a shape for no column",
      { ...parts, sampleShape: { picture: [4], table: [2] } },
      ConfigError,
      /sampleShape: got "picture", expected names of columns: "image", "table"/,
    ],
    ["a column without a shape", { ...parts, sampleShape: { table: [2] } }, ShapeError, /x\.image: got flat data without sampleShape/],
    [
      "weights for no output",
      { ...parts, sampleWeight: { table: [1, 1, 1, 1, 1, 1] } },
      ConfigError,
      /sampleWeight: got "table", expected names of columns: "digit", "ratio"/,
    ],
    ["bad weights of an output", { ...parts, sampleWeight: { ratio: [1, 1, -1, 1, 1, 1] } }, ConfigError, /sampleWeight\.ratio\[2\]: got -1/],
    ["weights without targets", { x: table, sampleShape: [2], sampleWeight: [1, 1, 1, 1, 1, 1] }, ConfigError, /weights of samples without targets/],
    [
      "weights by name where the targets have none",
      { x: table, sampleShape: [2], y: digit, sampleWeight: { digit } },
      ConfigError,
      /sampleWeight: got "digit", expected one/,
    ],
    ["a shape by name where the samples have none", { x: table, sampleShape: { table: [2] } }, ConfigError, /sampleShape: got "table", expected one value/],
    ["a normalisation of no input", { ...parts, normalization: { digit: "none" } }, ConfigError, /normalization: got "digit"/],
    [
      "NaN in a column",
      { ...parts, x: { image, table: table.map((v, i) => (i === 3 ? Number.NaN : v)) } },
      NumericError,
      /x\.table, sample 1, element 1: got NaN/,
    ],
    ["a label past its classes", { ...parts, classes: { digit: 2 } }, ConfigError, /y\.digit\[1\]: got label 2/],
  ])("refuses %s", (_, options, type, message) => {
    expect(() => dataset(options)).toThrow(type);
    expect(() => dataset(options)).toThrow(message);
  });

  it("checkpoints tell every column apart", () => {
    const other = (change: Partial<DatasetOptions>) => datasetDigest(dataset({ ...parts, ...change }));
    const digests = [
      other({}),
      other({ x: { image, table: table.map((v) => v + 1) } }),
      other({ x: { image, matrix: table }, sampleShape: { image: [2, 2, 1], matrix: [2] } }),
      other({ y: { digit, ratio: ratio.map((v) => v + 1) } }),
      other({ y: { digit } }),
      other({ sampleWeight: { ratio: ratio } }),
      other({ sampleWeight: { digit: ratio } }),
      other({ normalization: { image: "none" } }),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    expect(other({})).toBe(digests[0]);
  });
});

describe("indices", () => {
  it("are kept exactly, and not normalised unless they are bytes", () => {
    const largest = Int32Array.of(0, 2 ** 24, -(2 ** 24));
    const data = dataset({ x: largest, sampleShape: [1] });
    expect([...data.sample(1), ...data.sample(2)]).toEqual([2 ** 24, -(2 ** 24)]);
    expect(data.normalization.kind).toBe("none");
    expect(dataset({ x: Uint16Array.of(65535), sampleShape: [1] }).sample(0)[0]).toBe(65535);
    expect(dataset({ x: Uint8Array.of(200), sampleShape: [1], normalization: "none" }).sample(0)[0]).toBe(200);
  });

  it.each([[Int32Array.of(1, 2, 3, 2 ** 24 + 1)], [Uint32Array.of(1, 2, 3, 2 ** 31)]])("past 2^24 are refused", (x) => {
    expect(() => dataset({ x, sampleShape: [2] })).toThrow(ConfigError);
    expect(() => dataset({ x, sampleShape: [2] })).toThrow(/x, sample 1, element 1: got \d+, expected an integer up to 2\^24/);
  });
});
