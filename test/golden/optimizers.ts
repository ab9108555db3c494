/** How far an optimizer is from its golden case. */
import type { Optimizer, Runtime } from "../../src/index.ts";
import { follow, goldenRun, N } from "../optimizers/given-gradients.ts";
import { distance, golden } from "./golden.ts";

/** Distances relative to the largest: of the weights that did not start from 0, and of those that did, for each of 8 sizes of gradient apart. */
interface Distances {
  weights: number;
  moved: number[];
}

/** A case: an optimizer, and where another framework takes the weights with it. */
export interface OptimizerCase {
  optimizer: string;
  options: Record<string, unknown>;
  /** The learning rate is halved every 3 steps, back to whole after 12. */
  changing: boolean;
  /** Made in float32. */
  single?: boolean;
  /** PyTorch's float32 from its float64, after each number of steps. */
  float32Distance: Distances[];
  /** All weights, after each number of steps. */
  weights: number[][];
}

/** A file of cases; see generate/README.md. */
export interface OptimizerGolden {
  steps: number[];
  /** Of the magnitudes of all gradients, so that both sides know that they have the same. */
  gradientSum: number;
  cases: Record<string, OptimizerCase>;
}

const run = goldenRun();

/** Reads a file of cases. @throws Error if they were made with other gradients */
export function optimizerGolden(name: string): OptimizerGolden {
  const file = golden<OptimizerGolden>(name);
  const sum = run.gradients.reduce((a, b) => a + Math.abs(b), 0);
  if (Math.abs(sum / file.gradientSum - 1) > 1e-11) throw new Error(`${name}: made with other gradients: their sum is ${file.gradientSum}, not ${sum}`);
  return file;
}

/** The bound that a distance after 10 steps never passes, by optimizer: ten times a float32/float64 pair in general. */
const BARS: Record<string, number> = { sgd: 3e-6, lion: 3e-6, rmsprop: 3e-4 };
const BAR = 1e-4;

/**
 * The distance of the optimizer's weights from the case's, as a multiple of what is allowed: ten times the largest of PyTorch's own pair (between double
 * precisions a rounding to float32), and after 10 steps never more than the bar.
 */
export async function excess(optimizer: Optimizer, expected: OptimizerCase, steps: readonly number[], runtime: Runtime): Promise<number> {
  const weights = await follow(optimizer, run, steps, runtime, expected.changing ? (step) => [1, 0.5, 0.25, 0.125][Math.floor(step / 3) % 4] : undefined);
  const ratios = weights.map((w, k) => {
    const golden = expected.weights[k];
    const half = N / 2;
    const apart = [distance(w.subarray(0, half), golden.slice(0, half))];
    for (let size = 0; size < 8; size++) {
      const own = (_: number, i: number): boolean => i >= half && i % 8 === size;
      apart.push(distance(w.filter(own), golden.filter(own)));
    }
    const pair = expected.float32Distance[k];
    const measured = 10 * Math.max(pair.weights, ...pair.moved);
    const limit = runtime.precision === "f64" && !expected.single ? 1e-7 : k === 0 ? Math.min(measured, BARS[expected.optimizer] ?? BAR) : measured;
    // A NaN is no small distance.
    return apart.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...apart) / limit;
  });
  return Math.max(...ratios);
}
