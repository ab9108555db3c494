import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { chains } from "../../../src/lab/protocols/carry-over.ts";
import { protocolNames, protocols } from "../../../src/lab/protocols/index.ts";
import type { Trial } from "../../../src/lab/trials/trial.ts";
import { optimizerOf } from "../../../src/optimizers/index.ts";
import { fakeExecute, fakeStudy } from "../fake.ts";

const options = { seeds: [1, 2, 3], tuningSeeds: [1001, 1002] };
const one = { seeds: [0], tuningSeeds: [] };

/** Best at 10 ** -center, worse the further away. */
const peak = (center: number) => (rate: number) => 0.9 - 0.05 * Math.abs(Math.log10(rate) + center);

const reported = (trials: readonly Trial[]) => trials.filter(({ role }) => role === "report");

describe("every protocol", () => {
  it.each(protocolNames)("%s has its name and an explanation", (name) => {
    expect(protocols[name].name).toBe(name);
    expect(protocols[name].explanation.length).toBeGreaterThan(100);
  });

  it.each(protocolNames)("%s counts the trials that it runs where no grid is extended", async (name) => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"], dropout: [0, 0.5] });
    const settings = name === "as-printed" ? one : options;
    const { execute, asked } = fakeExecute(({ settings: { learningRate } }) => peak(3)(learningRate!));
    await protocols[name].run(study, settings, execute);
    expect(asked.flatMap(({ trials }) => trials)).toHaveLength(protocols[name].count(study, settings));
  });

  it.each(protocolNames)("%s can be asked whether it fits, before it is run", (name) => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"] });
    const settings = name === "as-printed" ? one : options;
    expect(() => protocols[name].check(study, settings)).not.toThrow();
    expect(() => protocols[name].check(study, { ...settings, seeds: [] })).toThrow(ConfigError);
  });

  it.each(protocolNames)("%s refuses no seeds and seeds twice", async (name) => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"] });
    const { execute } = fakeExecute(() => 0.9);
    await expect(protocols[name].run(study, { ...options, seeds: [] }, execute)).rejects.toThrow(/got no seeds, expected at least one/);
    await expect(protocols[name].run(study, { ...options, seeds: [4, 4] }, execute)).rejects.toThrow(/got seed 4 twice/);
  });
});

describe("as-printed", () => {
  it("runs the printed cells once, on all training images, at their rate or the optimizer's default", async () => {
    const all = fakeStudy({ optimizer: ["sgd", "adam", "nesterov"], learningRate: [null, 0.03] });
    const study = { ...all, printedCells: all.cells.slice(1, 4), limit: 50 };
    const { execute, asked } = fakeExecute(() => 0.9);
    const [arm, ...others] = await protocols["as-printed"].run(study, one, execute);
    expect(others).toEqual([]);
    expect(arm).toMatchObject({ name: "as-printed", seeds: [0] });
    expect(arm.runs.map(({ cell, learningRate, tuning }) => [cell.label, learningRate, tuning])).toEqual([
      ["sgd, 0.03", 0.03, null],
      ["adam, null", 0.001, null],
      ["adam, 0.03", 0.03, null],
    ]);
    const trials = asked.flatMap(({ trials }) => trials);
    expect(trials.map(({ settings }) => settings.learningRate)).toEqual([0.03, 0.001, 0.03]);
    for (const trial of trials)
      expect(trial).toMatchObject({
        seed: 0,
        role: "report",
        data: { name: "mnist", limit: 50, validation: 0 },
        start: null,
        keepsWeights: false,
        validations: 0,
      });
  });

  it("refuses more than one seed", async () => {
    await expect(protocols["as-printed"].run(fakeStudy({ optimizer: ["sgd"] }), options, fakeExecute(() => 0.9).execute)).rejects.toThrow(
      /as-printed: got 3 seeds, expected one/,
    );
  });
});

