/** Which settings matter, against a truth that is known. */
import { expect, it } from "vitest";
import { axesOf } from "../../../src/lab/search/axes.ts";
import { defineSearch } from "../../../src/lab/search/define-search.ts";
import type { SearchDefinition } from "../../../src/lab/search/definition.ts";
import { methodOf, type Point } from "../../../src/lab/search/index.ts";
import { goalOf } from "../../../src/lab/search/objective.ts";
import { type Importance, importanceOf } from "../../../src/lab/search/report/importance.ts";
import { randomPoint } from "../../../src/lab/search/streams.ts";
import type { Tried } from "../../../src/lab/search/tried.ts";
import { Draws } from "../../../src/lab/statistics/draws.ts";

const space = {
  learningRate: { low: 1e-4, high: 1, log: true },
  hidden: { low: 4, high: 256, log: true, integer: true },
  dropout: { low: 0, high: 0.8 },
  optimizer: ["sgd", "momentum", "adam"],
} as const;
const goal = goalOf("accuracy", true);

const searchOf = (method: SearchDefinition["method"], trials = 40) =>
  defineSearch({ name: "known", title: "t", question: "q", base: { model: "mlp" }, space, method, trials });

const choice = defineSearch({
  name: "known",
  title: "t",
  question: "q",
  base: { model: "mlp" },
  space: { optimizer: ["sgd", "adam"] },
  method: "random",
  trials: 20,
});

const triedAt = (id: number, point: Point, score: number | null): Tried => ({
  id,
  point,
  resource: 1,
  from: null,
  rung: 0,
  bracket: 0,
  epochs: 1,
  results: [],
  score,
  failure: null,
});

type Score = (point: Record<string, number | string>, noise: () => number) => number | null;

/** Importance over points that random search, or Sobol's sequence, asks for with a seed. */
function importance(score: Score, seed: number, { method = "random" as "random" | "sobol", trials = 40 } = {}): readonly Importance[] | null {
  const draws = new Draws(seed, 99);
  const points =
    method === "random"
      ? Array.from({ length: trials }, (_, id) => randomPoint(axesOf(space), seed, id))
      : methodOf("sobol", space, { trials, seed })
          .next([], 1)
          .map(({ point }) => point);
  const tried = points.map((point, id) =>
    triedAt(
      id,
      point,
      score(point as Record<string, number | string>, () => draws.uniform()),
    ),
  );
  return importanceOf(searchOf(method, trials), goal, tried);
}

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);
/** Of the searches: how often a setting is called one that matters. */
const found = (all: readonly (readonly Importance[])[], names: readonly string[]): number =>
  all.filter((some) => some.some(({ name, p }) => p <= 0.05 && names.includes(name))).length / all.length;

it.each(["random", "sobol"] as const)("where none matters, one is named in 5 % of searches at most: %s", (method) => {
  const all = SEEDS.map((seed) => importance((_, noise) => noise(), seed, { method }) as Importance[]);
  const rate = found(all, Object.keys(space));
  // 5 % and three standard errors of 100 searches.
  expect(rate).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / SEEDS.length));
  // Not because nothing ever is.
  expect(rate).toBeGreaterThan(0);
});

it.each<[string, Score]>([
  ["learningRate", ({ learningRate }, noise) => noise() - (Math.log10(learningRate as number) + 2) ** 2],
  ["hidden", ({ hidden }, noise) => Math.log2(hidden as number) + 2 * noise()],
  ["dropout", ({ dropout }, noise) => ((dropout as number) > 0.6 ? null : noise() - 2 * (dropout as number))],
  ["optimizer", ({ optimizer }, noise) => (optimizer === "adam" ? 0.6 : 0) + noise()],
])("where only %s matters, it is named, first, and the others no oftener than chance allows", (name, score) => {
  const all = SEEDS.map((seed) => importance(score, seed) as Importance[]);
  expect(found(all, [name])).toBeGreaterThan(0.9);
  expect(all.filter(([first]) => first.name === name).length / all.length).toBeGreaterThan(0.95);
  const others = Object.keys(space).filter((other) => other !== name);
  expect(found(all, others)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / SEEDS.length));
});

it("shares are those of the truth: all of the variance between choices is one, none zero on average", () => {
  const [clear] = importance(({ optimizer }) => ["sgd", "momentum", "adam"].indexOf(optimizer as string), 1) as Importance[];
  expect([clear.name, clear.share]).toEqual(["optimizer", expect.closeTo(1, 12)]);
  // By hand of ranks 1 to 20 in two halves that do not mix: SST 665, SSB 500, MSW 165 / 18; (500 - 165 / 18) / 665.
  const tried = Array.from({ length: 20 }, (_, id) => triedAt(id, { optimizer: id < 10 ? "sgd" : "adam" }, id));
  expect(importanceOf(choice, goal, tried)?.[0].share).toBeCloseTo((500 - 165 / 18) / 665, 12);
});

it("points that failed are the worst, not the best: half failed and half best is no better than all in the middle", () => {
  const share = (score: (id: number) => number | null): number => {
    const tried = Array.from({ length: 20 }, (_, id) => triedAt(id, { optimizer: id < 10 ? "sgd" : "adam" }, score(id)));
    return (importanceOf(choice, goal, tried) as Importance[])[0].share;
  };
  expect(share((id) => (id < 5 ? null : id < 10 ? 1 : 0.5))).toBe(0);
  expect(share((id) => (id < 5 ? null : id < 10 ? 0.1 : 0.5))).toBeGreaterThan(0.5);
});

it("says nothing of fewer than 20 points, nor where points were chosen by scores", () => {
  expect(importance((_, noise) => noise(), 1, { trials: 19 })).toBeNull();
  expect(importance((_, noise) => noise(), 1, { trials: 20 })).toHaveLength(4);
  expect(importanceOf(searchOf("tpe"), goal, [])).toBeNull();
});
