/** An encoder of sequences against PyTorch: embedding, GRU both ways, one sigmoid, ten steps of Adam. */
import { expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import { adam, bidirectional, dense, embedding, gru, sequential } from "../../src/index.ts";
import { deriveKey, fillNormal, Purpose } from "../../src/random.ts";
import { everyRuntime, golden, relativeDistance, summaryDistance, type TensorSummary } from "./golden.ts";

interface EncoderGolden {
  /** A row of letters each: a is 0. */
  tokens: string[];
  labels: string;
  float32Distance: { losses: number; weights: number };
  losses: number[];
  weights: TensorSummary[];
}

const { tokens, labels, float32Distance, losses, weights } = golden<EncoderGolden>("encoder.json");
const [VOCABULARY, BATCH] = [13, 8];
const steps = tokens[0].length;

it.each(await everyRuntime())("%s", async (_, runtime) => {
  const model = sequential({ inputShape: [steps], runtime }, [
    embedding(VOCABULARY, 6, { maskZero: true }),
    bidirectional(gru(5)),
    dense(1, { activation: "sigmoid" }),
  ]);
  model.compile({ optimizer: adam({ learningRate: 0.01, preset: "torch" }), loss: "binaryCrossentropy" });
  expect((await model.getWeights()).map(({ name, shape }) => ({ name, shape }))).toEqual(weights.map(({ name, shape }) => ({ name, shape })));
  await model.setWeights(
    weights.map(({ shape }, j) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      fillNormal(values, values.length, deriveKey(5, Purpose.data, j));
      return values.map((value) => value * Math.fround(0.4));
    }),
  );
  const x = Float32Array.from(tokens.join(""), (letter) => letter.charCodeAt(0) - 97);
  const data = dataset({ x, y: Uint8Array.from(labels, Number), sampleShape: [steps] });
  const seen: number[] = [];
  await model.fit(data, { epochs: 1, batchSize: BATCH, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
  const exact = runtime.precision === "f64";
  expect(relativeDistance(seen, losses)).toBeLessThan(exact ? 1e-9 : 10 * Math.max(float32Distance.losses, 2 ** -23));
  (await model.getWeights()).forEach((weight, i) => {
    expect(summaryDistance(weight, weights[i]), weight.name).toBeLessThan(exact ? 1e-6 : 10 * Math.max(float32Distance.weights, 2 ** -23));
  });
});