describe("fair", () => {
  it("tunes on its own seeds and reports the same seeds in the same order for all", async () => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"] });
    const { execute, asked } = fakeExecute(({ settings }) => peak(settings.optimizer === "sgd" ? 2.5 : 3.5)(settings.learningRate!));
    const [arm] = await protocols.fair.run(study, options, execute);
    expect(arm.runs.map(({ learningRate, tuning }) => [learningRate, tuning!.rate, tuning!.onEdge])).toEqual([
      [0.00316, 0.00316, false],
      [0.000316, 0.000316, false],
    ]);
    expect(asked.map(({ phase }) => phase)).toEqual(["tuning", "reporting"]);
    const [tuning, reporting] = asked.map(({ trials }) => trials);
    expect(tuning.every((trial) => trial.role === "tune" && options.tuningSeeds.includes(trial.seed))).toBe(true);
    expect(tuning.every((trial) => trial.validations === 0 && trial.measures.length === 0)).toBe(true);
    expect(reporting.map(({ seed, settings }) => [settings.optimizer, seed])).toEqual([
      ["sgd", 1],
      ["sgd", 2],
      ["sgd", 3],
      ["adam", 1],
      ["adam", 2],
      ["adam", 3],
    ]);
    for (const trial of reporting) expect(trial).toMatchObject({ role: "report", validations: 4, data: { validation: 0.1 }, start: null });
    expect(arm.runs[1].results.map(({ id }) => id)).toEqual(["t31", "t32", "t33"]);
  });

  it("gives every competitor one more rate in a round, and as many rounds as edges ask for", async () => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"] });
    // sgd's best lies two rates above the grid, adam's inside.
    const { execute, asked } = fakeExecute(({ settings }) => peak(settings.optimizer === "sgd" ? 1 : 3.6)(settings.learningRate!));
    const [arm] = await protocols.fair.run(study, options, execute);
    expect(asked.map(({ phase }) => phase)).toEqual([
      "tuning",
      "tuning, round 1 of at most 4",
      "tuning, round 2 of at most 4",
      "tuning, round 3 of at most 4",
      "reporting",
    ]);
    const rounds = asked.slice(1, 4).map(({ trials }) => trials.map(({ settings, seed }) => [settings.optimizer, settings.learningRate, seed]));
    for (const round of rounds)
      expect(round.map(([optimizer, , seed]) => [optimizer, seed])).toEqual([
        ["sgd", 1001],
        ["sgd", 1002],
        ["adam", 1001],
        ["adam", 1002],
      ]);
    expect(rounds.map((round) => round[0][1])).toEqual([0.0316, 0.1, 0.316]);
    expect(rounds[0][2][1]).toBe(0.000178);
    const [sgd, adam] = arm.runs;
    expect(sgd).toMatchObject({ learningRate: 0.1, tuning: { onEdge: false } });
    expect(sgd.tuning!.rates).toHaveLength(10);
    expect(adam.tuning!.rates).toHaveLength(10);
    expect(adam.tuning!.rates.map(({ rate }) => rate)).toEqual([...adam.tuning!.rates.map(({ rate }) => rate)].sort((a, b) => a - b));
  });

  it("gives up after four rounds and says that the best is on an edge", async () => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"] });
    const { execute, asked } = fakeExecute(({ settings }) => (settings.optimizer === "sgd" ? 0.5 + 0.01 * Math.log10(settings.learningRate!) : 0.5));
    const [arm] = await protocols.fair.run(study, options, execute);
    expect(asked).toHaveLength(6);
    expect(arm.runs[0]).toMatchObject({ learningRate: 1, tuning: { onEdge: true } });
    // All equal: the smallest, each time below the edge.
    expect(arm.runs[1]).toMatchObject({ learningRate: 1e-7, tuning: { onEdge: true } });
    expect(arm.runs.map(({ tuning }) => tuning!.rates.length)).toEqual([11, 11]);
  });

  it("scores diverged tuning seeds as 0 and goes on when all diverge", async () => {
    const study = fakeStudy({ optimizer: ["sgd", "adam"] });
    const { execute } = fakeExecute(({ settings, seed, role }) => {
      if (settings.optimizer === "adam") return null;
      return role === "tune" && seed === 1002 && settings.learningRate! > 0.0005 ? null : peak(2.5)(settings.learningRate!);
    });
    const [arm] = await protocols.fair.run(study, options, execute);
    expect(arm.runs[0].learningRate).toBeGreaterThanOrEqual(0.000316);
    expect(arm.runs[0].learningRate).toBeLessThan(0.0005);
    expect(arm.runs[0].tuning!.rates.find(({ rate }) => rate === 0.00316)!.accuracies).toEqual([peak(2.5)(0.00316), null]);
    expect(arm.runs[1].results.every(({ divergedAt }) => divergedAt === 3)).toBe(true);
  });

  it("tunes no cell that names its rate, and none of a study that says so", async () => {
    const named = fakeStudy({ optimizer: ["sgd"], learningRate: [0.03, 0.06] });
    const { execute, asked } = fakeExecute(() => 0.9);
    const [arm] = await protocols.fair.run(named, options, execute);
    expect(asked.map(({ phase }) => phase)).toEqual(["reporting"]);
    expect(arm.runs.map(({ learningRate, tuning }) => [learningRate, tuning])).toEqual([
      [0.03, null],
      [0.06, null],
    ]);
    const [plain] = await protocols.fair.run(fakeStudy({ optimizer: ["sgd", "adam"] }, { tune: false, validation: 0 }), options, execute);
    expect(plain.runs.map(({ learningRate }) => learningRate)).toEqual([optimizerOf("sgd").learningRate, 0.001]);
    expect(reported(asked[1].trials).every(({ validations }) => validations === 0)).toBe(true);
    expect(plain.explanation).not.toContain("tuning seeds");
    expect(plain.explanation).not.toContain("held out");
    expect(arm.explanation).toContain("held out");
  });

  it.each([
    ["a seed for both", {}, { seeds: [1, 2], tuningSeeds: [2, 3] }, /seed 2 for tuning and for reporting/],
    ["no tuning seeds", {}, { seeds: [1], tuningSeeds: [] }, /fair, tuning: got no seeds/],
    ["no validation", { validation: 0 }, options, /got validation 0/],
    ["an empty grid", { rates: { sgd: [0.1], adam: [] } }, options, /no rates for adam/],
    ["grids of different length", { rates: { sgd: [0.1], adam: [0.1, 0.2] } }, options, /1 rates for sgd, 2 for adam/],
  ])("refuses %s", async (_, study, seeds, message) => {
    const { execute, asked } = fakeExecute(() => 0.9);
    const running = protocols.fair.run(fakeStudy({ optimizer: ["sgd", "adam"] }, study), seeds, execute);
    await expect(running).rejects.toThrow(message);
    await expect(running).rejects.toBeInstanceOf(ConfigError);
    expect(asked).toEqual([]);
  });
});

