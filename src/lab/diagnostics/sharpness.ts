/** How sharply the loss bends: the largest eigenvalue of its Hessian. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { deriveKey, Purpose } from "../../random.ts";
import { type LargestEigenvalue, largestEigenvalue } from "./lanczos.ts";
import type { Measure } from "./measure.ts";
import { integer, positive, type Recorded, recorded, someOf } from "./numbers.ts";
import { type Probe, valuesOf } from "./probe.ts";

/** Options of {@link sharpness}. */
export interface SharpnessOptions {
  /** Default 512. */
  samples?: number;
  /** Length of the difference in the weights. Default 1e-2. */
  epsilon?: number;
  /** Of the residual that the iteration estimates, as a part of the eigenvalue. Default 1e-2. */
  tolerance?: number;
  /** Products with the Hessian at most, each two gradients. Default 30. */
  iterations?: number;
}

/** The eigenvalue at an epoch. */
export interface SharpnessPoint {
  /** 0: the weights before the first step. */
  readonly epoch: number;
  /** The algebraically largest eigenvalue; null where a gradient was not finite. */
  readonly value: Recorded;
  /**
   * |Hx - value x| of the unit vector x that was found: an eigenvalue lies within so much. Large beside the value where the loss has kinks, as with rectifiers:
   * it then bends differently from one end of the difference to the other, and the value is a mean of that.
   */
  readonly residual: Recorded;
  /** Products with the Hessian. */
  readonly iterations: number;
  /** Whether the iteration came to its end before it was out of products. */
  readonly converged: boolean;
}

/** The largest eigenvalue of the Hessian of the mean training loss, over the same samples each time. */
export interface Sharpness {
  readonly samples: number;
  readonly epsilon: number;
  readonly tolerance: number;
  readonly points: readonly SharpnessPoint[];
}

/** What {@link largestCurvature} needs besides weights. */
export interface CurvatureOptions {
  readonly epsilon: number;
  readonly tolerance: number;
  readonly iterations: number;
  readonly seed: number;
}

/**
 * The largest eigenvalue of the loss's Hessian H at the weights that the probe has, by Lanczos iterations on Hv = (g(w + e v) - g(w - e v)) / 2e with |v| = 1.
 * g is the gradient of the loss as evaluation sees it: dropout is off, batch normalization goes by its moving statistics, penalties are left out. So the same
 * function is differentiated each time.
 */
export async function largestCurvature(probe: Probe, data: Dataset, { epsilon, tolerance, iterations, seed }: CurvatureOptions): Promise<LargestEigenvalue> {
  const w = probe.vector();
  const at = async (v: Float64Array, e: number): Promise<Float64Array> => {
    probe.setVector(w.map((x, i) => x + e * v[i]));
    return probe.slope(data);
  };
  const multiply = async (v: Float64Array): Promise<Float64Array> => {
    const [up, down] = [await at(v, epsilon), await at(v, -epsilon)];
    return up.map((g, i) => (g - down[i]) / (2 * epsilon));
  };
  const found = await largestEigenvalue(multiply, w.length, { iterations, tolerance, key: deriveKey(seed, Purpose.noise) });
  probe.setVector(w);
  return found;
}

export function sharpness({ samples = 512, epsilon = 1e-2, tolerance = 1e-2, iterations = 30 }: SharpnessOptions = {}): Measure<Sharpness> {
  integer("sharpness", "samples", samples, 1);
  integer("sharpness", "iterations", iterations, 2);
  positive("sharpness", "epsilon", epsilon);
  positive("sharpness", "tolerance", tolerance);
  let some: Dataset;
  let records: SharpnessPoint[] = [];
  return {
    begin({ context: { data }, seed }) {
      some = someOf(data, samples, seed);
    },
    async atEpoch(epoch, { context: { model }, probe, seed }) {
      probe.write(valuesOf(model));
      const { value, residual, ...how } = await largestCurvature(probe, some, { epsilon, tolerance, iterations, seed });
      records.push({ epoch, value: recorded(value), residual: recorded(residual), ...how });
    },
    finish: () => ({ samples: some.length, epsilon, tolerance, points: records }),
    records: () => records,
    restore(saved) {
      records = saved as SharpnessPoint[];
    },
  };
}
