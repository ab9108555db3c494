/** Weights trained on gradients that are given: with one sample x per step and the loss x . w, the gradient of w is x itself, bit by bit. */
import { type Dataset, dataset } from "../../src/data/index.ts";
import { dense, type Model, type Optimizer, ops, type Runtime, sequential } from "../../src/index.ts";
import { deriveKey, fillUniform } from "../../src/random.ts";

/** Coordinates of the golden runs. */
export const N = 64;
/** Steps of the golden runs. */
export const STEPS = 1000;

/**
 * The gradients of the golden runs, one row of N per step, and the weights that they start from. Coordinate i is of size 2^(-6 (i mod 8)), from 1
 * down to 2e-13, and of kind i / 8 mod 4: around zero; of one sign; of one sign, three quarters of them zero; of one sign and halved every 50
 * steps. The first half of the weights starts in (-1, 1), the second from 0. Every number is exact in f32.
 */
export function goldenRun(): { gradients: Float32Array; start: Float32Array } {
  const gradients = new Float32Array(STEPS * N);
  const chosen = new Float32Array(STEPS * N);
  const start = new Float32Array(N);
  fillUniform(gradients, STEPS * N, deriveKey(7, 1));
  fillUniform(chosen, STEPS * N, deriveKey(7, 2));
  fillUniform(start, N, deriveKey(7, 3));
  for (let i = 0; i < N; i++) {
    start[i] = i < N / 2 ? 2 * start[i] - 1 : 0;
    const kind = Math.floor(i / 8) % 4;
    for (let t = 0; t < STEPS; t++) {
      const at = t * N + i;
      const size = 2 ** (-6 * (i % 8) - (kind === 3 ? Math.floor(t / 50) : 0));
      gradients[at] = (kind === 2 && chosen[at] >= 0.25 ? 0 : 2 * gradients[at] - (kind === 0 ? 1 : 0)) * size;
    }
  }
  return { gradients, start };
}

/** A model of `start.length` weights whose loss is x . w. */
export function linear(start: ArrayLike<number>, runtime: Runtime): Model {
  const model = sequential({ inputShape: [start.length], runtime }, [dense(1, { useBias: false })]);
  void model.setWeights([start]);
  return model;
}

/** Compiles it with an optimizer. */
export function compileLinear(model: Model, optimizer: Optimizer): Model {
  return model.compile({ optimizer, loss: (_, yPred) => ops.sum(yPred, { axes: 1 }) });
}

/** The dataset of which each sample is a gradient. */
export function gradientData(gradients: Float32Array, width: number): Dataset {
  return dataset({ x: gradients, y: new Float32Array(gradients.length / width), sampleShape: [width] });
}

/** The weights after each of the numbers of steps. @param factor of the optimizer's learning rate at a step */
export async function follow(
  optimizer: Optimizer,
  run: { gradients: Float32Array; start: ArrayLike<number> },
  steps: readonly number[],
  runtime: Runtime,
  factor: (step: number) => number = () => 1,
): Promise<Float32Array[]> {
  const width = run.start.length;
  const model = compileLinear(linear(run.start, runtime), optimizer);
  const results: Float32Array[] = [];
  let done = 0;
  for (const until of steps) {
    const from = done;
    const data = gradientData(run.gradients.slice(from * width, until * width), width);
    const schedule = { name: "factor", at: (step: number, _: number, rate: number) => rate * factor(from + step), config: () => ({}) };
    await model.fit(data, { batchSize: 1, shuffle: false, schedule });
    results.push((await model.getWeights())[0].data);
    done = until;
  }
  model.dispose();
  return results;
}
