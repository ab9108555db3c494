/** `gradiente cross-validate`: how good a model is on data that it was not trained on, fold by fold. @module */
import type { Command } from "commander";
import { progressLine } from "../callbacks/progress-line.ts";
import { type Dataset, type Fold, kFold, repeatedKFold, repeatedStratifiedKFold, stratifiedKFold } from "../data/index.ts";
import { duration, integer, loss as lossText, percent } from "../format.ts";
import { isShare } from "../lab/cross-validation/scores.ts";
import { type CrossValidation, crossValidate, type FoldedScore, type FoldResult } from "../lab/index.ts";
import { scheduleHelp } from "../lab/schedule-text.ts";
import { modelFromJSON } from "../model/json.ts";
import { loadData } from "./data-options.ts";
import { givenArguments } from "./given.ts";
import { INTERRUPTED, interruptible } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { addModelOptions, buildModel, type ModelOptions, type Plan } from "./model-options.ts";
import { asUsage } from "./suggest.ts";
import { number, positiveInteger } from "./values.ts";

interface CrossValidateOptions extends ModelOptions {
  folds: string;
  repeats: string;
  json?: boolean;
}

const EXAMPLES = `
The training set is divided into folds, each class by its share; each fold is tested by a model that was trained on the others. The test set stays untouched.

Examples:
  gradiente cross-validate --limit 5000
  gradiente cross-validate --hidden 64 --limit 2000 --epochs 5 --folds 10
  gradiente cross-validate --model softmax --limit 1000 --repeats 5 --json`;

/** Adds the command. `finish` takes the exit status. */
export function crossValidateCommand(program: Command, io: Io, finish: (status: number) => void): void {
  const command = program
    .command("cross-validate")
    .description("train and test a model on folds of the training set: its scores, with intervals")
    .option("--folds <k>", "parts of the data, each of which is tested once; 2 or more", "5")
    .option("--repeats <n>", "how often the data are divided anew", "1");
  addModelOptions(command);
  command
    .option("--epochs <n>", "passes over the data (default: 3)")
    .option("--schedule <name>", "how the learning rate changes from step to step; see below (default: constant; cosine for rnn, lstm and gru)")
    .option("--json", "one JSON object per line instead of text")
    .addHelpText("after", `${scheduleHelp}\n${EXAMPLES}`)
    .action(async (options: CrossValidateOptions) => finish(await run(options, command, io)));
}

async function run(options: CrossValidateOptions, command: Command, io: Io): Promise<number> {
  const json = options.json === true;
  const splits = number("--folds", options.folds, (value) => Number.isSafeInteger(value) && value >= 2, "an integer, 2 or more");
  const repeats = positiveInteger("--repeats", options.repeats);
  const plan = await buildModel(options);
  const { train, source } = await loadData(options, json ? undefined : io);
  const folds = asUsage(() => foldsOf(train, splits, repeats, plan.model.seed));
  start(plan, { source, samples: train.length, folds: folds.length, splits, repeats }, json, io);
  const { model, training, runtime } = plan;
  const config = model.toJSON();
  let done = 0;
  return interruptible(
    async (signal) => {
      try {
        const result = await crossValidate({
          data: train,
          folds,
          seed: model.seed,
          signal,
          make: (_, seed) => modelFromJSON(config, { runtime, seed }),
          fit: {
            epochs: training.epochs,
            batchSize: training.batchSize,
            shuffle: training.shuffle,
            schedule: training.schedule,
            onSlice(report) {
              const fold = `fold ${done + 1}/${folds.length}  `;
              io.progress(`${fold}${progressLine(report, io.width - fold.length)}`);
            },
          },
          onFold(fold) {
            done++;
            if (json) io.json({ event: "fold", ...fold });
            else io.print(foldLine(fold, folds.length));
          },
        });
        end(result, folds, givenArguments(command, ["folds", "repeats", "json"]), json, io);
        return 0;
      } catch (error) {
        if (!signal.aborted) throw error;
        if (json) io.json({ event: "error", code: "interrupted", message: "stopped by Ctrl-C", hint: null });
        else io.print(`stopped by Ctrl-C after ${done} of ${folds.length} folds`);
        return INTERRUPTED;
      }
    },
    () => io.error("\nstopping after this step; Ctrl-C again to quit at once"),
  );
}

/** Stratified where targets are labels. */
function foldsOf(data: Dataset, splits: number, repeats: number, seed: number): Fold[] {
  const isLabelled = data.classes !== undefined && !(data.y instanceof Float32Array);
  if (repeats === 1) return isLabelled ? stratifiedKFold(data, { splits, seed }) : kFold(data, { splits, seed });
  return isLabelled ? repeatedStratifiedKFold(data, { splits, repeats, seed }) : repeatedKFold(data, { splits, repeats, seed });
}

interface Start {
  readonly source: string;
  readonly samples: number;
  readonly folds: number;
  readonly splits: number;
  readonly repeats: number;
}

function start({ model, optimizer, training, runtime }: Plan, { source, samples, folds, splits, repeats }: Start, json: boolean, io: Io): void {
  const { batchSize, epochs, modelName } = training;
  if (json) {
    const { parameterCount: parameters, seed } = model;
    const { backend, kernels, mode, threads } = runtime;
    const sizes = { samples, folds: splits, repeats, epochs, batchSize };
    io.json({ event: "start", model: modelName, parameters, optimizer: optimizer.name, backend, mode, kernels, threads, seed, ...sizes });
    return;
  }
  const row = (name: string, text: string): void => io.print(`${io.colour.bold(name.padEnd(10))}${text}`);
  row("Model", `${modelName}, ${integer(model.parameterCount)} parameters`);
  row("Data", `${source}: ${integer(samples)} training samples in ${splits} folds${repeats === 1 ? "" : `, ${repeats} times: ${folds} trainings`}`);
  row(
    "Training",
    `${optimizer.name}, learning rate ${optimizer.learningRate}, batch ${batchSize}, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}, seed ${model.seed}`,
  );
  io.print("");
}

const value = (name: string, score: number): string => (isShare(name) ? percent(score) : lossText(score));

function foldLine({ fold, scores, seconds }: FoldResult, folds: number): string {
  const parts = Object.entries(scores).map(([name, score]) => `${name} ${value(name, score).padStart(8)}`);
  return [`fold ${String(fold + 1).padStart(String(folds).length)}/${folds}`, ...parts, ...(seconds === null ? [] : [duration(seconds)])].join("  ");
}

function end({ scores }: CrossValidation, folds: readonly Fold[], given: string, json: boolean, io: Io): void {
  if (json) {
    io.json({ event: "end", scores });
    return;
  }
  const { bold, dim, green } = io.colour;
  io.print(`\n${bold("Over the folds")}  ${dim("mean, 95 % interval that knows that folds share samples, standard deviation")}`);
  const longest = Math.max(...Object.keys(scores).map((name) => name.length));
  for (const [name, score] of Object.entries(scores))
    io.print(`  ${name.padEnd(longest)}  ${bold(green(value(name, score.mean)))}  ${spread(name, score, dim)}`);
  io.print(dim(`\nIt speaks of models trained on ${integer(folds[0].train.length)} samples; the test set was not touched.`));
  io.print(`\n${bold("What to try next")}\n  npx gradiente train ${given}`.trimEnd());
}

function spread(name: string, { low, high, sd }: FoldedScore, dim: (text: string) => string): string {
  if (low === null || high === null || sd === null) return dim("no interval");
  return `${value(name, low)} to ${value(name, high)}  ${dim(`sd ${value(name, sd)}`)}`;
}
