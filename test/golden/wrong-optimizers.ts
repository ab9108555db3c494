/**
 * Optimizers as they are often got wrong, each with the golden case that must notice: wrong constants, and wrong formulas made from a right
 * optimizer by changing its numbers of a step, or by putting kernels before its own.
 */
import { adadelta, adagrad, adam, adamax, adamw, lion, nadam, type Optimizer, rmsprop, sgd } from "../../src/index.ts";
import type { OptimizerState, UpdateGroup } from "../../src/optimizers/optimizer.ts";

/** A fault of the named case's optimizer. */
export interface WrongOptimizer {
  readonly what: string;
  readonly file: "optimizers.json" | "keras-optimizers.json";
  readonly case: string;
  readonly make: () => Optimizer;
}

type Hyper = { [i: number]: number };

/** Changes the numbers of each step. @param t counts from 1 */
function altered(optimizer: Optimizer, change: (hyper: Hyper, rate: number, t: number, state: OptimizerState) => void): Optimizer {
  let t = 0;
  return {
    ...optimizer,
    step(hyper, rate, state) {
      optimizer.step(hyper, rate, state);
      change(hyper, rate, ++t, state);
    },
  };
}

/** Decay as a part of the gradient (L2): g += weightDecay p, which the slots see. */
function coupled(optimizer: Optimizer, weightDecay: number): Optimizer {
  const { hypers } = optimizer;
  return {
    ...optimizer,
    hypers: hypers + 2,
    step(hyper, rate, state) {
      optimizer.step(hyper, rate, state);
      hyper[hypers] = -weightDecay;
      hyper[hypers + 1] = 0;
    },
    emit(group: UpdateGroup) {
      group.emit("sgd_update_f32", { p: group.g, g: group.p, n: group.n, hyper: { ...group.hyper, at: hypers }, ok: group.ok });
      optimizer.emit(group);
    },
  };
}

const preset = "torch" as const;
const torch = (name: string, ...faults: [what: string, make: () => Optimizer][]): WrongOptimizer[] =>
  faults.map(([what, make]) => ({ what, file: "optimizers.json", case: name, make }));
const keras = (name: string, ...faults: [what: string, make: () => Optimizer][]): WrongOptimizer[] =>
  faults.map(([what, make]) => ({ what, file: "keras-optimizers.json", case: name, make }));

const momentum = { learningRate: 0.01, momentum: 0.9, preset };
const nesterov = { ...momentum, nesterov: true };

