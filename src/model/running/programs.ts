/** The Programs of a model that are loaded, with what they read. @module */
import type { InputColumn } from "../../data/dataset/columns.ts";
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError, ShapeError } from "../../errors.ts";
import type { SampleFormat } from "../../graph/ops/leaf.ts";
import { describeLoss } from "../../losses/index.ts";
import { type Executor, loadProgram } from "../../program/executor.ts";
import type { Program } from "../../program/program.ts";
import type { Block } from "../../runtime/memory.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { formatShape, type Shape } from "../../shape.ts";
import { type BuildRequest, build, roleNames } from "../build/build.ts";
import type { InputLimit } from "../build/forward.ts";
import type { BoundObjective } from "../build/losses-graph.ts";
import type { Objective } from "../build/objectives.ts";
import type { Model } from "../model.ts";
import { checkIndices } from "./index-limits.ts";
import { Predictor } from "./predictor.ts";
import { plainColumns, type Samples } from "./samples.ts";
import {
  bindObjectives,
  inputSlot,
  isSameSelection,
  type LossWeights,
  type Selection,
  selectInputs,
  selectTargets,
  targetSlot,
  uploadSelection,
} from "./selection.ts";
import { sampleFormat } from "./uploads.ts";

/** What a Program is loaded for. `gradients` are those of training, `slopes` those of the loss that evaluation reports. */
export type Use = "train" | "evaluate" | "infer" | "gradients" | "slopes" | "objective" | "diagnose" | "trace";

/** Rows at a time outside training: activations of more leave the cache, and take half as long again. */
const EVALUATION_CAPACITY = 64;

/** What a model can be asked to run. A Program is made on first use, and kept. */
export class Programs {
  private readonly model: Model;
  private readonly outputShapes: readonly Shape[];
  private readonly indexLimits: readonly InputLimit[];
  private readonly executors = new Map<string, Executor>();
  private readonly selectionOf = new WeakMap<Executor, Selection>();
  /** The version of the weights for which an executor's `prepare` section ran. */
  private readonly preparedFor = new WeakMap<Executor, number>();
  /** By the types of their samples. */
  private readonly predictors = new Map<string, Predictor>();
  private bound: object | null = null;

  constructor(model: Model, outputShapes: readonly Shape[], indexLimits: readonly InputLimit[]) {
    this.model = model;
    this.outputShapes = outputShapes;
    this.indexLimits = indexLimits;
  }

  /** The loaded Program for a purpose, with the model and a dataset bound; made on first use, kept while the same arrays are used */
  async load(purpose: Use, data: Dataset, capacity: number, passes: number, sampleWeights?: LossWeights): Promise<Executor> {
    const runtime = await this.model.runtime();
    this.checkBatches(purpose, data.length, capacity);
    const objectives = purpose === "infer" ? [] : this.model.needCompiled(purpose).objectives;
    const selection = this.select(objectives, data, sampleWeights);
    checkIndices(this.indexLimits, selection.inputs, data.rows);
    // Layers may be frozen at any time.
    const trained = this.model.architecture.layers.map(({ layer }) => layer.trainable !== false);
    const read = selection.inputs.map(({ shape, normalization }) => [normalization, shape]);
    const key = `${purpose} ${capacity} ${passes} ${JSON.stringify([read, trained])}`;
    const block = this.place(runtime);
    // A dataset's arrays identify it: the executor is bound to their copy in memory.
    const known = this.executors.get(key);
    const bound = known && this.selectionOf.get(known);
    if (known !== undefined && bound !== undefined && isSameSelection(bound, selection)) {
      await known.ready();
      return known;
    }
    known?.dispose();
    this.executors.delete(key);
    this.checkLabels(objectives, selection);
    const mode = purpose === "infer" || purpose === "evaluate" ? purpose : "train";
    const names = this.model.architecture.inputs.map(({ name }) => name);
    const formats = selection.inputs.map((column, k) => sampleFormat(inputSlot(names[k]), column));
    const request = this.request(mode, formats, bindObjectives(objectives, selection), capacity, passes);
    request.backward = purpose !== "objective";
    if (purpose === "slopes") request.training = false;
    if (purpose === "gradients" || purpose === "slopes" || purpose === "diagnose" || purpose === "objective") {
      request.optimizer = null;
      request.assigns = false;
    }
    if (purpose === "diagnose" || purpose === "trace") request.fused = false;
    const program = build(this.model.architecture, request);
    const columns = uploadSelection(runtime, names, objectives, selection);
    const executor = await loadProgram(runtime, program, { ...this.model.architecture.parameters.bindings(block), columns });
    this.executors.set(key, executor);
    this.selectionOf.set(executor, selection);
    return executor;
  }

