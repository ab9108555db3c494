/** Recurrent layers in the output of `trace`: which instructions of so many equal steps are printed, and how values change from step to step. @module */
import { significant as number } from "../format.ts";
import type { TraceEntry } from "../model/trace/trace.ts";
import type { StepsTrace } from "../model/trace/trace-steps.ts";
import type { Io } from "./io.ts";

const BARS = "▁▂▃▄▅▆▇█";

/** A step inside a scope: `lstm, step 3`. */
function stepOf(scope: string): { layer: string; step: number } | null {
  const match = /^(.+), step (\d+)$/.exec(scope);
  return match === null ? null : { layer: match[1], step: Number(match[2]) };
}

/** The scopes of steps that are like their neighbours: all but the first and the last of a layer. */
export function middleSteps(entries: readonly TraceEntry[]): (scope: string) => boolean {
  const last = new Map<string, number>();
  for (const { scope } of entries) {
    const found = stepOf(scope);
    if (found !== null) last.set(found.layer, Math.max(found.step, last.get(found.layer) ?? 0));
  }
  return (scope) => {
    const found = stepOf(scope);
    return found !== null && found.step > 0 && found.step < (last.get(found.layer) ?? 0);
  };
}

/** Bars from the smallest to the largest of the values; of more than fit, evenly chosen ones. */
function sparkline(values: readonly number[], width: number): string {
  const shown = values.length <= width ? values : Array.from({ length: width }, (_, i) => values[Math.round((i * (values.length - 1)) / (width - 1))]);
  const finite = shown.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return shown.map((v) => (Number.isFinite(v) ? BARS[high > low ? Math.min(7, Math.floor((8 * (v - low)) / (high - low))) : 3] : " ")).join("");
}

/** Prints gates by their mean, states and gradients by their length. Gradients shrink or grow by powers: their bars are of logarithms. */
export function drawSequences(io: Io, sequences: readonly StepsTrace[]): void {
  const { bold, cyan, dim } = io.colour;
  let layer = "";
  for (const sequence of sequences) {
    const { name, means, norms, gradientNorms } = sequence;
    if (sequence.layer !== layer) {
      layer = sequence.layer;
      io.print(bold(cyan(`\n${layer} through time, steps 0 to ${means.length - 1}`)));
      io.print(dim(`    ${"".padEnd(20)}first step   last step`));
    }
    const width = Math.max(8, io.width - 50);
    const line = (label: string, values: readonly number[], bars: readonly number[]): void =>
      io.print(`    ${label.padEnd(20)}${number(values[0]).padEnd(13)}${number(values.at(-1) as number).padEnd(13)}${sparkline(bars, width)}`);
    const isState = name === "h" || name === "c";
    line(isState ? `|${name}|` : `mean of ${name}`, isState ? norms : means, isState ? norms : means);
    if (isState) {
      const zero = gradientNorms.every((g) => g === 0);
      line(`|dL/d${name}|, log bars`, gradientNorms, zero ? gradientNorms : gradientNorms.map((g) => Math.log10(g)));
    }
  }
}
