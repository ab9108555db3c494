/** What a method of search is: it says what to try next, from what was found so far. @module */
import type { Point } from "./space.ts";

/** A point that is to be evaluated. */
export interface Candidate {
  /** From 0, in the order in which they were asked for. */
  readonly id: number;
  readonly point: Point;
  /** How much is spent on it in all, such as epochs; 1 with methods that spend the same on every point. */
  readonly resource: number;
  /** The candidate with the same point and less resource whose work it goes on from; null: it begins. */
  readonly from: number | null;
  /** Its rung and bracket, for methods that have some; 0 otherwise. */
  readonly rung: number;
  readonly bracket: number;
}

/** What came of a candidate. */
export interface Evaluated {
  readonly candidate: Candidate;
  /** Less is better; null: it failed (it threw, or gave no finite number). */
  readonly value: number | null;
}

/**
 * A method, at work on one search. It is deterministic: the same space, seed and results give the same candidates, so that what it asks for does not
 * depend on how many are evaluated side by side.
 */
export interface Method {
  readonly name: string;
  /** Whether results may come one by one, in the order in which they finish; otherwise a whole round must be there before the next is asked for. */
  readonly asynchronous: boolean;
  /** Resource that it will spend in all, counting only what is added to earlier work of the same point; less where candidates fail. */
  readonly budget: number;
  /**
   * The next candidates: a round, or, if asynchronous, as many as are to be begun now that `finished` are done. None: it waits for what runs; if nothing
   * runs, the search is over.
   * @param finished all that were evaluated so far, in the order in which they finished (of a round: in the order of ids)
   * @param places of an asynchronous method: how many may be begun now
   */
  next(finished: readonly Evaluated[], places: number): readonly Candidate[];
}
