import { bound, type Case, type Content, each, type KernelCases, type Run, roundings, U } from "../harness.ts";
import { between, draw, lengths } from "./common.ts";

const NaNs = draw((u) => (u > 0.5 ? NaN : u));

/**
 * `slots` holds m and v. Besides every length: a step that is not ok; slots that decay through 1e-30, from above and below it, with no
 * gradient; NaN in a gradient.
 */
function cases(hyper: readonly number[], slots: Record<string, Content>, others: readonly (readonly number[])[]): Case[] {
  const decaying = Object.fromEntries(
    Object.keys(slots).map((name, k) => [
      name,
      [1e-31, 0.99e-30, 1.2e-30, 1e-29, 3e-30, 0, 5e-31, 2e-30, 1e-20, 1e-38, 1e-40].map((x, i) => (k === 0 && i & 1 ? -x : x)),
    ]),
  );
  return [
    ...lengths(() => ({ data: { hyper, ok: [1], ...slots } })),
    ...lengths(() => ({ data: { hyper, ok: [0], ...slots } }), [1, 4, 7, 37]),
    ...others.flatMap((numbers) => lengths(() => ({ data: { hyper: numbers, ok: [1], ...slots } }), [5, 33])),
    // Anything but 0 is true.
    { sizes: { n: 9 }, data: { hyper, ok: [-1], ...slots } },
    { sizes: { n: 23 }, data: { hyper, ok: [1], ...slots, g: NaNs } },
    { sizes: { n: 23 }, data: { hyper, ok: [1], ...slots, g: 0 } },
    ...(Object.keys(slots).length > 0
      ? [
          { sizes: { n: 11 }, data: { hyper, ok: [1], ...decaying, g: 0 } },
          { sizes: { n: 11 }, data: { hyper, ok: [1], ...decaying, g: 0, p: 0 } },
        ]
      : []),
    { sizes: { n: 0 }, data: { hyper, ok: [1], ...slots } },
  ];
}

/** The values of an update in terms of the arrays before and after it. */
const array = (run: Run, when: "before" | "after", name: string): Float64Array => run[when][name] as Float64Array;

export const optimizer = {
  // A product and a sum.
  sgd_update_f32: { tolerance: roundings(2, ["p", "g"], ["hyper"]), cases: cases([0.1], {}, [[0], [-0.3], [1e-4]]) },
  // m: two products and a sum; p: that and one more sum.
  momentum_update_f32: {
    tolerance: each({
      m: bound((run) => velocityError(run)),
      p: bound((run) => {
        const error = velocityError(run);
        return (i) => error(i) + 1.01 * U * Math.abs(array(run, "after", "p")[i]) + 2 ** -149;
      }),
    }),
    cases: cases([0.1, 0.9], { m: between(-1, 1) }, [
      [0.01, 0],
      [0, 0.5],
      [0.3, 0.99],
    ]),
  },
  nesterov_update_f32: {
    tolerance: each({
      m: bound((run) => velocityError(run)),
      p: bound((run) => {
        const error = velocityError(run);
        const [rate, momentum] = array(run, "before", "hyper");
        return (i) => {
          const descent = Math.abs(rate * array(run, "before", "g")[i]);
          const push = Math.abs(momentum * array(run, "after", "m")[i]);
          return momentum * error(i) + 1.01 * U * (2 * push + 2 * descent + Math.abs(array(run, "after", "p")[i])) + 2 ** -149;
        };
      }),
    }),
    cases: cases([0.1, 0.9], { m: between(-1, 1) }, [
      [0.01, 0],
      [0, 0.5],
      [0.3, 0.99],
    ]),
  },
  adam_update_f32: {
    tolerance: each({
      m: bound((run) => meanError(run)),
      v: bound((run) => squareError(run)),
      p: bound((run) => {
        const [mean, square] = [meanError(run), squareError(run)];
        const [step, , , epsilon] = array(run, "before", "hyper");
        return (i) => {
          const [m, v] = [Math.abs(array(run, "after", "m")[i]), array(run, "after", "v")[i]];
          const root = Math.sqrt(v);
          const below = root + epsilon;
          const size = (Math.abs(step) * m) / below;
          // d sqrt(v) <= min(dv / sqrt(v), sqrt(dv)); product, root, sum, quotient, difference.
          const rootError = v > 0 ? square(i) / root : Math.sqrt(square(i));
          return (Math.abs(step) * mean(i)) / below + (size * rootError) / below + 1.01 * U * (5 * size + Math.abs(array(run, "after", "p")[i])) + 2 ** -148;
        };
      }),
    }),
    cases: cases([0.01, 0.1, 0.001, 1e-7], { m: between(-0.1, 0.1), v: between(0, 0.2) }, [
      [0.003, 0.5, 0.3, 1e-3],
      [1, 1, 1, 0.1],
    ]),
  },
} satisfies Record<string, KernelCases>;

/** h1 m - h0 g: two products and their sum. */
function velocityError(run: Run): (i: number) => number {
  const [rate, momentum] = array(run, "before", "hyper");
  const [m, g] = [array(run, "before", "m"), array(run, "before", "g")];
  return (i) => 2.01 * U * (Math.abs(momentum * m[i]) + Math.abs(rate * g[i])) + 2 ** -149;
}

/** m + h1 (g - m): difference, product, sum. */
function meanError(run: Run): (i: number) => number {
  const h1 = array(run, "before", "hyper")[1];
  const [m, g] = [array(run, "before", "m"), array(run, "before", "g")];
  return (i) => 1.01 * U * (2 * h1 * Math.abs(g[i] - m[i]) + Math.abs(array(run, "after", "m")[i])) + 2 ** -149;
}

/** v + h2 (g^2 - v): square, difference, product, sum. */
function squareError(run: Run): (i: number) => number {
  const h2 = array(run, "before", "hyper")[2];
  const [v, g] = [array(run, "before", "v"), array(run, "before", "g")];
  return (i) => 1.01 * U * (h2 * (g[i] ** 2 + 2 * Math.abs(g[i] ** 2 - v[i])) + Math.abs(array(run, "after", "v")[i])) + 2 ** -149;
}
