/** Reports to draw: a plain one of every kind of figure, and figures at the edges of what they can hold. */
import type { Figure, HeatFigure, IntervalFigure, LineFigure, RankFigure, Report, ScatterFigure, Table } from "../../../src/lab/reports/report.ts";

/** What a study file may try to smuggle in. */
export const HOSTILE = `</style></title><script>alert(1)</script><img src=x onerror="alert(2)"> " onload='alert(3)' & &lt; ]]> \u202e\u0007`;

const optimizers = ["adam", "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop"];
const accuracies = [0.9812, 0.9741, 0.9803, 0.9806, 0.9762, 0.9735, 0.9809];
/** Numbers from -1 to 1 that look like noise. */
const noise = (i: number): number => Math.sin(12.9898 * (i + 1)) * Math.cos(78.233 * (i + 3));

export const table: Table = {
  kind: "table",
  title: "Test accuracy",
  columns: [{ name: "optimizer" }, { name: "learning rate" }, { name: "mean", percent: true }, { name: "sd", digits: 4 }, { name: "interval" }],
  rows: optimizers.map((name, i) => [name, 0.001 * (i + 1), accuracies[i], i === 2 ? null : 0.0011, "97.4 to 98.2 %"]),
  stressed: [0],
  note: "Over ten seeds.",
};

export const lines: LineFigure = {
  kind: "lines",
  title: "Learning curves",
  caption: "All learn.",
  x: { label: "step" },
  y: { label: "validation accuracy", percent: true },
  series: optimizers.map((name, i) => ({
    name,
    points: Array.from({ length: 20 }, (_, k) => {
      const y = accuracies[i] - 0.2 * Math.exp(-0.3 * (k + i / 3)) + 0.001 * noise(20 * i + k);
      return { x: 400 * (k + 1), y, low: y - 0.004, high: Math.min(1, y + 0.004) };
    }),
  })),
  rules: [{ y: 0.97, label: "target" }],
};

export const sensitivity: LineFigure = {
  kind: "lines",
  title: "Sensitivity",
  caption: "The ring marks what was chosen.",
  x: { label: "learning rate", scale: "log" },
  y: { label: "validation accuracy", percent: true, scale: "error" },
  series: optimizers.map((name, i) => ({
    name,
    marked: 3,
    points: [1e-4, 3.16e-4, 1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1].map((x, k) => ({
      x: x * 2 ** i,
      y: k === 6 ? (i % 2 === 0 ? null : 0.11) : accuracies[i] - 0.003 * (k - 3) ** 2,
    })),
  })),
};

export const intervals: IntervalFigure = {
  kind: "intervals",
  title: "Accuracy by optimizer",
  caption: "Most cannot be told apart.",
  x: { label: "test accuracy", percent: true },
  rows: optimizers.map((name, i) => ({
    name,
    value: accuracies[i],
    low: accuracies[i] - 0.001,
    high: accuracies[i] + 0.001,
    points: [0, 1, 2, 3].map((k) => accuracies[i] + 0.002 * noise(4 * i + k)),
    printed: 0.98 + 0.002 * noise(i),
  })),
  rules: [{ x: 0.98, label: "98 %" }],
};

export const heat: HeatFigure = {
  kind: "heat",
  title: "L1 by L2",
  caption: "The printed optimum is framed.",
  xLabel: "L2",
  yLabel: "L1",
  x: ["0", "1e-5", "1e-4", "1e-3"],
  y: ["0", "1e-5", "1e-4", "1e-3"],
  values: [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === 3 ? 0.114 : 0.978 - 0.004 * i - 0.003 * j))),
  details: [0, 1, 2, 3].map(() => [0, 1, 2, 3].map(() => "± 0.2")),
  percent: true,
  marked: [
    { x: 2, y: 1, label: "printed" },
    { x: 0, y: 0, label: "best" },
  ],
};

export const ranks: RankFigure = {
  kind: "ranks",
  title: "Average ranks",
  caption: "Joined ones cannot be told apart.",
  ranks: optimizers.map((name, i) => ({ name, rank: [1.6, 6.5, 3, 2.6, 5.1, 6.4, 2.8][i] })),
  criticalDifference: 2.85,
  groups: [
    ["adam", "nesterov", "rmsprop", "momentum"],
    ["momentum", "adagrad"],
    ["adagrad", "sgd", "adadelta"],
  ],
};

