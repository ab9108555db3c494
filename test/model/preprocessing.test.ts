/** What was done to the data goes with the model: into its file, out of it, and into what it says of raw rows. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeTable, fitSeries, fitTable, type ImagePreprocessing, type Preprocessing, parseCsv, table, windows } from "../../src/data/index.ts";
import { CheckpointError, ConfigError, DataFormatError, ShapeError } from "../../src/errors.ts";
import {
  add,
  call,
  decodeModel,
  dense,
  encodeModel,
  flatten,
  forecast,
  input,
  loadModel,
  type Model,
  model,
  modelFromJSON,
  predictTable,
  sequential,
} from "../../src/index.ts";

/** y = 3x + 100 for red, 3x - 100 for blue. */
const points = table({
  columns: {
    x: Array.from({ length: 40 }, (_, i) => 1000 + i),
    colour: Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? "red" : "blue")),
    y: Array.from({ length: 40 }, (_, i) => 3 * (1000 + i) + (i % 2 === 0 ? 100 : -100)),
  },
});
const regression = fitTable(points, { target: "y" });
const classification = fitTable(points, { target: "colour" });
const series = fitSeries(points, { target: "x", length: 3, horizon: 2, steps: "all" });
const images: ImagePreprocessing = { kind: "images", shape: [8, 8, 1], classes: ["cat", "dog"] };
const every: [string, Preprocessing][] = [
  ["table of numbers", regression],
  ["table of classes", classification],
  ["table with gaps", fitTable(points, { target: "y", missing: "median", unknown: "none", scaler: "robust" })],
  ["series", series],
  ["images", images],
];
const through = async (trained: Model): Promise<Model> => decodeModel(await encodeModel(trained), "test");

describe("model.preprocessing", () => {
  it("is null, and no part of the configuration, unless it is set", () => {
    const plain = sequential({ inputShape: [3] }, [dense(1)]);
    expect(plain.preprocessing).toBeNull();
    expect(plain.toJSON()).not.toHaveProperty("preprocessing");
    plain.preprocessing = regression;
    plain.preprocessing = null;
    expect(plain.toJSON()).not.toHaveProperty("preprocessing");
    expect(modelFromJSON({ ...plain.toJSON(), preprocessing: null }).preprocessing).toBeNull();
  });

  it("stays what was checked, whatever becomes of the object that was set", () => {
    const changing = structuredClone(regression);
    const holder = sequential({ inputShape: [3] }, [dense(1)]);
    holder.preprocessing = changing;
    (changing.features as unknown[]).length = 0;
    expect(holder.preprocessing).toEqual(regression);
    const held = holder.preprocessing as unknown as { features: unknown[]; target: { column: string } };
    expect(() => held.features.pop()).toThrow(TypeError);
    expect(() => {
      held.target.column = "x";
    }).toThrow(TypeError);
    expect(Object.isFrozen(regression)).toBe(false);
  });

  it.each(every)("of a %s goes into the file and comes back", async (_, preprocessing) => {
    const saved = sequential({ inputShape: [3] }, [dense(1)]);
    saved.preprocessing = preprocessing;
    expect(saved.toJSON().preprocessing).toEqual(preprocessing);
    expect((await through(saved)).preprocessing).toEqual(preprocessing);
    expect((await through(await through(saved))).preprocessing).toEqual(preprocessing);
  });

  it.each(every)("of a %s: whatever else stands in a file is a CheckpointError, or a preprocessing", (_, preprocessing) => {
    const json = sequential({ inputShape: [3] }, [dense(1)]).toJSON();
    const others = [
      null,
      undefined,
      5,
      -1,
      0,
      1.5,
      1e9,
      Number.NaN,
      true,
      "x",
      "",
      "none",
      "__proto__",
      "constructor",
      [],
      [null],
      ["a"],
      ["a", "a"],
      {},
      { kind: "table" },
      [{}],
    ];
    let refused = 0;
    const visit = (value: unknown, path: readonly string[]): void => {
      for (const other of others) {
        const changed = { preprocessing: structuredClone(preprocessing) } as unknown as Record<string, unknown>;
        const holder = path.slice(0, -1).reduce((part, key) => part[key] as Record<string, unknown>, changed);
        holder[path[path.length - 1]] = other;
        try {
          const read = modelFromJSON({ ...json, ...changed });
          // What is taken is told back the same, and is taken by the setter too.
          expect(read.preprocessing).toEqual(changed.preprocessing ?? null);
          read.preprocessing = read.preprocessing as Preprocessing;
        } catch (error) {
          expect(error, `${path.join(".")} = ${JSON.stringify(other)}`).toBeInstanceOf(CheckpointError);
          refused++;
        }
      }
      if (typeof value === "object" && value !== null) for (const [key, part] of Object.entries(value)) visit(part, [...path, key]);
    };
    visit(preprocessing, ["preprocessing"]);
    expect(refused).toBeGreaterThan(50);
  });

  it.each<[string, unknown, string]>([
    ["a text", "table", 'got "table", expected null, or a preprocessing of kind table, series, images'],
    ["an unknown kind", { kind: "audio" }, 'got {"kind":"audio"}, expected null'],
    ["the kind of every object", { kind: "toString" }, "expected null, or a preprocessing"],
    ["a scale of 0", { ...series, target: { column: "x", scaling: { kind: "standard", shift: 0, scale: 0 } } }, "got target "],
    ["no features", { ...regression, features: [] }, "got features []"],
    ["a column twice", { ...regression, features: [regression.features[0], regression.features[0]] }, 'got column "x" twice'],
    ["the target as a feature", { ...regression, target: { ...regression.target, column: "x" } }, 'got column "x" twice'],
    ["a class twice", { ...images, classes: ["a", "a"] }, 'got classes ["a","a"]'],
    [
      "a shift that JSON lost",
      JSON.parse(JSON.stringify({ ...series, target: { column: "x", scaling: { kind: "none", shift: Number.NaN, scale: 1 } } })),
      "got target ",
    ],
  ])("refuses %s, from a file and from a program", (_, wrong, message) => {
    const fresh = sequential({ inputShape: [3] }, [dense(1)]);
    const read = () => modelFromJSON({ ...fresh.toJSON(), preprocessing: wrong });
    expect(read).toThrow(CheckpointError);
    expect(read).toThrow(`model configuration, preprocessing: ${message.startsWith("got") ? message : ""}`);
    const set = () => {
      fresh.preprocessing = wrong as Preprocessing;
    };
    expect(set).toThrow(ConfigError);
    expect(set).toThrow(message);
    expect(fresh.preprocessing).toBeNull();
  });
});

