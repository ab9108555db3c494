/** A model: compile, fit, evaluate, predict, look inside. @module */
import type { InputColumn } from "../data/columns.ts";
import { Dataset } from "../data/dataset.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import type { SampleFormat } from "../graph/ops/leaf.ts";
import { describeLoss } from "../losses/index.ts";
import { type Optimizer, type OptimizerState, optimizerOf } from "../optimizers/index.ts";
import { type Executor, loadProgram } from "../program/executor.ts";
import { listing } from "../program/listing.ts";
import type { Program } from "../program/program.ts";
import { deriveKey, type Key, Purpose } from "../random.ts";
import type { Block } from "../runtime/memory.ts";
import { defaultRuntime, type Runtime } from "../runtime/runtime.ts";
import { formatShape, type Shape } from "../shape.ts";
import { type Architecture, layersOf, type Structure } from "./architecture.ts";
import { type BuildRequest, build, type Fusion, roleNames } from "./build.ts";
import { describeModel, type ModelJSON } from "./config.ts";
import { evaluateRows, predictRows } from "./evaluate.ts";
import { Feed } from "./feed.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import { type InputLimit, outline } from "./forward.ts";
import type { History } from "./history.ts";
import { checkIndices } from "./index-limits.ts";
import type { BoundObjective } from "./losses-graph.ts";
import { LOSS, type Objective, type ObjectiveOptions, objectivesOf, reportNames } from "./objectives.ts";
import { type NamedArray, ParameterStore } from "./parameters.ts";
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
import { summarize } from "./summary.ts";
import { averaging, EMA } from "./update.ts";
import { sampleFormat } from "./uploads.ts";
import { weightsSha256 } from "./weights-hash.ts";

/** What {@link Model.compile} takes. */
export interface CompileOptions extends ObjectiveOptions {
  /** Default `adam()`. */
  optimizer?: Optimizer | string;
}

/** What evaluate resolves to. */
export interface Evaluation {
  /** Of several outputs the weighted sum of their losses. */
  readonly loss: number;
  /** Null of several outputs: see `metrics`. */
  readonly accuracy: number | null;
  /** The loss and every metric by name; those of one of several outputs bear its name: `digit_loss`, `digit_accuracy`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a model predicts: of several outputs each by its name. */
export type Prediction = Float32Array | Readonly<Record<string, Float32Array>>;

/** What a model was compiled with. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly objectives: readonly Objective[];
}

/** What a Program is loaded for. */
type Use = "train" | "evaluate" | "infer" | "gradients" | "objective" | "diagnose" | "trace";

/** Rows at a time outside training: activations of more leave the cache, and take half as long again. */
const EVALUATION_CAPACITY = 64;

/** Made by `sequential` and `model`. Everything that runs or reads weights returns a promise. */
export class Model {
  readonly architecture: Architecture;
  readonly seed: number;
  /** What it is called as a part of another model, if it was told. */
  readonly name: string | undefined;
  /** Epochs trained so far, over all fits: they number the shuffles. */
  epochsTrained = 0;
  /** Steps trained so far, over all fits: they number the draws of random layers. */
  stepsTrained = 0;
  /** @internal passes that tests leave out, before the first run */
  fusion: Fusion = { graph: true, update: true, tiles: true };
  compiled: Compiled | null = null;
  optimizerState: OptimizerState = {};
  /** Key of the random layers. */
  readonly randomKey: Key;
  private readonly outputShapes: readonly Shape[];
  private readonly indexLimits: readonly InputLimit[];
  private readonly given: Runtime | Promise<Runtime> | undefined;
  private readonly executors = new Map<string, Executor>();
  private readonly selectionOf = new WeakMap<Executor, Selection>();
  /** The version of the weights for which an executor's `prepare` section ran. */
  private readonly preparedFor = new WeakMap<Executor, number>();
  /** By the types of their samples. */
  private readonly predictors = new Map<string, Predictor>();
  private bound: object | null = null;
  private busy: string | null = null;

