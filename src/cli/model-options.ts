/** The options that choose a model, its data and how it learns; `train` and `trace` share them. @module */
import type { Command } from "commander";
import type { Dataset } from "../data/dataset/dataset.ts";
import { UsageError } from "../errors.ts";
import { layersOf, MODELS, RECURRENT, RECURRENT_RATE } from "../lab/definition/models.ts";
import { isTableFile } from "../lab/loading/load-table.ts";
import { parseSchedule } from "../lab/written/schedule-text.ts";
import { type ActivationName, activationNames, randomShift } from "../layers/index.ts";
import { lossNames } from "../losses/index.ts";
import { sequential } from "../model/making/sequential.ts";
import type { Model } from "../model/model.ts";
import { modelFromJSON } from "../model/saved/json.ts";
import { type Optimizer, optimizerNames, optimizerOf } from "../optimizers/index.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Schedule, scheduleMakers } from "../schedules/index.ts";
import { addTableOptions, addTrainingDataOptions, checkClasses, type DataFlags, loadData, readJson } from "./data-options.ts";
import { type Preset, presets } from "./presets.ts";
import { checkSize } from "./resize-option.ts";
import { addRuntimeOptions, type RuntimeFlags, runtimeOf } from "./runtime-options.ts";
import { asUsage, oneOf } from "./suggest.ts";
import { addUpdateOptions, optimizerOptions, penaltyFrom, type UpdateFlags } from "./update-options.ts";
import { number, positiveInteger } from "./values.ts";

/** As commander parses them: absent unless given. */
export interface ModelOptions extends DataFlags, UpdateFlags, RuntimeFlags {
  preset?: string;
  model?: string;
  hidden?: string;
  activation?: string;
  optimizer?: string;
  lr?: string;
  momentum?: string;
  loss?: string;
  dropout?: string;
  schedule?: string;
  batchSize?: string;
  shuffle?: boolean;
  seed?: string;
  epochs?: string;
  accumulationSteps?: string;
}

/** How training runs, after presets and defaults. */
export interface Training {
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly accumulationSteps: number;
  readonly shuffle: boolean;
  readonly schedule: Schedule;
  readonly preset: string | null;
  /** What the preset validates on. */
  readonly validation: "test" | null;
  readonly modelName: string;
}

/** A model, compiled, and how to train it. */
export interface Plan {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly training: Training;
  readonly runtime: Runtime;
  /** Another model of the same kind, compiled, for other samples. */
  readonly make: (train: Dataset, seed: number, metrics?: readonly string[]) => Model;
}

/** `sparse-categorical-crossentropy` and so on: labels against several outputs are read as one-hot rows by those that take no labels. */
const optionOf = (loss: string): string => loss.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
const LOSSES: Readonly<Record<string, string>> = Object.fromEntries(lossNames.map((name) => [optionOf(name), name]));
/** Losses of numbers. Poisson's is none of them: what a model says is scaled, and may be less than 0. */
const OF_NUMBERS = ["mse", "mae", "huber", "logCosh"];
/** Passes over a table: it has hundreds of rows, where MNIST has 60,000 images. */
const TABLE_EPOCHS = 100;
/** Optimizers that take a momentum. */
const WITH_MOMENTUM = ["sgd", "momentum", "nesterov", "rmsprop"];

/** Declares the options on a command. */
export function addModelOptions(command: Command): void {
  addTrainingDataOptions(command);
  command
    .option("--preset <name>", `named settings, which other options override: ${Object.keys(presets).join(", ")}`)
    .option(
      "--model <name>",
      "softmax, mlp, cnn (the report's), rnn, lstm, gru (the rows of an image as steps), or FILE.json as model.toJSON() writes it (default: cnn; mlp for a table, and with --hidden or --activation)",
    )
    .option("--hidden <units>", "hidden units of mlp, rnn, lstm and gru (default: 128)")
    .option("--activation <name>", `hidden activation: ${activationNames.join(", ")} (default: relu of mlp, tanh of rnn, lstm and gru)`)
    .option("--optimizer <name>", `${optimizerNames.join(", ")} (default: adam)`)
    .option("--lr <rate>", "learning rate (default: the optimizer's own; of adam for rnn, lstm and gru 0.002)")
    .option("--momentum <factor>", "of sgd, momentum, nesterov and rmsprop (default: 0; 0.9; 0.9; 0)")
    .option("--loss <name>", `${Object.keys(LOSSES).join(", ")} (default: sparse-categorical-crossentropy, mse of numbers, or the model file's)`)
    .option(
      "--dropout <rate>",
      "part of the values before the output layer (of rnn, lstm and gru the last state) that training drops, 0 or more, below 1 (default: 0)",
    )
    .option("--batch-size <n>", "samples per step, or full (default: 32)")
    .option("--seed <n>", "decides initial weights and shuffles (default: 0)");
  addUpdateOptions(command);
  addTableOptions(command);
  addRuntimeOptions(command);
}

