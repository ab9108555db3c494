/** Ten steps of a residual network with batch normalization, its moving statistics and its evaluation by them are PyTorch's. */
import { describe, expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import {
  activation,
  adam,
  add,
  batchNormalization,
  call,
  conv2d,
  dense,
  globalAveragePool2d,
  input,
  type Layer,
  type Model,
  model,
  type Runtime,
} from "../../src/index.ts";
import { deriveKey, fillNormal, Purpose } from "../../src/random.ts";
import { everyRuntime, golden, relativeDistance, summaryDistance, type TensorSummary } from "./golden.ts";

interface ResidualGolden {
  batchSize: number;
  learningRate: number;
  momentum: number;
  float32Distance: { losses: number; gradients: number; evaluated: number; statistics: number };
  losses: number[];
  evaluated: { samples: number; loss: number };
  /** Of the first step. */
  gradients: TensorSummary[];
  /** After all steps. */
  statistics: TensorSummary[];
}

const { batchSize, learningRate, momentum, float32Distance, losses, evaluated, gradients, statistics } = golden<ResidualGolden>("residual.json");
const { train } = await mnist();
const data = train.take(batchSize * losses.length);
const runtimes = await everyRuntime();

/** As the generator says, with its weights. */
async function network(runtime: Runtime): Promise<Model> {
  const convolution = (filters: number, size: number, strides = 1): Layer[] => [
    conv2d(filters, size, { strides, padding: "same", useBias: false }),
    batchNormalization({ momentum }),
  ];
  const relu = (): Layer => activation("relu");
  const x = input([28, 28, 1]);
  const stem = call([...convolution(6, 3, 2), relu()], x);
  const first = call([add(), relu()], call([...convolution(6, 3), relu(), ...convolution(6, 3)], stem), stem);
  const main = call([...convolution(8, 3, 2), relu(), ...convolution(8, 3)], first);
  const second = call([add(), relu()], main, call(convolution(8, 1, 2), first));
  const made = model({ inputs: x, outputs: call([globalAveragePool2d(), dense(10, { activation: "softmax" })], second), runtime });
  made.compile({ optimizer: adam({ learningRate, preset: "torch" }), loss: "sparseCategoricalCrossentropy" });
  const weights = (await made.getWeights()).map(({ name, shape, data: values }, i) => {
    if (/moving|bias/.test(name)) return values;
    const drawn = new Float32Array(values.length);
    fillNormal(drawn, drawn.length, deriveKey(3, Purpose.data, i));
    const [scale, shift] = name.endsWith("kernel") ? [Math.sqrt(2 / shape.slice(0, -1).reduce((a, b) => a * b, 1)), 0] : [0.2, name.endsWith("gamma") ? 1 : 0];
    return drawn.map((value) => Math.fround(value * Math.fround(scale)) + shift);
  });
  await made.setWeights(weights);
  return made;
}

describe.each(runtimes)("%s", (_, runtime) => {
  /** Pixels are rounded to float32 there. */
  const limit = (distance: number): number => (runtime.precision === "f64" ? 1e-7 : 10 * Math.max(distance, 2 ** -23));
  it("trains and evaluates as PyTorch does", async () => {
    const made = await network(runtime);
    const first = await made.gradients(data.take(batchSize));
    expect(first.gradients.map(({ name }) => name).sort()).toEqual(gradients.map(({ name }) => name).sort());
    for (const gradient of first.gradients) {
      const expected = gradients.find(({ name }) => name === gradient.name) as TensorSummary;
      expect(summaryDistance(gradient, expected), gradient.name).toBeLessThan(limit(float32Distance.gradients));
    }

    const seen: number[] = [];
    await made.fit(data, { batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
    expect(relativeDistance(seen, losses)).toBeLessThan(limit(float32Distance.losses));

    const weights = await made.getWeights();
    for (const expected of statistics) {
      const found = weights.find(({ name }) => name === expected.name);
      expect(summaryDistance(found as NonNullable<typeof found>, expected), expected.name).toBeLessThan(limit(float32Distance.statistics));
    }
    const { loss } = await made.evaluate(data.take(evaluated.samples));
    expect(Math.abs(loss / evaluated.loss - 1)).toBeLessThan(limit(Math.max(float32Distance.evaluated, float32Distance.losses)));
    made.dispose();
  });
});
