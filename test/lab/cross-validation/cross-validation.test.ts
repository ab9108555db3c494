/** Cross-validation and nested selection: what they train on, what they report, what they refuse. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Dataset, dataset, groupKFold, kFold, repeatedKFold, stratifiedKFold, timeFolds } from "../../../src/data/index.ts";
import { ConfigError, NumericError, ShapeError } from "../../../src/errors.ts";
import { createRuntime, dense, flatten, type Model, type Runtime, sequential, sgd } from "../../../src/index.ts";
import { type CrossValidationOptions, crossValidate, nestedSelection, type Recipe } from "../../../src/lab/index.ts";
import { correctedResampledT, pairedT } from "../../../src/lab/statistics/index.ts";
import { lines } from "../../model/support.ts";
import { bothEstimates } from "./support.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime({ threads: 1 });
});

const data = lines(80);
const make =
  (learningRate: number) =>
  (_: Dataset, seed: number): Model =>
    sequential({ inputShape: [8, 8, 1], seed, runtime }, [flatten(), dense(8, { activation: "softmax" })]).compile({
      optimizer: sgd({ learningRate }),
      loss: "sparseCategoricalCrossentropy",
    });
const candidate: Recipe = { make: make(0.5), fit: { epochs: 2, batchSize: 8 } };

describe("crossValidate", () => {
  it("scores each fold as if it were trained and tested by hand", async () => {
    const folds = stratifiedKFold(data, { splits: 4, seed: 2 });
    const { folds: results, scores, predictions } = await crossValidate({ ...candidate, data, folds, seed: 7 });
    expect(results.map(({ fold, repeat, trainSamples, testSamples, seed }) => [fold, repeat, trainSamples, testSamples, seed])).toEqual(
      [0, 1, 2, 3].map((k) => [k, 0, 60, 20, 7 + k]),
    );
    for (const [k, fold] of folds.entries()) {
      const model = make(0.5)(data, 7 + k);
      const [train, test] = fold.split(data);
      await model.fit(train, candidate.fit);
      expect((await model.evaluate(test)).metrics).toEqual(results[k].scores);
      const values = await model.predict(test);
      fold.test.forEach((position, i) => {
        expect([...(predictions as Float32Array).subarray(8 * position, 8 * position + 8)]).toEqual([...values.subarray(8 * i, 8 * i + 8)]);
      });
    }
    expect(Object.keys(scores)).toEqual(["loss", "accuracy"]);
    const values = results.map(({ scores }) => scores.loss);
    expect(scores.loss.values).toEqual(values);
    expect(scores.loss).toMatchObject({ mean: values.reduce((a, b) => a + b) / 4 });
    const { low, high } = correctedResampledT(values, { trainSize: 60, testSize: 20 });
    expect([scores.loss.low, scores.loss.high]).toEqual([low, high]);
    expect(scores.accuracy.high).toBeLessThanOrEqual(1);
  });

  it("is the same again, and another for another seed", async () => {
    const options: CrossValidationOptions = { ...candidate, data, folds: kFold(data, { splits: 3 }) };
    const seconds = { seconds: expect.anything() };
    const [first, again, other] = [await crossValidate(options), await crossValidate(options), await crossValidate({ ...options, seed: 9 })];
    expect(again.scores).toEqual(first.scores);
    expect(again.predictions).toEqual(first.predictions);
    expect(again.folds).toEqual(first.folds.map((fold) => ({ ...fold, ...seconds })));
    expect(other.scores.loss.values).not.toEqual(first.scores.loss.values);
  });

  it("prepares by the training part only: what is in the test part does not change how it is scaled", async () => {
    const seen: number[][] = [];
    const shifted = dataset({
      x: Float32Array.from({ length: 12 }, (_, i) => (i < 8 ? i : 1000 + i)),
      y: Float32Array.from({ length: 12 }, (_, i) => i),
      sampleShape: [1],
    });
    const [fold] = kFold(12, { splits: 3, shuffle: false }).slice(2);
    const shifts: number[] = [];
    await crossValidate({
      data: shifted,
      folds: [fold],
      prepare(train) {
        seen.push(Array.from({ length: train.length }, (_, i) => train.sample(i)[0]));
        const { normalization } = train.normalizedBy("standardize");
        return (part) => part.normalizedBy(normalization);
      },
      make(train, seed) {
        shifts.push(train.normalization.shift);
        return sequential({ inputShape: [1], seed, runtime }, [dense(1)]).compile({ optimizer: "sgd", loss: "meanSquaredError" });
      },
    });
    expect(seen).toEqual([[0, 1, 2, 3, 4, 5, 6, 7]]);
    expect(shifts).toEqual([3.5]);
  });

  it("never trains on what it tests, whatever a candidate does with its training part", async () => {
    // Its answer is the label of the nearest sample that it saw: perfect on those, chance on others.
    const memory: Recipe = {
      make(train, seed) {
        const model = make(0)(train, seed);
        const known = new Set(Array.from({ length: train.length }, (_, i) => train.sample(i).join()));
        const evaluate = model.evaluate.bind(model);
        model.evaluate = async (given) => {
          const test = given as Dataset;
          const found = Array.from({ length: test.length }, (_, i) => known.has(test.sample(i).join())).filter(Boolean).length;
          return { ...(await evaluate(test)), metrics: { found: found / test.length } };
        };
        return model;
      },
    };
    const distinct = dataset({ x: Float32Array.from({ length: 80 * 64 }, (_, i) => i), y: data.y as Uint8Array, sampleShape: [8, 8, 1], classes: 8 });
    for (const folds of [kFold(80), stratifiedKFold(distinct), groupKFold([...(data.y as Uint8Array)], { splits: 4 }), timeFolds(80)])
      expect((await crossValidate({ ...memory, data: distinct, folds })).scores.found.values.every((found) => found === 0)).toBe(true);
  });

  it("takes parts from a function, so that tables are encoded by the training rows", async () => {
    const folds = kFold(data, { splits: 2 });
    const direct = await crossValidate({ ...candidate, data, folds });
    const given = await crossValidate({ ...candidate, data: (fold) => ({ test: data.subset(fold.test), train: data.subset(fold.train) }), folds });
    expect(given.scores).toEqual(direct.scores);
  });

  it("of repetitions means predictions and corrects the interval; of a series the first samples have none", async () => {
    const folds = repeatedKFold(data, { splits: 2, repeats: 2 });
    const repeated = await crossValidate({ ...candidate, data, folds });
    expect(repeated.scores.loss.values).toHaveLength(4);
    const width = (repeated.scores.loss.high as number) - (repeated.scores.loss.low as number);
    const naive = pairedT(repeated.scores.loss.values);
    expect(width).toBeCloseTo((naive.high - naive.low) * Math.sqrt((1 / 4 + 1) / (1 / 4)), 10);
    const once = [
      await crossValidate({ ...candidate, data, folds: folds.slice(0, 2) }),
      await crossValidate({ ...candidate, data, folds: folds.slice(2), seed: 2 }),
    ];
    const [a, b] = once.map(({ predictions }) => predictions as Float32Array);
    (repeated.predictions as Float32Array).forEach((value, i) => expect(value).toBeCloseTo((a[i] + b[i]) / 2, 6));
    const series = await crossValidate({ ...candidate, data, folds: timeFolds(data, { splits: 3 }) });
    expect((series.predictions as Float32Array).findIndex((value) => !Number.isNaN(value))).toBe(8 * 20);
    expect([...(series.predictions as Float32Array).subarray(8 * 20)].some(Number.isNaN)).toBe(false);
  });

  it("tells each fold, and ends by its signal", async () => {
    const control = new AbortController();
    const told: number[] = [];
    const run = crossValidate({
      ...candidate,
      data,
      folds: kFold(data),
      signal: control.signal,
      onFold({ fold }) {
        told.push(fold);
        if (fold === 1) control.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrow("enough");
    expect(told).toEqual([0, 1]);
  });

  it("one fold has no interval", async () => {
    expect((await crossValidate({ ...candidate, data, folds: kFold(data).slice(0, 1) })).scores.loss).toMatchObject({ sd: null, low: null, high: null });
  });

  const weighted = dataset({ x: [[1], [2], [3], [4]], y: [0, 1, 0, 1], sampleWeight: [1, 1, 0, 0] });
  it.each<[string, Partial<CrossValidationOptions>, new (...args: never[]) => Error, RegExp]>([
    ["without folds", { folds: [] }, ConfigError, /crossValidate: got no folds/],
    ["on folds of other data", { folds: kFold(81) }, ShapeError, /got 80 samples, expected 81/],
    ["on folds of several lengths", { folds: [...kFold(80), ...kFold(81)] }, ConfigError, /folds of 80 and of 81 samples/],
    [
      "where nothing counts",
      { data: weighted, folds: kFold(4, { splits: 2, shuffle: false }) },
      ConfigError,
      /fold 0: got a training part whose samples all have weight 0/,
    ],
    [
      "where nothing is left to train on",
      { prepare: () => (part) => (part.length > 20 ? part.take(0) : part) },
      ConfigError,
      /fold 0: got no samples to train on/,
    ],
    ["where test samples are lost", { prepare: () => (part) => part.take(10) }, ConfigError, /fold 0: got 10 samples to test, expected 16/],
    ["that diverges", { make: make(3e38), fit: { epochs: 2, batchSize: 8 } }, NumericError, /fit, step/],
  ])("refuses one %s", async (_, options, kind, message) => {
    const run = (): Promise<unknown> => crossValidate({ ...candidate, data, folds: kFold(80), ...options });
    await expect(run()).rejects.toThrow(kind);
    await expect(run()).rejects.toThrow(message);
  });
});

describe("nestedSelection", () => {
  const inner = ({ train }: { train: Int32Array }) => kFold(train.length, { splits: 2 });
  const candidates: Record<string, Recipe> = { still: { ...candidate, make: make(1e-9) }, good: candidate, wild: { ...candidate, make: make(3e38) } };

  it("chooses what is best on inner folds, and scores it outside", async () => {
    const told: string[] = [];
    const folds = kFold(data, { splits: 3 });
    const { scores, folds: choices, chosen } = await nestedSelection({ data, candidates, outer: folds, inner, onFold: ({ chosen }) => void told.push(chosen) });
    expect(chosen).toEqual({ still: 0, good: 3, wild: 0 });
    expect(told).toEqual(["good", "good", "good"]);
    for (const { inner } of choices) {
      expect(inner.wild).toBeNull();
      expect(inner.good).toBeLessThan(inner.still as number);
    }
    // The chosen one, trained on all of the outer training part with the fold's seed.
    expect(scores).toEqual((await crossValidate({ ...candidate, data, folds })).scores);
    const worst = await nestedSelection({ data, candidates, outer: folds, inner, metric: "accuracy", goal: "min" });
    expect(worst.chosen.still).toBe(3);
  });

  it("shows the choosing folds nothing of the test part", async () => {
    const outer = kFold(80, { splits: 4, shuffle: false });
    const seen: number[][] = [];
    const spy: Recipe = {
      ...candidate,
      prepare(train) {
        return (part) => {
          seen.push(Array.from({ length: part.length }, (_, i) => part.rows?.[i] ?? i));
          void train;
          return part;
        };
      },
    };
    await nestedSelection({ data, candidates: { spy }, outer: outer.slice(0, 1), inner });
    // Two inner folds of two parts each, then the outer one.
    expect(seen).toHaveLength(6);
    const held = new Set(outer[0].test);
    expect(
      seen
        .slice(0, 4)
        .flat()
        .some((row) => held.has(row)),
    ).toBe(false);
    expect(seen[0].length + seen[1].length).toBe(60);
  });

  it("on labels that are noise shows no optimism, where the best plain score does", async () => {
    const runs: { best: number; nested: number }[] = [];
    for (let seed = 0; seed < 10; seed++) runs.push(await bothEstimates({ samples: 48, features: 8, seed, runtime }));
    const [best, nested, gap] = [runs.map(({ best }) => best), runs.map(({ nested }) => nested), runs.map(({ best, nested }) => best - nested)].map((values) =>
      pairedT(values),
    );
    console.log(
      `noise, 10 sets: best plain ${best.mean.toFixed(3)} [${best.low.toFixed(3)}, ${best.high.toFixed(3)}], nested ${nested.mean.toFixed(3)} [${nested.low.toFixed(3)}, ${nested.high.toFixed(3)}]`,
    );
    expect(best.low).toBeGreaterThan(0.5);
    expect(nested.low).toBeLessThan(0.5);
    expect(gap.low).toBeGreaterThan(0);
  }, 120_000);

  it.each<[string, Partial<Parameters<typeof nestedSelection>[0]>, new (...args: never[]) => Error, RegExp]>([
    ["without candidates", { candidates: {} }, ConfigError, /got no candidates/],
    ["without folds", { outer: [] }, ConfigError, /nestedSelection: got no folds/],
    ["without inner folds", { inner: () => [] }, ConfigError, /inner folds of fold 0: got no folds/],
    ["with inner folds of all data", { inner: () => kFold(80) }, ConfigError, /inner: got a fold of 80 samples, expected 64/],
    ["by a metric that is not there", { metric: "f2" }, ConfigError, /metric: got "f2", expected loss, accuracy/],
    ["of what all diverges", { candidates: { wild: candidates.wild } }, NumericError, /fold 0: got candidates whose losses all/],
  ])("refuses one %s", async (_, options, kind, message) => {
    const run = (): Promise<unknown> => nestedSelection({ data, candidates, outer: kFold(80), inner, ...options });
    await expect(run()).rejects.toThrow(kind);
    await expect(run()).rejects.toThrow(message);
  });
});
