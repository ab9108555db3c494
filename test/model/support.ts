/** Small models and data for the tests of src/model. */
import { dataset } from "../../src/data/index.ts";
import { dense, flatten, sequential, sgd } from "../../src/index.ts";
import type { Model } from "../../src/model/model.ts";
import type { Optimizer } from "../../src/optimizers/index.ts";
import { fillUniform } from "../../src/random.ts";
import { createRuntime, type Runtime } from "../../src/runtime/runtime.ts";

/** 8x8 images, mostly black, whose label is the row of their bright line. */
export function lines(count: number, classes = 8) {
  const noise = new Float32Array(count * 64);
  fillUniform(noise, noise.length, [3, 4]);
  const x = new Uint8Array(count * 64);
  const y = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    y[i] = i % classes;
    for (let j = 0; j < 64; j++) {
      const bright = Math.floor(j / 8) === y[i];
      x[i * 64 + j] = bright ? 128 + Math.floor(noise[i * 64 + j] * 128) : noise[i * 64 + j] > 0.9 ? 40 : 0;
    }
  }
  return dataset({ x, y, sampleShape: [8, 8, 1], classes });
}

/** 64-16-8. */
export function smallModel(options: { seed?: number; runtime?: Runtime | Promise<Runtime>; optimizer?: Optimizer | string; hidden?: number } = {}): Model {
  const { seed = 5, runtime, optimizer = sgd({ learningRate: 0.5 }), hidden = 16 } = options;
  const model = sequential({ inputShape: [8, 8, 1], seed, runtime }, [flatten(), dense(hidden, { activation: "relu" }), dense(8, { activation: "softmax" })]);
  return model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
}

/** Every way to run: plain SIMD, relaxed SIMD where there is, and the reference. */
export async function everyRuntime(): Promise<[string, Runtime][]> {
  const fast = await createRuntime();
  const plain = await createRuntime({ mode: "deterministic" });
  const js = await createRuntime({ backend: "js", precision: "f64" });
  return [
    [`fast (${fast.kernels})`, fast],
    ["deterministic", plain],
    ["js f64", js],
  ];
}
