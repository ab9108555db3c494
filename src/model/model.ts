/** A model: compile, fit, evaluate, predict, look inside. @module */
import { Dataset } from "../data/dataset/dataset.ts";
import { type BatchStream, isStream } from "../data/dataset/stream.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { ConfigError } from "../errors.ts";
import { type Optimizer, type OptimizerState, optimizerOf } from "../optimizers/index.ts";
import type { Executor } from "../program/executor.ts";
import { listing } from "../program/listing.ts";
import type { Program } from "../program/program.ts";
import { deriveKey, type Key, Purpose } from "../random.ts";
import { defaultRuntime, type Runtime } from "../runtime/runtime.ts";
import { type Architecture, layersOf, type NamedLayer, type Structure } from "./build/architecture.ts";
import { type Fusion, resultName } from "./build/build.ts";
import { outline } from "./build/forward.ts";
import { type Objective, type ObjectiveOptions, objectivesOf, streamedMetrics } from "./build/objectives.ts";
import { averaging, EMA } from "./build/update.ts";
import { type Evaluation, Evaluator, type Prediction } from "./evaluate/evaluator.ts";
import { gradientsOf, objectiveOf } from "./evaluate/gradients.ts";
import type { EachSample } from "./evaluate/passes.ts";
import { StreamedMetrics } from "./evaluate/streamed-metrics.ts";
import { fit } from "./fit/fit.ts";
import type { FitOptions } from "./fit/fit-options.ts";
import type { History } from "./history.ts";
import { type NamedArray, ParameterStore } from "./parameters/parameters.ts";
import { weightsSha256 } from "./parameters/weights-hash.ts";
import { Programs, type Use } from "./running/programs.ts";
import type { Samples } from "./running/samples.ts";
import { type LossWeights, selectTargets } from "./running/selection.ts";
import { describeModel, type ModelJSON } from "./saved/config.ts";
import { frozenCopy, wrongPreprocessing } from "./saved/preprocessing.ts";
import { summarize } from "./summary.ts";

/** What {@link Model.compile} takes. */
export interface CompileOptions extends ObjectiveOptions {
  /** Default `adam()`. */
  optimizer?: Optimizer | string;
}

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
  private readonly evaluator: Evaluator;
  private busy: string | null = null;
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
    this.evaluator = new Evaluator(this, this.programs);
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
  evaluateNow(data: Dataset | BatchStream, each?: EachSample): Promise<Evaluation> {
    return this.evaluator.evaluate(data, each);
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
    return this.exclusively("predict", () => this.evaluator.predict(data));
  }

  /** Loss and gradients of one batch, the whole dataset, without an update: of all parameters but those of frozen layers. Nothing of the model changes. */
  gradients(data: Dataset): Promise<{ loss: number; gradients: NamedArray[] }> {
    return this.exclusively("gradients", () => gradientsOf(this, this.programs, data));
  }

  /** @internal what `gradients` are the gradients of: mean loss and penalties of one batch, the whole dataset, as in training */
  objective(data: Dataset): Promise<number> {
    return this.exclusively("objective", () => objectiveOf(this, this.programs, data));
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
    const [{ encodeModel }, { writeFileAtomic }] = await Promise.all([import("./saved/save.ts"), import("../formats/atomic-file.node.ts")]);
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

  /** @internal */
  needCompiled(where: string): Compiled {
    if (this.compiled === null) throw new ConfigError({ where, got: "a model without a loss", expected: "a call of compile({ loss, optimizer }) first" });
    return this.compiled;
  }

  private get usualBatch(): number {
    return this.architecture.batchSize ?? 32;
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
