/** `gradiente cross-validate`: how good a model is on data that it was not trained on, fold by fold. @module */
import type { Command } from "commander";
import { progressLine } from "../callbacks/progress-line.ts";
import { type Dataset, type Fold, kFold, repeatedKFold, repeatedStratifiedKFold, stratifiedKFold, timeFolds } from "../data/index.ts";
import { UsageError } from "../errors.ts";
import { duration, integer, loss as lossText, percent } from "../format.ts";
import { isShare, summarizeFolds } from "../lab/cross-validation/scores.ts";
import { sentence } from "../lab/findings/words.ts";
import { type CrossValidation, crossValidate, type FoldedScore, type FoldResult } from "../lab/index.ts";
import { scheduleHelp } from "../lab/written/schedule-text.ts";
import { loadData } from "./data-options.ts";
import { type FoldedTable, type FoldParts, foldedTable, foldsByGroup, inUnits, METRICS_OF_NUMBERS } from "./folded-table.ts";
import { givenArguments } from "./given.ts";
import { INTERRUPTED, interruptible, tellInterrupted, tellStopping } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { addModelOptions, buildModel, type ModelOptions, type Plan } from "./model-options.ts";
import { asUsage } from "./suggest.ts";
import { number, positiveInteger } from "./values.ts";

interface CrossValidateOptions extends ModelOptions {
  folds: string;
  group?: string;
  repeats: string;
  json?: boolean;
}

const EXAMPLES = `
The training set is divided into folds, each class by its share; each fold is tested by a model that was trained on the others. The test set stays untouched.
Of a table scales and categories are measured anew for each fold, on the rows that it trains on. With --time it trains on earlier rows than it tests.

Examples:
  gradiente cross-validate --limit 5000
  gradiente cross-validate --hidden 64 --limit 2000 --epochs 5 --folds 10
  gradiente cross-validate --model softmax --limit 1000 --repeats 5 --json
  gradiente cross-validate --data cars.csv --target mpg --fill median
  gradiente cross-validate --data visits.csv --target pressure --group patient
  gradiente cross-validate --data sales.csv --target sold --time day`;

/** Adds the command. `finish` takes the exit status. */
export function crossValidateCommand(program: Command, io: Io, finish: (status: number) => void): void {
  const command = program
    .command("cross-validate")
    .description("train and test a model on folds of the training set: its scores, with intervals")
    .option("--folds <k>", "parts of the data, each of which is tested once; 2 or more", "5")
    .option("--repeats <n>", "how often the data are divided anew", "1")
    .option("--group <column>", "a column of a table, such as a patient's number: rows with one value of it are never in two folds");
  addModelOptions(command);
  command
    .option("--epochs <n>", "passes over the data (default: 3; 100 of a table)")
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
  const data = await loadData(options, json ? undefined : io);
  const { train, source } = data;
  const folded = foldedTable(data, options);
  const folds = asUsage(() => foldsFor(options, { train, folded, splits, repeats, seed: plan.model.seed }));
  for (const note of data.notes) io.error(io.colour.dim(note));
  start(plan, { source, samples: train.length, folds: folds.length, splits, repeats }, json, io);
  const { model, training } = plan;
  const isOfNumbers = folded !== null && train.classes === undefined;
  let done = 0;
  let parts: FoldParts | null = null;
  const results: FoldResult[] = [];
  const others = new Map<string, FoldResult[]>();
  return interruptible(
    async (signal) => {
      try {
        await crossValidate({
          data:
            folded === null
              ? train
              : (fold) => {
                  parts = folded.parts(fold);
                  return parts;
                },
          folds,
          seed: model.seed,
          signal,
          make: (part, seed) => plan.make(part, seed, isOfNumbers ? METRICS_OF_NUMBERS : undefined),
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
            const { result, baselines } = parts === null ? { result: fold, baselines: [] } : inUnits(fold, parts);
            results.push(result);
            for (const { key, scores } of baselines) others.set(key, [...(others.get(key) ?? []), { ...fold, scores: { ...scores } }]);
            const simpler = Object.fromEntries(baselines.map(({ key, scores }) => [key, scores]));
            if (json) io.json({ event: "fold", ...result, ...(baselines.length > 0 && { baselines: simpler }) });
            else io.print(foldLine(result, folds.length));
          },
        });
        const baselines = Object.fromEntries([...others].map(([key, all]) => [key, summarizeFolds(all)]));
        const given = givenArguments(command, ["folds", "repeats", "group", "json"]);
        end({ scores: summarizeFolds(results), baselines }, folds, given, json, io);
        return 0;
      } catch (error) {
        if (!signal.aborted) throw error;
        if (json) tellInterrupted(io, null);
        else io.print(`stopped by Ctrl-C after ${done} of ${folds.length} folds`);
        return INTERRUPTED;
      }
    },
    () => tellStopping(io),
  );
}

