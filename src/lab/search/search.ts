/** Searches a space for the point where a function is least. @module */
import { ConfigError, NumericError } from "../../errors.ts";
import { number, record } from "../written/fields.ts";
import { oneOf, quoted } from "../written/nearest.ts";
import { checkSpace } from "./check-space.ts";
import { type CompletionOrder, drive } from "./drive.ts";
import type { Candidate, Method } from "./method.ts";
import { type MethodName, type MethodOptions, methodOf } from "./methods/index.ts";
import type { Point, Space } from "./space.ts";
import { trialSeed } from "./streams.ts";

/** What an objective is told beside the point. */
export interface ObjectiveContext {
  /** Of the trial, from 0. */
  readonly id: number;
  /** How much to spend on the point in all, such as epochs; 1 with methods that spend the same on every point. */
  readonly resource: number;
  /** What the trial it goes on from, with the same point, has spent; 0 if it begins. */
  readonly previousResource: number;
  /** The id of that trial; null if it begins. */
  readonly from: number | null;
  /** For random numbers: a whole number below 2^32 that depends on the search's seed and the trial; trials that go on from one another share it. */
  readonly seed: number;
  /** Set when the search ends early. */
  readonly signal: AbortSignal;
}

/** What is searched for the least of, or the greatest. */
export type Objective = (point: Point, context: ObjectiveContext) => number | Promise<number>;

/** One evaluation. */
export interface SearchTrial extends Candidate {
  /** As the objective gave it; null: it failed. */
  readonly value: number | null;
  /** Why it failed; null: it did not. */
  readonly error: string | null;
}

/** The budget may stand beside the method. */
type Own<N extends MethodName, Options = MethodOptions[N]> = { readonly name: N } & Omit<Options, "budget"> & Partial<Pick<Options, "budget" & keyof Options>>;

export interface SearchOptions {
  /** By name, by name with its options, or one of your own. Default `tpe`. */
  readonly method?: MethodName | { [N in MethodName]: Own<N> }[MethodName] | Method;
  /** How many points, for methods that take it. */
  readonly trials?: number;
  /** How much resource, for methods that take it. */
  readonly budget?: number;
  /** How many points are chosen together, for methods that take it: the result depends on it. */
  readonly roundSize?: number;
  /** How many trials run at a time: the result does not depend on it, but for asynchronous methods. Default 1. */
  readonly concurrency?: number;
  /** Default `minimize`. */
  readonly direction?: "minimize" | "maximize";
  /** Default 0. */
  readonly seed?: number;
  /** Ends the search, which rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of each trial when it is finished. */
  readonly onTrial?: (trial: SearchTrial) => void;
  /** Of asynchronous methods: the order in which the trials of an earlier search finished, which this one follows. */
  readonly replay?: CompletionOrder | null;
}

/** What came of a search. */
export interface SearchResult {
  /** The trial with the best value, of those on which most was spent; the first of equals. */
  readonly best: SearchTrial & { readonly value: number };
  /** All, in the order of their ids. */
  readonly trials: readonly SearchTrial[];
  readonly method: string;
  readonly direction: "minimize" | "maximize";
  /** Resource that the method set out to spend. */
  readonly budget: number;
  /** Resource that trials spent, those that failed included. */
  readonly spent: number;
  /** Of asynchronous methods, to be given to `replay`; null otherwise. */
  readonly completionOrder: CompletionOrder | null;
  /** What the reader must know of the result; null: nothing. */
  readonly note: string | null;
}

const FIELDS = [
  "method",
  "trials",
  "budget",
  "roundSize",
  "concurrency",
  "direction",
  "seed",
  "signal",
  "onTrial",
  "replay",
] as const satisfies readonly (keyof SearchOptions)[];
const MOST_CONCURRENT = 1024;
const ORDER_MATTERS =
  "Which points were tried depends on the order in which trials finished, and so does the result: completionOrder holds this order, and replay repeats it.";

/**
 * Searches a space for the point where `objective` is least (or greatest). An objective that throws, or gives no finite number, fails its trial, and the
 * search goes on.
 * @throws ConfigError for a space or options that cannot be; NumericError if all trials failed; the signal's reason
 * @example
 * const { best } = await search({ x: { low: -5, high: 5 } }, ({ x }) => (x as number) ** 2, { trials: 30 });
 */