/** The model for the data, compiled. @throws UsageError, FileError, CheckpointError, ShapeError */
export async function buildModel(options: ModelOptions): Promise<Plan> {
  const preset = options.preset === undefined ? undefined : presets[oneOf("--preset", options.preset, Object.keys(presets))];
  // Who asks for hidden units means the network that has them.
  const isTable = options.data !== undefined && isTableFile(options.data);
  if (isTable && preset !== undefined)
    throw new UsageError({
      where: "--preset",
      got: `${options.preset} for a table`,
      expected: "images: presets are networks for them",
      hint: "--model, --hidden, --optimizer, --lr and --epochs say the same of a table",
    });
  const byDefault = options.hidden === undefined && options.activation === undefined && !isTable ? "cnn" : "mlp";
  const name = modelName(options.model ?? preset?.model ?? byDefault);
  const training = trainingOf(name, options, preset, isTable ? TABLE_EPOCHS : 3);
  const loss = options.loss === undefined ? undefined : LOSSES[oneOf("--loss", options.loss, Object.keys(LOSSES))];
  const rate = options.dropout === undefined ? 0 : number("--dropout", options.dropout, (value) => value >= 0 && value < 1, "a number, 0 or more, below 1");
  const seed =
    options.seed === undefined ? undefined : number("--seed", options.seed, (value) => Number.isSafeInteger(value) && value >= 0, "an integer, 0 or more");
  const kernelRegularizer = penaltyFrom(options);
  refuse(options, name);
  const hidden = options.hidden === undefined ? (preset?.hidden ?? 128) : positiveInteger("--hidden", options.hidden);
  const activation: ActivationName = oneOf("--activation", options.activation ?? (RECURRENT.includes(name) ? "tanh" : "relu"), activationNames);
  const runtime = await runtimeOf(options);
  const json = isFile(name) ? await readJson(name) : null;
  const saved = json === null ? null : modelFromJSON(json, { runtime, seed });
  const optimizer = optimizerFrom(name, options, preset, saved?.compiled?.optimizer);
  const { train, preprocessing, source } = await loadData(options);
  if (saved !== null && preprocessing?.kind === "images") checkSize(saved, preprocessing.shape, source, true);
  const layered = (data: Dataset, seedOfIt: number): Model =>
    sequential({ inputShape: data.sampleShape, seed: seedOfIt, runtime }, [
      ...(preset?.shift === undefined ? [] : [randomShift(preset.shift)]),
      ...asUsage(() =>
        layersOf("--model", name, data, {
          hidden,
          activation,
          dropout: rate,
          initializer: preset?.kernelInitializer,
          kernelRegularizer,
          normalization: "none",
        }),
      ),
    ]);
  const model = saved ?? layered(train, seed ?? 0);
  model.preprocessing = preprocessing;
  const isRegression = train.classes === undefined;
  if (isRegression && loss !== undefined && !OF_NUMBERS.includes(loss))
    throw new UsageError({
      where: "--loss",
      got: `${options.loss} for a target that is a number`,
      expected: OF_NUMBERS.map(optionOf).join(", "),
      hint: "--task classification takes its numbers as names of classes",
    });
  const byData = isRegression ? "mse" : "sparseCategoricalCrossentropy";
  const chosen = loss ?? model.compiled?.objectives[0].loss ?? byData;
  const usual = isRegression ? [] : ["accuracy"];
  model.compile({ optimizer, loss: chosen, metrics: usual });
  checkClasses(model, train, name);
  const make: Plan["make"] = (data, seedOfIt, metrics = usual) => {
    const other = json === null ? layered(data, seedOfIt) : modelFromJSON(json, { runtime, seed: seedOfIt });
    return other.compile({ optimizer: optimizerFrom(name, options, preset, saved?.compiled?.optimizer), loss: chosen, metrics: [...metrics] });
  };
  return { model, optimizer, training, runtime, make };
}