  /** @internal use `sequential` or `model` */
  constructor(options: { structure: Structure; name?: string; seed: number; runtime?: Runtime | Promise<Runtime> }) {
    const { structure, seed } = options;
    this.seed = seed;
    this.name = options.name;
    this.randomKey = deriveKey(seed, Purpose.layers);
    this.given = options.runtime;
    this.architecture = { ...structure, layers: layersOf(structure.calls), parameters: new ParameterStore(seed), registry: new Map() };
    const { outputs, indexLimits } = outline(this.architecture);
    this.outputShapes = outputs.map(({ shape }) => shape);
    this.indexLimits = indexLimits;
    // What a layer asks for only while training must be there before memory is taken.
    outline(this.architecture, true);
    this.architecture.parameters.draw();
  }

  /**
   * Chooses optimizer, losses and metrics; forgets the optimizer's state.
   * @throws ConfigError for unknown names or while the model runs
   */
  compile(options: CompileOptions): this {
    this.assertIdle("compile");
    const objectives = objectivesOf(
      this.architecture.outputs.map(({ name }) => name),
      options,
    );
    const optimizer = averaging(optimizerOf(options.optimizer ?? "adam"));
    this.compiled = { optimizer, objectives };
    this.optimizerState = optimizer.start();
    this.architecture.parameters.resetSlots(Object.values(optimizer.slots));
    this.forget();
    return this;
  }

  /** Trains. @throws ShapeError, NumericError (the weights stay at the last good step), ConfigError */
  fit(data: Dataset, options: FitOptions = {}): Promise<History> {
    return this.exclusively("fit", () => fit(this, data, options));
  }

  /** Mean loss and metrics over a dataset. */
  evaluate(data: Dataset): Promise<Evaluation> {
    return this.exclusively("evaluate", () => this.evaluateNow(data));
  }

  /** @internal evaluate, for who holds the model already */
  async evaluateNow(data: Dataset): Promise<Evaluation> {
    const names = reportNames(this.needCompiled("evaluate").objectives);
    const executor = await this.loadEvaluation(data);
    const means = await evaluateRows(executor, data, names, () => this.prepare(executor));
    const byName = Object.fromEntries(names.map((name, i) => [name, means[i]]));
    return { loss: means[0], accuracy: byName.accuracy ?? null, metrics: byName };
  }

  /**
   * The model's output for each sample, one row after another: Float32Array of length x outputs; of several outputs an object of such by their names
   * (`predict<Record<string, Float32Array>>(...)`). Plain arrays hold samples one after another, for several inputs in an object by their names: bytes are divided by 255, as in a dataset, unless they are indices; everything else is taken as it is. What depends on the weights
   * only is computed once, and memory is reused, so that single samples are cheap.
   * @throws ShapeError if an array is not a whole number of samples, NumericError for a NaN or an infinity in it, ConfigError for an index out of
   * range or a name that is missing or unknown
   */
  predict<Result extends Prediction = Float32Array>(data: Dataset | Samples | Readonly<Record<string, Samples>>): Promise<Result> {
    return this.exclusively("predict", async () => {
      if (!(data instanceof Dataset)) {
        const samples = plainColumns(this.architecture.inputs, data, new Set(this.indexLimits.map(({ input }) => input)));
        checkIndices(this.indexLimits, samples, null);
        const predictor = await this.predictorFor(samples);
        const values = await predictor.predict(samples, (count) => {
          this.checkBatches("infer", count, predictor.executor.program.capacity);
          this.prepare(predictor.executor);
        });
        return this.asPrediction(values) as Result;
      }
      const executor = await this.load("infer", data, this.evaluationCapacity(data.length), 1);
      return this.asPrediction(await predictRows(executor, data, this.resultNames(), () => this.prepare(executor))) as Result;
    });
  }

  /** Loss and gradients of one batch, the whole dataset, without an update: of all parameters but those of frozen layers. Nothing of the model changes. */
  gradients(data: Dataset): Promise<{ loss: number; gradients: NamedArray[] }> {
    return this.exclusively("gradients", async () => {
      const executor = await this.runBatch("gradients", data);
      const { parameters } = this.architecture;
      return {
        loss: executor.doubles(`sum:${LOSS}`)[0] / data.length,
        gradients: this.trainedParameters().map((i) => ({ ...parameters.nameAndShape(i), data: parameters.readGradient(i) })),
      };
    });
  }

