/** `gradiente train`: trains a model and saves it. @module */
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { FileError, UsageError } from "../errors.ts";
import type { EpochReport, StepReport } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import { drawConfusion, drawWorst, judge } from "./confusion.ts";
import type { Io } from "./io.ts";
import { addModelOptions, buildModel, loadData, type ModelOptions, number } from "./model-options.ts";

interface TrainOptions extends ModelOptions {
  epochs?: string;
  validationSplit?: string;
  out?: string;
  json?: boolean;
}

/** Exit status of a run that was interrupted. */
export const INTERRUPTED = 130;

const percent = (share: number | null): string => (share === null ? "-" : `${(100 * share).toFixed(2)} %`);

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const s = Math.round(seconds);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

/** The live line: a bar, then as much as the terminal holds. */
function progressLine(r: StepReport, width: number): string {
  const done = ((r.epoch - 1) * r.stepsPerEpoch + r.stepInEpoch) / (r.epochs * r.stepsPerEpoch);
  const left = ((1 - done) * r.epochs * r.stepsPerEpoch) / Math.max(1e-9, r.samplesPerSecond / (r.samplesInEpoch / r.stepsPerEpoch));
  const parts = [
    `epoch ${r.epoch}/${r.epochs}`,
    `step ${r.stepInEpoch}/${r.stepsPerEpoch}`,
    `loss ${r.epochLoss.toFixed(4)}`,
    ...(r.epochAccuracy === null ? [] : [`accuracy ${percent(r.epochAccuracy)}`]),
    `${Math.round(r.samplesPerSecond).toLocaleString("en")} images/s`,
    `${duration(left)} left`,
  ];
  const text = parts.join("  ");
  const bar = Math.min(30, width - text.length - 4);
  if (bar < 5) return text.slice(0, width - 1);
  const full = Math.round((r.stepInEpoch / r.stepsPerEpoch) * bar);
  return `[${"=".repeat(full)}${" ".repeat(bar - full)}] ${text}`;
}

/** Fails before training where the file could not be written after it; makes the directory. @throws FileError */
function checkWritable(path: string): void {
  const directory = dirname(resolve(path));
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error("is a directory");
  } catch (cause) {
    throw new FileError({ where: `--out ${path}`, got: (cause as Error).message, expected: "a place that can be written" }, { cause });
  }
}

/** Adds the command. `finish` takes the exit status. */
export function trainCommand(program: Command, io: Io, finish: (status: number) => void): void {
  const command = program.command("train").description("train a model on data and save it");
  addModelOptions(command);
  command
    .option("--epochs <n>", "passes over the data (default: 3)")
    .option("--shuffle", "a new order each epoch (default)")
    .option("--no-shuffle", "keep the order of the file")
    .option("--validation-split <part>", "part of the training set held out for validation, stratified (default: 0)")
    .option("--out <file>", "save the trained model, as safetensors")
    .option("--json", "one JSON object per line instead of text")
    .addHelpText(
      "after",
      "\nExamples:\n  gradiente train\n  gradiente train --hidden 256 --optimizer nesterov --lr 0.1 --epochs 5 --out results/mlp.safetensors\n  gradiente train --preset report-softmax --json",
    )
    .action(async (options: TrainOptions) => finish(await train(options, command, io)));
}

