/**
 * A convolutional network reads digits: MNIST from file to accuracy. While training the digits are turned, zoomed and moved a little, and drawn as if on rubber, which
 * people do too when they write: the network never sees the same image twice.
 *
 *     npx tsx examples/mnist-cnn.ts [images] [epochs] [seed]
 */
import { adam, conv2d, dense, dropout, flatten, maxPool2d, oneCycle, progressBar, randomAffine, randomElastic, sequential } from "gradiente";
import { mnist } from "gradiente/data";

const [count = 60_000, epochs = 5, seed = 1] = process.argv.slice(2).map(Number);
const { train, test } = await mnist();

const network = sequential({ inputShape: [28, 28, 1], seed }, [
  // Up to 11 degrees, 10 % larger or smaller, 5 % of the size: a digit is the same digit afterwards. No flips: a mirrored 2 is none.
  randomAffine({ rotation: 0.03, zoom: 0.1, shift: 0.05 }),
  randomElastic({ alpha: 20, sigma: 4 }),
  conv2d(32, 3, { activation: "relu" }), // 26 x 26: where there are edges
  maxPool2d(2), // 13 x 13
  conv2d(64, 3, { activation: "relu" }), // 11 x 11: where edges make corners, loops, ends
  maxPool2d(2), // 5 x 5
  flatten(),
  dropout(0.2),
  dense(64, { activation: "relu" }),
  dense(10, { activation: "softmax" }),
]);
network.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
console.log(network.summary());

const options = { epochs, batchSize: 32, schedule: oneCycle(), learningRate: 0.003 };
const history = await network.fit(train.take(count), { ...options, callbacks: [progressBar()] });
const { metrics } = await network.evaluate(test);
console.log(`test: ${(100 * metrics.accuracy).toFixed(2)} %, ${((history.seconds ?? 0) / epochs).toFixed(1)} s per epoch`);
