/** Ten steps of a small network, as one hash: whether two engines, builds or versions would give a trial the same bits. @module */
import { dataset } from "../../data/dataset/make-dataset.ts";
import { conv2d, dense, dropout, flatten, maxPool2d } from "../../layers/index.ts";
import { sequential } from "../../model/making/sequential.ts";
import { adam } from "../../optimizers/index.ts";
import type { Runtime } from "../../runtime/runtime.ts";

const STEPS = 10;
const BATCH = 16;

/**
 * SHA-256 of the weights that ten steps of Adam give a fixed network: convolution, pooling, tanh, dropout, softmax and cross-entropy, so that products and
 * exponentials of both kinds take part. Takes some milliseconds.
 */
export async function probe(runtime: Runtime): Promise<string> {
  const count = STEPS * BATCH;
  // Numbers without a pattern that a convolution could see.
  const x = Uint8Array.from({ length: count * 64 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
  const y = Uint8Array.from({ length: count }, (_, i) => i % 5);
  const model = sequential({ inputShape: [8, 8, 1], seed: 1, runtime }, [
    conv2d(4, 3, { activation: "relu" }),
    maxPool2d(2),
    flatten(),
    dense(12, { activation: "tanh" }),
    dropout(0.2),
    dense(5, { activation: "softmax" }),
  ]);
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
  await model.fit(dataset({ x, y, sampleShape: [8, 8, 1] }), { epochs: 1, batchSize: BATCH });
  const hash = await model.weightsSha256();
  model.dispose();
  return hash;
}
