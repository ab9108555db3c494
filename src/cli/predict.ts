/** `gradiente predict`: what a saved model says of images. @module */
import type { Command } from "commander";
import { ShapeError } from "../errors.ts";
import { integer, percent } from "../format.ts";
import { loadModel } from "../model/save.ts";
import { outputsOf } from "./data-options.ts";
import { looksInverted, readImages } from "./images.ts";
import type { Io } from "./io.ts";
import { addRuntimeOptions, runtimeOf } from "./runtime-options.ts";
import { positiveInteger } from "./values.ts";
import { argmax } from "./verdict.ts";

interface PredictOptions {
  limit?: string;
  invert?: boolean;
  backend?: string;
  mode?: string;
  threads?: string;
  json?: boolean;
}

/** Images of one file that are shown to people unless they ask for more. */
const SHOWN = 10;
const CLASSES_SHOWN = 3;
const BAR = 30;

const EXAMPLES = `
Examples:
  gradiente predict results/mnist-cnn.safetensors digit.png --invert
  gradiente predict results/mnist-cnn.safetensors t10k-images-idx3-ubyte --limit 5
  gradiente predict results/mnist-cnn.safetensors one.png two.png --json`;

/** Adds the command. */
export function predictCommand(program: Command, io: Io): void {
  const command = program
    .command("predict")
    .argument("<model>", "a file that train --out saved")
    .argument("<file...>", "PNG images, or IDX files of images")
    .description("class probabilities of images")
    .option("--limit <n>", `only the first N images of each file (default: all; ${SHOWN} are shown as text)`)
    .option("--invert", "make black on white white on black, as MNIST has it");
  addRuntimeOptions(command);
  command
    .option("--json", "one JSON object per image instead of text")
    .addHelpText("after", EXAMPLES)
    .action((path: string, files: string[], options: PredictOptions) => predict(path, files, options, io));
}

async function predict(path: string, files: readonly string[], options: PredictOptions, io: Io): Promise<void> {
  const json = options.json === true;
  const limit = options.limit === undefined ? undefined : positiveInteger("--limit", options.limit);
  const model = await loadModel(path, { runtime: await runtimeOf(options) });
  const classes = outputsOf(model);
  if (classes === null) throw new ShapeError({ where: `model ${path}`, got: "an output that is no list of probabilities", expected: "one number per class" });
  for (const file of files) {
    const all = await readImages(file, model.architecture.inputs[0].shape, options.invert === true);
    const images = all.take(limit ?? (json ? all.length : SHOWN));
    if (images.length === 0) continue;
    if (!json && options.invert !== true && looksInverted(images))
      io.error(io.colour.yellow(`${file} looks dark on light; MNIST is light on dark: try --invert`));
    const output = await model.predict(images);
    for (let i = 0; i < images.length; i++) {
      const probabilities = Array.from(output.subarray(i * classes, (i + 1) * classes));
      if (json) io.json({ event: "prediction", file, index: i, class: argmax(probabilities, 0, classes), probabilities });
      else printTable(io, all.length === 1 ? file : `${file}, image ${i}`, probabilities);
    }
    if (!json && images.length < all.length) io.print(io.colour.dim(`... ${integer(all.length - images.length)} more images (--limit N, or --json for all)`));
  }
}

/** The likeliest classes with bars. */
function printTable(io: Io, name: string, probabilities: readonly number[]): void {
  const { bold, dim, green } = io.colour;
  const ranked = probabilities.map((probability, label) => ({ probability, label })).sort((a, b) => b.probability - a.probability || a.label - b.label);
  io.print(`${name}: ${bold(String(ranked[0].label))}`);
  ranked.slice(0, CLASSES_SHOWN).forEach(({ probability, label }, rank) => {
    const full = "█".repeat(Math.round(probability * BAR));
    io.print(`  ${String(label).padStart(3)}  ${rank === 0 ? green(full) : full}${dim("·".repeat(BAR - full.length))} ${percent(probability).padStart(8)}`);
  });
}