const isFile = (name: string): boolean => name.endsWith(".json");

function modelName(name: string): string {
  return isFile(name) ? name : oneOf("--model", name, MODELS, "a configuration FILE.json");
}

function trainingOf(name: string, options: ModelOptions, preset: Preset | undefined, usualEpochs: number): Training {
  const batchSize =
    options.batchSize === undefined
      ? (preset?.batchSize ?? 32)
      : options.batchSize === "full"
        ? "full"
        : number("--batch-size", options.batchSize, (n) => Number.isSafeInteger(n) && n > 0, "a positive integer or full");
  const accumulationSteps = positiveInteger("--accumulation-steps", options.accumulationSteps ?? "1");
  if (batchSize === "full" && accumulationSteps > 1)
    throw new UsageError({ where: "--accumulation-steps", got: `${accumulationSteps} with --batch-size full`, expected: "--batch-size N" });
  return {
    epochs: options.epochs === undefined ? (preset?.epochs ?? usualEpochs) : positiveInteger("--epochs", options.epochs),
    batchSize,
    accumulationSteps,
    shuffle: options.shuffle ?? preset?.shuffle ?? true,
    schedule: scheduleFrom(name, options, preset),
    preset: options.preset ?? null,
    validation: preset?.validation ?? null,
    modelName: name,
  };
}

function scheduleFrom(name: string, options: ModelOptions, preset: Preset | undefined): Schedule {
  if (options.schedule === undefined && preset?.schedule !== undefined) return scheduleMakers[preset.schedule.name](preset.schedule.options);
  const schedule = asUsage(() => parseSchedule(options.schedule ?? (RECURRENT.includes(name) ? "cosine" : "constant"), "--schedule"));
  if (options.lr !== undefined && schedule.name === "piecewise")
    throw new UsageError({ where: "--lr", got: "--schedule piecewise, which names its own rates", expected: "one of them" });
  return schedule;
}

/** A model file's own optimizer stays, with what other options say of it, unless an option names another. */
function optimizerFrom(model: string, options: ModelOptions, preset: Preset | undefined, saved: Optimizer | undefined): Optimizer {
  const named = options.optimizer ?? preset?.optimizer;
  const name = oneOf("--optimizer", named ?? saved?.name ?? "adam", optimizerNames);
  const usual = RECURRENT.includes(model) && named === undefined ? RECURRENT_RATE : undefined;
  const learningRate = options.lr === undefined ? (preset?.lr ?? usual) : number("--lr", options.lr, (value) => value >= 0, "a number, 0 or more");
  const momentum =
    options.momentum === undefined ? undefined : number("--momentum", options.momentum, (value) => value >= 0 && value < 1, "a number, 0 or more, below 1");
  if (momentum !== undefined && !WITH_MOMENTUM.includes(name))
    throw new UsageError({ where: "--momentum", got: `optimizer ${name}`, expected: WITH_MOMENTUM.join(", ") });
  return optimizerOf(name, {
    ...(named === undefined && saved?.config()),
    ...optimizerOptions(options),
    ...(learningRate !== undefined && { learningRate }),
    ...(momentum !== undefined && { momentum }),
  });
}

/** @throws UsageError for options that the model has no use for: better than to ignore them */
function refuse(options: ModelOptions, name: string): void {
  for (const option of ["l1", "l2"] as const) {
    if (options[option] !== undefined && isFile(name))
      throw new UsageError({
        where: `--${option}`,
        got: `model ${name}`,
        expected: MODELS.join(", "),
        hint: "give its layers a kernelRegularizer in the file",
      });
  }
  const hidden = ["mlp", ...RECURRENT];
  if (hidden.includes(name)) return;
  if (options.dropout !== undefined && name !== "cnn") {
    throw new UsageError({
      where: "--dropout",
      got: `model ${name}`,
      expected: `--model ${["cnn", ...hidden].join(", ")}`,
      hint: isFile(name) ? "change the file instead" : "softmax has no layer before its output",
    });
  }
  for (const option of ["hidden", "activation"] as const) {
    if (options[option] !== undefined)
      throw new UsageError({
        where: `--${option}`,
        got: `model ${name}`,
        expected: `--model ${hidden.join(", ")}`,
        hint: isFile(name) ? "change the file instead" : undefined,
      });
  }
}
