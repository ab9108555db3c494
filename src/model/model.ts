/** A model: compile, fit, evaluate, predict, look inside. @module */
import { Dataset } from "../data/dataset/dataset.ts";
import { type BatchStream, isStream } from "../data/dataset/stream.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import { type Optimizer, type OptimizerState, optimizerOf } from "../optimizers/index.ts";
import type { Executor } from "../program/executor.ts";
import { listing } from "../program/listing.ts";
import type { Program } from "../program/program.ts";
import { deriveKey, type Key, Purpose } from "../random.ts";
import { defaultRuntime, type Runtime } from "../runtime/runtime.ts";
import { type Architecture, layersOf, type NamedLayer, type Structure } from "./architecture.ts";
import { type Fusion, resultName } from "./build.ts";
import { describeModel, type ModelJSON } from "./config.ts";
import { evaluatePasses, overRows, overStream, type Passes, predictPasses } from "./evaluate.ts";
import { Feed, rowsOf } from "./feed.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import { outline } from "./forward.ts";
import type { History } from "./history.ts";
import { LOSS, OBJECTIVE, type Objective, type ObjectiveOptions, objectivesOf, reportNames, streamedMetrics, summedNames } from "./objectives.ts";
import { type NamedArray, ParameterStore } from "./parameters.ts";
import { frozenCopy, wrongPreprocessing } from "./preprocessing.ts";
import { Programs, type Use } from "./programs.ts";
import type { Samples } from "./samples.ts";
import { type LossWeights, selectTargets } from "./selection.ts";
import { Staging } from "./staging.ts";
import { NO_BATCHES, StreamReader } from "./stream-reader.ts";
import { StreamedMetrics } from "./streamed-metrics.ts";
import { summarize } from "./summary.ts";
import { averaging, EMA } from "./update.ts";
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
  /** Null of several outputs, and without that metric: see `metrics`. */
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

/** A layer of another model. */
export interface LayerOfModel {
  readonly model: Model;
  readonly layer: NamedLayer;
}

/** Made by `sequential` and `model`. Everything that runs or reads weights returns a promise. */
export class Model {
  readonly architecture: Architecture;
  /** Its layers that are those of other models. */
  private readonly parts: ReadonlyMap<NamedLayer, LayerOfModel>;
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
  private readonly given: Runtime | Promise<Runtime> | undefined;
  private readonly programs: Programs;
  private busy: string | null = null;
  /** The rooms in which streams were evaluated. */
  private readonly stagings = new WeakMap<object, Staging>();
  private treatment: Preprocessing | null = null;

  /** @internal use `sequential` or `model` */
  constructor(options: {
    structure: Structure;
    parts?: ReadonlyMap<NamedLayer, LayerOfModel>;
    name?: string;
    seed: number;
    runtime?: Runtime | Promise<Runtime>;
  }) {
    const { structure, seed, parts = new Map() } = options;
    this.seed = seed;
    this.name = options.name;
    this.randomKey = deriveKey(seed, Purpose.layers);
    this.given = options.runtime;
    this.architecture = { ...structure, layers: layersOf(structure.calls), parameters: new ParameterStore(seed), registry: new Map() };
    const { outputs, indexLimits } = outline(this.architecture);
    this.programs = new Programs(
      this,
      outputs.map(({ shape }) => shape),
      indexLimits,
    );
    // What a layer asks for only while training must be there before memory is taken.
    outline(this.architecture, true);
    this.architecture.parameters.draw();
    this.parts = parts;
    for (const [own, part] of this.parts) this.shareWeights(own, part);
  }

  /** @internal what a layer of this model is in the model that it first was a part of: by whichever models it comes, its weights are the same */
  originOf(layer: NamedLayer): NamedLayer {
    const part = this.parts.get(layer);
    return part === undefined ? layer : part.model.originOf(part.layer);
  }

  /**
   * What was done to the data that it is trained on, so that new data can be treated the same: saved with the model, and what `predictTable` and
   * `forecast` go by. A frozen copy of what was set; null unless it was. @throws ConfigError for what is no preprocessing
   */
  get preprocessing(): Preprocessing | null {
    return this.treatment;
  }

  set preprocessing(preprocessing: Preprocessing | null) {
    const wrong = wrongPreprocessing(preprocessing);
    if (wrong !== null) throw new ConfigError({ where: "model.preprocessing", ...wrong });
    this.treatment = frozenCopy(preprocessing);
  }

  /** false freezes all layers, true sets them free; true as long as one of them is trained. */
  get trainable(): boolean {
    return this.architecture.layers.some(({ layer }) => layer.trainable !== false);
  }

  set trainable(trainable: boolean) {
    for (const { layer } of this.architecture.layers) layer.trainable = trainable;
  }

