/** The command line. @module */
import { Command, CommanderError } from "commander";
import { GradienteError, UsageError } from "../errors.ts";
import { benchCommand } from "./bench.ts";
import { evaluateCommand, predictCommand } from "./evaluate.ts";
import { infoCommand, version } from "./info.ts";
import { type Io, processIo } from "./io.ts";
import { traceCommand } from "./trace.ts";
import { trainCommand } from "./train.ts";

/** Runs a command; resolves to the exit status: 0 done, 1 failed, 2 bad usage, 130 interrupted. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  let status = 0;
  const program = new Command("gradiente")
    .description("train neural networks on the CPU")
    .version(version())
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.print(text.trimEnd()), writeErr: (text) => io.error(text.trimEnd()) })
    .addHelpText(
      "after",
      "\nExamples:\n  gradiente train --out results/mnist-mlp.safetensors\n  gradiente evaluate results/mnist-mlp.safetensors\n  gradiente trace --hidden 16",
    );
  trainCommand(program, io, (code) => {
    status = code;
  });
  evaluateCommand(program, io);
  predictCommand(program, io);
  traceCommand(program, io);
  benchCommand(program, io);
  infoCommand(program, io);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    report(error, argv.includes("--json"), io);
    return error instanceof UsageError ? 2 : 1;
  }
}

function report(error: unknown, json: boolean, io: Io): void {
  const known = error instanceof GradienteError ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  if (json) io.json({ event: "error", code: known?.code ?? "internal", message: message.split("\nHint: ")[0], hint: known?.hint ?? null });
  else io.error(io.colour.red(message));
  if (process.env.GRADIENTE_DEBUG === "1" && error instanceof Error) io.error(String(error.stack));
}
