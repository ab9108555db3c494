/** What a callback is: code of yours (or of src/callbacks) that a fit calls as it goes. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError, type NumericError } from "../../errors.ts";
import { PENALTY } from "../build/objectives.ts";
import type { Evaluation } from "../evaluate/evaluator.ts";
import type { EpochReport, History, Resumption, StepReport } from "../history.ts";
import type { Model } from "../model.ts";
import type { NamedArray } from "../parameters/parameters.ts";
import type { LossWeights } from "../running/selection.ts";

/** The running fit, as callbacks see it. */
export interface FitContext {
  readonly model: Model;
  /** The epochs so far, those before a resumption included, and what changed on the way. */
  readonly history: History;
  /** Where a checkpoint was taken up; null for a fit from the beginning. */
  readonly resumed: Resumption | null;
  readonly epochs: number;
  /** Infinity for a stream that alone knows. */
  readonly stepsPerEpoch: number;
  /** What is trained on: samples held out for validation are not among them. Of a stream the room for a batch: `lastBatch` has what stands there. */
  readonly data: Dataset;
  /** Whether batches come from a stream. */
  readonly isStream: boolean;
  /** Rows of a step; of the last one of an epoch, and of each batch of a stream, there may be fewer. */
  readonly rowsPerStep: number;
  /** Rows of a pass; a step over more adds up several. */
  readonly rowsPerPass: number;
  /** @internal how much each stored sample counts, for each loss */
  readonly sampleWeights: LossWeights;
  /** The quantities of an epoch that can be monitored: `loss`, the metrics, `valLoss` and the like where there is validation, `penalty`. */
  readonly monitors: readonly string[];
  /** Base learning rate of the next step: what the schedule starts from. */
  readonly learningRate: number;
  /** Sets it, from the next step on. @throws ConfigError */
  setLearningRate(rate: number): void;
  /** Ends the fit after this step or epoch, for good: a resumed run ends here too. */
  stop(reason: string): void;
  /** Work begun in `onStepEnd`: the fit waits for it before its next pause for breath (and before a checkpoint), and fails if it does. */
  defer(work: Promise<unknown>): void;
  /** The samples of the last step, in its order, until the next one; none before the first step of an epoch. */
  lastBatch(): Dataset;
  /** Ends the running slice of steps after this one: what was deferred is done, and the event loop gets a turn, before the next step. */
  endSlice(): void;
  /** Copies of the weights. Unlike the model's own method it answers at once. */
  getWeights(): NamedArray[];
  /** Replaces the weights between two steps, when the model's own method refuses. @throws ShapeError */
  setWeights(arrays: readonly ArrayLike<number>[]): void;
  /** Loss and metrics over a dataset, between two steps. */
  evaluate(data: Dataset): Promise<Evaluation>;
}

/**
 * Methods that a fit calls; all are optional. Promises are awaited, those of `onStepEnd` not at once but as what `defer` is given. Use an object for
 * one fit at a time.
 * @example
 * const shout: Callback = { name: "shout", onEpochEnd: ({ epoch, loss }) => console.log(`EPOCH ${epoch}: ${loss}`) };
 */
export interface Callback {
  /** For messages; checkpoints are resumed with the same names in the same order. */
  readonly name: string;
  /** A quantity of the epochs that it needs: `loss`, `valLoss`, a metric `m`, `valM`, `penalty`. The fit refuses to start without. */
  readonly monitor?: string;
  /** Before the first step, also of a resumed fit: then after `restore`. */
  onTrainBegin?(context: FitContext): void | Promise<void>;
  /** Before the first step of an epoch; not again where it is resumed in its midst. @param epoch from 1 */
  onEpochBegin?(epoch: number, context: FitContext): void | Promise<void>;
  /** After each step. The report is the same object every time: copy what you keep. */
  onStepEnd?(report: StepReport, context: FitContext): void | Promise<void>;
  /** When a slice of steps ends and other work gets a turn, about every 50 ms: the place to show how far it is. */
  onSlice?(report: StepReport, context: FitContext): void | Promise<void>;
  /** After each whole epoch and its validation. */
  onEpochEnd?(report: EpochReport, context: FitContext): void | Promise<void>;
  /** When training ended, also early. */
  onTrainEnd?(history: History, context: FitContext): void | Promise<void>;
  /** When a step's loss is not finite: the fit throws `error` unless a callback stops it. The weights are those before that step. */
  onNonFinite?(error: NumericError, context: FitContext): void | Promise<void>;
  /** What a checkpoint keeps of it: plain data, typed arrays included. */
  state?(): unknown;
  /** Takes back what `state` gave, when a fit is resumed. */
  restore?(state: unknown): void;
}

/** `accuracy` -> valAccuracy. */
const validated = (name: string): string => `val${name[0].toUpperCase()}${name.slice(1)}`;

/** The quantities of an epoch by name, in order: those that a callback may monitor. */
export function monitorNames(names: readonly string[], validates: boolean): string[] {
  return [...names, ...(validates ? names.map(validated) : []), PENALTY];
}

/** The value of a monitored quantity. */
export function monitored({ metrics, valMetrics, penalty }: EpochReport, name: string): number {
  if (name === PENALTY) return penalty;
  if (Object.hasOwn(metrics, name)) return metrics[name];
  const entry = Object.entries(valMetrics ?? {}).find(([key]) => validated(key) === name);
  return entry?.[1] ?? Number.NaN;
}

/** @throws ConfigError for a monitor that the fit does not have */
export function checkMonitors(callbacks: readonly Callback[], available: readonly string[]): void {
  for (const { name, monitor } of callbacks) {
    if (monitor === undefined || available.includes(monitor)) continue;
    throw new ConfigError({
      where: `${name}, monitor`,
      got: JSON.stringify(monitor),
      expected: available.join(", "),
      hint: monitor.startsWith("val") ? "give fit validationData or validationSplit, and name quantities as in valLoss" : undefined,
    });
  }
}