describe("predictTable", () => {
  it("a model that is saved and loaded says of raw rows what it learned, in raw units", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gradiente-table-"));
    try {
      const trained = sequential({ inputShape: [3], seed: 1 }, [dense(1)]).compile({ optimizer: "adam", loss: "meanSquaredError" });
      trained.preprocessing = regression;
      await trained.fit(encodeTable(points, regression), { epochs: 300, batchSize: 8, learningRate: 0.05 });
      await trained.save(join(folder, "model.safetensors"));
      const loaded = await loadModel(join(folder, "model.safetensors"));
      const rows = parseCsv("colour,x,other\nred,1010,?\nblue,1011,?\nred,1050,?\n");
      const said = await predictTable(loaded, rows);
      expect(said).toEqual(await predictTable(trained, rows));
      if (said.kind !== "numbers") throw new Error("no numbers");
      [3130, 2933, 3250].forEach((y, i) => expect(Math.abs(said.values[i] - y)).toBeLessThan(2));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("classes: the likeliest by name, of several outputs or of one", async () => {
    const rows = table({ columns: { x: [1001, 1030, 1002], y: [3103, 2990, 2906] } });
    for (const [units, activation, loss] of [
      [2, "softmax", "sparseCategoricalCrossentropy"],
      [1, "sigmoid", "binaryCrossentropy"],
    ] as const) {
      const trained = sequential({ inputShape: [2], seed: 1 }, [dense(units, { activation })]).compile({ optimizer: "adam", loss });
      trained.preprocessing = classification;
      await trained.fit(encodeTable(points, classification), { epochs: 400, batchSize: 8, learningRate: 0.1 });
      const said = await predictTable(await through(trained), rows);
      if (said.kind !== "classes") throw new Error("no classes");
      expect(said.classes).toEqual(["blue", "red"]);
      expect(said.labels).toEqual(["red", "blue", "blue"]);
      expect(said.probabilities.length).toBe(6);
      for (const row of [0, 1, 2]) {
        const [blue, red] = said.probabilities.subarray(2 * row, 2 * row + 2);
        expect(Math.abs(blue + red - 1)).toBeLessThan(1e-6);
        expect(red > blue).toBe(said.labels[row] === "red");
      }
    }
  });

  const of = (preprocessing: Preprocessing | null, layers = [dense(1)], inputShape = [3]): Model => {
    const made = sequential({ inputShape }, layers);
    made.preprocessing = preprocessing;
    return made;
  };
  const x = input([3]);
  const two = model({ inputs: x, outputs: [call(dense(1), x), call(dense(1), x)] });
  const [left, right] = [input([3]), input([3])];
  const twoInputs = model({ inputs: [left, right], outputs: call(add(), left, right) });
  twoInputs.preprocessing = regression;
  it.each<[string, () => Promise<unknown>, new (...args: never[]) => Error, string]>([
    ["a model that knows nothing", () => predictTable(of(null), points), ConfigError, "predictTable: got a model that does not know what was done to its data"],
    ["a model of series", () => predictTable(of(series), points), ConfigError, "predictTable: got a model of series"],
    ["a model of tables, for a series", () => forecast(of(regression), points), ConfigError, "forecast: got a model of table"],
    [
      "a model of other inputs",
      () => predictTable(of(regression, [dense(1)], [5]), points),
      ShapeError,
      "predictTable: got a model whose input is [5], expected [3], which its preprocessing makes",
    ],
    ["a model of two inputs", () => predictTable(twoInputs, points), ShapeError, "predictTable: got a model whose inputs are [3], [3], expected [3]"],
    [
      "a model of other windows",
      () => forecast(of(series, [flatten(), dense(2)], [4, 1]), points),
      ShapeError,
      "forecast: got a model whose input is [4,1], expected [3,1]",
    ],
    ["a model of other outputs", () => predictTable(of(regression, [dense(2)]), points), ShapeError, "predictTable: got 2 outputs of the model, expected 1"],
    [
      "a model of other classes",
      () => predictTable(of(classification, [dense(3)], [2]), points),
      ShapeError,
      "predictTable: got 3 outputs of the model, expected 2",
    ],
    [
      "an unknown category",
      () => predictTable(of(regression), table({ columns: { x: [1], colour: ["green"] } })),
      DataFormatError,
      'table, row 0, column "colour": got "green", expected one of "blue", "red"',
    ],
    ["a missing column", () => predictTable(of(regression), table({ columns: { x: [1] } })), ConfigError, 'encodeTable, table: got no column "colour"'],
    ["a missing value", () => predictTable(of(regression), parseCsv("x,colour\n,red\n1,red\n")), DataFormatError, 'CSV, line 2, column "x": got no value'],
  ])("refuses %s", async (_, say, type, message) => {
    await expect(say()).rejects.toThrow(type);
    await expect(say()).rejects.toThrow(message);
  });

  it("names no class where the model says nothing but NaN", async () => {
    const overflowing = of(classification, [dense(2, { activation: "softmax" })], [2]);
    await overflowing.setWeights([new Float32Array(4).fill(3e38), new Float32Array(2)]);
    const rows = table({ columns: { x: [2000], y: [9000] } });
    await expect(predictTable(overflowing, rows)).rejects.toThrow("predictTable, row 0: got a prediction with NaN, expected numbers");
  });

  it("refuses a model of two outputs", async () => {
    two.preprocessing = regression;
    await expect(predictTable(two, points)).rejects.toThrow("predict: got a model of 2 outputs, expected one output");
  });
});

describe("forecast", () => {
  it("goes on behind the last row, in raw units", async () => {
    const trained = sequential({ inputShape: [3, 1], seed: 1 }, [flatten(), dense(2)]).compile({ optimizer: "adam", loss: "meanSquaredError" });
    trained.preprocessing = series;
    await trained.fit(windows(points, series), { epochs: 300, batchSize: 8, learningRate: 0.05 });
    const loaded = await through(trained);
    const said = await forecast(loaded, points);
    expect(said.length).toBe(2);
    [1040, 1041].forEach((value, i) => expect(Math.abs(said[i] - value)).toBeLessThan(0.5));
    await expect(forecast(loaded, table({ columns: { x: [1, 2] } }))).rejects.toThrow("lastWindow, table: got 2 rows, expected at least 3");
  });
});
