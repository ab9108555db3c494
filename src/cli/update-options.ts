/** The options of what surrounds an optimizer's step: penalties on weights, clipping, decay, the average of weights. @module */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { CommonOptions } from "../optimizers/index.ts";
import { l1l2, type Regularizer } from "../regularizers/index.ts";
import { number } from "./values.ts";

/** As commander parses them: absent unless given. */
export interface UpdateFlags {
  l1?: string;
  l2?: string;
  weightDecay?: string;
  clipValue?: string;
  clipNorm?: string;
  globalClipNorm?: string;
  ema?: string;
}

/** Declares the options on a command; `--ema` is `train`'s alone. */
export function addUpdateOptions(command: Command): void {
  command
    .option("--l1 <factor>", "penalty factor x sum of |w| on every kernel, not on biases (default: 0)")
    .option("--l2 <factor>", "penalty factor x sum of w^2 on every kernel, not on biases (default: 0)")
    .option("--weight-decay <factor>", "decoupled decay of all weights (default: 0; adamw 0.004)")
    .option("--clip-value <limit>", "bound on each value of a gradient")
    .option("--clip-norm <limit>", "bound on the norm of each parameter's gradient")
    .option("--global-clip-norm <limit>", "bound on the norm of all gradients together");
}

const CLIPS = { clipValue: "--clip-value", clipNorm: "--clip-norm", globalClipNorm: "--global-clip-norm" } as const;

/** The optimizer's options that were given. @throws UsageError */
export function optimizerOptions(flags: UpdateFlags): CommonOptions {
  const given: CommonOptions = {};
  if (flags.weightDecay !== undefined) given.weightDecay = number("--weight-decay", flags.weightDecay, (v) => v >= 0, "a number, 0 or more");
  if (flags.ema !== undefined) given.ema = number("--ema", flags.ema, (v) => v >= 0 && v < 1, "a number, 0 or more, below 1");
  for (const [name, option] of Object.entries(CLIPS) as [keyof typeof CLIPS, string][]) {
    const text = flags[name];
    if (text === undefined) continue;
    const other = (Object.keys(CLIPS) as (keyof typeof CLIPS)[]).find((clip) => given[clip] !== undefined);
    if (other !== undefined) throw new UsageError({ where: option, got: `${CLIPS[other]} too`, expected: "one of them" });
    given[name] = number(option, text, (v) => v > 0, "a number, more than 0");
  }
  return given;
}

/** The penalty on kernels; undefined for none. @throws UsageError */
export function penaltyFrom(flags: UpdateFlags): Regularizer | undefined {
  const factor = (name: "l1" | "l2"): number => number(`--${name}`, flags[name] ?? "0", (v) => v >= 0, "a number, 0 or more");
  const [first, second] = [factor("l1"), factor("l2")];
  return first === 0 && second === 0 ? undefined : l1l2({ l1: first, l2: second });
}
