/** Data whose truth is known. */
import { Draws } from "../../../src/lab/statistics/draws.ts";

/** How competitors are made: the chance that seed s gets image i right is 1 / (1 + exp(-(skill + seedSpread u_s - imageSpread z_i))), u and z standard normal. */
export interface World {
  readonly skill: number;
  readonly seedSpread: number;
  readonly imageSpread: number;
}

/** A stream of standard normal numbers beside uniform ones. */
export class Source extends Draws {
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  normals(n: number): Float64Array {
    return Float64Array.from({ length: n }, () => this.normal());
  }
}

const chance = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Its expected accuracy: the mean of the chance over seeds and images, whose normal terms add up to one. */
export function accuracyOf({ skill, seedSpread, imageSpread }: World): number {
  const spread = Math.hypot(seedSpread, imageSpread);
  const [step, reach] = [0.01, 9];
  let sum = 0;
  for (let z = -reach; z <= reach; z += step) sum += chance(skill + spread * z) * Math.exp((-z * z) / 2);
  return (sum * step) / Math.sqrt(2 * Math.PI);
}

/** What it gets right, by seed: its own luck with each seed, the images as hard as `hardness` says. */
export function train({ skill, seedSpread, imageSpread }: World, seeds: number, hardness: Float64Array, source: Source): Uint8Array[] {
  return Array.from({ length: seeds }, () => {
    const level = skill + seedSpread * source.normal();
    return Uint8Array.from(hardness, (z) => (source.uniform() < chance(level - imageSpread * z) ? 1 : 0));
  });
}

/** How often `hit` is true over so many tries. */
export function share(tries: number, hit: (source: Source) => boolean, seed = 1): number {
  let hits = 0;
  for (let i = 0; i < tries; i++) if (hit(new Source(seed, 99, i))) hits++;
  return hits / tries;
}

/** Half the width of the range in which a share of `tries` stays: `z` standard deviations of a binomial. */
export function slack(p: number, tries: number, z = 4): number {
  return z * Math.sqrt((p * (1 - p)) / tries);
}
