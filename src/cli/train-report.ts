/** What `train` tells: as text, or as JSON events. @module */

import { progressLine } from "../callbacks/progress-line.ts";
import { duration, integer, loss, percent, plural } from "../format.ts";
import type { LoadedData } from "../lab/loading/loaded-data.ts";
import type { Evaluation } from "../model/evaluate/evaluator.ts";
import type { EpochReport, Resumption, StepReport } from "../model/history.ts";
import type { Model } from "../model/model.ts";
import { type Examination, examinationJson } from "./examination.ts";
import { tellInterrupted } from "./interrupt.ts";
import type { Io } from "./io.ts";
import type { Plan } from "./model-options.ts";

/** How a run starts. */
export interface Start {
  readonly plan: Plan;
  /** Training samples are those that are trained on. */
  readonly data: LoadedData;
  readonly validation: "test" | "split" | null;
  readonly validationSamples: number;
}

/** How a run ends. */
export interface End {
  readonly test: Evaluation;
  readonly examination: Examination;
  /** Of training. */
  readonly seconds: number | null;
  /** What a callback said that ended training early. */
  readonly stopReason: string | null;
  readonly weightsSha256: string;
  readonly out: string | null;
}

/** Where a run was interrupted. */
export interface Interruption {
  readonly last: EpochReport | undefined;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly out: string | null;
  /** The directory from which the run can be resumed. */
  readonly checkpoint: string | null;
}

/** The listener of a run. */
export interface TrainReport {
  start(start: Start): void;
  /** With --resume, from where it goes on. */
  resume(place: Resumption, directory: string): void;
  step(report: StepReport): void;
  /** @param trainAccuracy evaluated at the epoch's end, in report presets */
  epoch(report: EpochReport, trainAccuracy: number | null): void;
  interrupted(interruption: Interruption): void;
  end(end: End): void;
}

/** The events of `--json`, one per line. */
export function jsonReport(io: Io): TrainReport {
  return {
    start({ plan, data, validation, validationSamples }) {
      const { model, optimizer, training, runtime } = plan;
      io.json({
        event: "start",
        model: training.modelName,
        preset: training.preset,
        parameters: model.parameterCount,
        optimizer: optimizer.name,
        backend: runtime.backend,
        mode: runtime.mode,
        kernels: runtime.kernels,
        threads: runtime.threads,
        seed: model.seed,
        trainSamples: data.train.length,
        testSamples: data.test.length,
        validation,
        validationSamples,
      });
    },
    resume({ file, epoch, stepInEpoch, step, unusable }) {
      io.json({ event: "resume", file, epoch, stepInEpoch, step, unusable });
    },
    step: () => undefined,
    epoch(r, trainAccuracy) {
      const { epoch, loss, accuracy, penalty, valLoss, valAccuracy, learningRate, seconds, stepMs, samplesPerSecond } = r;
      io.json({
        event: "epoch",
        epoch,
        loss,
        accuracy,
        penalty,
        valLoss,
        valAccuracy,
        learningRate,
        seconds,
        stepMs,
        samplesPerSecond,
        ...(trainAccuracy === null ? {} : { trainAccuracy }),
      });
    },
    interrupted({ out, checkpoint }) {
      const kept = [...(checkpoint === null ? [] : [goOn(checkpoint)]), ...(out === null ? [] : [`the weights so far are in ${out}`])];
      tellInterrupted(io, kept.length === 0 ? "nothing was saved; --out FILE keeps the weights, --checkpoint DIR the run" : kept.join("; "));
    },
    end({ test, examination, seconds, stopReason, weightsSha256, out }) {
      io.json({
        event: "end",
        testLoss: test.loss,
        testAccuracy: test.accuracy,
        seconds,
        wallSeconds: performance.now() / 1000,
        weightsSha256,
        out,
        ...examinationJson(examination),
        ...(stopReason === null ? {} : { stopReason }),
      });
    },
  };
}

/** What samples of data are called. */
export const samplesOf = ({ rows, train }: Pick<LoadedData, "rows" | "train">): string =>
  rows !== null ? "rows" : train.sampleShape.length > 1 ? "images" : "samples";

/** Epochs of a table that get a line: each takes milliseconds. */
const TABLE_LINES = 20;

const goOn = (checkpoint: string): string => `the run is saved in ${checkpoint}: the same command with --resume goes on`;

const KERNELS = {
  relaxed: "WebAssembly with fused multiply-add",
  simd: "WebAssembly, plain SIMD",
  js: "plain TypeScript",
};

