/** What surrounds an optimizer's step, on given gradients, against PyTorch. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  adam,
  adamw,
  type Constraint,
  defineLayer,
  glorotUniform,
  l1l2,
  maxNorm,
  nonNegative,
  type Optimizer,
  ops,
  type Regularizer,
  type Runtime,
  sequential,
  sgd,
} from "../../src/index.ts";
import { distance, everyRuntime, golden } from "./golden.ts";

interface Options {
  optimizer?: "sgd" | "momentum" | "adam" | "adamw";
  learningRate?: number;
  clipValue?: number;
  clipNorm?: number;
  globalClipNorm?: number;
  ema?: number;
  l1?: number;
  l2?: number;
  maxNorm?: number;
  nonNegative?: boolean;
  accumulationSteps?: number;
}
interface Case {
  readonly options: Options;
  readonly weights: Record<string, number[]>;
  readonly tolerance: Record<string, number>;
  readonly penalty: number;
  readonly penaltyTolerance: number;
}

const { cases } = golden<{ cases: Case[] }>("update.json");
const runtimes = await everyRuntime();
const STEPS = 12;
const SHAPES: Record<string, number[]> = { a: [3, 4], b: [5], c: [1200] };
const WIDTH = 12 + 5 + 1200;

let state = 1;
/** The generator's numbers. */
const draw = (n: number): Float32Array =>
  Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
const start = draw(WIDTH);
const gradients = new Float32Array(STEPS * 3 * WIDTH);
for (let t = 0; t < STEPS * 3; t++) {
  gradients.set(
    draw(WIDTH).map((g) => g * 2 ** (Math.floor(t / 3) - 2)),
    t * WIDTH,
  );
}

const flat = (name: string): number => SHAPES[name].reduce((x, y) => x * y, 1);

/** The sum of all parameters, each times its part of x: that part is its gradient. */
function given(regularizer: Regularizer | undefined, constraint: (name: string) => Constraint | undefined) {
  return defineLayer({
    className: "Given",
    apply(x, { parameter }) {
      let from = 0;
      return Object.entries(SHAPES)
        .map(([name, shape]) => {
          const w = parameter(name, shape, { initializer: glorotUniform(), ...(name !== "b" && { regularizer, constraint: constraint(name) }) });
          const part = ops.mul(ops.slice(x, [0, from], [-1, flat(name)]), ops.reshape(w, [flat(name)]));
          from += flat(name);
          return ops.sum(part, { axes: 1, keepDims: true });
        })
        .reduce((a, b) => ops.add(a, b));
    },
  });
}

function optimizerOf({ optimizer = "sgd", learningRate = 0.1, clipValue, clipNorm, globalClipNorm, ema }: Options): Optimizer {
  const common = { learningRate, clipValue, clipNorm, globalClipNorm, ema };
  if (optimizer === "adamw") return adamw({ ...common, weightDecay: 0.05, preset: "torch" });
  return optimizer === "adam" ? adam({ ...common, preset: "torch" }) : sgd({ ...common, momentum: optimizer === "momentum" ? 0.9 : 0 });
}

async function run(options: Options, runtime: Runtime) {
  const { l1, l2, accumulationSteps = 1 } = options;
  const regularizer = l1 === undefined && l2 === undefined ? undefined : l1l2({ l1, l2 });
  // PyTorch's clamp comes after renorm: both at once are tested apart.
  const both = (name: string): Constraint | undefined => {
    const norm = options.maxNorm === undefined ? undefined : maxNorm(options.maxNorm);
    const sign = options.nonNegative === true ? nonNegative() : undefined;
    if (norm === undefined || sign === undefined) return norm ?? sign;
    return { name, axes: norm.axes, config: () => ({}), emit: (parameter) => [norm, sign].forEach((constraint) => void constraint.emit(parameter)) };
  };
  const model = sequential({ inputShape: [WIDTH], runtime }, [given(regularizer, both)]);
  await model.setWeights([start.slice(0, 12), start.slice(12, 17), start.slice(17)]);
  model.compile({ optimizer: optimizerOf(options), loss: (_, yPred) => ops.sum(yPred, { axes: 1 }) });
  const count = STEPS * accumulationSteps;
  const data = dataset({ x: gradients.slice(0, count * WIDTH), y: new Float32Array(count), sampleShape: [WIDTH] });
  const { epochs } = await model.fit(data, { batchSize: 1, accumulationSteps, shuffle: false });
  const weights = new Map((await model.getWeights()).map(({ name, data }) => [name.replace("given/", ""), data]));
  if (options.ema !== undefined) for (const { name, data } of await model.averagedWeights()) weights.set(name.replace("given/", "ema/"), data);
  model.dispose();
  return { epoch: epochs[0], weights };
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(cases.map((c) => [JSON.stringify(c.options), c] as const))("%s", async (_, { options, weights, tolerance, penalty, penaltyTolerance }) => {
    const ours = await run(options, runtime);
    expect([...ours.weights.keys()].sort()).toEqual(Object.keys(weights).sort());
    for (const [name, expected] of Object.entries(weights)) {
      const all = ours.weights.get(name) as Float32Array;
      expect(distance(expected.length === all.length ? all : all.filter((_, i) => i % 23 === 0), expected), name).toBeLessThanOrEqual(tolerance[name]);
    }
    expect(ours.epoch.steps).toBe(STEPS);
    expect(Math.abs(ours.epoch.penalty - penalty)).toBeLessThanOrEqual(penaltyTolerance * penalty);
  });
});