export const scatter: ScatterFigure = {
  kind: "scatter",
  title: "Printed against measured",
  caption: "Carried weights give the printed order.",
  x: { label: "printed", percent: true },
  y: { label: "measured", percent: true },
  diagonal: true,
  series: ["carry-over", "fair"].map((name, s) => ({
    name,
    points: optimizers.map((label, i) => ({ x: 0.98 + 0.002 * noise(i), y: s === 0 ? 0.98 + 0.0021 * noise(i) : accuracies[i], label })),
  })),
};

export const report: Report = {
  title: "Seven optimizers",
  question: "Which is best?",
  quick: false,
  verdict: ["Four cannot be told apart.", "SGD stays behind."],
  sections: [
    { heading: "Results", text: ["Ten seeds each."], items: [table, intervals, ranks] },
    { heading: "While training", text: [], items: [lines] },
    { heading: "Rates", text: [], items: [sensitivity] },
    { heading: "Against the printed table", text: [], items: [heat, scatter] },
  ],
  conditions: [
    ["data", "MNIST"],
    ["seeds", "0 to 9"],
  ],
  rows: optimizers.flatMap((optimizer, i) => [0, 1].map((seed) => ({ optimizer, seed, accuracy: accuracies[i], diverged: null }))),
};

/** A report with nothing but these. */
export const reportOf = (...items: (Table | Figure)[]): Report => ({
  title: "T",
  question: "Q",
  quick: false,
  verdict: [],
  sections: [{ heading: "S", text: [], items }],
  conditions: [],
  rows: [],
});

const axis = { label: "value" };
const line = (ys: readonly (number | null)[], options: Partial<LineFigure> = {}): LineFigure => ({
  kind: "lines",
  title: "Edge",
  caption: "An edge.",
  x: axis,
  y: axis,
  series: [{ name: "a", points: ys.map((y, x) => ({ x, y })) }],
  ...options,
});
const rows = (values: readonly (number | null)[], options: Partial<IntervalFigure> = {}): IntervalFigure => ({
  kind: "intervals",
  title: "Edge",
  caption: "An edge.",
  x: axis,
  rows: values.map((value, i) => ({
    name: `row ${i}`,
    value,
    low: value === null ? null : value - 0.1,
    high: value === null ? null : value + 0.1,
    points: value === null ? [] : [value],
  })),
  ...options,
});
const squares = (values: readonly (readonly (number | null)[])[], options: Partial<HeatFigure> = {}): HeatFigure => ({
  kind: "heat",
  title: "Edge",
  caption: "An edge.",
  xLabel: "x",
  yLabel: "y",
  x: (values[0] ?? []).map((_, i) => `${i}`),
  y: values.map((_, i) => `${i}`),
  values,
  ...options,
});
const ranked = (values: readonly number[], options: Partial<RankFigure> = {}): RankFigure => ({
  kind: "ranks",
  title: "Edge",
  caption: "An edge.",
  ranks: values.map((rank, i) => ({ name: `competitor ${i}`, rank })),
  criticalDifference: 1.5,
  groups: [],
  ...options,
});
const points = (values: readonly (readonly [number, number])[], options: Partial<ScatterFigure> = {}): ScatterFigure => ({
  kind: "scatter",
  title: "Edge",
  caption: "An edge.",
  x: axis,
  y: axis,
  series: [{ name: "a", points: values.map(([x, y], i) => ({ x, y, label: `p${i}` })) }],
  ...options,
});
const many = (n: number, of: (i: number) => number = (i) => 0.9 + 0.05 * noise(i)): number[] => Array.from({ length: n }, (_, i) => of(i));
const named = (n: number): LineFigure["series"] =>
  many(n).map((y, i) => ({ name: `competitor number ${i}`, points: many(30, (k) => y + 0.01 * noise(k)).map((value, x) => ({ x, y: value })) }));
const log = { label: "value", scale: "log" } as const;
const nameless = { title: "", caption: "" };