  /** @throws ShapeError, ConfigError for a batch of a stream that the model cannot read: other batches than it was built for, labels or indices out of range */
  checkBatch(purpose: Use, batch: Dataset): void {
    if (purpose === "train") this.checkBatches(purpose, batch.length, batch.length);
    const objectives = purpose === "infer" ? [] : this.model.needCompiled(purpose).objectives;
    const selection = this.select(objectives, batch);
    checkIndices(this.indexLimits, selection.inputs, batch.rows);
    this.checkLabels(objectives, selection);
  }

  /** How many classes the output of a loss tells apart. */
  classesOf({ output }: Objective): number {
    const outputs = this.outputShapes[output].at(-1);
    // One output tells two classes apart.
    return typeof outputs === "number" ? Math.max(outputs, 2) : 0;
  }

  /** Rows at a time outside training, of so many in all: by default as many as suit. */
  evaluationCapacity(length: number = EVALUATION_CAPACITY): number {
    return this.model.architecture.batchSize ?? Math.min(EVALUATION_CAPACITY, Math.max(1, length));
  }

  /** Names of the outputs in Programs. */
  resultNames(): string[] {
    return roleNames("output", this.model.architecture.outputs);
  }

  /** The outputs for plain samples. */
  async predict(given: Samples | Readonly<Record<string, Samples>>): Promise<Float32Array[]> {
    const samples = plainColumns(this.model.architecture.inputs, given, new Set(this.indexLimits.map(({ input }) => input)));
    checkIndices(this.indexLimits, samples, null);
    const predictor = await this.predictorFor(samples);
    return predictor.predict(samples, (count) => {
      this.checkBatches("infer", count, predictor.executor.program.capacity);
      this.prepare(predictor.executor);
    });
  }

  /** The Program of a mode on bytes and the usual targets, without data. */
  describe({ mode, batchSize, fused, sparse }: { mode: Program["mode"]; batchSize: number; fused: boolean; sparse: boolean }): Program {
    const { architecture, compiled } = this.model;
    const formats = architecture.inputs.map(({ name, shape }) => ({ column: inputSlot(name), dtype: "u8", shape, shift: 0, scale: 255, sparse }) as const);
    const objectives = mode === "infer" ? [] : (compiled?.objectives ?? []).map((objective) => this.usualTargets(objective));
    return build(architecture, { ...this.request(mode, formats, objectives, batchSize, 1), fused });
  }

  /** Runs what depends on the weights only, unless it did since they last changed. */
  prepare(executor: Executor): void {
    const { version } = this.model.architecture.parameters.sharing;
    if (this.preparedFor.get(executor) === version) return;
    executor.run("prepare");
    this.preparedFor.set(executor, version);
  }

  /** Forgets all: the model has other losses, or goes. */
  forget(): void {
    for (const predictor of this.predictors.values()) predictor.dispose();
    this.predictors.clear();
    for (const executor of this.executors.values()) executor.dispose();
    this.executors.clear();
  }

