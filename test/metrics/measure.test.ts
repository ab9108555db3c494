/** Metrics on arrays: values known by hand, and what is refused. */
import { describe, expect, it } from "vitest";
import {
  accuracy,
  binaryAccuracy,
  ConfigError,
  calibrationError,
  classificationReport,
  confusionMatrix,
  f1,
  mae,
  mase,
  measure,
  mse,
  NumericError,
  naiveError,
  ops,
  prAuc,
  precision,
  r2,
  recall,
  rocAuc,
  ShapeError,
  topKAccuracy,
} from "../../src/index.ts";
import { metricNames } from "../../src/metrics/index.ts";

const scores = [
  [0.1, 0.7, 0.2],
  [0.5, 0.3, 0.2],
  [0.2, 0.2, 0.6],
  [0.4, 0.4, 0.2],
];

describe("values by hand", () => {
  it("of regression", () => {
    const [y, p] = [
      [3, -0.5, 2, 7],
      [2.5, 0, 2, 8],
    ];
    expect(measure("mse", y, p)).toBe(0.375);
    expect(measure(mae, y, p)).toBe(0.5);
    expect(measure("r2", y, p)).toBeCloseTo(0.9486081370449679, 15);
    // The seasons of 1, 2, 1, 2, 3, 4 are |1 - 1|, |2 - 2|, |3 - 1|, |4 - 2| apart at a distance of 2.
    expect(naiveError([1, 2, 1, 2, 3, 4], 2)).toBe(1);
    expect(measure(mase({ training: [1, 2, 1, 2, 3, 4], period: 2 }), y, p)).toBe(0.5);
    expect(measure(mase({ naiveError: 0.25 }), y, p)).toBe(2);
  });

  it("of several outputs: the mean over them", () => {
    const y = [
      [1, 10],
      [2, 20],
      [3, 40],
    ];
    const p = [
      [1, 10],
      [2, 20],
      [4, 30],
    ];
    expect(measure("mse", y, p)).toBe(101 / 6);
    expect(measure("r2", y, p)).toBeCloseTo((1 - 1 / 2 + (1 - 100 / (1400 / 3))) / 2, 14);
  });

  it("of classes: the largest output says, the first of equals", () => {
    // Said: 1, 0, 2, 0.
    const y = [1, 0, 1, 1];
    expect(measure("accuracy", y, scores)).toBe(0.5);
    expect(measure(precision({ average: "macro" }), y, scores)).toBeCloseTo((1 / 2 + 1 + 0) / 3, 15);
    expect(measure(recall({ average: "macro" }), y, scores)).toBeCloseTo((1 + 1 / 3 + 0) / 3, 15);
    expect(measure(f1({ average: "weighted" }), y, scores)).toBeCloseTo((2 / 3 + 3 * 0.5) / 4, 15);
    expect(measure(f1({ average: "micro" }), y, scores)).toBe(0.5);
    expect(measure(recall({ positive: 1 }), y, scores)).toBe(1 / 3);
    expect(measure("f1", y, scores)).toBe(measure(f1({ average: "macro" }), y, scores));
  });

  it("of a single output above its threshold", () => {
    const [y, p] = [
      [1, 0, 1, 0],
      [0.9, 0.6, 0.4, 0.5],
    ];
    expect(measure(accuracy, y, p)).toBe(0.5);
    expect(measure("precision", y, p)).toBe(0.5);
    expect(measure(precision({ threshold: 0.3 }), y, p)).toBe(0.5);
    expect(measure(recall({ threshold: 0.3 }), y, p)).toBe(1);
    expect(measure(recall({ positive: 0 }), y, p)).toBe(0.5);
  });

  it("of predictions as predict gives them, and of targets as rows", () => {
    const oneHot = [
      [0, 1, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0.9, 0.1],
    ];
    const flat = Float32Array.from(scores.flat());
    for (const metric of ["accuracy", "f1", "precision"]) {
      expect(measure(metric, oneHot, flat)).toBe(measure(metric, Uint8Array.of(1, 0, 1, 1), scores));
    }
  });
});

