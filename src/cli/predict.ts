/** `gradiente predict`: what a saved model says of images, or of the rows of a table. @module */
import type { Command } from "commander";
import { ShapeError } from "../errors.ts";
import { integer, percent } from "../format.ts";
import { answered, likeliest } from "../metrics/index.ts";
import { loadModel } from "../model/saved/save.ts";
import { addFormatOptions, type FormatFlags, formatFrom, outputsOf } from "./data-options.ts";
import { classesOf } from "./examination.ts";
import { looksInverted, readImages } from "./images.ts";
import type { Io } from "./io.ts";
import { predictRows } from "./predict-rows.ts";
import { sizeOfInput } from "./resize-option.ts";
import { addRuntimeOptions, runtimeOf } from "./runtime-options.ts";
import { positiveInteger } from "./values.ts";

interface PredictOptions extends FormatFlags {
  limit?: string;
  invert?: boolean;
  resize?: boolean;
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
  gradiente predict results/mnist-cnn.safetensors one.png two.png --json
  gradiente predict results/flowers.safetensors photo.png --resize
  gradiente predict results/cars.safetensors new-cars.csv`;

/** Adds the command. */
export function predictCommand(program: Command, io: Io): void {
  const command = program
    .command("predict")
    .argument("<model>", "a file that train --out saved")
    .argument("<file...>", "PNG images, IDX files of images, or tables FILE.csv")
    .description("class probabilities of images and of rows of a table, or the numbers that a model predicts")
    .option("--limit <n>", `only the first N images or rows of each file (default: all; ${SHOWN} are shown as text)`)
    .option("--invert", "make black on white white on black, as MNIST has it")
    .option("--resize", "bring PNG images to the size that the model was trained on, whatever their ratio was");
  addFormatOptions(command);
  addRuntimeOptions(command);
  command
    .option("--json", "one JSON object per image or row instead of text")
    .addHelpText("after", EXAMPLES)
    .action((path: string, files: string[], options: PredictOptions) => predict(path, files, options, io));
}

async function predict(path: string, files: readonly string[], options: PredictOptions, io: Io): Promise<void> {
  const json = options.json === true;
  const limit = options.limit === undefined ? undefined : positiveInteger("--limit", options.limit);
  const model = await loadModel(path, { runtime: await runtimeOf(options) });
  const { preprocessing } = model;
  const size = options.resize === true ? sizeOfInput(model) : null;
  if (preprocessing?.kind === "table") {
    for (const file of files) await predictRows(model, preprocessing, file, { limit, json, format: formatFrom(options), io });
    return;
  }
  const own = preprocessing?.kind === "images" ? preprocessing.shape : null;
  const names = classesOf(preprocessing);
  const classes = outputsOf(model);
  if (classes === null) throw new ShapeError({ where: `model ${path}`, got: "an output that is no list of probabilities", expected: "one number per class" });
  for (const file of files) {
    const all = await readImages(file, model.architecture.inputs[0].shape, { invert: options.invert === true, own, size });
    const images = all.take(limit ?? (json ? all.length : SHOWN));
    if (images.length === 0) continue;
    if (!json && own === null && options.invert !== true && looksInverted(images))
      io.error(io.colour.yellow(`${file} looks dark on light; MNIST is light on dark: try --invert`));
    const output = await model.predict(images);
    for (let i = 0; i < images.length; i++) {
      const probabilities = Array.from(output.subarray(i * classes, (i + 1) * classes));
      const label = answered(`${file}, image ${i}`, likeliest(probabilities, 0, classes));
      if (json) io.json({ event: "prediction", file, index: i, class: label, ...(names !== null && { name: names[label] }), probabilities });
      else printTable(io, all.length === 1 ? file : `${file}, image ${i}`, probabilities, names);
    }
    if (!json && images.length < all.length) io.print(io.colour.dim(`... ${integer(all.length - images.length)} more images (--limit N, or --json for all)`));
  }
}

/** The likeliest classes with bars. */
function printTable(io: Io, title: string, probabilities: readonly number[], names: readonly string[] | null): void {
  const { bold, dim, green } = io.colour;
  const ranked = probabilities.map((probability, label) => ({ probability, label })).sort((a, b) => b.probability - a.probability || a.label - b.label);
  const name = (label: number): string => names?.[label] ?? String(label);
  const longest = Math.max(3, ...ranked.slice(0, CLASSES_SHOWN).map(({ label }) => name(label).length));
  io.print(`${title}: ${bold(name(ranked[0].label))}`);
  ranked.slice(0, CLASSES_SHOWN).forEach(({ probability, label }, rank) => {
    const full = "█".repeat(Math.round(probability * BAR));
    io.print(`  ${name(label).padStart(longest)}  ${rank === 0 ? green(full) : full}${dim("·".repeat(BAR - full.length))} ${percent(probability).padStart(8)}`);
  });
}
