/** Studies as somebody wrote them: what is made of them, and what is said of bad ones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { add, call, dense, input, model, sequential } from "../../../src/index.ts";
import { defineStudy, type StudyOptions } from "../../../src/lab/definition/define-study.ts";
import { type Factor, settingKinds, settingNames } from "../../../src/lab/definition/settings.ts";
import type { Study } from "../../../src/lab/definition/study.ts";

const head = { name: "mine", title: "Mine", question: "Which?" };
const define = (parts: object, options?: StudyOptions): Study => defineStudy({ ...head, ...parts }, options);
const configuration = (units = 3, name?: string) => {
  const json = sequential({ inputShape: [4] }, [dense(units, { activation: "softmax" })]).toJSON();
  return name === undefined ? json : { ...json, name };
};

const twoInputs = () => {
  const [a, b] = [input([2]), input([2])];
  return model({ inputs: [a, b], outputs: call(dense(2), call(add(), a, b)) }).toJSON();
};

describe("defineStudy", () => {
  it("needs a name, a title and a question only: one competitor with all defaults", () => {
    const study = define({});
    expect(study).toMatchObject({ ...head, data: "mnist", limit: null, validation: 0.1, tune: true, carry: null, target: null, measures: [], analyses: [] });
    expect([study.axes, study.printed, study.printedNote, study.quick]).toEqual([[], [], null, false]);
    expect(study.cells.map(({ label, levels, printed }) => [label, levels, printed])).toEqual([["mlp", [], null]]);
    expect(study.cells[0].settings).toEqual(Object.fromEntries(settingNames.map((name) => [name, settingKinds[name].default])));
    expect(study.printedCells).toEqual(study.cells);
  });

  it("crosses cells with every combination of factors, the last factor fastest", () => {
    const study = define({
      base: { epochs: 2 },
      cells: [{ optimizer: "sgd" }, { optimizer: "adam" }],
      factors: { l1: [0, 1e-5], batchSize: [32, "full"] },
    });
    expect(study.cells.map(({ settings: s }) => [s.optimizer, s.l1, s.batchSize, s.epochs])).toEqual([
      ["sgd", 0, 32, 2],
      ["sgd", 0, "full", 2],
      ["sgd", 1e-5, 32, 2],
      ["sgd", 1e-5, "full", 2],
      ["adam", 0, 32, 2],
      ["adam", 0, "full", 2],
      ["adam", 1e-5, 32, 2],
      ["adam", 1e-5, "full", 2],
    ]);
    expect(study.axes).toEqual([
      { factor: "l1", levels: ["0", "1e-5"] },
      { factor: "batchSize", levels: ["32", "full"] },
      { factor: "optimizer", levels: ["sgd", "adam"] },
    ]);
    expect(study.cells[7].label).toBe("L1 1e-5, batch full, adam");
    expect(study.cells[7].levels).toEqual(["1e-5", "full", "adam"]);
  });

  it("a factor of one level tells nothing from anything", () => {
    const { axes, cells } = define({ factors: { optimizer: ["sgd"], dropout: [0, 0.5] } });
    expect([axes.map(({ factor }) => factor), cells[0].label]).toEqual([["dropout"], "dropout 0"]);
  });

  it("gives every competitor the default that its model has", () => {
    const { cells } = define({ cells: [{ model: "softmax" }, { model: "lstm" }, { model: configuration() }, { model: "cnn" }] });
    expect(cells.map(({ settings }) => [settings.activation, settings.dropout])).toEqual([
      ["relu", 0],
      ["tanh", 0.2],
      ["relu", 0],
      ["relu", 0.2],
    ]);
  });

  it("names hidden units with the model where not all models have some", () => {
    const { axes, cells } = define({ cells: [{ hidden: 64 }, { hidden: 128 }, { model: "cnn" }] });
    expect(axes).toEqual([{ factor: "model", levels: ["mlp-64", "mlp-128", "cnn"] }]);
    expect(cells.map(({ label }) => label)).toEqual(["mlp-64", "mlp-128", "cnn"]);
  });

  it("tells configurations apart, by name or by number", () => {
    const { axes } = define({ factors: { model: [configuration(3, "small"), configuration(5), configuration(6)] } });
    expect(axes[0].levels).toEqual(["small", "1 layers", "1 layers (2)"]);
  });

  it("knows an initializer however it is written, and takes of a configuration the network alone", () => {
    const { cells } = define({
      factors: { initializer: ["orthogonal", { name: "randomNormal", config: { stddev: 1 } }, { name: "randomNormal", config: { stddev: 0.05 } }] },
    });
    expect(cells.map(({ settings }) => settings.initializer)).toEqual(["orthogonal", { name: "randomNormal", config: { mean: 0, stddev: 1 } }, "randomNormal"]);
    expect(cells.map(({ label }) => label)).toEqual(["orthogonal", "randomNormal(stddev 1)", "randomNormal"]);
    expect(() => define({ factors: { initializer: ["heNormal", { name: "heNormal", config: {} }] } })).toThrow("the same level as [0]");
    const model = sequential({ inputShape: [4], seed: 9 }, [dense(3, { activation: "softmax" })]).compile({ loss: "mse" });
    expect(define({ base: { model: { ...model.toJSON(), note: "of mine" } } }).cells[0].settings.model).toEqual({ ...configuration(), seed: 0 });
  });

  it("lays seven rates around the usual one of each optimizer it has", () => {
    const { rates } = define({ factors: { optimizer: ["adam", "sgd"] }, rates: { sgd: [0.1, 0.2] } });
    expect(rates).toEqual({ adam: [0.0000316, 0.0001, 0.000316, 0.001, 0.00316, 0.01, 0.0316], sgd: [0.1, 0.2] });
  });

  it("tunes unless a competitor names its rate", () => {
    expect(define({}).tune).toBe(true);
    expect(define({ tune: false }).tune).toBe(false);
    for (const parts of [{ base: { learningRate: 0.1 } }, { factors: { learningRate: [0.1, 0.2] } }, { cells: [{ learningRate: 0.1 }, {}] }])
      expect(define(parts).tune).toBe(false);
    expect(define({ base: { learningRate: null }, tune: true }).tune).toBe(true);
  });

  it("carries along the optimizer if it is a factor", () => {
    expect(define({ factors: { optimizer: ["sgd", "adam"] } }).carry).toBe("optimizer");
    expect(define({ cells: [{ optimizer: "sgd" }, { optimizer: "adam" }] }).carry).toBeNull();
    expect(define({ factors: { optimizer: ["sgd", "adam"], dropout: [0, 0.5] }, carry: "dropout" }).carry).toBe("dropout");
  });

  it("puts printed figures beside the competitors they were printed for, and makes cells of them", () => {
    const study = define({
      base: { epochs: 2 },
      factors: { optimizer: ["sgd", "adam"] },
      printed: [
        { settings: { optimizer: "adam" }, accuracy: 0.9, loss: 0.3 },
        { settings: { optimizer: "adam", epochs: 7 }, trainAccuracy: 1 },
      ],
    });
    expect(study.cells.map(({ printed }) => printed)).toEqual([null, { accuracy: 0.9, loss: 0.3 }]);
    expect(study.printedCells.map(({ index, label, levels, settings: { epochs }, printed }) => ({ index, label, levels, epochs, printed }))).toEqual([
      { index: 0, label: "adam, epochs 2", levels: ["adam"], epochs: 2, printed: { accuracy: 0.9, loss: 0.3 } },
      { index: 1, label: "adam, epochs 7", levels: ["adam"], epochs: 7, printed: { trainAccuracy: 1 } },
    ]);
  });

  it("quick: 6,400 samples at most, and what the quick form says", () => {
    const parts = { target: 0.97, quickForm: { epochs: 3, target: 0.9 } };
    expect(define(parts, { quick: true })).toMatchObject({ quick: true, limit: 6400, target: 0.9, cells: [{ settings: { epochs: 3 } }] });
    expect(define(parts)).toMatchObject({ quick: false, limit: null, target: 0.97, cells: [{ settings: { epochs: 5 } }] });
    expect(define({ limit: 100 }, { quick: true }).limit).toBe(100);
    expect(define({ limit: 10_000 }, { quick: true }).limit).toBe(6400);
    expect(define({ limit: 100 }, { limit: 7 }).limit).toBe(7);
  });

  it("epochs take the place of the study's, also of printed ones and of the quick form's", () => {
    const parts = { cells: [{ epochs: 3 }], quickForm: { epochs: 4 }, printed: [{ settings: { epochs: 50 }, accuracy: 0.4 }] };
    const { cells, printedCells } = define(parts, { quick: true, epochs: 2 });
    expect([cells[0].settings.epochs, printedCells[0].settings.epochs]).toEqual([2, 2]);
    expect(() => define({ factors: { epochs: [1, 2] } }, { epochs: 2 })).toThrow("2 epochs for a study whose factor they are");
  });

  it("has a digest of what decides its trials, and of nothing else", () => {
    const parts = { factors: { optimizer: ["sgd", "adam"] }, limit: 100 };
    const { digest } = define(parts);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(define({ limit: 100, factors: { optimizer: ["sgd", "adam"] }, base: { epochs: 5 }, validation: 0.1 }).digest).toBe(digest);
    expect(define({ ...parts, name: "other", title: "Other", question: "What?", target: 0.5, printedNote: "A note.", analyses: ["optimum"] }).digest).toBe(
      digest,
    );
    const others: object[] = [
      { factors: { optimizer: ["adam", "sgd"] } },
      { limit: 101 },
      { validation: 0.2 },
      { data: "elsewhere" },
      { base: { epochs: 4 } },
      { tune: false },
      { rates: { sgd: [0.1] } },
      { measures: ["norms"] },
      { printed: [{ settings: {}, accuracy: 0.9 }] },
    ];
    const digests = others.map((other) => define({ ...parts, ...other }).digest);
    expect(new Set([digest, ...digests]).size).toBe(others.length + 1);
  });

  it("leaves what it was given as it was", () => {
    const given = Object.freeze({ ...head, factors: Object.freeze({ dropout: Object.freeze([0, 0.5]) }), base: Object.freeze({ epochs: 1 }) });
    expect(defineStudy(given).cells).toHaveLength(2);
    expect(define({ limit: undefined, base: { epochs: undefined } }).cells[0].settings.epochs).toBe(5);
  });
});

describe("defineStudy refuses", () => {
  const printed = (entry: unknown): object => ({ printed: [entry] });
  it.each<[string, object, string]>([
    ["an unknown field", { factor: {} }, 'study: got the field "factor", expected name, title'],
    ["an unknown field, with a guess", { factor: {} }, "did you mean factors?"],
    ["a table", { data: "cars.csv" }, "study mine, data: got the table cars.csv, expected mnist"],
    ["no title", { title: undefined }, "study mine, title: got undefined, expected a text"],
    ["a title that is no text", { title: 3 }, "study mine, title: got 3"],
    ["an empty question", { question: "  " }, "study mine, question"],
    ["a question without end", { question: "x".repeat(20_000) }, "got 20000 characters"],
    ["a title that commands a terminal", { title: "\u001b[2J" }, 'study mine, title: got "\\u001b[2J", expected a text without control characters'],
    ["lists in lists without end", { title: JSON.parse("[".repeat(1e5) + "]".repeat(1e5)) }, "study mine, title: got an object, expected a text"],
    ["a configuration whose name does", { base: { model: configuration(3, "a\u0007b") } }, 'study mine, base.model.name: got "a\\u0007b"'],
    [
      "a rate beyond all bounds",
      { base: { optimizer: "sgd" }, rates: { sgd: [0.1, 1e308] } },
      "study mine, rates.sgd[1]: got 1e+308, expected a number from 1e-30",
    ],
    ["an unknown factor", { factors: { optimiser: ["sgd"] } }, 'study mine, factors: got the field "optimiser"'],
    ["an unknown factor, with a guess", { factors: { optimiser: ["sgd"] } }, "did you mean optimizer?"],
    ["a mistyped level", { factors: { optimizer: ["sgd", "momentum", "adm"] } }, 'study mine, factors.optimizer[2]: got "adm", expected sgd, momentum'],
    ["a mistyped level, with a guess", { factors: { optimizer: ["adm"] } }, "did you mean adam?"],
    ["an empty grid", { factors: { dropout: [] } }, "study mine, factors.dropout: got an empty list, expected at least one of levels"],
    ["levels that are no list", { factors: { dropout: 0.5 } }, "study mine, factors.dropout: got 0.5, expected a list of levels"],
    ["a hole", { factors: { dropout: new Array(1) } }, "study mine, factors.dropout[0]: got undefined"],
    ["the same level twice", { factors: { dropout: [0, 0.5, 0] } }, "study mine, factors.dropout[2]: got the same level as [0]"],
    ["the same configuration twice", { factors: { model: [configuration(), configuration()] } }, "factors.model[1]: got the same level as [0]"],
    ["factors that are a list", { factors: ["optimizer"] }, "study mine, factors: got"],
    ["NaN", { factors: { dropout: [Number.NaN] } }, "study mine, factors.dropout[0]: got NaN"],
    ["infinity", { base: { l1: Number.POSITIVE_INFINITY } }, "study mine, base.l1: got Infinity"],
    ["a number as text", { base: { epochs: "5" } }, 'study mine, base.epochs: got "5", expected an integer from 1'],
    ["no epochs", { base: { epochs: 0 } }, "study mine, base.epochs: got 0"],
    ["negative epochs", { factors: { epochs: [1, -1] } }, "study mine, factors.epochs[1]: got -1"],
    ["half an epoch", { base: { epochs: 1.5 } }, "study mine, base.epochs: got 1.5"],
    ["dropout of all", { base: { dropout: 1 } }, "study mine, base.dropout: got 1, expected a number, 0 or more, below 1"],
    ["a negative penalty", { base: { l2: -1 } }, "study mine, base.l2: got -1"],
    ["a rate of nothing", { base: { learningRate: 0 } }, "study mine, base.learningRate: got 0"],
    ["no hidden units", { base: { hidden: 0 } }, "study mine, base.hidden: got 0"],
    ["hidden units beyond all bounds", { base: { hidden: 1e9 } }, "study mine, base.hidden: got 1000000000, expected an integer from 1 to 1000000"],
    ["a batch of nothing", { base: { batchSize: 0 } }, 'study mine, base.batchSize: got 0, expected an integer from 1 to 2147483647, or "full"'],
    ["another batch", { base: { batchSize: "all" } }, 'study mine, base.batchSize: got "all"'],
    ["shuffle that is no yes or no", { base: { shuffle: 1 } }, "study mine, base.shuffle: got 1, expected true or false"],
    ["a mistyped activation", { base: { activation: "rleu" } }, "did you mean relu?"],
    ["a mistyped loss", { base: { loss: "hubber" } }, "did you mean huber?"],
    ["a mistyped initializer", { base: { initializer: "heNormall" } }, "study mine, base.initializer: got"],
    ["an initializer out of range", { base: { initializer: { name: "randomNormal", config: { stddev: -1 } } } }, "study mine, base.initializer: got"],
    ["an initializer that is none", { base: { initializer: 7 } }, "study mine, base.initializer: got 7"],
    ["a mistyped schedule", { base: { schedule: "cosin" } }, "study mine, base.schedule: got"],
    ["a schedule out of range", { factors: { schedule: ["constant", "step:0.5@-1"] } }, "study mine, factors.schedule[1]"],
    ["a schedule that is no text", { base: { schedule: 1 } }, "study mine, base.schedule: got 1"],
    ["another scaling", { base: { scaling: "unti" } }, "did you mean unit?"],
    ["another normalization", { base: { normalization: "group" } }, "study mine, base.normalization"],
    ["an unknown model", { base: { model: "mpl" } }, "did you mean mlp?"],
    ["a model that is a number", { base: { model: 3 } }, "study mine, base.model: got 3"],
    ["a configuration that is none", { base: { model: { format: "gradiente" } } }, "study mine, base.model, model configuration: got"],
    [
      "a configuration of an unknown layer",
      { base: { model: { ...configuration(), layers: [{ className: "Dens", name: "a", config: {} }] } } },
      "study mine, base.model",
    ],
    [
      "too many competitors",
      { factors: { epochs: Array.from({ length: 200 }, (_, i) => i + 1), hidden: Array.from({ length: 200 }, (_, i) => i + 1) } },
      "got 40000 combinations",
    ],
    ["too many levels", { factors: { epochs: Array.from({ length: 20_000 }, (_, i) => i + 1) } }, "got 20000 of levels"],
    ["a name that leaves the folder", { name: "../x" }, 'study, name: got "../x"'],
    ["an absolute name", { name: "/tmp/x" }, "study, name"],
    ["a name of points", { name: ".." }, "study, name"],
    ["a name in capitals", { name: "Mine" }, "study, name"],
    ["a name with a NUL", { name: "a\0b" }, "study, name"],
    ["a name of hyphens", { name: "-a" }, "study, name"],
    ["a long name", { name: "x".repeat(65) }, "at most 64"],
    ["no name", { name: undefined }, "study, name: got undefined"],
    ["cells that are no list", { cells: {} }, "study mine, cells: got {}"],
    ["no cells", { cells: [] }, "study mine, cells: got an empty list"],
    ["an unknown setting of a cell", { cells: [{}, { droput: 0 }] }, 'study mine, cells[1]: got the field "droput"'],
    [
      "a cell that is a factor",
      { cells: [{ dropout: 0 }], factors: { dropout: [0, 0.5] } },
      "study mine, cells[0].dropout: got a setting that is a factor too",
    ],
    ["two equal cells", { cells: [{}, { optimizer: "adam" }] }, "study mine, competitors[1]: got the same settings as [0]"],
    ["tuning of a factor", { tune: true, factors: { learningRate: [0.1, 0.2] } }, "study mine, tune: got true for competitors that name their learning rate"],
    ["tuning that is no yes or no", { tune: "yes" }, 'study mine, tune: got "yes"'],
    ["tuning of a schedule with its own rates", { base: { schedule: "piecewise:0.1,0.01@2" } }, "study mine, tune: got true with the schedule piecewise"],
    [
      "a rate beside such a schedule",
      { base: { schedule: "piecewise:0.1,0.01@2", learningRate: 0.1 } },
      "learningRate: got a rate with the schedule piecewise",
    ],
    ["rates of an optimizer it has not", { rates: { sgd: [0.1] } }, 'study mine, rates: got the field "sgd", expected adam'],
    ["no rates", { rates: { adam: [] } }, "study mine, rates.adam: got an empty list"],
    ["rates that do not ascend", { rates: { adam: [0.1, 0.1] } }, "study mine, rates.adam[1]: got 0.1 behind 0.1"],
    ["a rate of 0", { rates: { adam: [0, 0.1] } }, "study mine, rates.adam[0]: got 0"],
    ["rates without end", { rates: { adam: Array.from({ length: 101 }, (_, i) => i + 1) } }, "got 101 learning rates"],
    [
      "carrying along what is no factor",
      { factors: { dropout: [0, 0.5] }, carry: "optimizer" },
      "study mine, carry: got optimizer, which is no factor, expected dropout",
    ],
    ["carrying along an unknown setting", { carry: "weights" }, "study mine, carry"],
    ["carrying into other shapes", { factors: { hidden: [8, 16] }, carry: "hidden" }, "study mine, carry: got hidden, which changes the shapes of weights"],
    ["hidden units of softmax", { factors: { model: ["mlp", "softmax"], hidden: [8, 16] } }, "factors, hidden: got 8 with the model softmax"],
    ["dropout of softmax", { base: { model: "softmax", dropout: 0.5 } }, "dropout: got 0.5 with the model softmax"],
    ["an activation of softmax", { base: { model: "softmax", activation: "relu" } }, "activation: got"],
    ["normalized states", { base: { model: "gru", normalization: "batch" } }, 'normalization: got "batch" with the model gru'],
    ["hidden units of a cnn", { base: { model: "cnn", hidden: 8 } }, "hidden: got 8 with the model cnn"],
    ["a configuration with two inputs", { base: { model: twoInputs() } }, "study mine, base.model: got a model with 2 inputs and 1 outputs"],
    ["layer settings of a configuration", { cells: [{ model: configuration(), l1: 0.1 }] }, "cells[0], l1: got 0.1 with the model of a configuration"],
    ["a limit of nothing", { limit: 0 }, "study mine, limit: got 0"],
    ["all for validation", { validation: 1 }, "study mine, validation: got 1"],
    ["a target of nothing", { target: 0 }, "study mine, target: got 0"],
    ["a target beyond all", { quickForm: { target: 1.5 } }, "study mine, quickForm.target: got 1.5"],
    ["an unknown field of the quick form", { quickForm: { seeds: 1 } }, 'study mine, quickForm: got the field "seeds"'],
    ["data that is no text", { data: 1 }, "study mine, data: got 1"],
    ["an unknown measure", { measures: ["norm"] }, "did you mean norms?"],
    ["a measure twice", { measures: ["norms", "norms"] }, "study mine, measures[1]: got the same name as [0]"],
    ["an unknown analysis", { analyses: ["optimal"] }, "study mine, analyses[0]"],
    ["analyses that are no list", { analyses: "optimum" }, "study mine, analyses: got"],
    ["printed figures that are no list", { printed: {} }, "study mine, printed: got {}"],
    ["a printed figure of nothing", printed({ settings: {} }), "study mine, printed[0]: got no figure"],
    ["a printed figure for nothing", printed({ accuracy: 0.9 }), "study mine, printed[0]: got no settings"],
    ["a printed accuracy in percent", printed({ settings: {}, accuracy: 97.6 }), "study mine, printed[0].accuracy: got 97.6"],
    ["a printed loss below 0", printed({ settings: {}, loss: -1 }), "study mine, printed[0].loss: got -1"],
    ["an unknown printed figure", printed({ settings: {}, acuracy: 1 }), "did you mean accuracy?"],
    ["an unknown printed setting", printed({ settings: { optimiser: "sgd" }, accuracy: 1 }), "study mine, printed[0].settings: got"],
    [
      "the same settings printed twice",
      {
        printed: [
          { settings: {}, accuracy: 1 },
          { settings: { epochs: 5 }, accuracy: 1 },
        ],
      },
      "study mine, printed[1]: got the same settings as [0]",
    ],
  ])("%s", (_, parts, message) => {
    expect(() => define(parts)).toThrow(ConfigError);
    expect(() => define(parts)).toThrow(message);
  });

  it.each([undefined, null, 3, "optimizers", [], () => {}])("what is no object: %j", (value) => {
    expect(() => defineStudy(value)).toThrow(ConfigError);
  });

  it.each<[StudyOptions, string]>([
    [{ epochs: 0 }, "epochs: got 0"],
    [{ epochs: Number.NaN }, "epochs: got NaN"],
    [{ limit: 0.5 }, "limit: got 0.5"],
  ])("options %j", (options, message) => {
    expect(() => define({}, options)).toThrow(ConfigError);
    expect(() => define({}, options)).toThrow(message);
  });

  const study = (definition: unknown): Study | null => {
    try {
      return defineStudy(definition);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return null;
    }
  };

  it("any other JSON with a ConfigError", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        study(value);
      }),
      { numRuns: 500 },
    );
  });

  it("any other values of its fields with a ConfigError", () => {
    const junk = fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.constantFrom("randomNormal", "orthogonal", "zeros"), config: fc.jsonValue() }),
      fc.record({ format: fc.constant("gradiente"), version: fc.constant(1), inputShape: fc.jsonValue(), layers: fc.array(fc.jsonValue()) }),
    );
    const mostly = (good: fc.Arbitrary<unknown>) => fc.oneof({ weight: 30, arbitrary: good }, { weight: 1, arbitrary: junk });
    const levels: Record<Factor, fc.Arbitrary<unknown>> = {
      model: mostly(fc.constantFrom("mlp", "softmax", "cnn", "lstm", configuration())),
      hidden: mostly(fc.integer({ min: 1, max: 100 })),
      activation: mostly(fc.constantFrom("relu", "tanh")),
      dropout: mostly(fc.constantFrom(0, 0.5)),
      l1: mostly(fc.double({ min: 0, max: 1, noNaN: true })),
      l2: mostly(fc.double({ min: 0, max: 1, noNaN: true })),
      initializer: mostly(fc.constantFrom("heNormal", { name: "orthogonal" })),
      normalization: mostly(fc.constantFrom("none", "batch")),
      scaling: mostly(fc.constantFrom("unit", "standardize")),
      optimizer: mostly(fc.constantFrom("adam", "sgd", "lion")),
      learningRate: mostly(fc.constantFrom(null, 0.1)),
      schedule: mostly(fc.constantFrom("constant", "cosine", "piecewise:1,2@3")),
      loss: mostly(fc.constantFrom("mse", "huber")),
      batchSize: mostly(fc.constantFrom(16, "full")),
      shuffle: mostly(fc.boolean()),
      epochs: mostly(fc.integer({ min: 1, max: 9 })),
    };
    const few = <T>(of: Record<Factor, fc.Arbitrary<T>>) =>
      fc.subarray([...settingNames], { maxLength: 3 }).chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, of[name]]))));
    const factors = Object.fromEntries(Object.entries(levels).map(([name, level]) => [name, fc.uniqueArray(level, { minLength: 1, maxLength: 3 })]));
    const definition = fc.record(
      {
        name: mostly(fc.constant("mine")),
        title: mostly(fc.constant("Mine")),
        question: mostly(fc.constant("Which?")),
        base: few(levels),
        factors: few(factors as Record<Factor, fc.Arbitrary<unknown[]>>),
        cells: mostly(fc.uniqueArray(few(levels), { minLength: 1, maxLength: 3, selector: (cell) => JSON.stringify(cell) })),
        rates: mostly(fc.record({ adam: fc.constant([0.1, 0.2]) })),
        carry: mostly(fc.constantFrom("optimizer", "dropout")),
        tune: mostly(fc.boolean()),
        printed: mostly(fc.array(fc.record({ settings: few(levels), accuracy: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 2 })),
        quickForm: mostly(fc.record({ epochs: fc.constant(1) })),
        measures: mostly(fc.constant(["norms"])),
        limit: mostly(fc.integer({ min: 1, max: 100 })),
      },
      { requiredKeys: ["name", "title", "question"] },
    );
    let studies = 0;
    fc.assert(
      fc.property(definition, (value) => {
        const made = study(value);
        if (made === null) return;
        studies++;
        // What was accepted is plain data, and itself a study when it comes back from a file.
        expect(study(JSON.parse(JSON.stringify(value)))?.digest).toBe(made.digest);
      }),
      { numRuns: 2000 },
    );
    expect(studies).toBeGreaterThan(100);
  });
});
