/** Event files for TensorBoard. @module */
import { ConfigError } from "../errors.ts";
import { encodeRestart, encodeSummaries, encodeVersion, histogramOf, type Summary } from "../formats/tensorboard.ts";
import type { Callback, FitContext } from "../model/fit/callback.ts";
import type { EpochReport } from "../model/history.ts";
import { integers } from "./monitor.ts";

/** Options of {@link tensorBoard}. */
export interface TensorBoardOptions {
  /** The event files are in its folders `train`, `validation` and `steps`, which TensorBoard shows as runs. */
  directory: string;
  /** Every how many epochs to write histograms of the weights; 0: never. Default 0. */
  histograms?: number;
  /** `epoch`, or every so many steps the running means of the epoch too. Default `"epoch"`. */
  updateFreq?: "epoch" | number;
}

/** Each has one axis: epochs from 0, or steps from 0. */
type Run = "train" | "validation" | "steps";

/** Distinguishes the files of one process that begin in the same second. */
let files = 0;

/**
 * Writes what TensorBoard shows: losses, metrics and the learning rate of each epoch, of training and validation as runs `train` and `validation` under
 * Keras's tags (`epoch_loss`), by the number of the epoch from 0; as run `steps` running means of every so many steps (`batch_loss`); histograms of weights. A fit that is
 * resumed goes on in a new file, which tells TensorBoard to forget what the interrupted one wrote after its checkpoint. Node, Deno, Bun.
 * @throws ConfigError for options out of range; FileError when a file cannot be written
 */
export function tensorBoard(options: TensorBoardOptions): Callback {
  const where = "tensorBoard";
  const { directory, histograms = 0, updateFreq = "epoch" } = options;
  if (typeof directory !== "string" || directory === "") throw new ConfigError({ where, got: `directory = ${JSON.stringify(directory)}`, expected: "a path" });
  integers(where, 0, { histograms });
  if (updateFreq !== "epoch") integers(where, 1, { updateFreq });
  let file = "";
  /** One after another, whoever asks. */
  let last: Promise<unknown> = Promise.resolve();

  const write = (run: Run, step: number, summaries: readonly Summary[]): Promise<unknown> => {
    const record = encodeSummaries(Date.now() / 1000, step, summaries);
    last = last.then(async () => {
      const { appendBytes } = await import("../formats/atomic-file.node.ts");
      await appendBytes(`${directory}/${run}/${file}`, record);
    });
    return last;
  };
  const scalars = (prefix: string, values: Readonly<Record<string, number>>): Summary[] =>
    Object.entries(values).map(([name, scalar]) => ({ tag: `${prefix}_${name}`, scalar }));

  return {
    name: where,
    async onTrainBegin(context) {
      const { appendBytes, prepareFolder } = await import("../formats/atomic-file.node.ts");
      const { processName } = await import("./process-name.node.ts");
      last = Promise.resolve();
      const now = Date.now() / 1000;
      // As TensorFlow names them: TensorBoard takes what has "tfevents" in its name, in the order of names.
      file = `events.out.tfevents.${String(Math.floor(now)).padStart(10, "0")}.${processName()}.${files++}`;
      const { resumed, monitors } = context;
      const runs: Run[] = ["train", ...(monitors.includes("valLoss") ? ["validation" as const] : []), ...(updateFreq === "epoch" ? [] : ["steps" as const])];
      for (const run of runs) {
        const path = `${directory}/${run}/${file}`;
        await prepareFolder(`${directory}/${run}`);
        await appendBytes(path, encodeVersion(now));
        if (resumed?.file != null) await appendBytes(path, encodeRestart(now, run === "steps" ? resumed.step : resumed.epoch - 1));
      }
    },
    onStepEnd:
      updateFreq === "epoch"
        ? undefined
        : ({ step, epochMetrics, learningRate }, context) => {
            if ((step + 1) % updateFreq === 0) context.defer(write("steps", step, scalars("batch", { ...epochMetrics, learning_rate: learningRate })));
          },
    async onEpochEnd(report, context) {
      const step = report.epoch - 1;
      await write("train", step, [...scalars("epoch", { ...report.metrics, learning_rate: report.learningRate }), ...weightsOf(report, context, histograms)]);
      if (report.valMetrics !== null) await write("validation", step, scalars("epoch", report.valMetrics));
    },
  };
}

/** Histograms of the weights, in the epochs that have some. */
function weightsOf({ epoch }: EpochReport, context: FitContext, every: number): Summary[] {
  if (every === 0 || epoch % every !== 0) return [];
  return context.getWeights().map(({ name, data }) => ({ tag: `${name}/histogram`, histogram: histogramOf([data]) }));
}
