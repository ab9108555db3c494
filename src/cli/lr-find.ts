/** `gradiente lr-find`: which learning rate to begin with. @module */
import type { Command } from "commander";
import { bar } from "../callbacks/progress-line.ts";
import { duration, integer, loss as lossText, wrap } from "../format.ts";
import { findLearningRate, type LearningRateProgress, type LearningRateResult } from "../lab/index.ts";
import { loadData } from "./data-options.ts";
import { givenArguments } from "./given.ts";
import { INTERRUPTED, interruptible, tellInterrupted, tellStopping } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { addModelOptions, buildModel, type ModelOptions, type Plan } from "./model-options.ts";
import { rateChart } from "./rate-chart.ts";
import { asUsage } from "./suggest.ts";
import { number, positiveInteger } from "./values.ts";

interface LrFindOptions extends ModelOptions {
  from: string;
  to: string;
  steps: string;
  seeds: string;
  json?: boolean;
}

const EXAMPLES = `
Steps with growing learning rates, on a copy of the model, show where the loss falls fastest and where it diverges. Where no rate is sound, it says why.

Examples:
  gradiente lr-find
  gradiente lr-find --model lstm --optimizer sgd --to 100
  gradiente lr-find --hidden 256 --batch-size 128 --seeds 5
  gradiente lr-find --data cars.csv --target mpg --fill median
  gradiente lr-find --data my-images/ --json`;

const OWN = ["from", "to", "steps", "seeds", "json", "lr"];

/** Adds the command. `finish` takes the exit status. */
export function lrFindCommand(program: Command, io: Io, finish: (status: number) => void): void {
  const command = program
    .command("lr-find")
    .description("learning-rate range test: which rate to begin with")
    .option("--from <rate>", "the first rate", "1e-5")
    .option("--to <rate>", "the last rate", "10")
    .option("--steps <n>", "steps of each seed, a rate each; 20 or more", "200")
    .option("--seeds <n>", "how often it is done, with other batches and other dropout", "3");
  addModelOptions(command);
  command
    .option("--json", "one JSON object per line instead of text")
    .addHelpText("after", EXAMPLES)
    .action(async (options: LrFindOptions) => finish(await lrFind(options, command, io)));
}

async function lrFind(options: LrFindOptions, command: Command, io: Io): Promise<number> {
  const json = options.json === true;
  const positive = (value: number): boolean => value > 0;
  const from = number("--from", options.from, positive, "a number, more than 0");
  const to = number("--to", options.to, (value) => value > from, `a number, more than --from (${from})`);
  const steps = number("--steps", options.steps, (value) => Number.isSafeInteger(value) && value >= 20, "an integer, 20 or more");
  const seeds = positiveInteger("--seeds", options.seeds);
  const plan = await asUsage(() => buildModel(options));
  const data = await loadData(options, json ? undefined : io);
  for (const note of data.notes) io.error(io.colour.dim(note));
  const { model, training } = plan;
  start(plan, { source: data.source, samples: data.train.length, from, to, steps, seeds }, json, io);
  const began = performance.now();
  return interruptible(
    async (signal) => {
      let found: LearningRateResult;
      try {
        const onProgress = (progress: LearningRateProgress): void => io.progress(progressLine(progress, performance.now() - began, io.width));
        found = await findLearningRate(model, data.train, { from, to, steps, seeds, batchSize: training.batchSize, seed: model.seed, signal, onProgress });
      } catch (error) {
        if (!signal.aborted) throw error;
        if (json) tellInterrupted(io, null);
        else io.print("stopped by Ctrl-C");
        return INTERRUPTED;
      }
      const { runs, ...rest } = found;
      if (json) {
        for (const { seed, verdict, suggestion, steepest, smallest, divergedAt, losses } of runs)
          io.json({ event: "seed", seed, verdict, suggestion, steepest, smallest, divergedAt, steps: losses.length });
        io.json({ event: "end", ...rest, seconds: (performance.now() - began) / 1000 });
      } else tell(found, plan, givenArguments(command, OWN), io);
      return 0;
    },
    () => tellStopping(io),
  );
}

const INDENT = "  ";

interface Start {
  readonly source: string;
  readonly samples: number;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly seeds: number;
}

function start({ model, optimizer, training, runtime }: Plan, { source, samples, from, to, steps, seeds }: Start, json: boolean, io: Io): void {
  const { batchSize, modelName } = training;
  const { backend, kernels, mode, threads } = runtime;
  if (json) {
    const { parameterCount: parameters, seed } = model;
    const sizes = { trainSamples: samples, batchSize, from, to, steps, seeds };
    io.json({ event: "start", model: modelName, parameters, optimizer: optimizer.name, backend, mode, kernels, threads, seed, ...sizes });
    return;
  }
  const row = (name: string, text: string): void => io.print(`${io.colour.bold(name.padEnd(10))}${text}`);
  row("Model", `${modelName}, ${integer(model.parameterCount)} parameters, ${optimizer.name}`);
  row("Data", `${source}: ${integer(samples)} training samples, batch ${batchSize}`);
  row("Rates", `${from} to ${to} in ${integer(steps)} steps, ${seeds} ${seeds === 1 ? "seed" : "seeds"}`);
}

/** How far it is, in less than `width` columns. */
function progressLine({ seed, seeds, step, steps, learningRate, loss }: LearningRateProgress, milliseconds: number, width: number): string {
  const done = ((seed - 1) * steps + step) / (seeds * steps);
  const parts = [`seed ${seed}/${seeds}`, bar(done, 20), `rate ${learningRate.toExponential(1)}`, `loss ${lossText(loss)}`];
  const left = `${duration((milliseconds / 1000) * (1 / done - 1))} left`;
  return [...parts, left].join("  ").slice(0, width - 1);
}

function tell({ suggestion, low, high, reason, curve, runs }: LearningRateResult, plan: Plan, given: string, io: Io): void {
  const { bold, dim, green, yellow } = io.colour;
  const chart = rateChart(curve, suggestion, io.width);
  if (chart.length > 0)
    io.print(
      `\n${bold("Loss against learning rate")}  ${dim(`smoothed, median of ${runs.length} ${runs.length === 1 ? "seed" : "seeds"}`)}\n${chart.join("\n")}`,
    );
  if (suggestion === null) {
    io.print(`\n${bold(yellow("No suggestion"))}`);
    for (const line of wrap(reason, io.width - INDENT.length)) io.print(`${INDENT}${line}`);
    return;
  }
  const spread = runs.length === 1 ? "" : `  ${dim(`seeds ${(low as number).toPrecision(2)} to ${(high as number).toPrecision(2)}`)}`;
  io.print(`\n${bold("Suggestion")}  learning rate ${bold(green(String(suggestion)))}${spread}`);
  const why = `${reason}; it holds for ${plan.optimizer.name} with batches of ${plan.training.batchSize}`;
  for (const line of wrap(why, io.width - INDENT.length)) io.print(`${INDENT}${line}`);
  io.print(`\n${bold("What to try next")}\n  npx gradiente train ${given}--lr ${suggestion}`);
}