/** By what is at the edge. */
export const edges: Readonly<Record<string, Figure>> = {
  "lines: no series": line([], { series: [] }),
  "lines: no points": line([]),
  "lines: one point": line([0.5]),
  "lines: all equal": line([2, 2, 2, 2]),
  "lines: all zero": line([0, 0, 0]),
  "lines: all null": line([null, null]),
  "lines: gaps": line([1, null, 2, null, null, 3, 4]),
  "lines: not finite": line([1, Number.NaN, Number.POSITIVE_INFINITY, 3]),
  "lines: negative": line([-3, -2, 5]),
  "lines: huge": line([1e12, 3e15, 1e308, -1e308, 5e12]),
  "lines: tiny": line([1e-12, 3e-12, 1e-300, 0]),
  "lines: large and close": line([1e9 + 1, 1e9 + 2, 1e9 + 3]),
  "lines: logarithms of zero and less": line([0, -1, 10, 1000], { x: log, y: log }),
  "lines: no logarithm at all": line([0, -1], { x: log, y: log }),
  "lines: less than a decade": line([0.11, 0.12, 0.13], { y: log }),
  "lines: many decades": line([1e-9, 1e-3, 1e6, 1e12], { y: log }),
  "lines: shares of one": line([1, 1, 0.99, 0.1, 0], { y: { label: "accuracy", percent: true, scale: "error" } }),
  "lines: twenty series": line([], { series: named(20) }),
  "lines: twenty equal series": line([], {
    series: named(20).map((one) => ({
      ...one,
      points: [
        { x: 0, y: 1 },
        { x: 1, y: 1 },
      ],
    })),
  }),
  "lines: long names": line([], { series: named(3).map((one) => ({ ...one, name: `${one.name} with a name that goes on and on and does not end` })) }),
  "lines: marked beyond": line([1, 2], { series: [{ name: "a", marked: 9, points: [{ x: 0, y: 1 }] }] }),
  "lines: rules far apart": line([1, 2], {
    rules: [
      { y: 1.5, label: "a rule" },
      { x: 0, label: "left" },
      { x: 1, label: "a long name of a rule" },
    ],
  }),
  "lines: steps and bands": line([], {
    series: [
      {
        name: "a",
        steps: true,
        points: [
          { x: 0, y: 0, low: -1, high: 1 },
          { x: 1, y: 1, low: 0 },
          { x: 2, y: 2, low: 1, high: 3 },
        ],
      },
    ],
  }),
  "lines: in percent of nothing": line([0, 0], { y: { label: "accuracy", percent: true } }),
  "intervals: none": rows([]),
  "intervals: one": rows([0.5]),
  "intervals: all null": rows([null, null]),
  "intervals: all equal": rows([1, 1, 1], { rows: [1, 2, 3].map((i) => ({ name: `${i}`, value: 1, low: 1, high: 1 })) }),
  "intervals: forty-two": rows(many(42)),
  "intervals: far out": rows([0.98, 0.981, 0.979, 0.982, 0.1], { x: { label: "accuracy", percent: true } }),
  "intervals: printed far out": rows(many(6), {
    rows: many(6).map((value, i) => ({ name: `${i}`, value, low: value, high: value, printed: i === 3 ? 40 : value })),
  }),
  "intervals: half far out": rows([1, 1.01, 1.02, 50, 51, 52]),
  "intervals: huge and tiny": rows([1e12, 1e-12, -1e12]),
  "intervals: logarithmic": rows([0.5, 5, 50], { x: log, rules: [{ x: 3, label: "rule" }] }),
  "intervals: groups": rows([], {
    rows: many(8).map((value, i) => ({ name: `row ${i}`, group: i < 4 ? "one" : "two", value, low: value - 0.01, high: value + 0.01 })),
  }),
  "intervals: groups far apart": rows([], {
    rows: many(8).map((value, i) => ({
      name: `row ${i}`,
      group: i < 4 ? "one" : "two",
      value: value + (i < 4 ? 0 : 50),
      low: value - 0.01 + (i < 4 ? 0 : 50),
      high: value + 0.01 + (i < 4 ? 0 : 50),
    })),
  }),
  "intervals: long names": rows(many(3), {
    rows: many(3).map((value) => ({ name: "a competitor whose name goes on and on and does not come to an end", value, low: null, high: null })),
  }),
  "heat: none": squares([]),
  "heat: one": squares([[0.5]]),
  "heat: all equal": squares([
    [1, 1],
    [1, 1],
  ]),
  "heat: all null": squares([[null, null]]),
  "heat: ragged": squares([[1, 2, 3], [4]]),
  "heat: some null and not finite": squares([
    [1, null, Number.NaN],
    [Number.POSITIVE_INFINITY, -3, 2],
  ]),
  "heat: huge and tiny": squares([
    [1e-300, 1e300],
    [-1e12, 0],
  ]),
  "heat: many": squares(Array.from({ length: 25 }, (_, y) => many(25, (x) => Math.sin(x / 4) * Math.cos(y / 5)))),
  "heat: differences": squares(
    [
      [-0.5, 0.1, 0],
      [0.2, -0.1, null],
    ],
    { centre: 0 },
  ),
  "heat: differences on one side": squares([[-5, -1]], { centre: 0 }),
  "heat: no differences": squares([[0, 0]], { centre: 0 }),
  "heat: long names": squares([[0.97, 0.98, 0.5]], {
    x: ["a very long level of a factor", "another long level of a factor", "the longest level of this factor"],
    y: ["a very long level of the other"],
    percent: true,
  }),
  "heat: a collapse": squares(
    [
      [0.98, 0.975, 0.97],
      [0.1, 0.96, 0.11],
    ],
    { percent: true },
  ),
  "heat: marked": squares(
    [
      [1, 2],
      [3, 4],
    ],
    {
      marked: [
        { x: 0, y: 0, label: "one" },
        { x: 1, y: 1, label: "another" },
        { x: 1, y: 0, label: "a third" },
      ],
    },
  ),
  "ranks: none": ranked([]),
  "ranks: one": ranked([1]),
  "ranks: two": ranked([1.4, 1.6], { groups: [["competitor 0", "competitor 1"]] }),
  "ranks: all equal": ranked([3, 3, 3, 3, 3], { groups: [["competitor 0", "competitor 1", "competitor 2", "competitor 3", "competitor 4"]] }),
  "ranks: forty-two": ranked(
    many(42, (i) => 1 + i),
    { criticalDifference: 12, groups: many(30, (i) => i).map((i) => many(12, (k) => i + k).map((k) => `competitor ${k}`)) },
  ),
  "ranks: a difference beyond": ranked([1, 2, 3], { criticalDifference: 9 }),
  "ranks: no difference": ranked([1, 2, 3], { criticalDifference: Number.NaN }),
  "ranks: unknown names": ranked([1, 2], { groups: [["nobody", "competitor 0"]] }),
  "scatter: none": points([]),
  "scatter: one": points([[0.5, 0.5]], { diagonal: true }),
  "scatter: all at one place": points([
    [1, 1],
    [1, 1],
    [1, 1],
  ]),
  "scatter: many": points(many(60).map((x, i) => [x, many(60)[(i * 7) % 60]])),
  "scatter: huge, tiny, not finite": points([
    [1e12, 1e-12],
    [Number.NaN, 1],
    [-1e300, 2],
  ]),
  "scatter: twenty series": points([], {
    diagonal: true,
    series: many(20).map((x, i) => ({ name: `series ${i}`, points: [{ x, y: 0.9 + 0.05 * noise(i + 50), label: `competitor ${i}` }] })),
  }),
  "nameless lines": line([1, 2], { ...nameless, series: [{ name: "", points: [{ x: 0, y: 1 }] }] }),
  "hostile lines": line([1], {
    title: HOSTILE,
    caption: HOSTILE,
    x: { label: HOSTILE },
    y: { label: HOSTILE },
    series: [{ name: HOSTILE, points: [{ x: 0, y: 1 }] }],
    rules: [{ y: 1, label: HOSTILE }],
  }),
  "hostile intervals": rows([], { title: HOSTILE, caption: HOSTILE, rows: [{ name: HOSTILE, group: HOSTILE, value: 1, low: 0, high: 2 }] }),
  "hostile heat": squares([[1]], {
    title: HOSTILE,
    x: [HOSTILE],
    y: [HOSTILE],
    xLabel: HOSTILE,
    details: [[HOSTILE]],
    marked: [{ x: 0, y: 0, label: HOSTILE }],
  }),
  "hostile ranks": ranked([1], { title: HOSTILE, ranks: [{ name: HOSTILE, rank: 1 }] }),
  "hostile scatter": points([[1, 1]], {
    title: HOSTILE,
    series: [
      { name: HOSTILE, points: [{ x: 1, y: 1, label: HOSTILE }] },
      { name: HOSTILE, points: [] },
    ],
  }),
};