describe("refusals", () => {
  const refusal = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof ConfigError || error instanceof ShapeError) return error.message;
      throw error;
    }
    return "nothing";
  };

  it.each([
    ["f1 of a regression", () => measure("f1", [1.5, 2], [1, 2]), "f1: got target 1.5, expected 0 or 1"],
    ["r2 of labels", () => measure("r2", [0, 1, 2, 1], scores), "r2: got one number or label for predictions [3], expected a target for every number"],
    ["several labels of a sample", () => measure("f1", [[1, 1, 0]], [[0.1, 0.2, 0.3]]), "f1: got a target [1,1,0], expected shares of classes"],
    ["rows of numbers", () => measure("f1", [[1, 7, 0]], [[0.1, 0.2, 0.3]]), "expected shares of classes from 0 to 1"],
    ["labels past the outputs", () => measure("f1", [3], [[0.1, 0.2, 0.3]]), "got target 3, expected a label from 0 to 2"],
    ["a positive that is no class", () => measure(f1({ positive: 3 }), [1], [[0.1, 0.2, 0.3]]), "positive = 3"],
    ["binary of three classes", () => measure(f1({ average: "binary" }), [1], [[0.1, 0.2, 0.3]]), 'average "binary" of 3 classes'],
    ["an unknown average", () => f1({ average: "mean" as "macro" }), 'average = "mean"'],
    ["a positive of all classes", () => f1({ average: "macro", positive: 1 }), 'positive = 1 with average "macro"'],
    ["a threshold of several outputs", () => measure(f1({ threshold: 0.3 }), [1], [[0.1, 0.2, 0.3]]), "a threshold for 3 outputs"],
    ["a threshold that is none", () => f1({ threshold: Number.NaN }), "threshold = NaN"],
    ["an empty name", () => f1({ name: "" }), "f1, name"],
    ["mase by name", () => measure("mase", [1], [1]), "mase: got no scale"],
    ["mase itself", () => measure(mase as never, [1], [1]), "got the function mase"],
    ["mase of two scales", () => mase({ training: [1, 2], naiveError: 1 }), "mase: got two scales"],
    ["a series without error", () => mase({ training: [1, 2, 1, 2, 1], period: 2 }), "got a naive error of 0"],
    ["a series with a hole", () => mase({ training: [1, Number.NaN, 2] }), "got a naive error of NaN"],
    ["a series shorter than its period", () => mase({ training: [1, 2, 3], period: 3 }), "got a series of 3, expected more than its period of 3"],
    ["a period of 0", () => mase({ training: [1, 2, 3], period: 0 }), "period = 0"],
    ["more answers than outputs", () => measure(topKAccuracy({ k: 4 }), [1], [[0.1, 0.2, 0.3]]), "topKAccuracy: got k = 4 of 3 outputs"],
    ["answers of a single output", () => measure(topKAccuracy({ k: 1 }), [1], [0.3]), "got k = 1 of 1 outputs"],
    ["half an answer", () => topKAccuracy({ k: 0.5 }), "k = 0.5"],
    ["logits as probabilities", () => measure("calibrationError", [1], [[0.1, 4, -3]]), "calibrationError: got a prediction of 4, expected probabilities"],
    ["no bins", () => calibrationError({ bins: 0 }), "bins = 0"],
    ["bins without end", () => calibrationError({ bins: 1e10 }), "bins = 10000000000, expected an integer from 1 to 65536"],
    ["yes or no of labels", () => measure(binaryAccuracy, [2], [0.5]), "binaryAccuracy: got target 2, expected 0 or 1"],
    ["ranks of a regression", () => measure(rocAuc, [2.5], [0.5]), "rocAuc: got target 2.5, expected 0 or 1"],
    ["an unknown name", () => measure("f2", [1], [1]), 'metric "f2", expected accuracy, '],
    ["what is no metric", () => measure({ name: "x" } as never, [1], [1]), "expected a name or { name, apply }, or { name, start }"],
    ["a metric of ops", () => measure({ name: "own", apply: (_, p) => ops.neg(p) }, [1], [1]), "compile a model with it and evaluate"],
    ["too few predictions", () => measure(mse, [1, 2], [1]), "got 2 targets and 1 predictions"],
    ["ragged rows", () => measure(r2, [1, 2], [[1], [1, 2]]), "measure, yPred, row 1: got 2 numbers"],
    ["no array", () => measure(r2, [1], 3 as never), "yPred = 3"],
  ])("%s", (_, run, message) => {
    expect(refusal(run)).toContain(message);
  });
});

it("nothing measured is not a number", () => {
  for (const metric of [...metricNames.filter((name) => name !== "mase" && name !== "topKAccuracy"), mase({ naiveError: 1 })]) {
    expect(measure(metric, [], []), String(metric)).toBeNaN();
  }
});