  /** @internal what `gradients` are the gradients of: mean loss and penalties of one batch, the whole dataset, as in training */
  objective(data: Dataset): Promise<number> {
    return this.exclusively("objective", async () => {
      const executor = await this.runBatch("objective", data);
      const { names } = executor.program;
      return executor.doubles(names.has("sum:objective") ? "sum:objective" : `sum:${LOSS}`)[0] / data.length;
    });
  }

  /** Copies of the weights, in model order: of each layer the trainable ones, then those that are not, such as moving statistics. */
  async getWeights(): Promise<NamedArray[]> {
    return this.architecture.parameters.named();
  }

  /**
   * Copies of the exponential moving average of the weights, in model order; the weights themselves before the first step.
   * @throws ConfigError unless the optimizer keeps one (its option `ema`)
   */
  async averagedWeights(): Promise<NamedArray[]> {
    const { optimizer } = this.needCompiled("averagedWeights");
    const slot = Object.keys(optimizer.slots).indexOf(EMA);
    if (slot < 0)
      throw new ConfigError({ where: "averagedWeights", got: "an optimizer without an average", expected: "one with the option ema, such as 0.99" });
    const { parameters } = this.architecture;
    if (this.optimizerState.averaged === 0) return parameters.named();
    const averages = new Map(parameters.numbersOf("trainable").map((i, k) => [parameters.specs[i].name, parameters.copySlot(slot)[k]]));
    return parameters.named().map((weight) => ({ ...weight, data: Float32Array.from(averages.get(weight.name) ?? weight.data) }));
  }

  /** Replaces all weights, in the order of `getWeights`. @throws ShapeError */
  async setWeights(arrays: readonly ArrayLike<number>[]): Promise<void> {
    this.assertIdle("setWeights");
    this.architecture.parameters.write(arrays);
  }

  /** Brings what stateful layers hand from batch to batch back to its start. @throws ConfigError while the model runs */
  resetStates(): void {
    this.assertIdle("resetStates");
    this.architecture.parameters.resetCarried();
  }

  /** A copy of what the optimizer keeps per parameter, slot after slot (cache lines of padding included). */
  optimizerSlots(): Float32Array {
    return this.architecture.parameters.readSlots();
  }

  /** SHA-256 of all weights: the order of `getWeights`, API layout, little-endian f32, NaN canonicalised. */
  async weightsSha256(): Promise<string> {
    return weightsSha256(this.architecture.parameters.read());
  }

  /** Number of values that an optimizer moves, unless their layer is frozen. */
  get parameterCount(): number {
    return this.architecture.parameters.count;
  }

  /** Layers, shapes, parameters, and the memory plan of a training step. @param batchSize default 32 */
  summary(batchSize = 32): string {
    return summarize(this, batchSize);
  }

  /** The configuration: `modelFromJSON` makes the model again (without its weights). */
  toJSON(): ModelJSON {
    return describeModel(this);
  }

  /**
   * The Program that would run, for reading and for tools; `toString()` lists it.
   * @param options mode default `train`, batchSize 32, fused true, sparse false (the data decides when it runs)
   */
  program(options: { mode?: Program["mode"]; batchSize?: number; fused?: boolean; sparse?: boolean } = {}): Program {
    const { mode = "train", batchSize = 32, fused = true, sparse = false } = options;
    const { inputs } = this.architecture;
    const formats = inputs.map(({ name, shape }) => ({ column: inputSlot(name), dtype: "u8", shape, shift: 0, scale: 255, sparse }) as const);
    const objectives = mode === "infer" ? [] : (this.compiled?.objectives ?? []).map((objective) => this.usualTargets(objective));
    const request = this.request(mode, formats, objectives, batchSize, 1);
    const program = build(this.architecture, { ...request, fused });
    return Object.assign({}, program, { toString: () => listing(program) });
  }

  /** Writes the model to a file, whole or not at all (Node, Deno, Bun). @throws FileError */
  async save(path: string): Promise<void> {
    const [{ encodeModel }, { writeFileAtomic }] = await Promise.all([import("./save.ts"), import("../formats/atomic-file.node.ts")]);
    await writeFileAtomic(path, await encodeModel(this));
  }

