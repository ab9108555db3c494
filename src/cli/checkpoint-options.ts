/** The options that say where a run is saved and whether it goes on. @module */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { CheckpointOptions } from "../model/checkpoints/checkpoint-writer.ts";
import { number } from "./values.ts";

/** As commander parses them. */
export interface CheckpointFlags {
  checkpoint?: string;
  checkpointEvery?: string;
  resume?: boolean;
}

/** Declares them on a command. */
export function addCheckpointOptions(command: Command): void {
  command
    .option("--checkpoint <dir>", "save the run there as it goes, so that --resume can go on with it")
    .option("--checkpoint-every <n>", "steps between two savings, or seconds as 30s (default: each epoch and every 2s)")
    .option("--resume", "go on from the newest checkpoint, with the very bits of a run that was never interrupted; from the beginning if there is none");
}

/** What they say to fit. @throws UsageError */
export function checkpointFrom({ checkpoint, checkpointEvery, resume }: CheckpointFlags): { checkpoint: CheckpointOptions | undefined; resume: boolean } {
  if (checkpoint === undefined) {
    const option = checkpointEvery !== undefined ? "--checkpoint-every" : resume === true ? "--resume" : null;
    if (option !== null) throw new UsageError({ where: option, got: "no --checkpoint", expected: "--checkpoint DIR, where the run is saved" });
    return { checkpoint: undefined, resume: false };
  }
  if (checkpoint === "") throw new UsageError({ where: "--checkpoint", got: '""', expected: "a directory" });
  return { checkpoint: { directory: checkpoint, every: checkpointEvery === undefined ? undefined : every(checkpointEvery) }, resume: resume === true };
}

function every(text: string): CheckpointOptions["every"] {
  const expected = "a positive number of steps, or of seconds as 30s";
  if (text.endsWith("s")) return { seconds: number("--checkpoint-every", text.slice(0, -1), (value) => value > 0, expected) };
  return { steps: number("--checkpoint-every", text, (value) => Number.isSafeInteger(value) && value > 0, expected) };
}