  /** A layer of this model is one of another's: their weights are the same. What is carried from batch to batch is each model's own. */
  private shareWeights(own: NamedLayer, { model, layer }: LayerOfModel): void {
    const { parameters, registry } = this.architecture;
    const theirs = model.architecture.registry.get(layer);
    const pairs = [...(registry.get(own) ?? [])].flatMap(([key, number]) => {
      const other = theirs?.get(key);
      return other === undefined || parameters.specs[number].role === "carried" ? [] : [[number, other] as const];
    });
    if (pairs.length > 0) parameters.sharing.link(model.architecture.parameters.sharing, pairs);
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
    this.programs.forget();
    return this;
  }

  /**
   * Trains, on a dataset or on a stream of batches: an iterable, async or not, or a function that gives one for each epoch. A stream is copied batch by batch
   * into one place in memory; one batch is asked for ahead while a step runs.
   * @throws ShapeError, NumericError (the weights stay at the last good step), ConfigError, and what a stream throws
   */
  fit(data: Dataset | BatchStream, options: FitOptions = {}): Promise<History> {
    return this.exclusively("fit", async () => {
      checkData("fit", data);
      const { sharing } = this.architecture.parameters;
      sharing.assertIdle("fit");
      sharing.setTraining(true);
      try {
        return await fit(this, data, options);
      } finally {
        sharing.setTraining(false);
      }
    });
  }

  /** Mean loss and metrics over a dataset, or over a stream of batches: the same wherever it is cut. */
  evaluate(data: Dataset | BatchStream): Promise<Evaluation> {
    return this.exclusively("evaluate", async () => {
      checkData("evaluate", data);
      return this.evaluateNow(data);
    });
  }

  /** @internal the same, and what a metric of the model gives for every sample */
  evaluateEach(data: Dataset, metric: string): Promise<{ evaluation: Evaluation; values: Float32Array }> {
    return this.exclusively("evaluate", async () => {
      const values = new Float32Array(data.length);
      return { evaluation: await this.evaluateNow(data, { name: resultName(metric), values }), values };
    });
  }

  /** @internal evaluate, for who holds the model already. @param each what to keep of every sample of a dataset */
  async evaluateNow(data: Dataset | BatchStream, each?: { readonly name: string; readonly values: Float32Array }): Promise<Evaluation> {
    const { objectives } = this.needCompiled("evaluate");
    const run = async (executor: Executor, room: Dataset, passes: Passes): Promise<Evaluation> => {
      const values = await evaluatePasses(executor, passes, summedNames(objectives), this.streamedMetrics(executor, room), each);
      const metrics = Object.fromEntries(reportNames(objectives).map((name) => [name, values[name]]));
      return { loss: metrics.loss, accuracy: metrics.accuracy ?? null, metrics };
    };
    if (!(data instanceof Dataset)) return this.overStream("evaluate", data, run);
    const executor = await this.loadEvaluation(data);
    return run(executor, data, (visit) => overRows(executor, data, () => this.programs.prepare(executor), visit));
  }