interface Division {
  readonly train: Dataset;
  readonly folded: FoldedTable | null;
  readonly splits: number;
  readonly repeats: number;
  readonly seed: number;
}

/** @throws UsageError, ConfigError, DataFormatError */
function foldsFor({ group, time }: CrossValidateOptions, { train, folded, splits, repeats, seed }: Division): Fold[] {
  if (group === undefined && time === undefined) return foldsOf(train, splits, repeats, seed);
  const where = group === undefined ? "--time" : "--group";
  if (group !== undefined && time !== undefined) throw new UsageError({ where, got: "--time too", expected: "one of them" });
  if (repeats > 1) throw new UsageError({ where: "--repeats", got: `${repeats} with ${where}`, expected: "1: there is one such division" });
  if (folded === null) throw new UsageError({ where, got: "data without columns", expected: "a table, FILE.csv" });
  // The rows of a table stand in the order of its time.
  return group === undefined ? timeFolds(train, { splits }) : foldsByGroup(folded.table, group, splits, seed);
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

interface Outcome {
  readonly scores: CrossValidation["scores"];
  /** Of simpler predictions, on the same folds. */
  readonly baselines: Readonly<Record<string, CrossValidation["scores"]>>;
}

const BASELINES: Readonly<Record<string, string>> = { leastSquares: "least squares", trainingMean: "the training mean" };

function end({ scores, baselines }: Outcome, folds: readonly Fold[], given: string, json: boolean, io: Io): void {
  if (json) {
    io.json({ event: "end", scores, ...(Object.keys(baselines).length > 0 && { baselines }) });
    return;
  }
  const { bold, dim, green } = io.colour;
  io.print(`\n${bold("Over the folds")}  ${dim("mean, 95 % interval (folds share samples), standard deviation")}`);
  const longest = Math.max(...Object.keys(scores).map((name) => name.length));
  for (const [name, score] of Object.entries(scores))
    io.print(`  ${name.padEnd(longest)}  ${bold(green(value(name, score.mean)))}  ${spread(name, score, dim)}`);
  for (const [key, all] of Object.entries(baselines)) {
    io.print(`\n${bold(sentence(BASELINES[key]))}  ${dim("on the same folds")}`);
    for (const [name, score] of Object.entries(all)) io.print(`  ${name.padEnd(longest)}  ${value(name, score.mean)}  ${spread(name, score, dim)}`);
  }
  io.print(dim(`\nIt speaks of models trained on ${integer(folds[0].train.length)} samples; the test set was not touched.`));
  io.print(`\n${bold("What to try next")}\n  npx gradiente train ${given}`.trimEnd());
}

function spread(name: string, { low, high, sd }: FoldedScore, dim: (text: string) => string): string {
  if (low === null || high === null || sd === null) return dim("no interval");
  return `${value(name, low)} to ${value(name, high)}  ${dim(`sd ${value(name, sd)}`)}`;
}
