/** The options that choose a model, its data and how it learns; `train` and `trace` share them. @module */
import { readFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import { type Dataset, idxDirectory, mnist } from "../data/index.ts";
import { FileError, UsageError } from "../errors.ts";
import { glorotUniform, randomNormal } from "../initializers/index.ts";
import { type ActivationName, activationNames, dense, flatten, type Layer } from "../layers/index.ts";
import { modelFromJSON } from "../model/json.ts";
import type { Model } from "../model/model.ts";
import { sequential } from "../model/sequential.ts";
import { optimizerNames, optimizerOf } from "../optimizers/index.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import { presets } from "./presets.ts";
import { oneOf } from "./suggest.ts";

/** As commander parses them: absent unless given. */
export interface ModelOptions {
  data?: string;
  preset?: string;
  model?: string;
  hidden?: string;
  activation?: string;
  optimizer?: string;
  lr?: string;
  momentum?: string;
  loss?: string;
  batchSize?: string;
  shuffle?: boolean;
  limit?: string;
  seed?: string;
  backend?: string;
  mode?: string;
  epochs?: string;
}

/** How training runs, after presets and defaults. */
export interface Training {
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly shuffle: boolean;
  /** The test set serves as validation, as in the report. */
  readonly isReport: boolean;
  readonly modelName: string;
  readonly optimizerName: string;
}

/** Declares the options on a command. */
export function addModelOptions(command: Command): void {
  command
    .option("--data <source>", "mnist, or a directory of IDX files (default: mnist)")
    .option("--preset <name>", `settings of the report: ${Object.keys(presets).join(", ")}`)
    .option("--model <name>", "softmax, mlp, or FILE.json as model.toJSON() writes it (default: mlp)")
    .option("--hidden <units>", "hidden units of mlp (default: 128)")
    .option("--activation <name>", `hidden activation: ${activationNames.join(", ")} (default: relu)`)
    .option("--optimizer <name>", `${optimizerNames.join(", ")} (default: adam)`)
    .option("--lr <rate>", "learning rate (default: the optimizer's own)")
    .option("--momentum <factor>", "of momentum and nesterov (default: 0.9)")
    .option("--loss <name>", "sparse-categorical-crossentropy")
    .option("--batch-size <n>", "samples per step, or full (default: 32)")
    .option("--limit <n>", "only the first N training images")
    .option("--seed <n>", "decides initial weights and shuffles (default: 0)")
    .option("--backend <name>", "wasm, or js: the kernels in plain TypeScript (default: wasm)")
    .option("--mode <name>", "fast, or deterministic: the same bits on every engine (default: fast)");
}

/** A number option. @throws UsageError */
export function number(name: string, text: string, test: (value: number) => boolean, expected: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || !test(value)) throw new UsageError({ where: name, got: JSON.stringify(text), expected });
  return value;
}

const positiveInteger = (name: string, text: string): number => number(name, text, (value) => Number.isSafeInteger(value) && value > 0, "a positive integer");

/** The runtime that the options ask for. */
export function runtimeOf({ backend = "wasm", mode = "fast" }: { backend?: string; mode?: string }): Promise<Runtime> {
  return createRuntime({ backend: oneOf("--backend", backend, ["wasm", "js"]), mode: oneOf("--mode", mode, ["fast", "deterministic"]) });
}

/** The model, compiled. @throws UsageError, FileError, CheckpointError */
export async function buildModel(options: ModelOptions): Promise<{ model: Model; training: Training; runtime: Runtime }> {
  const preset = options.preset === undefined ? undefined : presets[oneOf("--preset", options.preset, Object.keys(presets))];
  const name = options.model ?? preset?.model ?? "mlp";
  const optimizerName = oneOf("--optimizer", options.optimizer ?? preset?.optimizer ?? "adam", optimizerNames);
  const batch = options.batchSize ?? preset?.batchSize ?? 32;
  const training: Training = {
    epochs: options.epochs === undefined ? (preset?.epochs ?? 3) : positiveInteger("--epochs", options.epochs),
    batchSize: batch === "full" || typeof batch === "number" ? batch : positiveInteger("--batch-size", batch),
    shuffle: options.shuffle ?? preset?.shuffle ?? true,
    isReport: preset !== undefined,
    modelName: name,
    optimizerName,
  };
  const lr = options.lr === undefined ? preset?.lr : number("--lr", options.lr, (value) => value >= 0, "a number, 0 or more");
  const momentum =
    options.momentum === undefined ? undefined : number("--momentum", options.momentum, (value) => value >= 0 && value < 1, "a number, 0 or more, below 1");
  if (momentum !== undefined && optimizerName !== "momentum" && optimizerName !== "nesterov") {
    throw new UsageError({ where: "--momentum", got: `optimizer ${optimizerName}`, expected: "momentum or nesterov" });
  }
  oneOf("--loss", options.loss ?? "sparse-categorical-crossentropy", ["sparse-categorical-crossentropy"]);
  const activation = oneOf("--activation", options.activation ?? "relu", activationNames);
  const hidden = options.hidden === undefined ? (preset?.hidden ?? 128) : positiveInteger("--hidden", options.hidden);
  const seed = options.seed === undefined ? 0 : number("--seed", options.seed, (value) => Number.isSafeInteger(value) && value >= 0, "an integer, 0 or more");
  const runtime = await runtimeOf(options);
  const compile = {
    optimizer: optimizerOf(optimizerName, { ...(lr === undefined ? {} : { learningRate: lr }), ...(momentum === undefined ? {} : { momentum }) }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  };
  if (name.endsWith(".json"))
    return { model: modelFromJSON(readJson(name), { runtime, seed: options.seed === undefined ? undefined : seed }).compile(compile), training, runtime };
  const layers = layersOf(oneOf("--model", name, ["softmax", "mlp"]), hidden, activation, preset?.unscaledNormal === true);
  return { model: sequential({ inputShape: [28, 28, 1], seed, runtime }, layers).compile(compile), training, runtime };
}

function layersOf(name: "softmax" | "mlp", hidden: number, activation: ActivationName, unscaledNormal: boolean): Layer[] {
  const kernelInitializer = unscaledNormal ? randomNormal({ mean: 0, stddev: 1 }) : glorotUniform();
  const output = dense(10, { activation: "softmax", kernelInitializer });
  return name === "softmax" ? [flatten(), output] : [flatten(), dense(hidden, { activation, kernelInitializer }), output];
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new FileError({ where: path, got: (cause as Error).message, expected: "a model's configuration as JSON" }, { cause });
  }
}

/** Training and test data. @throws UsageError, DataFormatError */
export async function loadData({ data = "mnist", limit }: { data?: string; limit?: string }): Promise<{ train: Dataset; test: Dataset; source: string }> {
  const isDirectory = data !== "mnist" && statSync(data, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isDirectory) oneOf("--data", data, ["mnist"]);
  const { train, test } = isDirectory ? await idxDirectory(data) : await mnist();
  return { train: limit === undefined ? train : train.take(Math.min(train.length, positiveInteger("--limit", limit))), test, source: data };
}
