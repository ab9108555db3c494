/** `gradiente train`: trains a model and saves it. @module */
import type { Command } from "commander";
import { earlyStopping } from "../callbacks/index.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { UsageError } from "../errors.ts";
import { integer } from "../format.ts";
import { isOrdered } from "../lab/definition/data-defaults.ts";
import { RECURRENT } from "../lab/definition/models.ts";
import type { LoadedData } from "../lab/loading/loaded-data.ts";
import { scheduleHelp } from "../lab/written/schedule-text.ts";
import type { FitOptions } from "../model/fit/fit-options.ts";
import type { History } from "../model/history.ts";
import { LARGE } from "../model/parameters/parameters.ts";
import { addCheckpointOptions, type CheckpointFlags, checkpointFrom } from "./checkpoint-options.ts";
import { dataArguments, loadData } from "./data-options.ts";
import { drawExamination, examine } from "./examination.ts";
import { INTERRUPTED, interruptible, tellStopping } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { addModelOptions, buildModel, type ModelOptions, type Plan } from "./model-options.ts";
import { prepareOutput } from "./out-file.ts";
import { jsonReport, type TrainReport, textReport } from "./train-report.ts";
import { number, positiveInteger } from "./values.ts";

interface TrainOptions extends ModelOptions, CheckpointFlags {
  validationSplit?: string;
  earlyStopping?: string;
  out?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  gradiente train
  gradiente train --hidden 256 --optimizer nesterov --lr 0.1 --epochs 5 --out results/mlp.safetensors
  gradiente train --model lstm --epochs 5
  gradiente train --preset report-softmax --json
  gradiente train --optimizer sgd --lr 0.1 --epochs 10 --schedule warm-up@1+cosine
  gradiente train --epochs 20 --checkpoint runs/cnn --resume
  gradiente train --data my-images/ --validation-split 0.1
  gradiente train --data cars.csv --target mpg --out results/cars.safetensors
  gradiente train --data sales.csv --target sold --time day --fill median --l2 0.001`;

/** Adds the command. `finish` takes the exit status. */
export function trainCommand(program: Command, io: Io, finish: (status: number) => void): void {
  const command = program.command("train").description("train a model on data and save it");
  addModelOptions(command);
  command
    .option("--epochs <n>", "passes over the data (default: 3; 100 of a table)")
    .option("--accumulation-steps <n>", "batches whose gradients are averaged for one step (default: 1)")
    .option("--ema <momentum>", "keep a moving average of the weights, such as 0.999, and end with it: evaluate and save it (default: off)")
    .option("--shuffle", "a new order each epoch (default)")
    .option("--no-shuffle", "keep the order of the file")
    .option("--schedule <name>", "how the learning rate changes from step to step; see below (default: constant; cosine for rnn, lstm and gru)")
    .option("--validation-split <part>", "part of the training set held out for validation, stratified; with --time the last (default: 0)")
    .option("--early-stopping <epochs>", "end when the validation loss has not improved for so many epochs, with the weights of the best (default: off)")
    .option("--out <file>", "save the trained model, as safetensors");
  addCheckpointOptions(command);
  command
    .option("--json", "one JSON object per line instead of text")
    .addHelpText("after", `${scheduleHelp}\n${EXAMPLES}`)
    .action(async (options: TrainOptions) => finish(await train(options, command, io)));
}

async function train(options: TrainOptions, command: Command, io: Io): Promise<number> {
  const json = options.json === true;
  // Because of --no-shuffle commander sets shuffle by itself: only what was typed may override a preset.
  const shuffle = command.getOptionValueSource("shuffle") === "cli" ? options.shuffle : undefined;
  const split =
    options.validationSplit === undefined ? 0 : number("--validation-split", options.validationSplit, (v) => v >= 0 && v < 1, "a number, 0 or more, below 1");
  const saving = checkpointFrom(options);
  const patience = options.earlyStopping === undefined ? undefined : positiveInteger("--early-stopping", options.earlyStopping);
  if (patience !== undefined && options.ema !== undefined)
    throw new UsageError({ where: "--ema", got: "--early-stopping too", expected: "one of them: each has weights of its own to end with" });
  const plan = await buildModel({ ...options, shuffle });
  const validation = split > 0 ? "split" : plan.training.validation;
  if (patience !== undefined && validation === null)
    throw new UsageError({ where: "--early-stopping", got: "no validation", expected: "--validation-split PART, whose loss it watches" });
  if (options.out !== undefined) await prepareOutput(options.out);
  const data = await loadData(options, json ? undefined : io);
  for (const note of data.notes) io.error(io.colour.dim(note));
  if (options.model === undefined && options.preset === undefined) io.error(io.colour.dim(`no --model given: training ${plan.training.modelName}`));

  const [trained, heldOut] =
    split > 0 ? data.train.split(split, { seed: plan.model.seed, stratified: true, shuffle: !isOrdered(data.preprocessing) }) : [data.train, undefined];
  const validationData = validation === "test" ? data.test : heldOut;
  const report = json ? jsonReport(io) : textReport(io);
  report.start({ plan, data: { ...data, train: trained }, validation, validationSamples: validationData?.length ?? 0 });
  const { parameterCount } = plan.model;
  if (parameterCount > LARGE) io.error(io.colour.dim(`drawing the first values of ${integer(parameterCount)} parameters`));
  const fit: FitOptions = { ...saving, validationData, callbacks: patience === undefined ? [] : [earlyStopping({ patience, restoreBest: true })] };
  const { interrupted, history, out } = await run(plan, trained, { fit, out: options.out, report, io });
  if (interrupted) return INTERRUPTED;

  const { model } = plan;
  const { seconds, stopReason } = history;
  const examined = { ...data, train: trained, rows: data.rows?.test ?? null };
  const examination = await examine(model, examined);
  report.end({ test: await model.evaluate(data.test), examination, seconds, stopReason, weightsSha256: await model.weightsSha256(), out });
  if (!json) {
    io.print(`\n${drawExamination(examination, examined, io)}`);
    goFurther(plan, data, { options, out, io });
  }
  return 0;
}

interface Run {
  readonly fit: FitOptions;
  readonly out: string | undefined;
  readonly report: TrainReport;
  readonly io: Io;
}

/** Trains and saves; also when interrupted. */
async function run(
  { model, optimizer, training }: Plan,
  data: Dataset,
  { fit, out, report, io }: Run,
): Promise<{ interrupted: boolean; history: History; out: string | null }> {
  const { epochs, batchSize, accumulationSteps, shuffle, schedule } = training;
  const stepsPerEpoch = batchSize === "full" ? 1 : Math.ceil(data.length / (batchSize * accumulationSteps));
  return interruptible(
    async (signal) => {
      const history = await model.fit(data, {
        ...fit,
        epochs,
        batchSize,
        accumulationSteps,
        shuffle,
        schedule,
        signal,
        onResume: (place) => report.resume(place, fit.checkpoint?.directory ?? ""),
        onSlice: (step) => report.step(step),
        async onEpoch(epoch) {
          // An epoch that was cut short is told by `interrupted`.
          if (epoch.steps < stepsPerEpoch) return;
          report.epoch(epoch, training.validation === "test" ? (await model.evaluateNow(data)).accuracy : null);
        },
      });
      if (optimizer.ema !== undefined) await model.setWeights((await model.averagedWeights()).map(({ data }) => data));
      if (out !== undefined) await model.save(out);
      const saved = out ?? null;
      const interrupted = history.stopReason === "signal";
      if (interrupted) report.interrupted({ last: history.epochs.at(-1), epochs, stepsPerEpoch, out: saved, checkpoint: fit.checkpoint?.directory ?? null });
      return { interrupted, history, out: saved };
    },
    () => tellStopping(io),
  );
}

/** Where to go from here. */
function goFurther(
  { training: { modelName } }: Plan,
  { source, rows }: LoadedData,
  { options, out, io }: { options: TrainOptions; out: string | null; io: Io },
): void {
  const { bold, dim } = io.colour;
  io.print(out === null ? dim("\nNot saved: --out FILE keeps the model") : `\nSaved to ${bold(out)}`);
  const ofModel = RECURRENT.includes(modelName) ? `--model ${modelName} ` : "";
  const ofData = dataArguments(options);
  const keep = (name: string) => [`train ${ofModel}${ofData}--out results/${name}.safetensors`, "to keep it"] as const;
  const use = [`evaluate ${out}${ofData === "" ? "" : ` --data ${source}`}${options.resize === undefined ? "" : " --resize"}`, "the file as it is"] as const;
  const commands: readonly (readonly [string, string])[] =
    rows === null
      ? [
          out === null ? keep("mnist") : use,
          [`train ${ofData}--hidden 512 --epochs 5`, "dense layers"],
          [`train ${ofData}--model lstm --epochs 5`, "row by row"],
          [`trace ${ofModel}${ofData}--hidden 16`, "in numbers"],
        ]
      : [
          ...(out === null ? [keep("table")] : [use, [`predict ${out} ${source}`, "row by row"] as const]),
          [`train ${ofData}--validation-split 0.2 --early-stopping 10`, "no longer than it helps"],
          [`trace ${ofData}--hidden 4 --batch-size 2`, "in numbers"],
        ];
  const longest = Math.max(...commands.map(([command]) => command.length));
  // Where they would be broken, what they are for goes into the line above.
  const isNarrow = longest + 14 + Math.max(...commands.map(([, what]) => what.length)) + 2 >= io.width;
  io.print(`\n${bold("What to try next")}`);
  for (const [command, what] of commands)
    io.print(isNarrow ? `  ${dim(`${what}:`)}\n    npx gradiente ${command}` : `  npx gradiente ${command.padEnd(longest)}  ${dim(what)}`);
}
