/** Random numbers of searches: what is drawn for one candidate depends on the seed and its number, never on what was drawn before. @module */
import { deriveKey, Purpose } from "../../random.ts";
import { Draws } from "../statistics/draws.ts";
import { type Axis, pointAt } from "./axes.ts";
import type { Point } from "./space.ts";

const Stream = { points: 1, scramble: 2, proposals: 3, retries: 4, trials: 5 } as const;

/** Numbers for one use. @param place the candidate's id, or the dimension */
export const drawsFor = (seed: number, stream: keyof typeof Stream, place: number): Draws => new Draws(seed, Purpose.search, Stream[stream], place);

/** A point drawn evenly, or by the logarithm where the space says so. */
export function randomPoint(axes: readonly Axis[], seed: number, id: number): Point {
  const draws = drawsFor(seed, "points", id);
  return pointAt(
    axes,
    axes.map(() => draws.uniform()),
  );
}

/** The seed that an objective is told, from 0 to 2^32 - 1: candidates that go on from one another share it. */
export const trialSeed = (seed: number, first: number): number => deriveKey(seed, Purpose.search, Stream.trials, first)[0] >>> 0;
