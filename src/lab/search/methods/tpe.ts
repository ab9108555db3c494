/**
 * TPE, the tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for hyper-parameter optimization", NeurIPS 24; Bergstra et al. 2013, "Making a
 * science of model search", ICML; its parts compared by Watanabe 2023, arXiv:2304.11127).
 * @module
 */
import { canonicalJson } from "../../written/canonical.ts";
import { type Axis, axesOf, placeOf, pointAt } from "../axes.ts";
import type { Candidate, Evaluated, Method } from "../method.ts";
import type { Point, Space } from "../space.ts";
import { drawsFor, randomPoint } from "../streams.ts";
import { byValue } from "./bracket.ts";
import { Options, USUAL_TRIALS } from "./options.ts";
import { Parzen } from "./parzen.ts";

export interface TpeOptions {
  /** Points. Default 60. */
  readonly trials?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Points that are chosen before the results of any of them are there, and may be evaluated side by side. Default 4. */
  readonly roundSize?: number;
  /** Points at the beginning that are drawn at random, those of random search. Default 10. */
  readonly startupTrials?: number;
  /** Points drawn from the good density, of which the one with the greatest expected improvement is chosen. Default 24. */
  readonly eiCandidates?: number;
  /** Which part of the points counts as good. Default 0.15. */
  readonly gamma?: number;
  /** Of the prior, where a point has 1. Default 1. */
  readonly priorWeight?: number;
  /** Whether densities are of all dimensions together; false: of each on its own, as in 2011. Default true. */
  readonly multivariate?: boolean;
}

const NAMES = ["trials", "seed", "roundSize", "startupTrials", "eiCandidates", "gamma", "priorWeight", "multivariate"];
/** How often a point that was not asked for yet is drawn before one is asked for again. */
const ATTEMPTS = 100;

/**
 * Two densities, of the good points and of the others; the next point is drawn from the first, where its ratio to the second is greatest. Those that failed
 * count as others, and so do the points of a round that are chosen already, so that a round does not ask for one place many times (a constant liar: Ginsbourger
 * et al. 2010). A point is not asked for twice as long as new ones are found.
 */
export function tpe(space: Space, given: unknown): Method {
  const options = new Options("tpe", given, NAMES);
  const trials = options.count("trials", USUAL_TRIALS);
  const roundSize = options.count("roundSize", 4, 1, 10_000);
  const startup = options.count("startupTrials", 10);
  const seed = options.seed();
  const axes = axesOf(space);
  const proposer = new Proposer(axes, {
    candidates: options.count("eiCandidates", 24, 1, 10_000),
    gamma: options.number("gamma", 0.15, 0.001, 1),
    priorWeight: options.number("priorWeight", 1, 0.001, 1000),
    multivariate: options.flag("multivariate", true),
  });
  const asked = new Set<string>();
  let issued = 0;

  /** The first that is new; or a random one that is; or the first. */
  const choose = (proposed: readonly Point[], id: number): Point => {
    const isNew = (point: Point): boolean => !asked.has(canonicalJson(point));
    const found = proposed.find(isNew);
    if (found !== undefined) return found;
    const draws = drawsFor(seed, "retries", id);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const point = pointAt(
        axes,
        axes.map(() => draws.uniform()),
      );
      if (isNew(point)) return point;
    }
    return proposed[0];
  };

  return {
    name: "tpe",
    asynchronous: false,
    budget: trials,
    next(finished) {
      const known = proposer.split(finished);
      const pending: number[][] = [];
      const round: Candidate[] = [];
      for (const end = Math.min(issued + roundSize, trials); issued < end; issued++) {
        const atRandom = issued < startup || known.good.length === 0;
        const point = choose(
          atRandom ? [randomPoint(axes, seed, issued)] : proposer.propose(known.good, [...known.others, ...pending], drawsFor(seed, "proposals", issued)),
          issued,
        );
        asked.add(canonicalJson(point));
        pending.push(placeOf(axes, point));
        round.push({ id: issued, point, resource: 1, from: null, rung: 0, bracket: 0 });
      }
      return round;
    },
  };
}

interface Settings {
  readonly candidates: number;
  readonly gamma: number;
  readonly priorWeight: number;
  readonly multivariate: boolean;
}

type Place = readonly number[];

class Proposer {
  readonly #axes: readonly Axis[];
  readonly #settings: Settings;
  /** Of the candidates, by id. */
  readonly #places = new Map<number, Place>();

  constructor(axes: readonly Axis[], settings: Settings) {
    this.#axes = axes;
    this.#settings = settings;
  }

  /** The places of the best, ceil(gamma n) of n that succeeded, and of all others. */
  split(finished: readonly Evaluated[]): { readonly good: readonly Place[]; readonly others: readonly Place[] } {
    const succeeded = finished.filter(({ value }) => value !== null).sort(byValue);
    const ranked = [...succeeded, ...finished.filter(({ value }) => value === null)].map(({ candidate }) => this.#placeOf(candidate));
    const border = Math.ceil(this.#settings.gamma * succeeded.length);
    return { good: ranked.slice(0, border), others: ranked.slice(border) };
  }

  #placeOf({ id, point }: Candidate): Place {
    const place = this.#places.get(id) ?? placeOf(this.#axes, point);
    this.#places.set(id, place);
    return place;
  }

  /** Points drawn from the good density, the most promising first. */
  propose(good: readonly Place[], others: readonly Place[], draws: ReturnType<typeof drawsFor>): Point[] {
    const all = this.#axes.map((_, d) => d);
    if (this.#settings.multivariate) return this.#ranked(all, good, others, draws).map((place) => pointAt(this.#axes, place));
    const byAxis = all.map((d) => this.#ranked([d], good, others, draws));
    return byAxis[0].map((_, i) =>
      pointAt(
        this.#axes,
        byAxis.map((places) => places[i][0]),
      ),
    );
  }

  /** Places on some of the axes, by the ratio of the densities: the expected improvement rises with it (Bergstra et al. 2011, section 4.1). */
  #ranked(dimensions: readonly number[], good: readonly Place[], others: readonly Place[], draws: ReturnType<typeof drawsFor>): Place[] {
    const { candidates, priorWeight } = this.#settings;
    const axes = dimensions.map((d) => this.#axes[d]);
    const density = (places: readonly Place[]): Parzen =>
      new Parzen(
        axes,
        places.map((place) => dimensions.map((d) => place[d])),
        priorWeight,
      );
    const [better, worse] = [density(good), density(others)];
    return Array.from({ length: candidates }, () => {
      const drawn = better.sample(draws);
      // What is asked for is the value, whole numbers and choices in the middle of their places.
      const place = axes.map((axis, i) => axis.encode(axis.decode(drawn[i])));
      return { place, score: better.logDensity(place) - worse.logDensity(place) };
    })
      .sort((a, b) => b.score - a.score)
      .map(({ place }) => place);
  }
}