/** Text for people. */
export function textReport(io: Io): TrainReport {
  const { bold, dim, green } = io.colour;
  let epochs = 0;
  let validated = "";
  let samples = "";
  let every = 1;
  return {
    start({ plan, data, validation, validationSamples }) {
      const { model, optimizer, training, runtime } = plan;
      const row = (name: string, text: string): void => io.print(`${bold(name.padEnd(10))}${text}`);
      epochs = training.epochs;
      samples = samplesOf(data);
      every = data.rows === null ? 1 : Math.ceil(epochs / TABLE_LINES);
      validated = validation === "test" ? "test" : "val";
      if (training.preset !== null) row("Preset", training.preset);
      row("Model", `${training.modelName}: ${describe(model)}, ${bold(integer(model.parameterCount))} parameters`);
      row(
        "Data",
        `${data.source}: ${integer(data.train.length)} training${validation === "split" ? `, ${integer(validationSamples)} validation` : ""} and ${integer(data.test.length)} test ${samples}`,
      );
      row(
        "Training",
        `${optimizer.name}, learning rate ${optimizer.learningRate}${training.schedule.name === "constant" ? "" : ` (${training.schedule.name})`}, batch ${training.batchSize}, ${plural(training.epochs, "epoch")}, seed ${model.seed}`,
      );
      row("Kernels", `${runtime.kernels}: ${KERNELS[runtime.kernels]}, mode ${runtime.mode}, ${plural(runtime.threads, "thread")}`);
      io.print("");
    },
    resume({ file, epoch, stepInEpoch, step, unusable }, directory) {
      for (const { reason } of unusable) io.error(`skipped a checkpoint that cannot be used: ${reason}`);
      if (file === null) io.print(`no checkpoint in ${directory}: starting from the beginning`);
      else if (epoch > epochs) io.print(`resumed from ${file}: all ${plural(epochs, "epoch")} were done`);
      else io.print(`resumed from ${file}: in epoch ${epoch}, after step ${integer(stepInEpoch)} (${integer(step)} in all)`);
    },
    step: (report) => io.progress(progressLine(report, io.width, samples)),
    epoch(report, trainAccuracy) {
      if (report.epoch % every !== 0 && report.epoch !== epochs) return;
      io.print(epochLine(report, epochs, { validated, samples, trainAccuracy, width: io.isTerminal ? io.width : Number.POSITIVE_INFINITY }));
    },
    interrupted({ last, epochs, stepsPerEpoch, out, checkpoint }) {
      const place =
        last === undefined ? "before the first step" : `in epoch ${last.epoch} of ${epochs}, after step ${integer(last.steps)} of ${integer(stepsPerEpoch)}`;
      io.print(`\nstopped by Ctrl-C ${place}`);
      if (checkpoint !== null) io.print(goOn(checkpoint));
      if (out !== null) io.print(`the weights so far are saved in ${bold(out)}`);
      if (checkpoint === null && out === null) io.print(dim("not saved: --out FILE keeps the weights, --checkpoint DIR the run"));
    },
    end({ test, examination, seconds, stopReason }) {
      if (stopReason !== null) io.print(`\nended early: ${stopReason}`);
      const share = test.accuracy === null ? "" : `accuracy ${bold(green(percent(test.accuracy)))}, `;
      const unit = examination.kind === "numbers" ? " of the scaled target" : "";
      io.print(`\n${bold("Test set")}  ${share}loss ${loss(test.loss)}${unit}, after ${duration(seconds ?? Number.NaN)} of training`);
    },
  };
}

/** `Dense 128 relu > Dense 10 softmax`; layers that only reshape are left out. */
function describe(model: Model): string {
  const names = model.architecture.calls.flatMap(({ layer: { layer } }) => {
    const { units, activation } = layer.config();
    if (layer.className === "Flatten" || layer.className === "Reshape") return [];
    return [[layer.className, units, activation === "linear" ? undefined : activation].filter((part) => part !== undefined).join(" ")];
  });
  return names.length > 6 ? `${names.length} layers` : names.join(" > ");
}

/** One line, its least part left out until it fits. */
function epochLine(r: EpochReport, epochs: number, options: { validated: string; samples: string; trainAccuracy: number | null; width: number }): string {
  const { validated, samples, trainAccuracy, width } = options;
  const accuracy = width < 100 ? "acc" : "accuracy";
  const parts = [
    `epoch ${String(r.epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${loss(r.loss)}`,
    ...(r.accuracy === null ? [] : [`${accuracy} ${percent(r.accuracy).padStart(8)}`]),
    ...(r.penalty === 0 ? [] : [`penalty ${loss(r.penalty)}`]),
    ...(r.valLoss === null ? [] : [`${validated} loss ${loss(r.valLoss)}`]),
    ...(r.valAccuracy === null ? [] : [`${validated} ${accuracy} ${percent(r.valAccuracy).padStart(8)}`]),
    ...(trainAccuracy === null ? [] : [`train ${accuracy} ${percent(trainAccuracy).padStart(8)}`]),
    ...(r.seconds === null ? [] : [duration(r.seconds), `${integer(r.samplesPerSecond ?? 0)} ${samples}/s`]),
  ];
  while (parts.length > 3 && parts.join("  ").length >= width) parts.pop();
  return parts.join("  ");
}
