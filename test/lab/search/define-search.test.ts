/** What is said of a search that cannot be. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { sequential } from "../../../src/index.ts";
import { type DefineSearchOptions, defineSearch } from "../../../src/lab/search/define-search.ts";
import { dense, flatten } from "../../../src/layers/index.ts";

const good = { name: "rates", title: "Rates", question: "Which?", space: { learningRate: { low: 1e-4, high: 0.1, log: true } }, method: "random", trials: 5 };
const define = (parts: object = {}, options: DefineSearchOptions = {}) => defineSearch({ ...good, ...parts }, options);
const configuration = sequential({ inputShape: [28, 28, 1] }, [flatten(), dense(10)]).toJSON();

describe("a search", () => {
  it("has defaults", () => {
    expect(define()).toMatchObject({
      name: "rates",
      data: "mnist",
      target: null,
      limit: null,
      validation: 0.1,
      base: {},
      method: { name: "random" },
      trials: 5,
      roundSize: null,
      seed: 0,
      seeds: 1,
      objective: null,
      epochs: null,
      report: { settings: 3, seeds: 5 },
      quick: false,
    });
    expect(define({}, { quick: true })).toMatchObject({ quick: true, limit: 6400, report: { settings: 3, seeds: 3 } });
    expect(define({ limit: 100 }, { quick: true }).limit).toBe(100);
  });

  it("has the digest of what decides its trials, but for how many there are", () => {
    const { digest } = define();
    for (const parts of [{ title: "Others" }, { trials: 9 }, { report: { settings: 1, seeds: 2 } }]) expect(define(parts).digest).toBe(digest);
    const others = [
      { seed: 1 },
      { seeds: 2 },
      { limit: 10 },
      { validation: 0.2 },
      { base: { hidden: 9 } },
      { objective: "loss" },
      { data: "x" },
      { target: "y" },
    ].map((parts) => define(parts).digest);
    expect(new Set([digest, ...others]).size).toBe(9);
    expect(define({}, { seed: 7 }).digest).toBe(define({ seed: 7 }).digest);
  });

  it("takes another method, without the options of its own", () => {
    expect(
      define({ method: { name: "successiveHalving", trials: 9 }, trials: undefined, epochs: { least: 1, most: 9 } }, { method: "random", trials: 4 }),
    ).toMatchObject({
      method: { name: "random" },
      trials: 4,
      epochs: null,
    });
  });

  it("checks the values of lists as settings: an initializer by its name", () => {
    expect(define({ space: { initializer: [{ name: "heNormal" }, "glorotUniform"] } }).space.initializer).toEqual(["heNormal", "glorotUniform"]);
  });

  const folder = new URL("../../../examples/search/", import.meta.url);
  it.each(readdirSync(folder))("examples/search/%s is one", (file) => {
    const search = defineSearch(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
    expect(`${search.name}.json`).toBe(file);
  });
});

describe("what cannot be is told with its field", () => {
  it.each<[string, object, RegExp]>([
    ["no object of settings", { space: [] }, /^search rates, space: got \[\], expected an object of settings/],
    ["no space", { space: undefined }, /^search rates, space: got nothing/],
    ["an empty space", { space: {} }, /^search rates, space: got 0 dimensions/],
    ["an unknown setting", { space: { learningrate: [1] } }, /^search rates, space: got the field "learningrate", .*\nHint: did you mean learningRate\?/],
    [
      "an empty range",
      { space: { dropout: { low: 0.5, high: 0.2 } } },
      /^search rates, space, dropout: got an empty range from 0.5 to 0.2, expected low less than high/,
    ],
    ["a range of one number", { space: { dropout: { low: 0.5, high: 0.5 } } }, /space, dropout: got a range that holds only 0.5/],
    ["a logarithm of 0", { space: { l2: { low: 0, high: 1, log: true } } }, /space, l2: got low 0, expected more than 0/],
    [
      "an end beyond the setting",
      { space: { dropout: { low: 0, high: 1.5 } } },
      /^search rates, space, dropout.high: got 1.5, expected a number, 0 or more, below 1/,
    ],
    ["a range of names", { space: { optimizer: { low: 0, high: 1 } } }, /^search rates, space, optimizer.low: got 0, expected sgd/],
    [
      "broken units",
      { space: { hidden: { low: 8, high: 64 } } },
      /^search rates, space, hidden: got a range of all numbers, expected whole numbers\nHint: write "integer": true/,
    ],
    ["a text among numbers", { space: { learningRate: [0.1, "0.2"] } }, /^search rates, space, learningRate\[1\]: got "0.2", expected a number, more than 0/],
    ["a mistyped optimizer", { space: { optimizer: ["adam", "adm"] } }, /^search rates, space, optimizer\[1\]: got "adm".*\nHint: did you mean adam\?/],
    ["an empty list", { space: { optimizer: [] } }, /space, optimizer: got an empty list/],
    ["a value twice", { space: { optimizer: ["adam", "adam"] } }, /space, optimizer\[1\]: got the same value as \[0\]/],
    ["a setting that is fixed too", { base: { learningRate: 1 } }, /^search rates, space, learningRate: got a setting of base/],
    [
      "units of a model without",
      { base: { model: "softmax" }, space: { hidden: [8, 9] } },
      /^search rates, space, hidden: got a setting that the model does not have, expected one of mlp, rnn/,
    ],
    ["layers of a configuration", { base: { model: configuration, l2: 1 } }, /^search rates, base, l2: got a setting that the model does not have/],
    ["an unknown field", { trails: 3 }, /^search: got the field "trails", .*\nHint: did you mean trials\?/],
    ["an unknown method", { method: "tpee" }, /^search rates, method: got "tpee"/],
    ["a method without a name", { method: {} }, /^search rates, method.name: got undefined/],
    ["no method", { method: 3 }, /^search rates, method: got 3/],
    ["an option that the method does not have", { method: { name: "random", eta: 3 } }, /^search rates, method random: got the field "eta"/],
    ["no trials", { trials: 0 }, /^search rates, trials: got 0, expected an integer from 1/],
    ["half a seed", { seed: 0.5 }, /^search rates, seed: got 0.5/],
    ["no seeds", { seeds: 0 }, /^search rates, seeds: got 0/],
    ["nothing held out", { validation: 0 }, /^search rates, validation: got 0, expected a number above 0, below 1: settings are chosen by it/],
    ["an unknown metric", { objective: "acuracy" }, /^search rates, objective: got .*"acuracy"/],
    [
      "losses of different kinds",
      { objective: "loss", space: { loss: ["hinge", "meanSquaredError"] } },
      /^search rates, objective: got loss, with losses that vary/,
    ],
    ["halving without epochs", { method: "successiveHalving" }, /^search rates, epochs: got nothing for the method successiveHalving/],
    [
      "an empty range of epochs",
      { method: "hyperband", trials: undefined, epochs: { least: 9, most: 9 } },
      /^search rates, epochs: got an empty range from 9 to 9/,
    ],
    ["half an epoch", { method: "hyperband", trials: undefined, epochs: { least: 0.5, most: 9 } }, /^search rates, epochs.least: got 0.5/],
    [
      "epochs twice",
      { method: "hyperband", trials: undefined, epochs: { least: 1, most: 9 }, base: { epochs: 3 } },
      /^search rates, base, epochs: got epochs, which the method deals out/,
    ],
    [
      "a schedule that depends on the end",
      { method: "hyperband", trials: undefined, epochs: { least: 1, most: 9 }, base: { schedule: "cosine" } },
      /^search rates, base, schedule: got cosine, which depends on the number of epochs in all/,
    ],
    [
      "the same among others",
      { method: "hyperband", trials: undefined, epochs: { least: 1, most: 9 }, space: { schedule: ["constant", "one-cycle"] } },
      /^search rates, space, schedule: got one-cycle/,
    ],
    ["a name that is no folder", { name: "../up" }, /^search, name: got "..\/up"/],
    ["too many seeds of the report", { report: { seeds: 1001 } }, /^search rates, report.seeds: got 1001/],
    ["an unknown field of the report", { report: { seed: 3 } }, /^search rates, report: got the field "seed"/],
  ])("%s", (_, parts, message) => {
    expect(() => define(parts)).toThrow(ConfigError);
    expect(() => define(parts)).toThrow(message);
  });
});
