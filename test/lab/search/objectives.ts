/** Functions whose least value is known, and some with dimensions of every kind. */
import type { Point, Space } from "../../../src/lab/search/index.ts";

export interface Problem {
  readonly space: Space;
  readonly value: (point: Point) => number;
  /** The least value. */
  readonly least: number;
}

type Numbers = Readonly<Record<string, number>>;
const problem = (space: Space, least: number, value: (point: Numbers) => number): Problem => ({ space, least, value: (point) => value(point as Numbers) });
const unit = { low: 0, high: 1 };

/** Dixon & Szego 1978, "The global optimization problem: an introduction". Least at (-pi, 12.275), (pi, 2.275) and (9.42478, 2.475). */
export const branin = problem(
  { x: { low: -5, high: 10 }, y: { low: 0, high: 15 } },
  0.397887,
  ({ x, y }) => (y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10,
);

const HARTMANN = {
  alpha: [1, 1.2, 3, 3.2],
  a: [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  p: [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ],
};

/** Hartmann's function of six dimensions (Dixon & Szego 1978). Least at (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573). */
export const hartmann6 = problem({ x1: unit, x2: unit, x3: unit, x4: unit, x5: unit, x6: unit }, -3.32237, (point) => {
  const x = Object.values(point);
  return -HARTMANN.alpha.reduce(
    (sum, alpha, i) => sum + alpha * Math.exp(-x.reduce((inner, value, j) => inner + HARTMANN.a[i][j] * (value - HARTMANN.p[i][j]) ** 2, 0)),
    0,
  );
});

/** Like a network's error: a rate with its best place by the logarithm, which depends on the optimizer, a width with little gain, a penalty without much effect. */
export const network: Problem = {
  space: {
    learningRate: { low: 1e-5, high: 10, log: true },
    hidden: { low: 8, high: 512, log: true, integer: true },
    optimizer: ["sgd", "momentum", "adam", "rmsprop"],
    dropout: { low: 0, high: 0.8 },
    activation: ["relu", "tanh", "sigmoid"],
  },
  least: 0,
  value: ({ learningRate, hidden, optimizer, dropout, activation }) => {
    const best: Record<string, number> = { sgd: 0, momentum: -1, adam: -2.7, rmsprop: -3 };
    const loss: Record<string, number> = { sgd: 0.05, momentum: 0.02, adam: 0, rmsprop: 0.01, relu: 0, tanh: 0.03, sigmoid: 0.15 };
    const distance = Math.log10(learningRate as number) - best[optimizer as string];
    return (
      0.1 * Math.min(distance * distance, 6) +
      loss[optimizer as string] +
      loss[activation as string] +
      0.3 * Math.log10(512 / (hidden as number)) ** 2 +
      0.4 * ((dropout as number) - 0.2) ** 2
    );
  },
};

/** Only choices and whole numbers: 4 of 6 x 5 x 4 x 20 points are the least. */
export const discrete: Problem = {
  space: { a: ["p", "q", "r", "s", "t", "u"], b: [1, 2, 4, 8, 16], c: ["w", "x", "y", "z"], n: { low: 1, high: 20, integer: true } },
  least: 0,
  value: ({ a, b, c, n }) =>
    (a === "r" ? 0 : a === "s" ? 0.5 : 2) + Math.abs(Math.log2(b as number) - 3) + (c === "z" ? 0.7 : 0) + Math.abs((n as number) - 14) / 4,
};

/** A bowl of ten dimensions of which two matter. */
export const sparse = problem(
  Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x${i}`, { low: -5, high: 5 }])),
  0,
  ({ x0, x7, x3 }) => (x0 - 1) ** 2 + 4 * (x7 + 2) ** 2 + 0.01 * x3 * x3,
);

/** Rosenbrock 1960: a bent valley. */
export const rosenbrock = problem({ x: { low: -2, high: 2 }, y: { low: -1, high: 3 } }, 0, ({ x, y }) => 100 * (y - x * x) ** 2 + (1 - x) ** 2);

export const problems = { branin, hartmann6, network, discrete, sparse, rosenbrock };
