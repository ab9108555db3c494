import { bound, type Case, exact, type KernelCases, random, type Tolerance } from "../harness.ts";

interface Shape {
  readonly cell: number;
  readonly N: number;
  readonly T: number;
  readonly D: number;
  readonly U: number;
  readonly activation: number;
  readonly recurrentActivation: number;
  readonly reverse: number;
  /** Which optional operands are there, by bits: mask, recurrent mask, h0, c0. */
  readonly given: number;
}

/** [N, T, D, U]: one and many samples, steps and units, whole blocks of 8 and 32 and parts of them, inputs in one and in several runs. */
const SIZES: readonly (readonly number[])[] = [
  [1, 1, 1, 1],
  [3, 2, 5, 3],
  [4, 7, 4, 8],
  [5, 3, 12, 20],
  [7, 5, 28, 16],
  [13, 4, 9, 11],
  [32, 3, 6, 9],
  [40, 2, 3, 5],
  [37, 40, 2, 1],
  [2, 3, 28, 128],
  [2, 2, 260, 7],
  [1, 600, 3, 2],
  [0, 3, 4, 5],
];

const shapes: Shape[] = [0, 1, 2].flatMap((cell) =>
  SIZES.flatMap(([N, T, D, U], i) =>
    [0, 1].map((k) => ({
      cell,
      N,
      T,
      D,
      U,
      activation: k === 0 || i < 3 ? 0 : (i + 2) % 5,
      recurrentActivation: k === 0 || i < 3 ? 1 : (i + cell) % 5,
      reverse: (i + k) % 2,
      given: k === 0 ? 0 : [15, 1, 2, 4, 8, 3, 13, 11, 7, 6, 5, 15, 15][i],
    })),
  ),
);

let streams = 900;

/** Random numbers up to `scale`. */
function draw(scale: number): (i: number) => number {
  const stream = streams++;
  return (i) => Math.fround(random(stream, i) * scale);
}

/** Ragged sequences: every sample ends somewhere, some begin late, and some have a gap. */
const mask =
  ({ T }: Shape) =>
  (i: number): number => {
    const [n, t] = [Math.floor(i / T), i % T];
    return t < T - ((n * 5) % T) && (n % 3 !== 1 || t > n % 2) && (n % 4 !== 2 || t % 3 !== 1) ? 1 : 0;
  };

const recurrentMask = (i: number): number => (i % 5 === 1 ? 0 : 1.25);
const options = (shape: Shape, first: Record<string, number | ((i: number) => number)> = {}) => ({
  mask: shape.given & 1 ? mask(shape) : null,
  recurrentMask: shape.given & 2 ? recurrentMask : null,
  ...first,
});
const functions = ({ cell, N, T, D, U, activation, recurrentActivation, reverse }: Shape) => ({ cell, N, T, D, U, activation, recurrentActivation, reverse });
/** Weights with which states neither vanish nor explode. */
const weights = (inputs: number) => draw(0.8 / Math.sqrt(inputs));

const forward = shapes.map((shape, i): Case => {
  const x = draw(1);
  return {
    sizes: functions(shape),
    shift: i % 4,
    data: {
      ...options(shape),
      x: (k) => (k % 7 < i % 5 ? 0 : x(k)),
      weights: weights(shape.D + shape.U),
      h0: shape.given & 4 ? draw(1) : null,
      c0: shape.given & 8 ? draw(1) : null,
    },
  };
});

// Where hard sigmoids end on both sides.
forward.push({
  sizes: { cell: 1, N: 3, T: 2, D: 1, U: 8, activation: 4, recurrentActivation: 4, reverse: 0 },
  data: { ...options(shapes[0]), x: draw(1), weights: draw(9), h0: null, c0: null },
});

/** Results of the activations: of some, numbers from 0 on, and where they bend exactly 0 or 1. */
function results({ activation, recurrentActivation }: Shape): (i: number) => number {
  const u = draw(1);
  const bends = [activation, recurrentActivation].some((which) => which === 2 || which === 4);
  return (i) => (bends ? (i % 5 === 0 ? 0 : i % 7 === 0 ? 1 : Math.abs(u(i))) : u(i));
}

const backward = shapes.map((shape, i): Case => {
  const sizes = functions(shape);
  // Of doutputs, dh, dc one or two are absent.
  return {
    sizes,
    shift: i % 4,
    ...(i % 3 === 0 && { inPlace: "gates" }),
    data: {
      ...options(shape),
      weights: weights(shape.U),
      gates: results(shape),
      cells: results(shape),
      ...(i % 4 === 1 && { doutputs: null }),
      ...(i % 4 === 2 && { dh: null }),
      ...(i % 5 !== 0 && { dc: null }),
      ...(!(shape.given & 4) && { dh0: null }),
      ...(!(shape.given & 8) && { dc0: null }),
    },
  };
});

const backwardWeights = shapes.flatMap((shape, i) =>
  [0, 1].map((beta): Case => {
    const { cell, N, T, D, U } = shape;
    const x = draw(1);
    return {
      sizes: { cell, N, T, D, U, units: beta && U > 3 ? U - 3 : U, biases: [0, 1, cell === 2 ? 2 : 1][(i + beta) % 3], beta },
      shift: (i + beta) % 4,
      data: { recurrentMask: shape.given & 2 ? recurrentMask : null, x: (k) => (k % 11 < 6 ? 0 : x(k)) },
    };
  }),
);

const pack = [0, 1, 2].flatMap((cell) =>
  SIZES.map(([, , D, U], i): Case => ({ sizes: { cell, D, U }, shift: (i + cell) % 4, data: i % 3 === 1 ? { bias: null } : {} })),
);
const transposed = [0, 1, 2].flatMap((cell) => SIZES.map(([, , , U], i): Case => ({ sizes: { cell, U }, shift: (i + cell) % 4 })));

/** Errors are as large for small values: sums cancel, and errors of a step reach all later ones. */
const steps: Tolerance = bound((run, output) => {
  const largest = Array.from(run.after[output] as Float64Array).reduce((most, value) => (Math.abs(value) < 1e4 ? Math.max(most, Math.abs(value)) : most), 1);
  return () => 1.2e-5 * largest;
});

/** Sums of N T products of factors below 1.25. */
const sums: Tolerance = bound(({ sizes: { N, T } }) => {
  const limit = 1e-6 * Math.sqrt(N * T);
  return () => limit;
});

export const recurrent = {
  recurrent_pack_f32: { tolerance: bound(() => () => 1.2e-7), cases: pack },
  recurrent_pack_transposed_f32: { tolerance: exact, cases: transposed },
  recurrent_forward_f32: { tolerance: steps, cases: forward },
  recurrent_backward_f32: { tolerance: steps, cases: backward },
  recurrent_backward_weights_f32: { tolerance: sums, cases: backwardWeights },
} satisfies Record<string, KernelCases>;
