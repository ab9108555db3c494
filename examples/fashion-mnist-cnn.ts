/**
 * A convolutional network tells clothes apart (Fashion-MNIST, Xiao et al. 2017): 28 x 28 pixels as in MNIST, but shirts, pullovers and coats look alike, so that
 * what keeps a network from learning its training images by heart counts. Three things do here: images that differ each time they are seen, dropout, and a
 * learning rate that rises and falls.
 *
 *     npx tsx examples/fashion-mnist-cnn.ts [images] [epochs] [seed]
 */
import { adam, batchNormalization, conv2d, dense, dropout, flatten, maxPool2d, oneCycle, progressBar, randomAffine, sequential } from "gradiente";
import { fashionMnist } from "gradiente/data";

const [count = 60_000, epochs = 10, seed = 1] = process.argv.slice(2).map(Number);
const { train, test } = await fashionMnist();

/** Filters that find patterns of 3 x 3, the strongest answer of each 2 x 2, and values brought to a common scale for what follows. */
const block = (filters: number) => [conv2d(filters, 3, { padding: "same", activation: "relu" }), maxPool2d(2), batchNormalization({ momentum: 0.9 })];

const network = sequential({ inputShape: [28, 28, 1], seed }, [
  // While training only: mirrored or not, moved by up to 5 % of the size. A shoe stays a shoe.
  randomAffine({ flip: "horizontal", shift: 0.05 }),
  ...block(32), // 14 x 14
  ...block(64), // 7 x 7
  ...block(128), // 3 x 3
  flatten(),
  // A quarter of the values is 0 at random in each step: no filter can rely on another one.
  dropout(0.25),
  dense(128, { activation: "relu" }),
  dropout(0.25),
  dense(10, { activation: "softmax" }),
]);
network.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
console.log(network.summary());

// The rate rises to 0.003 and falls to almost 0: large steps at first, fine ones at the end (Smith & Topin 2018).
const options = { epochs, batchSize: 64, schedule: oneCycle(), learningRate: 0.003 };
const history = await network.fit(train.take(count), { ...options, callbacks: [progressBar()] });

// All choices above were made on a validation split of the training images; the test images are seen once.
const { metrics } = await network.evaluate(test);
console.log(`test: ${(100 * metrics.accuracy).toFixed(2)} %, ${((history.seconds ?? 0) / epochs).toFixed(1)} s per epoch`);
