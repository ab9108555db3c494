/** The command line. @module */
import { Command, CommanderError } from "commander";
import { version } from "../runtime/version.node.ts";
import { benchCommand } from "./bench.ts";
import { crossValidateCommand } from "./cross-validate.ts";
import { evaluateCommand } from "./evaluate.ts";
import { fail } from "./failure.ts";
import { infoCommand } from "./info.ts";
import { type Io, processIo } from "./io.ts";
import { lrFindCommand } from "./lr-find.ts";
import { predictCommand } from "./predict.ts";
import { searchCommand } from "./search.ts";
import { studyCommand } from "./study.ts";
import { traceCommand } from "./trace.ts";
import { trainCommand } from "./train.ts";

const EXAMPLES = `
Examples:
  gradiente train --out results/mnist-cnn.safetensors
  gradiente evaluate results/mnist-cnn.safetensors
  gradiente trace --hidden 16
  gradiente study optimizers --quick
  gradiente search examples/search/mnist-mlp.json --quick

gradiente COMMAND --help shows a command's options.`;

/** Runs a command; resolves to the exit status: 0 done, 1 failed, 2 bad usage, 130 interrupted. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  let status = 0;
  const program = new Command("gradiente")
    .description("train neural networks on the CPU")
    .version(version())
    .exitOverride()
    // Errors are told by `fail`, in one form for all.
    .configureOutput({ writeOut: (text) => io.print(text.trimEnd()), writeErr: () => undefined, getOutHelpWidth: () => Math.min(io.width, 120) })
    .addHelpText("after", EXAMPLES);
  const finish = (code: number): void => {
    status = code;
  };
  trainCommand(program, io, finish);
  lrFindCommand(program, io, finish);
  crossValidateCommand(program, io, finish);
  evaluateCommand(program, io);
  predictCommand(program, io);
  traceCommand(program, io);
  studyCommand(program, io, finish);
  searchCommand(program, io, finish);
  benchCommand(program, io);
  infoCommand(program, io);
  if (argv.length === 0) {
    io.error(program.helpInformation().trimEnd());
    io.error(EXAMPLES);
    return 2;
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return status;
  } catch (error) {
    // Help and version come as errors too.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return fail(error, argv.includes("--json"), io);
  }
}
