/**
 * The optimizers of TensorFlow.js whose form is Keras's and not PyTorch's, on the gradients of test/optimizers/given-gradients.ts. Writes
 * test/golden/keras-optimizers.json. TensorFlow.js computes in float32; how far that is from exact is taken from PyTorch's pair of the same optimizer.
 *
 * Left out, because they are not what Keras documents: Adadelta (divides by the average of before the step), centered RMSprop (subtracts epsilon under the
 * root), Adam (epsilon after the bias correction). TensorFlow.js has no Nadam and no AMSGrad.
 *
 *     npm ci --prefix test/oracles && npx tsx test/oracles/tfjs_optimizers.mjs
 */
import "@tensorflow/tfjs-backend-cpu";
import { readFileSync, writeFileSync } from "node:fs";
import { backend, ready, setBackend, tensor1d, train, variable, version_core } from "@tensorflow/tfjs-core";
import { goldenRun, N, STEPS } from "../optimizers/given-gradients.ts";

await setBackend("cpu");
await ready();
if (backend().epsilon() !== 1e-7) throw new Error(`epsilon is ${backend().epsilon()}`);

const steps = [10, STEPS];
const pairs = JSON.parse(readFileSync(new URL("../golden/optimizers.json", import.meta.url), "utf8")).cases;
const { gradients, start } = goldenRun();

/** Name: our optimizer and options; theirs; whose pair of PyTorch says what rounding does. */
const cases = {
  sgd: ["sgd", { learningRate: 0.1 }, () => train.sgd(0.1), "sgd"],
  momentum: ["sgd", { learningRate: 0.01, momentum: 0.9 }, () => train.momentum(0.01, 0.9), "momentum"],
  nesterov: ["sgd", { learningRate: 0.01, momentum: 0.9, nesterov: true }, () => train.momentum(0.01, 0.9, true), "nesterov"],
  adagrad: ["adagrad", {}, () => train.adagrad(0.001), "adagrad"],
  "adagrad, given": ["adagrad", { learningRate: 0.1, initialAccumulatorValue: 1e-6 }, () => train.adagrad(0.1, 1e-6), "adagrad, accumulator"],
  rmsprop: ["rmsprop", {}, () => train.rmsprop(0.001), "rmsprop"],
  "rmsprop, given": ["rmsprop", { learningRate: 0.01, rho: 0.99, epsilon: 1e-4 }, () => train.rmsprop(0.01, 0.99, 0, 1e-4), "rmsprop, given"],
  "rmsprop, momentum": ["rmsprop", { momentum: 0.9 }, () => train.rmsprop(0.001, 0.9, 0.9), "rmsprop, momentum"],
  "rmsprop, momentum, changing": ["rmsprop", { momentum: 0.9 }, () => train.rmsprop(0.001, 0.9, 0.9), "rmsprop, momentum, changing"],
  adamax: ["adamax", {}, () => train.adamax(0.001), "adamax"],
  "adamax, given": ["adamax", { learningRate: 0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-4 }, () => train.adamax(0.01, 0.8, 0.9, 1e-4), "adamax, given"],
};

/** The weights after each of the numbers of steps. */
function run(optimizer, changing) {
  const p = variable(tensor1d(start), true, "p");
  const rate = optimizer.learningRate;
  const weights = [];
  for (let t = 0; t < STEPS; t++) {
    if (changing) optimizer.learningRate = rate * [1, 0.5, 0.25, 0.125][Math.floor(t / 3) % 4];
    const g = tensor1d(gradients.subarray(t * N, (t + 1) * N));
    optimizer.applyGradients({ p: g });
    g.dispose();
    if (steps.includes(t + 1)) weights.push([...p.dataSync()].map((value) => Number(value.toPrecision(10))));
  }
  optimizer.dispose();
  p.dispose();
  return weights;
}

const lines = Object.entries(cases).map(([name, [optimizer, options, make, pair]]) => {
  const changing = name.includes("changing");
  const content = { optimizer, options, changing, single: true, float32Distance: pairs[pair].float32Distance, weights: run(make(), changing) };
  const fields = Object.entries(content).map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `    ${JSON.stringify(name)}: {\n${fields.join(",\n")}\n    }`;
});
const sum = gradients.reduce((a, b) => a + Math.abs(b), 0);
const head = { generator: "test/oracles/tfjs_optimizers.mjs", tfjs: version_core, steps, gradientSum: Number(sum.toPrecision(12)) };
const headLines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
const path = new URL("../golden/keras-optimizers.json", import.meta.url);
writeFileSync(path, `{\n${headLines.join(",\n")},\n  "cases": {\n${lines.join(",\n")}\n  }\n}\n`);
console.log(path.pathname);