  /** Gives memory back now instead of when the model is garbage. The model remains usable; the optimizer starts anew. @throws ConfigError while the model runs */
  dispose(): void {
    this.assertIdle("dispose");
    this.forget();
    this.architecture.parameters.dispose();
    if (this.compiled !== null) this.optimizerState = this.compiled.optimizer.start();
  }

  /** @internal */
  runtime(): Promise<Runtime> {
    return Promise.resolve(this.given ?? defaultRuntime());
  }

  /** @internal the loaded Program for a purpose, with the model and a dataset bound; made on first use, kept while the same arrays are used */
  async load(purpose: Use, data: Dataset, capacity: number, passes: number, sampleWeights?: LossWeights): Promise<Executor> {
    const runtime = await this.runtime();
    this.checkBatches(purpose, data.length, capacity);
    const objectives = purpose === "infer" ? [] : this.needCompiled(purpose).objectives;
    const selection = this.select(objectives, data, sampleWeights);
    checkIndices(this.indexLimits, selection.inputs, data.rows);
    // Layers may be frozen at any time.
    const trained = this.architecture.layers.map(({ layer }) => layer.trainable !== false);
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
    const names = this.architecture.inputs.map(({ name }) => name);
    const formats = selection.inputs.map((column, k) => sampleFormat(inputSlot(names[k]), column));
    const request = this.request(mode, formats, bindObjectives(objectives, selection), capacity, passes);
    request.backward = purpose !== "objective";
    if (purpose === "gradients" || purpose === "diagnose" || purpose === "objective") {
      request.optimizer = null;
      request.assigns = false;
    }
    if (purpose === "diagnose" || purpose === "trace") request.fused = false;
    const program = build(this.architecture, request);
    const columns = uploadSelection(runtime, names, objectives, selection);
    const executor = await loadProgram(runtime, program, { ...this.architecture.parameters.bindings(block), columns });
    this.executors.set(key, executor);
    this.selectionOf.set(executor, selection);
    return executor;
  }

  /** What these losses read of a dataset, and the inputs. */
  private select(objectives: readonly Objective[], data: Dataset, sampleWeights?: LossWeights): Selection {
    const names = this.architecture.inputs.map(({ name }) => name);
    const targets = objectives.length === 0 ? [] : selectTargets(objectives, data);
    return { inputs: selectInputs(names, data), targets, weights: sampleWeights ?? targets.map(({ sampleWeight }) => sampleWeight) };
  }

  /** @internal the loaded Program that evaluates a dataset */
  loadEvaluation(data: Dataset): Promise<Executor> {
    return this.load("evaluate", data, this.evaluationCapacity(data.length), 1);
  }

  /** Rows at a time outside training. */
  private evaluationCapacity(length: number): number {
    return this.architecture.batchSize ?? Math.min(EVALUATION_CAPACITY, Math.max(1, length));
  }

  /** Runs a Program on one batch, the whole dataset. */
  private async runBatch(purpose: Use, data: Dataset): Promise<Executor> {
    const executor = await this.load(purpose, data, data.length, 1);
    const feed = new Feed(executor, this.randomKey);
    feed.refresh();
    feed.step(data.length, this.stepsTrained);
    feed.pass(rowsOf(data), 0, data.length, 0);
    this.prepare(executor);
    executor.run("accumulate");
    return executor;
  }

  /** @internal */
  needCompiled(where: string): Compiled {
    if (this.compiled === null) throw new ConfigError({ where, got: "a model without a loss", expected: "a call of compile({ loss, optimizer }) first" });
    return this.compiled;
  }

