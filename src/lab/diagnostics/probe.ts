/** A copy of a model to measure on. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { ModelOutput } from "../../model/build/architecture.ts";
import { optionsOf } from "../../model/build/objectives.ts";
import { Model } from "../../model/model.ts";
import type { ParameterSpec } from "../../model/parameters/parameter-spec.ts";
import { Feed, rowsOf } from "../../model/running/feed.ts";
import type { LossWeights } from "../../model/running/selection.ts";
import { yieldToEventLoop } from "../../model/running/yield.ts";
import type { Executor } from "../../program/executor.ts";
import type { Floats } from "../../runtime/memory.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/** Rows at a time: activations of more leave the cache. */
const ROWS = 64;

/** All parameters and states of a model, by number, in the API's layout. */
export type Values = readonly Floats[];

/** A step that was taken. */
export interface StepTaken {
  readonly data: Dataset;
  readonly sampleWeights: LossWeights;
  /** Row numbers of its samples, in its order. */
  readonly rows: Int32Array;
  /** Rows of a whole step, and of a pass. */
  readonly rowsPerStep: number;
  readonly rowsPerPass: number;
  /** Its number in the model's life: what random layers draw by. */
  readonly step: number;
}

/** A copy of all parameters and states. */
export function valuesOf({ architecture: { parameters } }: Model): Values {
  return parameters.copyValues([...parameters.specs.keys()]);
}

/** What a probe may have of its own. */
export interface ProbeOptions {
  /** Default the subject's. */
  readonly runtime?: Runtime | Promise<Runtime>;
  /** Values inside the model that it is to give; it has no loss then. Default the subject's outputs. */
  readonly outputs?: readonly ModelOutput[];
}

/**
 * A second model of the same layers and losses with memory of its own: whatever is done to it, the model that trains keeps its bits. It shares the other's
 * runtime, and with it the copy of the data.
 */
export class Probe {
  readonly model: Model;
  /** The parameters that training moves: what a vector is made of, in this order. */
  readonly specs: readonly ParameterSpec[];
  /** Where each of them ends in a vector. */
  private readonly ends: readonly number[];
  private readonly trained: readonly number[];

  constructor(subject: Model, { runtime = subject.runtime(), outputs }: ProbeOptions = {}) {
    const { architecture: structure, seed } = subject;
    this.model = new Model({ structure: outputs === undefined ? structure : { ...structure, outputs }, seed, runtime });
    if (outputs === undefined) this.model.compile({ optimizer: "sgd", ...optionsOf(subject.needCompiled("diagnostics").objectives) });
    const { specs } = this.model.architecture.parameters;
    const { sizes } = this.model.architecture.parameters.layout();
    this.trained = this.model.trainedParameters();
    this.specs = this.trained.map((i) => specs[i]);
    let end = 0;
    this.ends = this.trained.map((i) => {
      end += sizes[i];
      return end;
    });
  }

  /** Length of a vector. */
  get size(): number {
    return this.ends.at(-1) ?? 0;
  }

  /** Takes over parameters and states. */
  write(values: Values): void {
    this.model.architecture.parameters.writeValues([...values.keys()], values);
  }

  /** The trained parameters among all values. */
  trainedOf(values: Values): Floats[] {
    return this.trained.map((i) => values[i]);
  }

  /** The trained parameters, end to end. */
  vector(): Float64Array {
    return this.joined(this.model.architecture.parameters.copyValues(this.trained));
  }

  /** Replaces the trained parameters. */
  setVector(vector: Float64Array): void {
    this.model.architecture.parameters.writeValues(this.trained, this.parts(vector));
  }

  /** A vector cut into parameters. */
  parts(vector: Float64Array): Float64Array[] {
    return this.ends.map((end, k) => vector.subarray(k === 0 ? 0 : this.ends[k - 1], end));
  }

  /**
   * The gradient of the mean loss over data, as evaluation reports it, end to end: without dropout and other noise, by the moving statistics of batch
   * normalization, without penalties.
   */
  async slope(data: Dataset): Promise<Float64Array> {
    const capacity = this.model.architecture.batchSize ?? Math.min(ROWS, data.length);
    const executor = await this.model.load("slopes", data, capacity, Math.ceil(data.length / capacity));
    this.run(executor, rowsOf(data), 0);
    await yieldToEventLoop();
    return this.joined(this.gradients());
  }

  /** The gradients that a step had at the weights which the probe has, of each trained parameter: as backpropagation gives them, before penalties on weights and clipping. */
  async stepGradients({ data, sampleWeights, rows, rowsPerStep, rowsPerPass, step }: StepTaken): Promise<Floats[]> {
    this.run(await this.model.load("gradients", data, rowsPerPass, Math.ceil(rowsPerStep / rowsPerPass), sampleWeights), rows, step);
    return this.gradients();
  }

  dispose(): void {
    this.model.dispose();
  }

  private run(executor: Executor, rows: Int32Array, step: number): void {
    const { capacity } = executor.program;
    const feed = new Feed(executor, this.model.randomKey);
    this.model.architecture.parameters.clearGradients();
    feed.refresh();
    feed.step(rows.length, step);
    executor.run("prepare");
    for (let from = 0; from < rows.length; from += capacity) {
      feed.pass(rows, from, Math.min(capacity, rows.length - from), from);
      executor.run("accumulate");
    }
  }

  private gradients(): Floats[] {
    return this.model.architecture.parameters.copyGradients(this.trained);
  }

  private joined(arrays: readonly Floats[]): Float64Array {
    const vector = new Float64Array(this.size);
    arrays.forEach((values, k) => {
      vector.set(values, k === 0 ? 0 : this.ends[k - 1]);
    });
    return vector;
  }
}
