/** `gradiente evaluate`: how good a saved model is. @module */
import type { Command } from "commander";
import { integer, loss as lossText, percent } from "../format.ts";
import { loadModel } from "../model/save.ts";
import { drawClassTable } from "./class-table.ts";
import { drawConfusion } from "./confusion.ts";
import { addDataOption, checkClasses, loadData } from "./data-options.ts";
import type { Io } from "./io.ts";
import { drawMistakes } from "./pictures.ts";
import { addRuntimeOptions, runtimeOf } from "./runtime-options.ts";
import { judge } from "./verdict.ts";

interface EvaluateOptions {
  data?: string;
  backend?: string;
  mode?: string;
  threads?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  gradiente evaluate results/mnist-cnn.safetensors
  gradiente evaluate results/mnist-cnn.safetensors --data my-images/ --json`;

/** Adds the command. */
export function evaluateCommand(program: Command, io: Io): void {
  const command = program
    .command("evaluate")
    .argument("<model>", "a file that train --out saved")
    .description("loss, accuracy, confusion matrix and scores per class of a saved model on the test set");
  addDataOption(command);
  addRuntimeOptions(command);
  command
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", EXAMPLES)
    .action((path: string, options: EvaluateOptions) => evaluate(path, options, io));
}

async function evaluate(path: string, options: EvaluateOptions, io: Io): Promise<void> {
  const { bold, dim, green } = io.colour;
  const model = await loadModel(path, { runtime: await runtimeOf(options) });
  const { test, source } = await loadData(options, options.json === true ? undefined : io);
  model.compile({ optimizer: model.compiled?.optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  checkClasses(model, test, path);
  const { loss, accuracy } = await model.evaluate(test);
  const { confusion, report, mistakes } = await judge(model, test);
  if (options.json === true) {
    io.json({ event: "evaluate", model: path, data: source, samples: test.length, loss, accuracy, confusion, report });
    return;
  }
  io.print(`${bold(path)} on ${integer(test.length)} test images of ${source}: accuracy ${bold(green(percent(accuracy)))}, loss ${lossText(loss)}`);
  io.print(`\n${drawConfusion(confusion, io)}`);
  io.print(`\n${drawClassTable(report, io)}`);
  const pictures = drawMistakes(mistakes, test, io);
  if (pictures !== "") io.print(`\n${bold("The worst mistakes")}  ${dim(`of ${integer(mistakes.length)} in ${integer(test.length)}`)}\n${pictures}`);
}
