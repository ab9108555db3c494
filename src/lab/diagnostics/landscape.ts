/** How the loss looks around the trained weights. @module */
import { ConfigError } from "../../errors.ts";
import type { ParameterSpec } from "../../model/parameters/parameter-spec.ts";
import { deriveKey, fillNormal, Purpose } from "../../random.ts";
import type { Measure } from "./measure.ts";
import { integer, positive, type Recorded, recorded, someOf } from "./numbers.ts";
import { type Probe, valuesOf } from "./probe.ts";

/** Options of {@link landscape}. */
export interface LandscapeOptions {
  /** Default 512. */
  samples?: number;
  /** How far to go each way; at 1 a direction is as long as the weights, filter by filter. Default 1. */
  range?: number;
  /** Points of the line; odd, so that the weights themselves are one. Default 41. */
  points?: number;
  /** Points of each side of the plane; odd. Default 17. */
  side?: number;
}

/** The mean training loss, over the same samples each time, around the weights at the end. */
export interface Landscape {
  readonly samples: number;
  /** At the weights themselves. */
  readonly loss: Recorded;
  /** Along the first direction. */
  readonly line: { readonly at: readonly number[]; readonly loss: readonly Recorded[] };
  /** Over both: `loss[j][i]` at `at[i]` of the first and `at[j]` of the second. */
  readonly plane: { readonly at: readonly number[]; readonly loss: readonly (readonly Recorded[])[] };
}

/**
 * A random direction in the space of the trained weights, scaled filter by filter to the length that the weights have there (Li et al. 2018, "Visualizing the
 * loss landscape of neural nets", arXiv 1712.09913, section 4), so that pictures of networks whose weights differ in size can be compared. A filter is what
 * leads to one unit or channel. Biases, and the scales and shifts of normalizations, stay where they are, as in the paper's code.
 */
export function filterNormalised(probe: Probe, index: number, seed: number): Float64Array {
  const weights = probe.vector();
  const draws = new Float32Array(weights.length);
  fillNormal(draws, draws.length, deriveKey(seed, Purpose.noise, index));
  const direction = Float64Array.from(draws);
  const parts = probe.parts(direction);
  probe.parts(weights).forEach((values, k) => {
    const filters = filtersOf(probe, probe.specs[k]);
    for (let f = 0; f < filters; f++) {
      const [wanted, given] = [lengthOf(values, f, filters), lengthOf(parts[k], f, filters)];
      for (let i = f; i < values.length; i += filters) parts[k][i] *= wanted / given;
    }
    if (filters === 0) parts[k].fill(0);
  });
  return direction;
}

/** Biases, also those of gated layers, which have two axes; scales and shifts. */
const NO_FILTERS = /\/(bias|gamma|beta)$/;

/** How many filters a parameter holds, interleaved: one for each value of its last axis, and of the last two in depthwise convolutions. 0: it is none. */
function filtersOf(probe: Probe, { name, shape, layer }: ParameterSpec): number {
  if (shape.length < 2 || NO_FILTERS.test(name)) return 0;
  const kind = probe.model.architecture.layers.find((one) => one.name === layer)?.layer.className;
  const depthwise = name.endsWith("/depthwiseKernel") || (kind === "DepthwiseConv2D" && shape.length === 4);
  return shape.slice(depthwise ? -2 : -1).reduce((a, b) => a * b, 1);
}

function lengthOf(values: Float64Array, first: number, step: number): number {
  let sum = 0;
  for (let i = first; i < values.length; i += step) sum += values[i] ** 2;
  return Math.sqrt(sum);
}

/** From -range to range. */
const places = (count: number, range: number): number[] => Array.from({ length: count }, (_, i) => (range * (2 * i + 1 - count)) / (count - 1));

/** @throws ConfigError unless it is odd and at least 3 */
function odd(name: string, value: number): void {
  if (integer("landscape", name, value, 3) % 2 === 1) return;
  throw new ConfigError({ where: `landscape, ${name}`, got: String(value), expected: "an odd integer, so that the weights themselves are one of the points" });
}

export function landscape({ samples = 512, range = 1, points = 41, side = 17 }: LandscapeOptions = {}): Measure<Landscape> {
  integer("landscape", "samples", samples, 1);
  positive("landscape", "range", range);
  odd("points", points);
  odd("side", side);
  return {
    async finish({ context: { model }, probe, seed }, data) {
      const some = someOf(data, samples, seed);
      probe.write(valuesOf(model));
      const w = probe.vector();
      const [first, second] = [0, 1].map((index) => filterNormalised(probe, index, seed));
      const lossAt = async (a: number, b: number): Promise<Recorded> => {
        probe.setVector(w.map((x, i) => x + a * first[i] + b * second[i]));
        return recorded((await probe.model.evaluate(some)).loss);
      };
      const line = places(points, range);
      const sides = places(side, range);
      const along: Recorded[] = [];
      for (const a of line) along.push(await lossAt(a, 0));
      const plane: Recorded[][] = [];
      for (const b of sides) {
        const row: Recorded[] = [];
        for (const a of sides) row.push(await lossAt(a, b));
        plane.push(row);
      }
      const rounded = (at: readonly number[]): number[] => at.map((a) => recorded(a) as number);
      return {
        samples: some.length,
        loss: along[(points - 1) / 2],
        line: { at: rounded(line), loss: along },
        plane: { at: rounded(sides), loss: plane },
      };
    },
    records: () => null,
    restore() {},
  };
}
