/** Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning", MLSys, algorithm 2). @module */
import { ConfigError } from "../../../errors.ts";
import { axesOf } from "../axes.ts";
import type { Candidate, Evaluated, Method } from "../method.ts";
import type { Space } from "../space.ts";
import { randomPoint } from "../streams.ts";
import { byValue, readRungs } from "./bracket.ts";
import { Options } from "./options.ts";

export interface AshaOptions {
  /** Resource to spend in all; what is left when nothing fits into it stays unspent. */
  readonly budget: number;
  /** What is spent on a point of the last rung in all, such as epochs. */
  readonly maxResource: number;
  /** What is spent on a point of the first rung at least. Default 1. */
  readonly minResource?: number;
  /** Of so many points that have finished a rung one goes on, with as many times the resource. Default 3. */
  readonly eta?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Whenever a place is free, a point among the best 1 / eta of those that have finished its rung goes on, from the highest rung where there is one; else a new
 * point begins. Nobody waits, but which points go on depends on who finished first.
 */
export function asha(space: Space, given: unknown): Method {
  const options = new Options("asha", given, ["budget", "maxResource", "minResource", "eta", "seed"]);
  const { resources, eta } = readRungs(options);
  const budget = options.count("budget", undefined, 1, Number.MAX_SAFE_INTEGER);
  if (budget < resources[0])
    throw new ConfigError({ where: "method asha, budget", got: String(budget), expected: `at least the ${resources[0]} of one point of the first rung` });
  const [axes, seed] = [axesOf(space), options.seed()];
  const rungs = resources.map(() => new FinishedRung(eta));
  let left = budget;
  let issued = 0;
  let drawn = 0;
  let seen = 0;

  /** The candidate for the next place; null: nothing fits into what is left. */
  const next = (): Candidate | null => {
    for (let rung = resources.length - 1; rung > 0; rung--) {
      const cost = resources[rung] - resources[rung - 1];
      const before = cost <= left ? rungs[rung - 1].promote() : null;
      if (before === null) continue;
      left -= cost;
      return { id: issued++, point: before.point, resource: resources[rung], from: before.id, rung, bracket: 0 };
    }
    if (resources[0] > left) return null;
    left -= resources[0];
    return { id: issued++, point: randomPoint(axes, seed, drawn++), resource: resources[0], from: null, rung: 0, bracket: 0 };
  };

  return {
    name: "asha",
    asynchronous: true,
    budget,
    next(finished, places) {
      for (; seen < finished.length; seen++) rungs[finished[seen].candidate.rung].add(finished[seen]);
      const begun: Candidate[] = [];
      while (begun.length < places) {
        const candidate = next();
        if (candidate === null) break;
        begun.push(candidate);
      }
      return begun;
    },
  };
}

/** Those that have finished one rung. */
class FinishedRung {
  readonly #eta: number;
  /** Those that succeeded, best first. */
  readonly #ranked: Evaluated[] = [];
  readonly #promoted = new Set<number>();
  #finished = 0;

  constructor(eta: number) {
    this.#eta = eta;
  }

  add(evaluated: Evaluated): void {
    this.#finished++;
    if (evaluated.value === null) return;
    const place = this.#ranked.findIndex((other) => byValue(evaluated, other) < 0);
    this.#ranked.splice(place === -1 ? this.#ranked.length : place, 0, evaluated);
  }

  /** The best that has not gone on yet, if it is among the best 1 / eta of all; those that failed count, and never go on. */
  promote(): Candidate | null {
    const best = this.#ranked.slice(0, Math.floor(this.#finished / this.#eta));
    const chosen = best.find(({ candidate }) => !this.#promoted.has(candidate.id))?.candidate;
    if (chosen === undefined) return null;
    this.#promoted.add(chosen.id);
    return chosen;
  }
}