describe("a prediction that is not a number", () => {
  const nothing = [Number.NaN, Number.NaN, Number.NaN];
  const classMetrics = ["accuracy", topKAccuracy({ k: 2 }), precision, recall, f1, rocAuc, prAuc, calibrationError];
  const averages = (["macro", "micro", "weighted"] as const).map((average) => f1({ average }));

  it.each([
    ["a row of them, whose class is the first", nothing],
    ["one among numbers, before the largest", [Number.NaN, 0.1, 0.9]],
    ["one behind the largest", [0.9, 0.1, Number.NaN]],
  ])("shows in every measure of classes: %s", (_, row) => {
    for (const metric of [...classMetrics, ...averages]) {
      expect(measure(metric, [1, 0, 2, 0], [scores[0], row, scores[2], scores[3]])).toBeNaN();
      expect(measure(metric, [1, 0, 2, 0], [...scores.slice(0, 3), row])).toBeNaN();
    }
  });

  it("shows for a single output, and for two", () => {
    for (const metric of ["accuracy", binaryAccuracy, precision, recall, f1, rocAuc, prAuc, calibrationError])
      expect(measure(metric, [1, 0, 0], [0.9, 0.2, Number.NaN])).toBeNaN();
    for (const row of [
      [Number.NaN, 0.2],
      [0.2, Number.NaN],
    ])
      for (const metric of ["accuracy", precision, recall, f1, rocAuc, prAuc, calibrationError])
        expect(measure(metric, [1, 0, 0], [[0.1, 0.9], row, [0.8, 0.2]])).toBeNaN();
  });

  it("shows in errors of numbers", () => {
    for (const metric of [mse, mae, r2, mase({ naiveError: 1 })]) expect(measure(metric, [1, 2], [Number.NaN, 1])).toBeNaN();
  });

  it("goes on to show after a checkpoint", () => {
    for (const metric of [precision, topKAccuracy({ k: 2 }), rocAuc, calibrationError]) {
      const inputs = { shape: [3], targetShape: [] };
      const [before, after] = [metric.start(inputs), metric.start(inputs)];
      before.add([0], nothing, 1);
      after.restore(before.state());
      after.add([1], scores[0], 1);
      expect(after.result()).toBeNaN();
    }
  });

  it("has no place in a table of classes", () => {
    expect(() => confusionMatrix([1, 0], [scores[0], nothing])).toThrow(NumericError);
    expect(() => confusionMatrix([1, 0], [0.9, Number.NaN])).toThrow("confusionMatrix, sample 1: got a prediction with NaN, expected numbers");
  });

  it("is none where it is infinite", () => {
    const infinite = [
      [0, Number.POSITIVE_INFINITY],
      [0, Number.NEGATIVE_INFINITY],
    ];
    expect(measure("accuracy", [1, 0], infinite)).toBe(1);
    expect(measure(f1, [1, 0], infinite)).toBe(1);
  });
});

describe("tables of classes", () => {
  it("take labels, scores and probabilities", () => {
    expect(confusionMatrix([0, 2, 1], [0, 2, 2])).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(confusionMatrix(Uint8Array.of(1, 0), Uint8Array.of(1, 1), { classes: 3 })).toEqual([
      [0, 1, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(confusionMatrix([1, 0], [0.4, 0.2], { threshold: 0.3 })).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(confusionMatrix([], [])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("refuse what is no class", () => {
    expect(() => confusionMatrix([0, 3], [0, 1], { classes: 2 })).toThrow("confusionMatrix, sample 1: got target 3, expected a label from 0 to 1");
    expect(() => confusionMatrix([0, 1], [0, -1])).toThrow("got prediction -1");
    expect(() => confusionMatrix([0.5, 1], [0.4, 1])).toThrow("got target 0.5");
    // A regression's numbers: one that is large would take all memory.
    expect(() => confusionMatrix([0, 250_000], [0, 1])).toThrow("confusionMatrix: got 250001 classes, expected an integer from 1 to 4096");
    expect(() => confusionMatrix([0], [0], { classes: 0 })).toThrow("got 0 classes");
    expect(() => classificationReport([[1, 2], [3]])).toThrow("classificationReport, row 1: got 1 numbers, expected 2");
  });

  it("are not numbers without samples, but for classes", () => {
    const report = classificationReport(confusionMatrix([], []));
    expect([report.accuracy, report.macro.f1, report.weighted.f1]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(report.classes).toEqual(Array(2).fill({ precision: 0, recall: 0, f1: 0, support: 0 }));
  });
});