  private request(mode: Program["mode"], formats: BuildRequest["formats"], objectives: BuildRequest["objectives"], capacity: number, passes: number) {
    return {
      mode: objectives.length === 0 && mode === "train" ? ("infer" as const) : mode,
      capacity,
      formats,
      objectives,
      backward: true,
      assigns: true,
      optimizer: this.compiled?.optimizer ?? null,
      passes,
      fused: true,
      fusion: this.fusion,
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
    const { batchSize } = this.architecture;
    if (batchSize === undefined || (rows === batchSize && samples % batchSize === 0)) return;
    throw new ConfigError({
      where,
      got: `${samples} samples in passes of ${rows}`,
      expected: `whole batches of ${batchSize}, the model's batchSize`,
      hint: "leave the rest of the samples out, or make a model with another batchSize and give it these weights",
    });
  }

  /** Kernels index the outputs by label: a label past them would read foreign memory. */
  private checkLabels(objectives: readonly Objective[], { targets }: Selection): void {
    targets.forEach(({ values, classes = 0 }, k) => {
      const shape = this.outputShapes[objectives[k].output];
      const outputs = shape.at(-1);
      // One output tells two classes apart.
      if (values instanceof Float32Array || (typeof outputs === "number" && classes <= Math.max(outputs, 2))) return;
      const alone = this.outputShapes.length === 1;
      throw new ShapeError({
        where: alone ? "data" : `data, output "${objectives[k].name}"`,
        got: `labels of ${classes} classes`,
        expected: `at most ${formatShape(shape.slice(-1))}, the ${alone ? "model's outputs" : "values of that output"}`,
        hint: `end the model in dense(${classes}, { activation: "softmax" })`,
      });
    });
  }

  /** Runs what depends on the weights only, unless it did since they last changed. */
  private prepare(executor: Executor): void {
    const { version } = this.architecture.parameters;
    if (this.preparedFor.get(executor) === version) return;
    executor.run("prepare");
    this.preparedFor.set(executor, version);
  }

  /** The loaded Program for plain samples of these types; made on first use. */
  private async predictorFor(samples: readonly InputColumn[]): Promise<Predictor> {
    const types = samples.map(({ values }) => (values instanceof Uint8Array ? "u8" : "f32")).join();
    const runtime = await this.runtime();
    const block = this.place(runtime);
    const known = this.predictors.get(types);
    if (known !== undefined) {
      await known.executor.ready();
      return known;
    }
    const { inputs } = this.architecture;
    const formats = samples.map((column, k): SampleFormat => ({ ...sampleFormat(inputSlot(inputs[k].name), column), sparse: false }));
    const program = build(this.architecture, this.request("infer", formats, [], this.evaluationCapacity(EVALUATION_CAPACITY), 1));
    const made = await Predictor.load(runtime, program, formats, this.resultNames(), this.architecture.parameters.bindings(block));
    this.predictors.set(types, made);
    return made;
  }

  /** Names of the outputs in Programs. */
  private resultNames(): string[] {
    return roleNames("output", this.architecture.outputs);
  }

  private asPrediction(values: readonly Float32Array[]): Prediction {
    if (values.length === 1) return values[0];
    return Object.fromEntries(this.architecture.outputs.map(({ name }, k) => [name, values[k]]));
  }

  /** Memory of the model; executors bound to an older place are forgotten. */
  private place(runtime: Runtime): Block {
    const block = this.architecture.parameters.place(runtime, Object.values(this.compiled?.optimizer.slots ?? {}));
    if (this.bound !== block) {
      this.forget();
      this.bound = block;
    }
    return block;
  }

  /** @internal numbers of the parameters that training moves */
  trainedParameters(): number[] {
    const { parameters } = this.architecture;
    const { frozen } = outline(this.architecture);
    return parameters.numbersOf("trainable").filter((i) => !frozen.has(i));
  }

  private forget(): void {
    for (const predictor of this.predictors.values()) predictor.dispose();
    this.predictors.clear();
    for (const executor of this.executors.values()) executor.dispose();
    this.executors.clear();
  }

  private async exclusively<T>(what: string, run: () => Promise<T>): Promise<T> {
    this.assertIdle(what);
    this.busy = what;
    try {
      return await run();
    } finally {
      this.busy = null;
    }
  }

  private assertIdle(what: string): void {
    if (this.busy === null) return;
    throw new ConfigError({
      where: what,
      got: `a call while ${this.busy} is running on this model`,
      expected: "one at a time",
      hint: "await the first, or train another model",
    });
  }
}

/** Row numbers of a dataset's samples. */
export function rowsOf(data: Dataset): Int32Array {
  return data.rows ?? Int32Array.from({ length: data.length }, (_, i) => i);
}
