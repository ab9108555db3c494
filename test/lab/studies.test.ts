/** The built-in studies. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defineStudy } from "../../src/lab/definition/define-study.ts";
import { usualRates } from "../../src/lab/definition/rates.ts";
import { settingKinds, settingNames } from "../../src/lab/definition/settings.ts";
import type { Study } from "../../src/lab/definition/study.ts";
import { studies } from "../../src/lab/studies/index.ts";
import { optimizerNames } from "../../src/optimizers/index.ts";

const study = (name: string, options = {}): Study => defineStudy(studies[name], options);
const levels = (name: string): Record<string, readonly string[]> => Object.fromEntries(study(name).axes.map(({ factor, levels }) => [factor, levels]));
const seven = ["adam", "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop"];

it("every optimizer has a rate around which it is tuned", () => {
  expect(Object.keys(usualRates)).toEqual(optimizerNames);
});

describe("the built-in studies", () => {
  it("are one for each experiment or claim of the report", () => {
    expect(Object.keys(studies)).toEqual([
      "scratch-mlp",
      "cnn",
      "softmax",
      "optimizers",
      "activations",
      "learning-rate",
      "dropout",
      "l1-l2",
      "verdict",
      "normalisation",
      "schedules",
      "losses",
      "initializers",
    ]);
  });

  it.each(Object.keys(studies))("%s: defined, quick too, with a digest of its own", (name) => {
    const [full, quick] = [study(name), study(name, { quick: true })];
    expect(full.name).toBe(name);
    expect([full.quick, full.limit, quick.quick, quick.limit]).toEqual([false, null, true, 6400]);
    expect(quick.digest).not.toBe(full.digest);
    expect(new Set(full.cells.map(({ label }) => label)).size).toBe(full.cells.length);
    expect(full.cells.map(({ index }) => index)).toEqual([...full.cells.keys()]);
    expect(quick.cells).toHaveLength(full.cells.length);
    for (const line of [full.title, full.question]) expect(line.length).toBeLessThan(160);
  });

  it("have digests of their own", () => {
    expect(new Set(Object.keys(studies).map((name) => study(name).digest)).size).toBe(Object.keys(studies).length);
  });

  it("default to the network that fits the report's figures", () => {
    expect(study("optimizers").cells[0].settings).toEqual({
      model: "mlp",
      hidden: 128,
      activation: "relu",
      dropout: 0.2,
      l1: 0,
      l2: 0,
      initializer: "glorotUniform",
      normalization: "none",
      scaling: "unit",
      optimizer: "adam",
      learningRate: null,
      schedule: "constant",
      loss: "sparseCategoricalCrossentropy",
      batchSize: 32,
      shuffle: true,
      epochs: 5,
    });
  });

  it("optimizers: seven, each beside its printed figures", () => {
    const { axes, cells, tune, carry, analyses } = study("optimizers");
    expect(axes).toEqual([{ factor: "optimizer", levels: seven }]);
    expect(cells.map(({ printed }) => [printed?.accuracy, printed?.loss])).toEqual([
      [0.9764, 0.0781],
      [0.9814, 0.063],
      [0.9813, 0.0647],
      [0.9781, 0.0816],
      [0.98, 0.0681],
      [0.98, 0.0681],
      [0.9818, 0.0787],
    ]);
    expect([tune, carry, analyses]).toEqual([true, "optimizer", ["carried-weights"]]);
  });

  it("activations: six tables of seven", () => {
    expect(levels("activations")).toEqual({ activation: ["relu", "sigmoid", "tanh", "leakyRelu", "elu", "softplus"], optimizer: seven });
    const { cells, printedCells } = study("activations");
    expect([cells.length, printedCells.length, cells.filter(({ printed }) => printed !== null).length]).toEqual([42, 42, 42]);
    const cell = cells.find(({ label }) => label === "elu, adagrad");
    expect([cell?.settings.activation, cell?.settings.optimizer, cell?.printed?.accuracy, cell?.printed?.loss]).toEqual(["elu", "adagrad", 0.9805, 0.0745]);
  });

  it("dropout: the printed levels take the place of .2", () => {
    expect(levels("dropout")).toEqual({ dropout: ["0", "0.5", "0.8", "0.95"], optimizer: seven });
    const cell = study("dropout").cells.find(({ label }) => label === "dropout 0.95, adagrad");
    expect([cell?.settings.dropout, cell?.levels, cell?.printed?.accuracy]).toEqual([0.95, ["0.95", "adagrad"], 0.368]);
    expect(study("dropout").cells.find(({ label }) => label === "dropout 0.95, nesterov")?.printed?.accuracy).toBe(0.2855);
  });

  it("learning-rate: the printed rates are among those that are run, and are not tuned", () => {
    const { cells, printedCells, tune } = study("learning-rate");
    expect(tune).toBe(false);
    expect(printedCells.map(({ settings, printed }) => [settings.optimizer, settings.learningRate, printed?.accuracy])).toEqual([
      ["adam", 0.001, 0.975],
      ["adam", 0.003, 0.975],
      ["adam", 0.006, 0.9689],
      ["nesterov", 0.03, 0.9787],
      ["nesterov", 0.06, 0.9693],
      ["nesterov", 0.09, 0.963],
    ]);
    expect(cells.filter(({ printed }) => printed !== null)).toHaveLength(6);
  });

  it("l1-l2: the printed optimum stands within the grid, not on its edge", () => {
    const { axes, cells, analyses } = study("l1-l2");
    expect(analyses).toEqual(["optimum"]);
    expect(cells.every(({ settings }) => settings.optimizer === "rmsprop")).toBe(true);
    const at = cells.find(({ printed }) => printed?.accuracy === 0.9757);
    expect([at?.settings.l1, at?.settings.l2, at?.label]).toEqual([1e-5, 1e-4, "L1 1e-5, L2 1e-4"]);
    axes.forEach(({ levels }, k) => {
      expect(levels.indexOf(at?.levels[k] as string)).toBeGreaterThan(0);
      expect(levels.indexOf(at?.levels[k] as string)).toBeLessThan(levels.length - 1);
    });
  });

  it("verdict: the winner beside all optimizers, with its penalties and without", () => {
    const { cells, printedCells } = study("verdict");
    expect(cells).toHaveLength(14);
    expect(printedCells.map(({ label, printed }) => [label, printed?.accuracy])).toEqual([["rmsprop, L1 1e-5, L2 1e-4", 0.9755]]);
    expect(cells.filter(({ printed }) => printed !== null).map(({ label }) => label)).toEqual(["rmsprop, L1 1e-5, L2 1e-4"]);
  });

  it("scratch-mlp: four factors, crossed; the printed runs are of the whole set in file order, without dropout", () => {
    expect(levels("scratch-mlp")).toEqual({
      initializer: ["randomNormal(stddev 1)", "glorotUniform"],
      learningRate: ["0.01", "0.1"],
      batchSize: ["full", "32"],
      model: ["mlp-128", "mlp-256", "cnn"],
    });
    const { cells, printedCells, tune } = study("scratch-mlp");
    expect(cells).toHaveLength(24);
    expect(cells.every(({ settings: { epochs, optimizer, dropout } }) => epochs === 10 && optimizer === "sgd" && dropout === 0)).toBe(true);
    expect(tune).toBe(false);
    expect(
      printedCells.map(({ settings: s, printed }) => [s.model, s.hidden, s.learningRate, s.batchSize, s.shuffle, s.epochs, s.dropout, printed?.accuracy]),
    ).toEqual([
      ["mlp", 128, 0.001, "full", false, 10, 0, 0.0962],
      ["mlp", 256, 0.01, "full", false, 50, 0, 0.3969],
    ]);
  });

  it("softmax and cnn: as printed", () => {
    const [softmax] = study("softmax").printedCells;
    expect(softmax.settings).toMatchObject({ model: "softmax", optimizer: "sgd", learningRate: 0.1, batchSize: 32, epochs: 10, shuffle: false, dropout: 0 });
    expect(softmax.printed).toEqual({ accuracy: 0.9194, trainAccuracy: 0.9222 });
    const [cnn] = study("cnn").printedCells;
    expect(cnn.settings).toMatchObject({ model: "cnn", optimizer: "adam", batchSize: 32, epochs: 29, dropout: 0 });
    expect(cnn.printed).toEqual({ accuracy: 0.9911, loss: 0.0715, trainAccuracy: 0.9993 });
    expect(study("cnn").tune).toBe(false);
  });
});

/** The first two columns of the rows of a table in a page, without marks. */
const rows = (page: string, heading: string): string[][] => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const section = text.slice(text.indexOf(`\n## ${heading}`)).split("\n## ")[1];
  return [...section.matchAll(/^\| (`.*?) \| (.*?) \|/gm)].map(([, first, second]) => [first, second].map((cell) => cell.replaceAll("`", "")));
};

describe("the pages", () => {
  it("list the studies with their number of competitors", () => {
    const told = rows("reference/lab.md", "`studies`").map(([name, competitors]) => [name, Number.parseInt(competitors, 10)]);
    expect(told).toEqual(Object.keys(studies).map((name) => [name, study(name).cells.length]));
  });

  it("list the settings with their defaults", () => {
    const told = rows("studies.md", "Settings").flatMap(([names, value]) => names.split(", ").map((name) => [name, value.split(";")[0]]));
    expect(told).toEqual(settingNames.map((name) => [name, String(settingKinds[name].default)]));
  });
});