async function train(options: TrainOptions, command: Command, io: Io): Promise<number> {
  const { bold, dim, green } = io.colour;
  const json = options.json === true;
  const say = (text: string): void => {
    if (!json) io.print(text);
  };
  // commander gives --shuffle its default; only what was typed may override a preset.
  const shuffle = command.getOptionValueSource("shuffle") === "cli" ? options.shuffle : undefined;
  const validationSplit =
    options.validationSplit === undefined ? 0 : number("--validation-split", options.validationSplit, (v) => v >= 0 && v < 1, "a number, 0 or more, below 1");
  const { model, training, runtime } = await buildModel({ ...options, shuffle });
  if (training.isReport && validationSplit > 0)
    throw new UsageError({ where: "--validation-split", got: "a report preset", expected: "the test set as validation, as in the report" });
  if (options.out !== undefined) checkWritable(options.out);
  const { train: data, test, source } = await loadData(options);
  if (options.model === undefined && options.preset === undefined) say(dim("no --model given: training mlp"));

  const validation = training.isReport ? "test" : validationSplit > 0 ? `split ${validationSplit}` : null;
  if (json) {
    io.json({
      event: "start",
      model: training.modelName,
      parameters: model.parameterCount,
      optimizer: training.optimizerName,
      backend: runtime.backend,
      mode: runtime.mode,
      kernels: runtime.kernels,
      threads: 1,
      seed: model.seed,
      trainSamples: data.length,
      testSamples: test.length,
      validation,
    });
  }
  say(
    `${bold(training.modelName)}: ${model.parameterCount.toLocaleString("en")} parameters, ${training.optimizerName}, batch ${training.batchSize}, ${runtime.kernels} kernels (${runtime.mode}), seed ${model.seed}`,
  );
  say(
    `${source}: ${data.length.toLocaleString("en")} training and ${test.length.toLocaleString("en")} test images${validation === null ? "" : `, validation: ${validation}`}\n`,
  );

  const signal = { aborted: false };
  const interrupt = (): void => {
    if (signal.aborted) process.exit(INTERRUPTED);
    signal.aborted = true;
  };
  process.on("SIGINT", interrupt);
  try {
    const history = await model.fit(data, {
      epochs: training.epochs,
      batchSize: training.batchSize,
      shuffle: training.shuffle,
      validationSplit,
      validationData: training.isReport ? test : undefined,
      signal,
      onSlice: (report) => io.progress(progressLine(report, io.width)),
      onEpoch: async (report) => {
        const trainAccuracy = training.isReport ? (await model.evaluateNow(data)).accuracy : undefined;
        if (json) io.json({ event: "epoch", ...epochEvent(report), ...(trainAccuracy === undefined ? {} : { trainAccuracy }) });
        else say(epochLine(report, training.epochs, trainAccuracy));
      },
    });
    const saved = await save(model, options.out);
    if (history.stopped) {
      if (json)
        io.json({
          event: "error",
          code: "interrupted",
          message: "stopped by Ctrl-C",
          hint: saved === null ? "nothing was saved; give --out to keep the weights" : `the weights so far are in ${saved}`,
        });
      else io.error(`stopped by Ctrl-C; ${saved === null ? "nothing was saved (no --out)" : `the weights so far are in ${saved}`}`);
      return INTERRUPTED;
    }
    const { loss, accuracy } = await model.evaluate(test);
    if (json) {
      io.json({
        event: "end",
        testLoss: loss,
        testAccuracy: accuracy,
        seconds: history.seconds,
        wallSeconds: (Date.now() - performance.timeOrigin) / 1000,
        weightsSha256: await model.weightsSha256(),
        out: saved,
      });
      return 0;
    }
    const verdict = await judge(model, test);
    io.print(
      `\n${bold("Test set")}: accuracy ${bold(green(percent(accuracy)))}, loss ${loss.toFixed(4)}, after ${duration(history.seconds ?? Number.NaN)} of training\n`,
    );
    io.print(drawConfusion(verdict, io));
    io.print(drawWorst(verdict, test, io));
    io.print(saved === null ? dim("not saved; --out FILE keeps the model") : `saved to ${bold(saved)}`);
    io.print(next(saved, dim));
    return 0;
  } finally {
    process.off("SIGINT", interrupt);
  }
}

async function save(model: Model, out: string | undefined): Promise<string | null> {
  if (out === undefined) return null;
  await model.save(out);
  return out;
}

function epochEvent(r: EpochReport): Record<string, unknown> {
  const { epoch, loss, accuracy, valLoss, valAccuracy, learningRate, seconds, stepMs, samplesPerSecond } = r;
  return { epoch, loss, accuracy, penalty: 0, valLoss, valAccuracy, learningRate, seconds, stepMs, samplesPerSecond };
}

function epochLine(r: EpochReport, epochs: number, trainAccuracy: number | null | undefined): string {
  const validation = r.valLoss === null ? "" : `   validation ${r.valLoss.toFixed(4)} ${percent(r.valAccuracy)}`;
  const evaluated = trainAccuracy == null ? "" : `   evaluated on all training images ${percent(trainAccuracy)}`;
  const speed = r.seconds === null ? "" : `   ${r.seconds.toFixed(1)} s, ${Math.round(r.samplesPerSecond ?? 0).toLocaleString("en")} images/s`;
  return `epoch ${String(r.epoch).padStart(String(epochs).length)}/${epochs}   loss ${r.loss.toFixed(4)}   accuracy ${percent(r.accuracy)}${validation}${evaluated}${speed}`;
}

function next(saved: string | null, dim: (text: string) => string): string {
  const model = saved ?? "MODEL.safetensors";
  const ideas = [
    [`npx gradiente evaluate ${model}`, "the same figures from the file"],
    ["npx gradiente train --hidden 512 --optimizer nesterov --lr 0.1", "a larger network, another optimizer"],
    ["npx gradiente trace --hidden 16 --batch-size 4", "every number of one training step"],
  ];
  const width = Math.max(...ideas.map(([command]) => command.length));
  return ["\nWhat to try next", ...ideas.map(([command, why]) => `  ${command.padEnd(width)}   ${dim(why)}`)].join("\n");
}
