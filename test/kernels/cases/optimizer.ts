import { bound, type Case, type Content, each, type KernelCases, type Run } from "../harness.ts";
import { between, draw, lengths } from "./common.ts";
import { abs, add, div, given, max, mul, type Near, sign, sqrt, sub } from "./near.ts";

const NaNs = draw((u) => (u > 0.5 ? NaN : u));

/**
 * `slots` holds what the optimizer keeps, null where it keeps nothing. Besides every length: a step that is not ok; slots that decay through
 * 1e-30, from above and below it, with no gradient; NaN in a gradient.
 */
function cases(hyper: readonly number[], slots: Record<string, Content>, others: readonly (readonly number[])[]): Case[] {
  const kept = Object.keys(slots).filter((name) => slots[name] !== null);
  const decaying = {
    ...slots,
    ...Object.fromEntries(
      kept.map((name, k) => [
        name,
        [1e-31, 0.99e-30, 1.2e-30, 1e-29, 3e-30, 0, 5e-31, 2e-30, 1e-20, 1e-38, 1e-40].map((x, i) => (SIGNED.has(name) && (i + k) & 1 ? -x : x)),
      ]),
    ),
  };
  return [
    ...lengths(() => ({ data: { hyper, ok: [1], ...slots } })),
    ...lengths(() => ({ data: { hyper, ok: [0], ...slots } }), [1, 4, 7, 37]),
    ...others.flatMap((numbers) => lengths(() => ({ data: { hyper: numbers, ok: [1], ...slots } }), [5, 33])),
    // Anything but 0 is true.
    { sizes: { n: 9 }, data: { hyper, ok: [-1], ...slots } },
    { sizes: { n: 23 }, data: { hyper, ok: [1], ...slots, g: NaNs } },
    { sizes: { n: 23 }, data: { hyper, ok: [1], ...slots, g: 0 } },
    // Without decay a weight of either zero stays as it is.
    { sizes: { n: 7 }, data: { hyper: [...hyper.slice(0, -1), 0], ok: [1], ...slots, p: [0, -0, -0, 0, -0, 1e-40, -0], g: 0 } },
    ...(kept.length > 0
      ? [
          { sizes: { n: 11 }, data: { hyper, ok: [1], ...decaying, g: 0 } },
          { sizes: { n: 11 }, data: { hyper, ok: [1], ...decaying, g: 0, p: 0 } },
        ]
      : []),
    { sizes: { n: 0 }, data: { hyper, ok: [1], ...slots } },
  ];
}

/** Slots that may be negative. */
const SIGNED = new Set(["m", "a"]);

/** A kernel's formula: from the numbers of the step and what its arrays hold at one place, what it writes there. */
type Rule = (h: readonly Near[], at: Record<string, Near>) => Record<string, Near>;

/** The tolerance of the outputs of a rule. */
function of(outputs: readonly string[], rule: Rule): KernelCases["tolerance"] {
  const errors = (run: Run, output: string): ((i: number) => number) => {
    const arrays = Object.entries(run.before).filter((entry): entry is [string, Float64Array] => entry[1] instanceof Float64Array);
    const h = Array.from(run.before.hyper as Float64Array, given);
    return (i) => rule(h, Object.fromEntries(arrays.map(([name, values]) => [name, given(values[i])])))[output].error;
  };
  return each(Object.fromEntries(outputs.map((output) => [output, bound((run) => errors(run, output))])));
}

/** p with its decay. */
const decayed = (p: Near, growth: Near): Near => add(p, mul(growth, p));
/** A step of an average. */
const toward = (x: Near, to: Near, rate: Near): Near => add(x, mul(rate, sub(to, x)));
const squared = (x: Near): Near => mul(x, x);

const adam = of(["p", "m", "v", "largest"], (h, { p, g, m, v, largest }) => {
  const mean = toward(m, g, h[1]);
  const square = toward(v, squared(g), h[2]);
  const most = largest === undefined ? square : max(square, largest);
  return { m: mean, v: square, largest: most, p: sub(decayed(p, h[4]), div(mul(h[0], mean), add(sqrt(most), h[3]))) };
});

const rmsprop = of(["p", "v", "a", "m"], (h, { p, g, v, a, m }) => {
  const deviation = a === undefined ? g : sub(g, a);
  const square = toward(v, mul(h[2], squared(deviation)), h[1]);
  const step = div(mul(h[0], g), add(sqrt(add(square, h[3])), h[4]));
  const velocity = m === undefined ? step : add(mul(h[5], m), step);
  const mean = a === undefined ? g : add(a, mul(h[1], deviation));
  return { v: square, a: mean, m: velocity, p: sub(decayed(p, h[7]), m === undefined ? step : mul(h[6], velocity)) };
});

