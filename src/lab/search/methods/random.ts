/** Random search (Bergstra & Bengio 2012, "Random search for hyper-parameter optimization", JMLR 13). @module */
import { axesOf } from "../axes.ts";
import type { Method } from "../method.ts";
import type { Space } from "../space.ts";
import { randomPoint } from "../streams.ts";
import { oneRound } from "./one-round.ts";
import { Options, USUAL_TRIALS } from "./options.ts";

export interface RandomOptions {
  /** Points. Default 60. */
  readonly trials?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Points drawn independently. */
export function random(space: Space, given: unknown): Method {
  const options = new Options("random", given, ["trials", "seed"]);
  const [axes, seed] = [axesOf(space), options.seed()];
  return oneRound("random", options.count("trials", USUAL_TRIALS), (id) => randomPoint(axes, seed, id));
}