  /** Runs a loaded Program over a stream, from its beginning to its end. */
  private async overStream<T>(
    purpose: "evaluate" | "infer",
    stream: BatchStream,
    run: (executor: Executor, room: Dataset, passes: Passes) => Promise<T>,
  ): Promise<T> {
    const where = purpose === "infer" ? "predict" : purpose;
    const reader = new StreamReader(where, this, stream);
    let isDone = false;
    try {
      await reader.open(this.epochsTrained);
      const first = await reader.next();
      if (first === null) throw new ShapeError({ where, ...NO_BATCHES });
      const check = (batch: Dataset): void => this.programs.checkBatch(purpose, batch);
      reader.inBatch(() => check(first));
      const staging = this.stagingFor(stream, first);
      const executor = await this.load(purpose, staging.data, staging.capacity, 1);
      const streamed = { reader, staging, runtime: await this.runtime(), first, check };
      const result = await run(executor, staging.data, (visit) => overStream(executor, streamed, () => this.programs.prepare(executor), visit));
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

  /**
   * The model's output for each sample, one row after another: Float32Array of length x outputs; of several outputs an object of such by their names
   * (`predict<Record<string, Float32Array>>(...)`). Plain arrays hold samples one after another, for several inputs in an object by their names: bytes are divided by 255, as in a dataset, unless they are indices; everything else is taken as it is. What depends on the weights
   * only is computed once, and memory is reused, so that single samples are cheap. Of a stream of batches those of all samples, in its order.
   * @throws ShapeError if an array is not a whole number of samples, NumericError for a NaN or an infinity in it, ConfigError for an index out of
   * range or a name that is missing or unknown
   */
  predict(data: Dataset | BatchStream | Samples | Readonly<Record<string, Samples>>): Promise<Float32Array>;
  predict<Result extends Prediction>(data: Dataset | BatchStream | Samples | Readonly<Record<string, Samples>>): Promise<Result>;
  predict(data: Dataset | BatchStream | Samples | Readonly<Record<string, Samples>>): Promise<Prediction> {
    return this.exclusively("predict", async () => {
      const names = this.programs.resultNames();
      if (isStream(data))
        return this.overStream("infer", data, async (executor, _, passes) => this.asPrediction(await predictPasses(executor, passes, names, null)));
      if (!(data instanceof Dataset)) return this.asPrediction(await this.programs.predict(data));
      const executor = await this.load("infer", data, this.programs.evaluationCapacity(data.length), 1);
      const passes: Passes = (visit) => overRows(executor, data, () => this.programs.prepare(executor), visit);
      return this.asPrediction(await predictPasses(executor, passes, names, data.length));
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
      return executor.doubles(`sum:${names.has(`sum:${OBJECTIVE}`) ? OBJECTIVE : LOSS}`)[0] / data.length;
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

  /** Replaces all weights, in the order of `getWeights`. @throws ShapeError, ConfigError while this model runs, or one that has the same weights is trained */
  async setWeights(arrays: readonly ArrayLike<number>[]): Promise<void> {
    this.assertIdle("setWeights");
    this.architecture.parameters.sharing.assertIdle("setWeights");
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

  /** Layers, shapes, parameters, and the memory plan of a training step. @param batchSize default the model's, or 32 */
  summary(batchSize = this.usualBatch): string {
    return summarize(this, batchSize);
  }

  /** The configuration: `modelFromJSON` makes the model again (without its weights). */
  toJSON(): ModelJSON {
    return describeModel(this);
  }

  /**
   * The Program that would run, for reading and for tools; `toString()` lists it.
   * @param options mode default `train`, batchSize the model's, or 32, fused true, sparse false (the data decides when it runs)
   */
  program(options: { mode?: Program["mode"]; batchSize?: number; fused?: boolean; sparse?: boolean } = {}): Program {
    const { mode = "train", batchSize = this.usualBatch, fused = true, sparse = false } = options;
    const program = this.programs.describe({ mode, batchSize, fused, sparse });
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
    this.programs.forget();
    this.architecture.parameters.dispose();
    if (this.compiled !== null) this.optimizerState = this.compiled.optimizer.start();
  }

  /** @internal */
  runtime(): Promise<Runtime> {
    return Promise.resolve(this.given ?? defaultRuntime());
  }

  /** @internal the loaded Program for a purpose, with the model and a dataset bound; made on first use, kept while the same arrays are used */
  load(purpose: Use, data: Dataset, capacity: number, passes: number, sampleWeights?: LossWeights): Promise<Executor> {
    return this.programs.load(purpose, data, capacity, passes, sampleWeights);
  }

  /** @internal see `Programs` */
  checkBatch(purpose: Use, batch: Dataset): void {
    this.programs.checkBatch(purpose, batch);
  }

  /** @internal see `Programs` */
  classesOf(objective: Objective): number {
    return this.programs.classesOf(objective);
  }

  /** @internal the loaded Program that evaluates a dataset */
  loadEvaluation(data: Dataset): Promise<Executor> {
    return this.load("evaluate", data, this.programs.evaluationCapacity(data.length), 1);
  }

  /** @internal the metrics that read the predictions of a loaded Program; null where there are none */
  streamedMetrics(executor: Executor, data: Dataset): StreamedMetrics | null {
    const { objectives } = this.needCompiled("evaluate");
    if (objectives.every((objective) => streamedMetrics(objective).length === 0)) return null;
    return new StreamedMetrics(executor, this.programs.resultNames(), objectives, selectTargets(objectives, data));
  }

  /** Runs a Program on one batch, the whole dataset. */
  private async runBatch(purpose: Use, data: Dataset): Promise<Executor> {
    const executor = await this.load(purpose, data, data.length, 1);
    this.architecture.parameters.clearGradients();
    const feed = new Feed(executor, this.randomKey);
    feed.refresh();
    feed.step(data.length, this.stepsTrained);
    feed.pass(rowsOf(data), 0, data.length, 0);
    this.programs.prepare(executor);
    executor.run("accumulate");
    return executor;
  }

  /** @internal */
  needCompiled(where: string): Compiled {
    if (this.compiled === null) throw new ConfigError({ where, got: "a model without a loss", expected: "a call of compile({ loss, optimizer }) first" });
    return this.compiled;
  }

  private get usualBatch(): number {
    return this.architecture.batchSize ?? 32;
  }

  private asPrediction(values: readonly Float32Array[]): Prediction {
    if (values.length === 1) return values[0];
    return Object.fromEntries(this.architecture.outputs.map(({ name }, k) => [name, values[k]]));
  }

  /** @internal numbers of the parameters that training moves */
  trainedParameters(): number[] {
    const { parameters } = this.architecture;
    const { frozen } = outline(this.architecture);
    return parameters.numbersOf("trainable").filter((i) => !frozen.has(i));
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

/** @throws ConfigError for what is neither a dataset nor a stream */
function checkData(where: string, data: unknown): void {
  if (data instanceof Dataset || isStream(data)) return;
  throw new ConfigError({
    where,
    got: data === null ? "null" : typeof data,
    expected: "a dataset, or a stream of batches",
    hint: "dataset({ x, y }) makes one",
  });
}