export const optimizer = {
  sgd_update_f32: {
    tolerance: of(["p"], (h, { p, g }) => ({ p: sub(decayed(p, h[1]), mul(h[0], g)) })),
    cases: cases([0.1, -0.01], {}, [
      [0, 0],
      [-0.3, 0],
      [1e-4, -0.3],
    ]),
  },
  momentum_update_f32: {
    tolerance: of(["p", "m"], (h, { p, g, m }) => {
      const velocity = sub(mul(h[1], m), mul(h[0], g));
      return { m: velocity, p: add(decayed(p, h[3]), mul(h[2], velocity)) };
    }),
    cases: cases([0.1, 0.9, 1, -0.01], { m: between(-1, 1) }, [
      [0.01, 0, 1, 0],
      [0, 0.5, 1, 0],
      [1, 0.99, 0.3, -0.2],
    ]),
  },
  nesterov_update_f32: {
    tolerance: of(["p", "m"], (h, { p, g, m }) => {
      const descent = mul(h[0], g);
      const velocity = sub(mul(h[1], m), descent);
      return { m: velocity, p: add(decayed(p, h[3]), mul(h[2], sub(mul(h[1], velocity), descent))) };
    }),
    cases: cases([0.1, 0.9, 1, -0.01], { m: between(-1, 1) }, [
      [0.01, 0, 1, 0],
      [0, 0.5, 1, 0],
      [1, 0.99, 0.3, -0.2],
    ]),
  },
  adagrad_update_f32: {
    tolerance: of(["p", "v"], (h, { p, g, v }) => {
      const sum = add(v, squared(g));
      return { v: sum, p: sub(decayed(p, h[3]), div(mul(h[0], g), add(sqrt(add(sum, h[1])), h[2]))) };
    }),
    cases: cases([0.1, 1e-7, 0, -0.01], { v: between(0, 2) }, [
      [0.1, 0.2, 0.1, 0],
      [1, 0, 1e-3, -0.3],
    ]),
  },
  adadelta_update_f32: {
    tolerance: of(["p", "v", "u"], (h, { p, g, v, u }) => {
      const square = toward(v, squared(g), h[1]);
      const delta = div(mul(sqrt(add(u, h[2])), g), sqrt(add(square, h[2])));
      return { v: square, u: toward(u, squared(delta), h[1]), p: sub(decayed(p, h[3]), mul(h[0], delta)) };
    }),
    cases: cases([0.5, 0.1, 1e-6, -0.01], { v: between(0, 0.5), u: between(0, 0.5) }, [
      [1, 0.05, 1e-3, 0],
      [0.01, 0.5, 0.3, -0.3],
    ]),
  },
  rmsprop_update_f32: {
    tolerance: rmsprop,
    cases: [
      ...cases([0.01, 0.1, 1, 1e-7, 0, 0, 1, -0.01], { v: between(0, 0.5), a: null, m: null }, [[0.1, 0.01, 1, 0, 1e-2, 0, 1, 0]]),
      ...cases([0.01, 0.1, 0.9, 1e-7, 0, 0, 1, -0.01], { v: between(0, 0.5), a: between(-0.5, 0.5), m: null }, [[0.1, 0.01, 0.99, 0, 1e-2, 0, 1, 0]]),
      ...cases([0.01, 0.1, 1, 1e-7, 0, 0.9, 1, -0.01], { v: between(0, 0.5), a: null, m: between(-1, 1) }, [[1, 0.01, 1, 0, 1e-2, 0.5, 0.1, 0]]),
      ...cases([1, 0.1, 0.9, 0.1, 0, 0.9, 0.01, -0.01], { v: between(0, 0.5), a: between(-0.5, 0.5), m: between(-1, 1) }, [
        [1, 0.01, 0.99, 0, 1e-2, 0.5, 0.1, 0],
      ]),
    ],
  },
  adam_update_f32: {
    tolerance: adam,
    cases: [
      ...cases([0.01, 0.1, 0.001, 1e-7, -0.01], { m: between(-0.1, 0.1), v: between(0, 0.2), largest: null }, [
        [0.003, 0.5, 0.3, 1e-3, 0],
        [1, 1, 1, 0.1, -0.3],
      ]),
      ...cases([0.01, 0.1, 0.1, 1e-7, -0.01], { m: between(-0.1, 0.1), v: between(0, 0.2), largest: between(0, 0.3) }, [[1, 0.5, 0.3, 0.1, 0]]),
    ],
  },
  adamax_update_f32: {
    tolerance: of(["p", "m", "u"], (h, { p, g, m, u }) => {
      const mean = toward(m, g, h[1]);
      const most = max(add(abs(g), h[3]), sub(u, mul(h[2], u)));
      return { m: mean, u: most, p: sub(decayed(p, h[5]), div(mul(h[0], mean), add(most, h[4]))) };
    }),
    cases: cases([0.01, 0.1, 0.001, 0, 1e-7, -0.01], { m: between(-0.1, 0.1), u: between(0, 1.5) }, [
      [0.1, 0.5, 0.3, 0.2, 0, 0],
      [1, 1, 0.5, 0, 0.1, -0.3],
    ]),
  },
  nadam_update_f32: {
    tolerance: of(["p", "m", "v"], (h, { p, g, m, v }) => {
      const mean = toward(m, g, h[1]);
      const square = toward(v, squared(g), h[2]);
      return { m: mean, v: square, p: sub(decayed(p, h[5]), div(add(mul(h[0], mean), mul(h[4], g)), add(sqrt(square), h[3]))) };
    }),
    cases: cases([0.01, 0.1, 0.001, 1e-7, 0.02, -0.01], { m: between(-0.1, 0.1), v: between(0, 0.2) }, [
      [0.003, 0.5, 0.3, 1e-3, 0.01, 0],
      [1, 1, 1, 0.1, -0.5, -0.3],
    ]),
  },
  lion_update_f32: {
    tolerance: of(["p", "m"], (h, { p, g, m }) => {
      const difference = sub(g, m);
      const direction = sign(add(m, mul(h[1], difference)));
      return { m: add(m, mul(h[2], difference)), p: sub(decayed(p, h[3]), mul(h[0], direction)) };
    }),
    cases: [
      ...cases([0.01, 0.1, 0.01, -0.01], { m: between(-0.3, 0.3) }, [
        [0.1, 0.5, 0.3, 0],
        [1, 1, 1, -0.3],
      ]),
      // Zeros of either sign and denormals have a direction of their own.
      { sizes: { n: 7 }, data: { hyper: [0.5, 0.5, 0.25, 0], ok: [1], m: [0, -0, 1, -1, 0, 1, -1], g: [0, -0, -1, 1, -(2 ** -140), 1, -1], p: 0.25 } },
    ],
  },
} satisfies Record<string, KernelCases>;