export async function search(space: Space, objective: Objective, options: SearchOptions = {}): Promise<SearchResult> {
  if (typeof objective !== "function") throw new ConfigError({ where: "search", got: quoted(objective), expected: "a function of a point as objective" });
  record("search", options, FIELDS, "an object with options");
  const direction = oneOf("search, direction", options.direction ?? "minimize", ["minimize", "maximize"]);
  const sign = direction === "maximize" ? -1 : 1;
  const seed = count("seed", options.seed ?? 0, 0, Number.MAX_SAFE_INTEGER);
  const concurrency = count("concurrency", options.concurrency ?? 1, 1, MOST_CONCURRENT);
  const method = madeMethod(checkSpace(space), options);
  const replay = checkReplay(method, options.replay);
  options.signal?.throwIfAborted();

  const trials: SearchTrial[] = [];
  const ending = new AbortController();
  const evaluate = async (candidate: Candidate): Promise<number | null> => {
    const { id, point, resource, from } = candidate;
    const context = { id, resource, previousResource: from === null ? 0 : trials[from].resource, from, seed: trialSeed(seed, first(trials, candidate)) };
    const outcome = await attempt(async () => objective(point, { ...context, signal: ending.signal }));
    ending.signal.throwIfAborted();
    trials[id] = { ...candidate, ...outcome };
    try {
      options.onTrial?.(trials[id]);
    } catch (error) {
      // Those that run are told, and finish unseen.
      ending.abort(error);
      throw error;
    }
    return outcome.value === null ? null : sign * outcome.value;
  };
  const stop = (): void => ending.abort(options.signal?.reason);
  const aborted = new Promise<never>((_, reject) => ending.signal.addEventListener("abort", () => reject(ending.signal.reason), { once: true }));
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const finished = await Promise.race([drive(method, evaluate, { concurrency, replay }), aborted]);
    const ids = finished.map(({ candidate }) => candidate.id);
    return {
      best: bestOf(trials, sign),
      trials,
      method: method.name,
      direction,
      budget: method.budget,
      spent: trials.reduce((sum, { resource, from }) => sum + resource - (from === null ? 0 : trials[from].resource), 0),
      completionOrder: method.asynchronous ? { concurrency: replay?.concurrency ?? concurrency, ids } : null,
      note: method.asynchronous ? ORDER_MATTERS : null,
    };
  } finally {
    options.signal?.removeEventListener("abort", stop);
    aborted.catch(() => {});
    ending.abort();
  }
}

const count = (name: string, value: unknown, least: number, most: number): number =>
  number(`search, ${name}`, value, (part) => Number.isInteger(part) && part >= least && part <= most, `a whole number from ${least} to ${most}`);

function madeMethod(space: Space, { method = "tpe", trials, budget, roundSize, seed }: SearchOptions): Method {
  const shared = Object.fromEntries(Object.entries({ trials, budget, roundSize, seed }).filter(([, value]) => value !== undefined));
  if (typeof method !== "object" || method === null) return methodOf(method, space, shared);
  if (!("next" in method)) {
    const { name, ...own } = method;
    return methodOf(name, space, { ...shared, ...own });
  }
  const [unused] = Object.keys(shared).filter((name) => name !== "seed");
  if (unused !== undefined)
    throw new ConfigError({ where: "search", got: `${unused} beside a method that is made already`, expected: "the method to know it" });
  return method;
}

function checkReplay(method: Method, replay: CompletionOrder | null | undefined): CompletionOrder | undefined {
  if (replay === null || replay === undefined) return undefined;
  const where = "search, replay";
  if (!method.asynchronous)
    throw new ConfigError({ where, got: `an order for ${method.name}`, expected: "an asynchronous method: of the others the result does not depend on it" });
  if (typeof replay !== "object" || !Array.isArray(replay.ids) || !replay.ids.every(Number.isSafeInteger))
    throw new ConfigError({ where, got: quoted(replay), expected: "{ concurrency, ids }, as completionOrder of a result" });
  return { concurrency: count("replay, concurrency", replay.concurrency, 1, MOST_CONCURRENT), ids: replay.ids };
}

/** The id of the trial that a chain of trials with one point began with. */
function first(trials: readonly SearchTrial[], { id, from }: Candidate): number {
  let [begun, before] = [id, from];
  while (before !== null) [begun, before] = [before, trials[before].from];
  return begun;
}

async function attempt(evaluate: () => Promise<number>): Promise<Pick<SearchTrial, "value" | "error">> {
  try {
    const value: unknown = await evaluate();
    if (typeof value === "number" && Number.isFinite(value)) return { value, error: null };
    return { value: null, error: `the objective gave ${quoted(value)}, expected a finite number` };
  } catch (error) {
    return { value: null, error: error instanceof Error ? error.message : String(error) };
  }
}

function bestOf(trials: readonly SearchTrial[], sign: number): SearchResult["best"] {
  const succeeded = trials.filter((trial): trial is SearchResult["best"] => trial.value !== null);
  if (succeeded.length === 0)
    throw new NumericError({
      where: "search",
      got: `${trials.length} trials that all failed, the first: ${trials[0]?.error}`,
      expected: "a finite number from one of them",
      hint: "call the objective on one point yourself to see what is wrong",
    });
  const most = succeeded.reduce((greatest, { resource }) => Math.max(greatest, resource), 0);
  return succeeded.filter(({ resource }) => resource === most).reduce((best, trial) => (sign * trial.value < sign * best.value ? trial : best));
}