describe("carry-over", () => {
  const study = fakeStudy({ activation: ["relu", "tanh"], optimizer: ["adam", "sgd", "rmsprop"] });

  it("follows the factor within each combination of the others", () => {
    expect(chains(study).map((chain) => chain.map(({ label }) => label))).toEqual([
      ["relu, adam", "relu, sgd", "relu, rmsprop"],
      ["tanh, adam", "tanh, sgd", "tanh, rmsprop"],
    ]);
    expect(chains({ ...study, carry: "activation" }).map((chain) => chain.map(({ label }) => label))).toEqual([
      ["relu, adam", "tanh, adam"],
      ["relu, sgd", "tanh, sgd"],
      ["relu, rmsprop", "tanh, rmsprop"],
    ]);
  });

  it("passes none between printed cells whose weights have other shapes", () => {
    const { cells } = fakeStudy({ optimizer: ["adam", "sgd"] });
    const wide = cells.map((cell) => ({ ...cell, settings: { ...cell.settings, hidden: 256 } }));
    const found = chains({ ...study, axes: [{ factor: "optimizer", levels: ["adam", "sgd"] }], printedCells: [...cells, ...wide] });
    expect(found).toEqual([cells, wide]);
  });

  it("passes the last weights on, per chain and seed, and runs fresh and fair beside", async () => {
    const { execute, asked, idOf } = fakeExecute(({ settings, role }) => (role === "tune" ? peak(3)(settings.learningRate!) : 0.9));
    const arms = await protocols["carry-over"].run(study, options, execute);
    expect(arms.map(({ name }) => name)).toEqual(["carry-over", "fresh", "fair"]);
    const stages = asked.filter(({ phase }) => phase.startsWith("carry-over"));
    expect(stages.map(({ phase }) => phase)).toEqual(["carry-over, 1 of 3", "carry-over, 2 of 3", "carry-over, 3 of 3"]);
    for (const [stage, { trials }] of stages.entries())
      for (const [i, trial] of trials.entries()) {
        expect(trial.start).toBe(stage === 0 ? null : idOf.get(stages[stage - 1].trials[i]));
        expect(trial.keepsWeights).toBe(stage < 2);
        expect(trial).toMatchObject({ seed: [1, 2, 3][i % 3], data: { validation: 0 }, validations: 0 });
        expect(trial.settings.activation).toBe(i < 3 ? "relu" : "tanh");
        expect(trial.settings.optimizer).toBe(["adam", "sgd", "rmsprop"][stage]);
      }
    const [carried, fresh] = arms;
    expect(carried.runs.map(({ cell }) => cell.label)).toEqual(study.printedCells.map(({ label }) => label));
    for (const run of carried.runs) expect(run.results).toHaveLength(3);
    expect(carried.runs[1].results.map(({ id }) => id)).toEqual(stages[1].trials.slice(0, 3).map((trial) => idOf.get(trial)));
    const again = asked.find(({ phase }) => phase === "fresh")!.trials;
    expect(again.every(({ start, keepsWeights }) => start === null && !keepsWeights)).toBe(true);
    expect(fresh.runs.map(({ learningRate }) => learningRate)).toEqual([0.001, 0.01, 0.001, 0.001, 0.01, 0.001]);
    expect(again.map(({ settings, seed }) => ({ settings, seed }))).toEqual(
      study.printedCells.flatMap((cell, c) =>
        options.seeds.map((seed) => ({ settings: { ...cell.settings, learningRate: fresh.runs[c].learningRate }, seed })),
      ),
    );
  });

  it("goes on from the last sound weights where one diverges", async () => {
    const { execute, asked, idOf } = fakeExecute(({ settings, seed }) => (settings.optimizer === "sgd" && seed === 2 ? null : 0.9));
    await protocols["carry-over"].run(fakeStudy({ optimizer: ["adam", "sgd", "rmsprop"] }), options, execute);
    const stage = (n: number) => asked[n].trials;
    expect(stage(2).map(({ start }) => start)).toEqual([idOf.get(stage(1)[0]), idOf.get(stage(0)[1]), idOf.get(stage(1)[2])]);
  });

  it.each([
    ["nothing that varies", fakeStudy({ dropout: [0, 0.5] }), /got nothing to carry weights along/],
    ["a factor that does not vary", fakeStudy({ dropout: [0, 0.5] }, { carry: "optimizer" }), /carry "optimizer", which does not vary/],
    ["other weights", fakeStudy({ hidden: [10, 20] }, { carry: "hidden" }), /can go on from the same weights/],
    ["one level", fakeStudy({ optimizer: ["adam"], dropout: [0, 0.5] }), /got one level of optimizer/],
    ["what fair refuses", fakeStudy({ optimizer: ["adam", "sgd"] }, { validation: 0 }), /got validation 0/],
  ])("refuses %s before it runs anything", async (_, refused, message) => {
    const { execute, asked } = fakeExecute(() => 0.9);
    const running = protocols["carry-over"].run(refused, options, execute);
    await expect(running).rejects.toThrow(message);
    await expect(running).rejects.toBeInstanceOf(ConfigError);
    expect(asked).toEqual([]);
  });
});
