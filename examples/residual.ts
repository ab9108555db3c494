/**
 * A small residual network (He et al. 2016) reads digits: each block adds what two convolutions make of its input to the input itself, so that gradients
 * reach the first layer by a short way; batch normalization keeps every layer's values in range.
 *
 *     npx tsx examples/residual.ts [images] [epochs]
 */
import { activation, adam, add, batchNormalization, call, conv2d, cosineDecay, dense, globalAveragePool2d, input, model, progressBar } from "gradiente";
import { mnist } from "gradiente/data";

const [count = 20_000, epochs = 3] = process.argv.slice(2).map(Number);
const { train, test } = await mnist();

/** A convolution whose offset is the normalization's. */
const convolution = (filters: number, kernelSize: number, strides = 1) => [
  conv2d(filters, kernelSize, { strides, padding: "same", useBias: false }),
  batchNormalization({ momentum: 0.9 }),
];

/** relu(F(x) + x); where the block makes images smaller, x goes through a convolution of single pixels. */
function block(x: ReturnType<typeof input>, filters: number, strides = 1) {
  const main = call([...convolution(filters, 3, strides), activation("relu"), ...convolution(filters, 3)], x);
  const shortcut = strides === 1 ? x : call(convolution(filters, 1, strides), x);
  return call([add(), activation("relu")], main, shortcut);
}

const image = input([28, 28, 1]);
let x = call([...convolution(8, 3, 2), activation("relu")], image);
x = block(x, 8);
x = block(x, 16, 2);
x = block(x, 16);
const digit = call([globalAveragePool2d(), dense(10, { activation: "softmax" })], x);

const network = model({ inputs: image, outputs: digit, seed: 7 });
network.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
console.log(network.summary());
await network.fit(train.take(count), { epochs, batchSize: 64, schedule: cosineDecay(), callbacks: [progressBar()] });
const { metrics } = await network.evaluate(test);
console.log(`test: ${(100 * metrics.accuracy).toFixed(2)} %`);
