/** The live line of a training run. @module */

import { duration, integer, loss, percent } from "../format.ts";
import type { StepReport } from "../model/history.ts";

const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;

/** Losses and accuracies of several outputs, by name: `digit_loss 0.4321`, `digit_accuracy 91.00 %`. None where there is one output. */
export function outputParts(metrics: Readonly<Record<string, number>>): string[] {
  return Object.entries(metrics).flatMap(([name, value]) => {
    if (name.endsWith("_accuracy")) return [`${name} ${percent(value)}`];
    return name.endsWith("_loss") ? [`${name} ${loss(value)}`] : [];
  });
}

/**
 * Bar, epoch, step, loss, accuracy, those of outputs, speed, time left: as much as fits into `width` columns, the last of which stays free.
 * @param samples what samples are called
 */
export function progressLine(r: StepReport, width: number, samples = "samples"): string {
  if (!Number.isFinite(r.stepsPerEpoch)) return endlessLine(r, width);
  const stepsLeft = r.epochs * r.stepsPerEpoch - (r.epoch - 1) * r.stepsPerEpoch - r.stepInEpoch;
  const left = (stepsLeft * (r.samplesInEpoch / r.stepsPerEpoch)) / r.samplesPerSecond;
  const epoch = `epoch ${r.epoch}/${r.epochs}`;
  const step = `${integer(r.stepInEpoch).padStart(integer(r.stepsPerEpoch).length)}/${integer(r.stepsPerEpoch)}`;
  const meter = `loss ${loss(r.epochLoss)}${r.epochAccuracy === null ? "" : `  acc ${percent(r.epochAccuracy).padStart(8)}`}`;
  const speed = `${integer(r.samplesPerSecond).padStart(6)} ${samples}/s`;
  const time = `${duration(left)} left`.padEnd(10);
  const room = width - 1;
  const outputs = outputParts(r.epochMetrics);
  const whole =
    outputs.length === 0
      ? []
      : [
          [step, meter, ...outputs, speed, time],
          [meter, ...outputs, time],
        ];
  for (const parts of [...whole, [step, meter, speed, time], [step, meter, time], [meter, time], [meter]]) {
    const text = parts.join("  ");
    const space = room - epoch.length - text.length - 4;
    if (space >= NARROWEST_BAR) return `${epoch}  ${bar(r.stepInEpoch / r.stepsPerEpoch, Math.min(WIDEST_BAR, space))}  ${text}`;
  }
  return `${epoch}  ${meter}`.slice(0, room);
}

/** Of an epoch whose end nobody knows: no bar and no time left. */
function endlessLine(r: StepReport, width: number): string {
  const meter = `loss ${loss(r.epochLoss)}${r.epochAccuracy === null ? "" : `  acc ${percent(r.epochAccuracy).padStart(8)}`}`;
  return `epoch ${r.epoch}/${r.epochs}  step ${integer(r.stepInEpoch)}  ${[meter, ...outputParts(r.epochMetrics)].join("  ")}`.slice(0, width - 1);
}

/** A bar of `width` columns. */
export function bar(share: number, width: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, share)) * width + 0.5);
  return "━".repeat(full) + "─".repeat(width - full);
}
