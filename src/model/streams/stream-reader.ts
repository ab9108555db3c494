/** Batches of a stream, checked, one after another. @module */
import { isRecord } from "../../data/dataset/by-name.ts";
import { Dataset } from "../../data/dataset/dataset.ts";
import { type DatasetOptions, dataset } from "../../data/dataset/make-dataset.ts";
import { type Batch, type BatchStream, compact } from "../../data/dataset/stream.ts";
import { type Complaint, ConfigError, GradienteError } from "../../errors.ts";
import type { Model } from "../model.ts";

/** What is wrong with a stream that has no batch. */
export const NO_BATCHES = {
  got: "a stream without batches",
  expected: "at least one",
  hint: "a stream that was read once may have no more: give a function that makes it anew",
};

/** Reads a stream from its beginning, as often as it is opened. At most one batch is asked for before it is needed. */
export class StreamReader {
  /** What reads it, for messages: `fit`, `evaluate`. */
  private readonly where: string;
  private readonly model: Model;
  private readonly stream: BatchStream;
  private iterator: Iterator<Batch> | AsyncIterator<Batch> | null = null;
  private pending: Promise<IteratorResult<Batch>> | null = null;
  private isWaiting = false;
  /** Number of the batch that was read last, from 0, since the stream was opened. */
  private number = -1;

  constructor(where: string, model: Model, stream: BatchStream) {
    this.where = where;
    this.model = model;
    this.stream = stream;
  }

  /** @param epoch what a function that makes the stream is called with */
  async open(epoch: number): Promise<void> {
    await this.close();
    const { stream } = this;
    const made: unknown = typeof stream === "function" ? await stream(epoch) : stream;
    if (typeof made !== "object" || made === null || !(Symbol.asyncIterator in made || Symbol.iterator in made)) {
      throw new ConfigError({
        where: this.where,
        got: `a function that gives ${made === null ? "null" : typeof made}`,
        expected: "one that gives an iterable of batches, async or not",
      });
    }
    this.iterator = Symbol.asyncIterator in made ? (made as AsyncIterable<Batch>)[Symbol.asyncIterator]() : (made as Iterable<Batch>)[Symbol.iterator]();
    this.number = -1;
  }

  /** The next batch, null at the end. @throws whatever the stream throws, and typed errors, which name the batch, for one that is none */
  async next(): Promise<Dataset | null> {
    this.askAhead();
    const asked = this.pending as Promise<IteratorResult<Batch>>;
    let result: IteratorResult<Batch>;
    try {
      result = await asked;
    } catch (error) {
      this.iterator = null;
      throw error;
    } finally {
      if (this.pending === asked) this.pending = null;
    }
    if (result.done === true) {
      this.iterator = null;
      return null;
    }
    this.number++;
    return this.inBatch(() => this.datasetOf(result.value));
  }

  /** Asks for the next batch, unless that was done. */
  askAhead(): void {
    if (this.pending !== null) return;
    this.isWaiting = true;
    const done = (): void => {
      this.isWaiting = false;
    };
    const { iterator } = this;
    // A stream that is not async may throw at once.
    this.pending = (async () => (iterator === null ? { done: true, value: undefined } : iterator.next()))();
    // A failure is told when the batch is needed.
    this.pending.then(done, done);
  }

  /** Runs what has to do with the batch read last: its errors name it. */
  inBatch<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof GradienteError)) throw error;
      const { complaint } = error;
      const Same = error.constructor as new (complaint: Complaint, options?: ErrorOptions) => GradienteError;
      throw new Same({ ...complaint, where: `${this.where}, batch ${this.number}, ${complaint.where.replace(/^dataset, /, "")}` }, { cause: error });
    }
  }

  /** Tells the stream that no more is wanted. One that is waiting for something itself is not waited for. */
  async close(): Promise<void> {
    const { iterator, isWaiting } = this;
    this.iterator = null;
    this.pending = null;
    if (iterator === null) return;
    const told = (async () => iterator.return?.())();
    if (isWaiting) told.catch(() => undefined);
    else await told;
  }

  private datasetOf(batch: Batch): Dataset {
    const data = batch instanceof Dataset ? batch : dataset(this.withShapes(batch));
    if (data.length === 0) throw new ConfigError({ where: "x", got: "no samples", expected: "at least one" });
    return data.rows === null ? data : compact(data, data.rows);
  }

  /** Shapes of samples are those of the model's inputs. */
  private withShapes(batch: DatasetOptions): DatasetOptions {
    if (!isRecord(batch) || batch.x === undefined || batch.x === null)
      throw new ConfigError({
        where: "x",
        got: isRecord(batch) ? "nothing" : String(batch),
        expected: "an object { x, y } or a dataset",
        hint: "an array is a stream of batches; samples to predict are typed arrays",
      });
    const { inputs } = this.model.architecture;
    if (!isRecord(batch.x)) return { sampleShape: inputs[0].shape, ...batch };
    const { x } = batch;
    return { sampleShape: Object.fromEntries(inputs.filter(({ name }) => Object.hasOwn(x, name)).map(({ name, shape }) => [name, shape])), ...batch };
  }
}