export const wrongOptimizers: readonly WrongOptimizer[] = [
  ...torch("sgd", ["a part in 10^5 of the rate", () => sgd({ learningRate: 0.100001 })]),
  ...torch(
    "sgd, decay",
    ["decay not scaled by the learning rate", () => altered(sgd({ learningRate: 0.1 }), (h) => void (h[1] = -0.01))],
    ["weights grow", () => altered(sgd({ learningRate: 0.1 }), (h) => void (h[1] = 0.001))],
    ["no decay", () => sgd({ learningRate: 0.1 })],
  ),
  ...torch(
    "momentum",
    ["damped", () => altered(sgd(momentum), (h) => void (h[0] = 0.1))],
    ["Nesterov", () => sgd(nesterov)],
    ["momentum 0.99", () => sgd({ ...momentum, momentum: 0.99 })],
  ),
  ...torch("momentum, changing", ["Keras's form", () => sgd({ learningRate: 0.01, momentum: 0.9 })]),
  ...torch("momentum, decay", ["decay coupled", () => coupled(sgd({ learningRate: 0.01, momentum: 0.5, preset }), 0.1)]),
  ...torch(
    "nesterov",
    ["plain momentum", () => sgd(momentum)],
    ["looks ahead with the old velocity", () => altered(sgd(nesterov), (h, _, t) => void (h[1] = t % 2 ? 0.9 : 0.81))],
  ),
  ...torch("nesterov, changing", ["Keras's form", () => sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true })]),
  ...keras(
    "momentum",
    ["not scaled by the rate", () => altered(sgd({ learningRate: 0.01, momentum: 0.9 }), (h) => void (h[0] = 1))],
    ["descent without it", () => sgd({ learningRate: 0.01 })],
  ),
  ...keras("nesterov", ["plain momentum", () => sgd({ learningRate: 0.01, momentum: 0.9 })]),

  ...torch(
    "adagrad",
    ["epsilon under the root", () => adagrad({ learningRate: 0.01, initialAccumulatorValue: 0, epsilon: 1e-10 })],
    ["epsilon of Keras", () => adagrad({ epsilon: 1e-7, preset })],
    ["starts from 0.1", () => adagrad({ initialAccumulatorValue: 0.1, preset })],
    ["forgets", () => rmsprop({ learningRate: 0.01, epsilon: 1e-10, preset })],
  ),
  ...torch("adagrad, decay", ["decay coupled", () => coupled(adagrad({ preset }), 0.1)]),
  ...keras(
    "adagrad",
    ["starts from 0", () => adagrad({ initialAccumulatorValue: 0 })],
    ["epsilon after the root", () => adagrad({ preset, learningRate: 0.001, initialAccumulatorValue: 0.1, epsilon: 1e-4 })],
  ),
  ...keras("adagrad, given", ["epsilon after the root", () => adagrad({ preset, learningRate: 0.1, initialAccumulatorValue: 1e-6, epsilon: 1e-7 })]),

  ...torch(
    "adadelta",
    ["rho of Keras", () => adadelta({ rho: 0.95, preset })],
    ["epsilon of Keras", () => adadelta({ epsilon: 1e-7, preset })],
    ["rate of Keras", () => adadelta({ learningRate: 0.001, preset })],
    ["the average of updates starts from 1", () => ({ ...adadelta({ preset }), slots: { v: 0, u: 1 } })],
  ),
  ...torch("adadelta, decay", ["decay coupled", () => coupled(adadelta({ preset }), 0.01)]),

  ...torch(
    "rmsprop",
    ["rho of Keras", () => rmsprop({ rho: 0.9, preset })],
    ["epsilon under the root", () => rmsprop({ learningRate: 0.01, rho: 0.99, epsilon: 1e-8 })],
    ["centered", () => rmsprop({ centered: true, preset })],
    ["epsilon 1e-7", () => rmsprop({ epsilon: 1e-7, preset })],
  ),
  ...torch(
    "rmsprop, momentum",
    ["no momentum", () => rmsprop({ preset })],
    ["momentum of Adam", () => altered(rmsprop({ momentum: 0.9, preset }), (h) => void (h[0] = 0.1))],
  ),
  ...torch("rmsprop, momentum, changing", ["Keras's form", () => altered(rmsprop({ momentum: 0.9, preset }), (h, rate) => void ([h[0], h[6]] = [rate, 1]))]),
  ...torch(
    "rmsprop, centered",
    ["not centered", () => rmsprop({ preset })],
    ["the variance without its factor rho", () => altered(rmsprop({ centered: true, preset }), (h) => void (h[2] = 1))],
  ),
  ...torch("rmsprop, decay", ["decay coupled", () => coupled(rmsprop({ preset }), 0.1)]),
  ...keras(
    "rmsprop",
    ["rho 0.99", () => rmsprop({ rho: 0.99 })],
    ["epsilon after the root", () => rmsprop({ preset, learningRate: 0.001, rho: 0.9, epsilon: 1e-7 })],
    ["bias correction", () => altered(rmsprop(), (h, rate, t) => void (h[0] = rate * Math.sqrt(1 - 0.9 ** t)))],
  ),
  ...keras("rmsprop, momentum, changing", ["PyTorch's form", () => altered(rmsprop({ momentum: 0.9 }), (h, rate) => void ([h[0], h[6]] = [1, rate]))]),

  ...torch(
    "adam",
    ["epsilon 1e-4", () => adam({ epsilon: 1e-4, preset })],
    ["epsilon of Keras", () => adam({ epsilon: 1e-7, preset })],
    ["epsilon before the bias correction", () => adam({ epsilon: 1e-8 })],
    ["no bias correction", () => altered(adam({ preset }), (h, rate) => void ([h[0], h[3]] = [rate, 1e-8]))],
    ["m not corrected", () => altered(adam({ preset }), (h, rate, _, { beta2Power }) => void (h[0] = rate * Math.sqrt(1 - beta2Power)))],
    ["v not corrected", () => altered(adam({ preset }), (h, rate, _, { beta1Power }) => void ([h[0], h[3]] = [rate / (1 - beta1Power), 1e-8]))],
    [
      "multiplied by the corrections",
      () => altered(adam({ preset }), (h, rate, _, s) => void (h[0] = (rate * (1 - s.beta1Power)) / Math.sqrt(1 - s.beta2Power))),
    ],
    ["steps counted from 1 too late", () => ({ ...adam({ preset }), start: () => ({ beta1Power: 0.9, beta2Power: 0.999 }) })],
    ["beta1 0.95", () => adam({ beta1: 0.95, preset })],
    ["beta2 0.99", () => adam({ beta2: 0.99, preset })],
    ["AMSGrad", () => adam({ amsgrad: true, preset })],
    ["Nadam", () => nadam({ learningRate: 0.001, preset })],
  ),
  ...torch("adam, amsgrad", ["no AMSGrad", () => adam({ preset })]),
  ...torch("adam, amsgrad, given", ["no AMSGrad", () => adam({ beta1: 0.5, beta2: 0.8, epsilon: 1e-4, preset })]),

  ...torch(
    "adamw",
    ["no decay", () => adam({ preset })],
    ["decay of Keras", () => adamw({ weightDecay: 0.004, preset })],
    ["decay coupled", () => coupled(adam({ preset }), 0.01)],
    ["decay not scaled by the learning rate", () => altered(adam({ preset }), (h) => void (h[4] = -0.01))],
  ),
  ...torch("adamw, changing", ["decay by the first learning rate", () => altered(adamw({ weightDecay: 0.5, preset }), (h) => void (h[4] = -0.0005))]),

  ...torch(
    "adamax",
    ["epsilon of Keras", () => adamax({ epsilon: 1e-7, preset })],
    ["epsilon after the maximum", () => adamax({ learningRate: 0.002, epsilon: 1e-8 })],
    ["no bias correction", () => altered(adamax({ preset }), (h, rate) => void (h[0] = rate))],
    ["beta2 0.99", () => adamax({ beta2: 0.99, preset })],
    ["Adam", () => adam({ learningRate: 0.002, preset })],
  ),
  ...torch("adamax, decay", ["decay coupled", () => coupled(adamax({ preset }), 0.1)]),
  ...keras("adamax", ["epsilon in the maximum", () => adamax({ preset, learningRate: 0.001, epsilon: 1e-7 })]),

  ...torch(
    "nadam",
    ["momentum decay of Keras", () => nadam({ momentumDecay: 1, preset })],
    ["momentum that does not rise", () => nadam({ momentumDecay: 0, preset })],
    ["mu counted twice in the next product, as PyTorch 1.13 does", () => altered(nadam({ preset }), (h, rate, t, s) => void (h[0] = twice(rate, t, s)))],
    ["no look-ahead", () => adam({ learningRate: 0.002, preset })],
    ["epsilon before the bias correction", () => altered(nadam({ preset }), (h) => void (h[3] = 1e-8))],
    ["epsilon of Keras", () => nadam({ epsilon: 1e-7, preset })],
  ),
  ...torch("nadam, decay", ["decay coupled", () => coupled(nadam({ preset }), 0.1)]),

  ...torch(
    "lion",
    ["betas swapped", () => lion({ beta1: 0.99, beta2: 0.9 })],
    ["the direction of the new average", () => lion({ beta1: 0.99, beta2: 0.99 })],
    ["signs of gradients alone", () => lion({ beta1: 0, beta2: 0.99 })],
    ["betas of Adam", () => lion({ beta1: 0.9, beta2: 0.999 })],
    ["no signs", () => sgd({ learningRate: 0.001, momentum: 0.9, preset })],
  ),
  ...torch(
    "lion, decay",
    ["decay coupled", () => coupled(lion(), 0.1)],
    ["decay after the step", () => altered(lion({ weightDecay: 0.1 }), (h) => void (h[0] *= 1 - 1e-4))],
  ),
];

/** Nadam's step size of m with mu_t in the product twice. */
function twice(rate: number, t: number, { beta2Power, muProduct }: OptimizerState): number {
  const mu = (k: number): number => 0.9 * (1 - 0.5 * 0.96 ** (k * 0.004));
  return (rate * Math.sqrt(1 - beta2Power) * mu(t + 1)) / (1 - muProduct * mu(t) * mu(t + 1));
}
