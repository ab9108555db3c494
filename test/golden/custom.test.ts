/** Pieces written as a user would, from the public entry alone: their losses and gradients are those of PyTorch's autograd. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import { defineLayer, dense, glorotUniform, type Layer, type LossFunction, ops, sequential, type Tensor, zeros } from "../../src/index.ts";
import { distance, everyRuntime, golden } from "./golden.ts";

interface CustomGolden {
  cases: Record<
    string,
    {
      /** How far PyTorch's float32 is from its float64: the loss relative, gradients relative to their tensor's largest. */
      float32Distance: { loss: number; gradients: number };
      input: { shape: number[]; values: number[]; gradient: number[] };
      labels: number[];
      weights: { name: string; shape: number[]; values: number[]; gradient: number[] }[];
      loss: number;
    }
  >;
}

const { cases } = golden<CustomGolden>("custom.json");
const runtimes = await everyRuntime();
const D = 6;
const initializer = glorotUniform();
/** Where PyTorch's float32 loss happened to hit the float64 one, ours need not: some units in the last place of float32. */
const EPSILON = 2 ** -22;

/** x + offset: the gradient of the offset is the gradient that reaches the inputs, added up over the batch. */
const offset = (): Layer =>
  defineLayer({ className: "Offset", apply: (x, { parameter }) => ops.add(x, parameter("offset", x.shape.slice(1) as number[], { initializer: zeros() })) });

/** Focal loss (Lin et al. 2017), gamma 2: -(1 - p)^2 log p for the probability p of the true class. */
const focal: LossFunction = (yTrue, yPred) => {
  const classes = yPred.shape[1] as number;
  const numbers = Array.from({ length: classes }, (_, c) => c);
  const names = ops.constant(yPred.graph, numbers, [1, classes]);
  const chosen = ops.compare(ops.cast(ops.reshape(yTrue, [yTrue.shape[0], 1]), "f32"), "equal", names);
  const p = ops.sum(ops.mul(yPred, chosen), { axes: 1 });
  return ops.neg(ops.mul(ops.square(ops.sub(1, p)), ops.log(p)));
};

/** y = t relu(x Wh + bh) + (1 - t) x with the gate t = sigmoid(x Wt + bt) (Srivastava et al. 2015). */
const highway = (): Layer =>
  defineLayer({
    className: "Highway",
    apply(x, { parameter }) {
      const affine = (kernel: string, bias: string): Tensor =>
        ops.add(ops.matmul(x, parameter(kernel, [D, D], { initializer })), parameter(bias, [D], { initializer: zeros() }));
      const t = ops.sigmoid(affine("gateKernel", "gateBias"));
      return ops.add(ops.mul(t, ops.relu(affine("kernel", "bias"))), ops.mul(ops.sub(1, t), x));
    },
  });

/** y = x + dense(relu(dense(x))). */
const residual = (hidden: number): Layer =>
  defineLayer({
    className: "Residual",
    apply(x, { parameter }) {
      const h = ops.relu(ops.add(ops.matmul(x, parameter("kernel1", [D, hidden], { initializer })), parameter("bias1", [hidden], { initializer: zeros() })));
      return ops.add(x, ops.add(ops.matmul(h, parameter("kernel2", [hidden, D], { initializer })), parameter("bias2", [D], { initializer: zeros() })));
    },
  });

/** y = softmax(Q K^T / sqrt(D)) V over x [N,T,D], one head. */
const attention = (): Layer =>
  defineLayer({
    className: "Attention",
    apply(x, { parameter }) {
      const [q, k, v] = ["query", "key", "value"].map((name) => ops.matmul(x, parameter(name, [D, D], { initializer })));
      const scores = ops.mul(ops.matmul(q, k, { transposeB: true }), 1 / Math.sqrt(D));
      return ops.matmul(ops.softmax(scores), v);
    },
  });

const meanOverTime = (): Layer => defineLayer({ className: "MeanOverTime", apply: (x) => ops.mean(x, { axes: 1 }) });
const relu = (): Layer => defineLayer({ className: "Relu", apply: (x) => ops.relu(x) });
const softmax = (): Layer => dense(3, { activation: "softmax" });

const crossEntropy = "sparseCategoricalCrossentropy";
const twice = dense(D, { name: "shared" });
const pieces: Record<string, { layers: Layer[]; loss: string | LossFunction }> = {
  focal: { layers: [dense(8, { activation: "tanh" }), softmax()], loss: focal },
  highway: { layers: [highway(), softmax()], loss: crossEntropy },
  residual: { layers: [residual(8), softmax()], loss: crossEntropy },
  attention: { layers: [attention(), meanOverTime(), softmax()], loss: crossEntropy },
  shared: { layers: [twice, relu(), twice, relu(), softmax()], loss: crossEntropy },
};

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(Object.keys(cases))("%s", async (name) => {
    const { input, labels, weights, loss, float32Distance } = cases[name];
    const sampleShape = input.shape.slice(1);
    const { layers, loss: lossFunction } = pieces[name];
    const model = sequential({ inputShape: sampleShape, runtime }, [offset(), ...layers]);
    model.compile({ loss: lossFunction });

    const expected = [{ name: "offset/offset", shape: sampleShape, values: new Array(count(sampleShape)).fill(0), gradient: overBatch(input) }, ...weights];
    await model.setWeights(expected.map(({ values }) => values));
    const result = await model.gradients(dataset({ x: Float32Array.from(input.values), y: Int32Array.from(labels), sampleShape }));

    // Ten times the distance of PyTorch's own pair; in double precision, the rounding to float32 when gradients are read.
    const exact = runtime.precision === "f64";
    expect(Math.abs(result.loss / loss - 1)).toBeLessThan(exact ? 1e-11 : Math.max(10 * float32Distance.loss, EPSILON));
    expect(result.gradients.map(({ name, shape }) => ({ name, shape }))).toEqual(expected.map(({ name, shape }) => ({ name, shape })));
    result.gradients.forEach(({ data }, i) => {
      expect(distance(data, expected[i].gradient), expected[i].name).toBeLessThan(exact ? 1e-7 : 10 * float32Distance.gradients);
    });
    model.dispose();
  });
});

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The sum over the samples. */
function overBatch({ shape, gradient }: { shape: number[]; gradient: number[] }): number[] {
  const width = count(shape.slice(1));
  return Array.from({ length: width }, (_, j) => gradient.reduce((sum, g, k) => (k % width === j ? sum + g : sum), 0));
}
