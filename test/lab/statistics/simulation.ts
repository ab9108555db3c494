/** Data whose truth is known. */
import { Draws } from "../../../src/lab/statistics/draws.ts";
import {
  bootstrapMean,
  friedman,
  holm,
  type Interval,
  mcnemar,
  pairedT,
  signFlipTest,
  twoLevelComparison,
  wilcoxonSignedRank,
} from "../../../src/lab/statistics/index.ts";

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

/** How often a 95 % interval of the two-level bootstrap holds the truth: for an accuracy, and for the difference of two whose skills are `apart`. */
export function twoLevelCoverage(world: World, seeds: number, images: number, tries: number, apart = 0.2): { accuracy: number; difference: number } {
  const better = { ...world, skill: world.skill + apart };
  const [truth, other] = [accuracyOf(world), accuracyOf(better)];
  const holds = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;
  let accuracy = 0;
  const difference = share(tries, (source) => {
    const hardness = source.normals(images);
    const [a, b] = [world, better].map((one) => train(one, seeds, hardness, source));
    const both = twoLevelComparison([a, b], { replicates: 300, seed: source.word() });
    if (holds(both.accuracy(0), truth)) accuracy++;
    return holds(both.difference(0, 1), truth - other);
  });
  return { accuracy: accuracy / tries, difference };
}

/** How often a 95 % interval of the bootstrap of a mean holds the truth, for `f` of standard normal numbers. */
export function meanCoverage(n: number, tries: number, f: (z: number) => number, truth: number): number {
  return share(tries, (source) => {
    const { low, high } = bootstrapMean(Array.from(source.normals(n), f), { replicates: 300, seed: source.word() });
    return low !== null && low <= truth && truth <= high;
  });
}

/** How often tests reject at 5 % where there is nothing, by name; of those that are cautious by construction, the level that they can reach. */
export function falsePositives(tries: number): Record<string, { rate: number; level: number }> {
  const rejects = (p: (source: Source) => number): number => share(tries, (source) => p(source) <= 0.05);
  // Heavy tails, symmetric: what the permutation tests promise to bear.
  const heavy = (n: number) => (source: Source) => source.normals(n).map((z) => z ** 3);
  const networks = (source: Source): [Uint8Array, Uint8Array] => {
    const hardness = source.normals(150);
    const world = { skill: 1, seedSpread: 0, imageSpread: 1.5 };
    return [train(world, 1, hardness, source)[0], train(world, 1, hardness, source)[0]];
  };
  const scores = (source: Source): number[][] => Array.from({ length: 10 }, () => Array.from(source.normals(5)));
  return {
    // 6 of 128 flips, 2 x 25 of 1,024 sign patterns.
    "sign flip, 8 seeds": { rate: rejects((source) => signFlipTest(heavy(8)(source)).p), level: 6 / 128 },
    "Wilcoxon, 10 seeds": { rate: rejects((source) => wilcoxonSignedRank(heavy(10)(source)).p), level: 50 / 1024 },
    "paired t, 5 seeds": { rate: rejects((source) => pairedT(source.normals(5)).p), level: 0.05 },
    "McNemar mid-p": { rate: rejects((source) => mcnemar(...networks(source)).midP), level: 0.05 },
    "Friedman F, 10 x 5": { rate: rejects((source) => friedman(scores(source)).fP), level: 0.05 },
  };
}

/** How often anything is rejected at 5 % among ten competitors that all equal a common one, with and without Holm's correction. */
export function familywise(tries: number): { holm: number; none: number } {
  const family = (source: Source): number[] => {
    const common = source.normals(10);
    return Array.from({ length: 10 }, () => pairedT(source.normals(10).map((z, i) => z - common[i])).p);
  };
  return {
    holm: share(tries, (source) => Math.min(...holm(family(source))) <= 0.05),
    none: share(tries, (source) => Math.min(...family(source)) <= 0.05),
  };
}
