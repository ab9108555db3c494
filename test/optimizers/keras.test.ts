/**
 * Steps worked by hand from the formulas that Keras 3 documents (keras.io/api/optimizers, `update_step` of each), where they are not PyTorch's or no other
 * library has them; Lion from Chen et al. 2023, algorithm 2. Epsilons are large, so that their place shows. One weight, which starts from 1.
 */
import { describe, expect, it } from "vitest";
import { adadelta, adagrad, adam, adamax, adamw, createRuntime, lion, nadam, type Optimizer, rmsprop, sgd } from "../../src/index.ts";
import { follow } from "./given-gradients.ts";

interface Worked {
  readonly optimizer: Optimizer;
  readonly gradients: readonly number[];
  /** Of the learning rate, step by step. Default 1. */
  readonly factors?: readonly number[];
  /** The weight after each step. */
  readonly weights: readonly number[];
}

const worked: Record<string, Worked> = {
  // velocity = momentum velocity - rate g; w += velocity: what is in the velocity keeps the rate that it was added with.
  // v = -0.1 0.5 = -0.05, w = 0.95; rate 0.01: v = 0.9 (-0.05) - 0.01 0.5 = -0.045 - 0.005 = -0.05, w = 0.9.
  "momentum, a rate that changes": {
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    gradients: [0.5, 0.5],
    factors: [1, 0.1],
    weights: [0.95, 0.9],
  },
  // w += momentum velocity - rate g. v = -0.05: w = 1 - 0.045 - 0.05 = 0.905; rate 0.01: v = -0.05: w = 0.905 - 0.045 - 0.005 = 0.855.
  "nesterov, a rate that changes": {
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    gradients: [0.5, 0.5],
    factors: [1, 0.1],
    weights: [0.905, 0.855],
  },
  // weight_decay: w -= w weight_decay rate, then the step. w = 1 - 1 0.5 0.1 = 0.95, - 0.1 0.2 = 0.93; rate 0.05: w = 0.93 (1 - 0.025) = 0.90675, - 0.05 0.2 = 0.89675.
  "sgd, weight decay": {
    optimizer: sgd({ learningRate: 0.1, weightDecay: 0.5 }),
    gradients: [0.2, 0.2],
    factors: [1, 0.5],
    weights: [0.93, 0.89675],
  },
  // accumulator += g^2; w -= rate g / sqrt(accumulator + epsilon).
  // 0.15 + 0.09 = 0.24, sqrt(0.25) = 0.5, w = 1 - 0.1 0.3 / 0.5 = 0.94; 0.24 + 1.44 = 1.68, sqrt(1.69) = 1.3, w = 0.94 - 0.12 / 1.3.
  adagrad: {
    optimizer: adagrad({ learningRate: 0.1, initialAccumulatorValue: 0.15, epsilon: 0.01 }),
    gradients: [0.3, 1.2],
    weights: [0.94, 0.94 - 0.0923076923],
  },
  // accumulated_grad = rho a + (1 - rho) g^2; delta = -rms(accumulated_delta) g / rms(accumulated_grad), rms(x) = sqrt(x + epsilon);
  // accumulated_delta = rho d + (1 - rho) delta^2; w += rate delta.
  // a = 0.25 0.16 = 0.04; delta = -sqrt(0.01) 0.4 / sqrt(0.05) = -0.04 / 0.2236067977 = -0.1788854382; d = 0.25 0.032 = 0.008; w = 1 - 0.0894427191.
  // a = 0.03 + 0.01 = 0.04; delta = sqrt(0.018) 0.2 / sqrt(0.05) = 0.2 sqrt(0.36) = 0.12; w = 0.9105572809 + 0.06.
  adadelta: {
    optimizer: adadelta({ learningRate: 0.5, rho: 0.75, epsilon: 0.01 }),
    gradients: [0.4, -0.2],
    weights: [0.9105572809, 0.9705572809],
  },
  // velocity = rho velocity + (1 - rho) g^2; increment = rate g / sqrt(velocity + epsilon).
  // v = 0.25 0.36 = 0.09; sqrt(0.1) = 0.3162277660; 0.06 / 0.3162277660 = 0.1897366596, w = 0.8102633404.
  // v = 0.0675 + 0.25 0.16 = 0.1075; sqrt(0.1175) = 0.3427827300; -0.04 / 0.3427827300 = -0.1166919932, w = 0.9269553336.
  rmsprop: {
    optimizer: rmsprop({ learningRate: 0.1, rho: 0.75, epsilon: 0.01 }),
    gradients: [0.6, -0.4],
    weights: [0.8102633404, 0.9269553336],
  },
  // momentum = momentum m + increment; w -= momentum. The same increments, the second at rate 0.05: -0.0583459966.
  // m = 0.1897366596, w = 0.8102633404; m = 0.0948683298 - 0.0583459966 = 0.0365223332, w = 0.7737410072.
  "rmsprop, momentum, a rate that changes": {
    optimizer: rmsprop({ learningRate: 0.1, rho: 0.75, momentum: 0.5, epsilon: 0.01 }),
    gradients: [0.6, -0.4],
    factors: [1, 0.5],
    weights: [0.8102633404, 0.7737410072],
  },
  // average_grad = rho a + (1 - rho) g; increment = rate g / sqrt(velocity - average_grad^2 + epsilon).
  // v = 0.09, a = 0.15: sqrt(0.09 - 0.0225 + 0.01) = sqrt(0.0775) = 0.2783882181; 0.06 / 0.2783882181 = 0.2155263624, w = 0.7844736376.
  // v = 0.1075, a = 0.1125 - 0.1 = 0.0125: sqrt(0.1075 - 0.00015625 + 0.01) = sqrt(0.11734375) = 0.3425547402; -0.04 / 0.3425547402 = -0.1167696584.
  "rmsprop, centered": {
    optimizer: rmsprop({ learningRate: 0.1, rho: 0.75, epsilon: 0.01, centered: true }),
    gradients: [0.6, -0.4],
    weights: [0.7844736376, 0.901243296],
  },
  // alpha = rate sqrt(1 - beta2^t) / (1 - beta1^t); m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2); w -= m alpha / (sqrt(v) + epsilon).
  // alpha = 0.1 sqrt(0.01) / 0.1 = 0.1, m = 0.05, v = 0.0025: 0.005 / (0.05 + 0.01) = 0.0833333333, w = 0.9166666667.
  // alpha = 0.1 sqrt(0.0199) / 0.19 = 0.0742459788, m = 0.05 - 0.03 = 0.02, v = 0.0025 + 0.0006 = 0.0031:
  //   0.0014849196 / (0.0556776436 + 0.01) = 0.0226092091, w = 0.8940574576.
  // alpha = 0.1 sqrt(0.029701) / 0.271 = 0.0635940150, m = 0.02 + 0.008 = 0.028, v = 0.0031 + 0.000069 = 0.003169:
  //   0.0017806324 / (0.0562938718 + 0.01) = 0.0268596836, w = 0.8671977740.
  adam: {
    optimizer: adam({ learningRate: 0.1, beta2: 0.99, epsilon: 0.01 }),
    gradients: [0.5, -0.25, 0.1],
    weights: [0.9166666667, 0.8940574576, 0.867197774],
  },
  // The same after w -= w 0.5 0.1 each time: 0.95 - 0.0833333333 = 0.8666666667; 0.8233333333 - 0.0226092091 = 0.8007241242.
  adamw: {
    optimizer: adamw({ learningRate: 0.1, beta2: 0.99, epsilon: 0.01, weightDecay: 0.5 }),
    gradients: [0.5, -0.25],
    weights: [0.8666666667, 0.8007241242],
  },
  // v_hat = max(v_hat, v), in the place of v. alpha = 0.1 sqrt(0.25) / 0.1 = 0.5, m = 0.08, v = v_hat = 0.25 0.64 = 0.16: 0.04 / 0.41 = 0.0975609756.
  // alpha = 0.1 sqrt(0.4375) / 0.19 = 0.3481251725, m = 0.072, v = 0.12, v_hat = 0.16: 0.0250650124 / 0.41 = 0.0611341766, w = 0.8413048478.
  "adam, amsgrad": {
    optimizer: adam({ learningRate: 0.1, beta2: 0.75, epsilon: 0.01, amsgrad: true }),
    gradients: [0.8, 0],
    weights: [0.9024390244, 0.8413048478],
  },
  // m += (g - m)(1 - beta1); u = max(beta2 u, |g|); w -= rate m / ((1 - beta1^t)(u + epsilon)).
  // m = 0.05, u = 0.5: 0.005 / (0.1 0.51) = 0.0980392157; m = 0.05 - 0.025 = 0.025, u = max(0.25, 0.2): 0.0025 / (0.19 0.26) = 0.0506072874.
  adamax: {
    optimizer: adamax({ learningRate: 0.1, beta2: 0.5, epsilon: 0.01 }),
    gradients: [0.5, -0.2],
    weights: [0.9019607843, 0.8513534969],
  },
  // u_t = beta1 (1 - 0.5 0.96^t); m_hat = u_(t+1) m / (1 - u_1 ... u_(t+1)) + (1 - u_t) g / (1 - u_1 ... u_t); v_hat = v / (1 - beta2^t);
  // w -= rate m_hat / (sqrt(v_hat) + epsilon).
  // u_1 = 0.9 (1 - 0.48) = 0.468, u_2 = 0.9 (1 - 0.4608) = 0.48528, u_3 = 0.9 (1 - 0.442368) = 0.5018688; products 0.468, 0.22711104, 0.1139799451.
  // m = 0.05, v = 0.0025: m_hat = 0.024264 / 0.77288896 + 0.532 0.5 / 0.532 = 0.0313939017 + 0.5, v_hat = 0.25: 0.0531393902 / 0.51 = 0.1041948827.
  // m = 0.02, v = 0.0031: m_hat = 0.010037376 / 0.8860200549 - 0.51472 0.25 / 0.77288896 = 0.0113286103 - 0.1664922215 = -0.1551636112,
  //   v_hat = 0.0031 / 0.0199 = 0.1557788945, root 0.3946883512: -0.0155163611 / 0.4046883512 = -0.0383415067.
  nadam: {
    optimizer: nadam({ learningRate: 0.1, beta2: 0.99, epsilon: 0.01 }),
    gradients: [0.5, -0.25],
    weights: [0.8958051173, 0.934146624],
  },
  // c = beta1 m + (1 - beta1) g; w -= rate (sign(c) + decay w); m = beta2 m + (1 - beta2) g. Decay 0.2 0.1 = 0.02.
  // c = 0.05: w = 0.98 - 0.1 = 0.88, m = 0.005. c = 0.0045 - 0.002 > 0, against the gradient: w = 0.8624 - 0.1 = 0.7624, m = 0.00495 - 0.0002 = 0.00475.
  // c = 0.004275 - 0.04 < 0: w = 0.747152 + 0.1 = 0.847152, m = 0.0047025 - 0.004 = 0.0007025. c = 0.00063225 > 0, of m alone: w = 0.83020896 - 0.1.
  lion: {
    optimizer: lion({ learningRate: 0.1, weightDecay: 0.2 }),
    gradients: [0.5, -0.02, -0.4, 0],
    weights: [0.88, 0.7624, 0.847152, 0.73020896],
  },
  // No gradient yet, no direction: sign(0) = 0.
  "lion at rest": { optimizer: lion(), gradients: [0, 0], weights: [1, 1] },
};

const runtimes = [await createRuntime(), await createRuntime({ backend: "js", precision: "f64" })];

describe.each(runtimes.map((runtime) => [`${runtime.kernels} ${runtime.precision}`, runtime] as const))("%s", (_, runtime) => {
  it.each(Object.entries(worked))("%s", async (_name, { optimizer, gradients, factors, weights }) => {
    const run = { gradients: Float32Array.from(gradients), start: [1] };
    const steps = gradients.map((_, t) => t + 1);
    const seen = await follow(optimizer, run, steps, runtime, (step) => factors?.[step] ?? 1);
    seen.forEach((w, t) => {
      expect(Math.abs(w[0] - weights[t]), `step ${t + 1}: ${w[0]}`).toBeLessThan(3e-7);
    });
  });
});