  /** The loaded Program for plain samples of these types; made on first use. */
  private async predictorFor(samples: readonly InputColumn[]): Promise<Predictor> {
    const types = samples.map(({ values }) => (values instanceof Uint8Array ? "u8" : "f32")).join();
    const runtime = await this.model.runtime();
    const block = this.place(runtime);
    const known = this.predictors.get(types);
    if (known !== undefined) {
      await known.executor.ready();
      return known;
    }
    const { inputs } = this.model.architecture;
    const formats = samples.map((column, k): SampleFormat => ({ ...sampleFormat(inputSlot(inputs[k].name), column), sparse: false }));
    const program = build(this.model.architecture, this.request("infer", formats, [], this.evaluationCapacity(), 1));
    const made = await Predictor.load(runtime, program, formats, this.resultNames(), this.model.architecture.parameters.bindings(block));
    this.predictors.set(types, made);
    return made;
  }

  /** What these losses read of a dataset, and the inputs. */
  private select(objectives: readonly Objective[], data: Dataset, sampleWeights?: LossWeights): Selection {
    const names = this.model.architecture.inputs.map(({ name }) => name);
    const targets = objectives.length === 0 ? [] : selectTargets(objectives, data);
    return { inputs: selectInputs(names, data), targets, weights: sampleWeights ?? targets.map(({ sampleWeight }) => sampleWeight) };
  }

  private request(mode: Program["mode"], formats: BuildRequest["formats"], objectives: BuildRequest["objectives"], capacity: number, passes: number) {
    const made = objectives.length === 0 && mode === "train" ? "infer" : mode;
    return {
      mode: made,
      training: made === "train",
      capacity,
      formats,
      objectives,
      backward: true,
      assigns: true,
      optimizer: this.model.compiled?.optimizer ?? null,
      passes,
      fused: true,
      fusion: this.model.fusion,
    };
  }

  /** A loss with targets as they mostly are: labels where it takes them, else values of the output's shape. */
  private usualTargets(objective: Objective): BoundObjective {
    const kind = describeLoss(objective.loss);
    const labels = kind === "custom" || objective.loss.name === "sparseCategoricalCrossentropy";
    const shape = this.outputShapes[objective.output].slice(1) as number[];
    const column = targetSlot(objective.name);
    return { objective, target: labels ? { column, dtype: "i32", shape: [] } : { column, dtype: "f32", shape }, weights: null };
  }

  /** What is carried from batch to batch belongs to rows: all batches must have the same. */
  private checkBatches(where: Use, samples: number, rows: number): void {
    const { batchSize } = this.model.architecture;
    if (batchSize === undefined || (rows === batchSize && samples % batchSize === 0)) return;
    throw new ConfigError({
      where: where === "train" ? "fit" : where === "infer" ? "predict" : where,
      got: `${samples} samples in passes of ${rows}`,
      expected: `whole batches of ${batchSize}, the model's batchSize`,
      hint: `${rows === batchSize ? "" : `give batchSize: ${batchSize}, and `}leave the rest of the samples out, or make a model with another batchSize and give it these weights`,
    });
  }

  /** Kernels index the outputs by label: a label past them would read foreign memory. */
  private checkLabels(objectives: readonly Objective[], { targets }: Selection): void {
    targets.forEach(({ values, classes = 0 }, k) => {
      const shape = this.outputShapes[objectives[k].output];
      if (values instanceof Float32Array || classes <= this.classesOf(objectives[k])) return;
      const alone = this.outputShapes.length === 1;
      throw new ShapeError({
        where: alone ? "data" : `data, output "${objectives[k].name}"`,
        got: `labels of ${classes} classes`,
        expected: `at most ${formatShape(shape.slice(-1))}, the ${alone ? "model's outputs" : "values of that output"}`,
        hint: `end the model in dense(${classes}, { activation: "softmax" })`,
      });
    });
  }

  /** Memory of the model; executors bound to an older place are forgotten. */
  private place(runtime: Runtime): Block {
    const block = this.model.architecture.parameters.place(runtime, Object.values(this.model.compiled?.optimizer.slots ?? {}));
    if (this.bound !== block) {
      this.forget();
      this.bound = block;
    }
    return block;
  }
}
