/** Trials in this thread, one after another: for engines without workers, and for tests. @module */
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { runTrial } from "../trials/run-trial.ts";
import type { Trial } from "../trials/trial.ts";
import type { Outcome, Runner, Weights } from "./runner.ts";
import { errorOf, plainError } from "./transfer.ts";

/** A runner without workers. @param name of a trial, for messages */
export function inThread(data: TrainAndTest, runtime: Runtime, options: { name: (trial: Trial) => string; signal?: AbortSignal }): Runner {
  const { name, signal } = options;
  let last: Promise<unknown> = Promise.resolve();
  const runNow = async (trial: Trial, start: Weights | null, onStart: () => void): Promise<Outcome> => {
    signal?.throwIfAborted();
    onStart();
    const outcome = await runTrial(trial, { data, runtime, start, signal }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw errorOf(plainError(error), name(trial));
    });
    // A trial that was cut short has a result too.
    signal?.throwIfAborted();
    return outcome;
  };
  return {
    workers: 1,
    run(trial, start, onStart) {
      const outcome = last.then(() => runNow(trial, start, onStart));
      last = outcome.catch(() => undefined);
      return outcome;
    },
    async close() {
      await last;
    },
  };
}
