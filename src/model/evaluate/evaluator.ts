/** A model over a dataset or a stream: evaluation and prediction. @module */
import { Dataset } from "../../data/dataset/dataset.ts";
import { type BatchStream, isStream } from "../../data/dataset/stream.ts";
import { ShapeError } from "../../errors.ts";
import type { Executor } from "../../program/executor.ts";
import { reportNames, summedNames } from "../build/objectives.ts";
import type { Model } from "../model.ts";
import type { Programs } from "../running/programs.ts";
import type { Samples } from "../running/samples.ts";
import { Staging } from "../streams/staging.ts";
import { NO_BATCHES, StreamReader } from "../streams/stream-reader.ts";
import { type EachSample, evaluatePasses, overRows, overStream, type Passes, predictPasses } from "./passes.ts";

/** What evaluate resolves to. */
export interface Evaluation {
  /** Of several outputs the weighted sum of their losses. */
  readonly loss: number;
  /** Null of several outputs, and without that metric: see `metrics`. */
  readonly accuracy: number | null;
  /** The loss and every metric by name; those of one of several outputs bear its name: `digit_loss`, `digit_accuracy`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a model predicts: of several outputs each by its name. */
export type Prediction = Float32Array | Readonly<Record<string, Float32Array>>;

/** Runs the evaluation and inference Programs of a model, for who holds it. */
export class Evaluator {
  private readonly model: Model;
  private readonly programs: Programs;
  /** The rooms in which streams were evaluated. */
  private readonly stagings = new WeakMap<object, Staging>();

  constructor(model: Model, programs: Programs) {
    this.model = model;
    this.programs = programs;
  }

  /** Mean loss and metrics. @param each what to keep of every sample of a dataset */
  async evaluate(data: Dataset | BatchStream, each?: EachSample): Promise<Evaluation> {
    const { model } = this;
    const { objectives } = model.needCompiled("evaluate");
    const run = async (executor: Executor, room: Dataset, passes: Passes): Promise<Evaluation> => {
      const values = await evaluatePasses(executor, passes, summedNames(objectives), model.streamedMetrics(executor, room), each);
      const metrics = Object.fromEntries(reportNames(objectives).map((name) => [name, values[name]]));
      return { loss: metrics.loss, accuracy: metrics.accuracy ?? null, metrics };
    };
    if (!(data instanceof Dataset)) return this.overStream("evaluate", data, run);
    const executor = await model.loadEvaluation(data);
    return run(executor, data, this.passes(executor, data));
  }

  /** The outputs for each sample. */
  async predict(data: Dataset | BatchStream | Samples | Readonly<Record<string, Samples>>): Promise<Prediction> {
    const { model, programs } = this;
    const names = programs.resultNames();
    if (isStream(data))
      return this.overStream("infer", data, async (executor, _, passes) => this.asPrediction(await predictPasses(executor, passes, names, null)));
    if (!(data instanceof Dataset)) return this.asPrediction(await programs.predict(data));
    const executor = await model.load("infer", data, programs.evaluationCapacity(data.length), 1);
    return this.asPrediction(await predictPasses(executor, this.passes(executor, data), names, data.length));
  }

  private passes(executor: Executor, data: Dataset): Passes {
    return (visit) => overRows(executor, data, () => this.programs.prepare(executor), visit);
  }

  /** Runs a loaded Program over a stream, from its beginning to its end. */
  private async overStream<T>(
    purpose: "evaluate" | "infer",
    stream: BatchStream,
    run: (executor: Executor, room: Dataset, passes: Passes) => Promise<T>,
  ): Promise<T> {
    const { model, programs } = this;
    const where = purpose === "infer" ? "predict" : purpose;
    const reader = new StreamReader(where, model, stream);
    let isDone = false;
    try {
      await reader.open(model.epochsTrained);
      const first = await reader.next();
      if (first === null) throw new ShapeError({ where, ...NO_BATCHES });
      const check = (batch: Dataset): void => programs.checkBatch(purpose, batch);
      reader.inBatch(() => check(first));
      const staging = this.stagingFor(stream, first);
      const executor = await model.load(purpose, staging.data, staging.capacity, 1);
      const streamed = { reader, staging, runtime: await model.runtime(), first, check };
      const result = await run(executor, staging.data, (visit) => overStream(executor, streamed, () => programs.prepare(executor), visit));
      isDone = true;
      return result;
    } finally {
      // What a stream says to being closed is news only where nothing else failed.
      await reader.close().catch((error) => {
        if (isDone) throw error;
      });
    }
  }

  /** Room for a stream's batches outside training; the one that it had, if it suits. */
  private stagingFor(stream: BatchStream, first: Dataset): Staging {
    const known = this.stagings.get(stream);
    if (known?.suits(first) === true) return known;
    const made = new Staging(first, this.programs.evaluationCapacity());
    this.stagings.set(stream, made);
    return made;
  }

  private asPrediction(values: readonly Float32Array[]): Prediction {
    if (values.length === 1) return values[0];
    return Object.fromEntries(this.model.architecture.outputs.map(({ name }, k) => [name, values[k]]));
  }
}
