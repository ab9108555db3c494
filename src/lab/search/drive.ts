/** Runs a method to its end: rounds side by side, or asynchronously in an order that is recorded. @module */
import { ConfigError } from "../../errors.ts";
import { gate } from "../runners/gate.ts";
import type { Candidate, Evaluated, Method } from "./method.ts";

/** In which order the candidates of an asynchronous method finished, and for how many places it asked: both decide its candidates. */
export interface CompletionOrder {
  readonly concurrency: number;
  /** Of candidates. */
  readonly ids: readonly number[];
}

export interface DriveOptions {
  /** How many candidates are evaluated at a time. */
  readonly concurrency: number;
  /** Of asynchronous methods: the order to follow; after its end, candidates count as they finish. */
  readonly replay?: CompletionOrder;
}

/**
 * Asks a method for candidates until it has no more.
 * @param evaluate gives the value of a candidate, null if it failed; what it throws ends the search
 * @returns all that was evaluated, in the order that the method was told
 * @throws ConfigError for an order that the method does not follow
 */
export async function drive(method: Method, evaluate: (candidate: Candidate) => Promise<number | null>, options: DriveOptions): Promise<Evaluated[]> {
  const pass = gate(options.concurrency);
  let failed = false;
  const run = (candidate: Candidate): Promise<Evaluated> =>
    pass(async () => {
      // Nothing begins once the search has ended.
      if (failed) return { candidate, value: null };
      try {
        return { candidate, value: await evaluate(candidate) };
      } catch (error) {
        failed = true;
        throw error;
      }
    });
  return method.asynchronous ? driveOneByOne(method, run, options) : driveRounds(method, run, options.concurrency);
}

type Run = (candidate: Candidate) => Promise<Evaluated>;

async function driveRounds(method: Method, run: Run, places: number): Promise<Evaluated[]> {
  const finished: Evaluated[] = [];
  for (;;) {
    const round = method.next(finished, places);
    if (round.length === 0) return finished;
    for (const evaluated of await Promise.all(round.map(run))) finished.push(evaluated);
  }
}

async function driveOneByOne(method: Method, run: Run, { concurrency, replay }: DriveOptions): Promise<Evaluated[]> {
  const places = replay?.concurrency ?? concurrency;
  const finished: Evaluated[] = [];
  const running = new Set<number>();
  const arrived = new Map<number, Evaluated>();
  let changed = (): void => {};
  let failure: { readonly error: unknown } | null = null;
  for (;;) {
    for (const candidate of method.next(finished, places - running.size)) {
      running.add(candidate.id);
      run(candidate).then(
        (evaluated) => {
          arrived.set(candidate.id, evaluated);
          changed();
        },
        (error) => {
          failure ??= { error };
          changed();
        },
      );
    }
    const wanted = replay?.ids[finished.length];
    if (wanted !== undefined && !running.has(wanted))
      throw new ConfigError({
        where: `replay, ids[${finished.length}]`,
        got: String(wanted),
        expected: running.size === 0 ? "no more of them: the search is over" : `one of those that run: ${[...running].join(", ")}`,
        hint: "a search repeats another only with the same space, method, options and results",
      });
    if (running.size === 0) return finished;
    const next = (): Evaluated | undefined => (wanted === undefined ? arrived.values().next().value : arrived.get(wanted));
    while (next() === undefined && failure === null) await new Promise<void>((resolve) => (changed = resolve));
    if (failure !== null) throw (failure as { error: unknown }).error;
    const evaluated = next() as Evaluated;
    arrived.delete(evaluated.candidate.id);
    running.delete(evaluated.candidate.id);
    finished.push(evaluated);
  }
}
