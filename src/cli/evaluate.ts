/** `gradiente evaluate` and `gradiente predict`. @module */
import type { Command } from "commander";
import { type Dataset, dataset, decodeIdx, decodePng } from "../data/index.ts";
import { ShapeError } from "../errors.ts";
import { readFile } from "../formats/atomic-file.node.ts";
import { loadModel } from "../model/save.ts";
import { argmax, drawConfusion, drawWorst, judge } from "./confusion.ts";
import { gunzipIfNeeded } from "./gunzip.ts";
import type { Io } from "./io.ts";
import { loadData, number, runtimeOf } from "./model-options.ts";

interface RunOptions {
  data?: string;
  backend?: string;
  mode?: string;
  json?: boolean;
}

/** Adds `evaluate`. */
export function evaluateCommand(program: Command, io: Io): void {
  program
    .command("evaluate")
    .argument("<model>", "a file saved by train --out")
    .description("loss, accuracy and confusion matrix of a model on the test set")
    .option("--data <source>", "mnist, or a directory of IDX files (default: mnist)")
    .option("--backend <name>", "wasm or js (default: wasm)")
    .option("--mode <name>", "fast or deterministic (default: fast)")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", "\nExamples:\n  gradiente evaluate results/mnist-mlp.safetensors\n  gradiente evaluate results/mnist-mlp.safetensors --json")
    .action(async (path: string, options: RunOptions) => {
      const model = await loadModel(path, { runtime: await runtimeOf(options) });
      const { test, source } = await loadData({ data: options.data });
      const { loss, accuracy } = await model.evaluate(test);
      const verdict = await judge(model, test);
      if (options.json === true) {
        io.json({ event: "evaluate", model: path, data: source, samples: test.length, loss, accuracy, confusion: verdict.confusion });
        return;
      }
      io.print(
        `${path} on ${test.length.toLocaleString("en")} test images of ${source}: accuracy ${io.colour.bold(`${(100 * (accuracy ?? Number.NaN)).toFixed(2)} %`)}, loss ${loss.toFixed(4)}\n`,
      );
      io.print(drawConfusion(verdict, io));
      io.print(drawWorst(verdict, test, io));
    });
}

/** Images of a PNG or IDX file, with the shape of one. */
async function readImages(path: string, invert: boolean): Promise<{ x: Uint8Array; height: number; width: number }> {
  const bytes = gunzipIfNeeded(await readFile(path), path);
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50;
  const { x, height, width } = isPng ? fromPng(bytes, path) : fromIdx(bytes, path);
  return { x: invert ? x.map((value) => 255 - value) : x, height, width };
}

function fromPng(bytes: Uint8Array, path: string): { x: Uint8Array; height: number; width: number } {
  const { width, height, data } = decodePng(bytes, path);
  return { x: data, height, width };
}

function fromIdx(bytes: Uint8Array, path: string): { x: Uint8Array; height: number; width: number } {
  const { shape, data } = decodeIdx(bytes, path);
  if (shape.length !== 3) throw new ShapeError({ where: path, got: `an array of ${shape.length} dimensions`, expected: "images [count, height, width]" });
  return { x: data, height: shape[1], width: shape[2] };
}

/** Adds `predict`. */
export function predictCommand(program: Command, io: Io): void {
  program
    .command("predict")
    .argument("<model>", "a file saved by train --out")
    .argument("<file...>", "PNG images, or IDX files of images")
    .description("class probabilities of images")
    .option("--limit <n>", "only the first N images of each file")
    .option("--invert", "black on white becomes white on black, as MNIST has it")
    .option("--backend <name>", "wasm or js (default: wasm)")
    .option("--mode <name>", "fast or deterministic (default: fast)")
    .option("--json", "one JSON line per image instead of text")
    .addHelpText(
      "after",
      "\nExamples:\n  gradiente predict results/mnist-mlp.safetensors digit.png --invert\n  gradiente predict results/mnist-mlp.safetensors t10k-images-idx3-ubyte --limit 5 --json",
    )
    .action(async (path: string, files: string[], options: RunOptions & { limit?: string; invert?: boolean }) => {
      const model = await loadModel(path, { runtime: await runtimeOf(options) });
      const [height, width] = model.architecture.inputShape;
      for (const file of files) {
        const images = await readImages(file, options.invert === true);
        if (images.height !== height || images.width !== width) {
          throw new ShapeError({
            where: file,
            got: `images of ${images.width} x ${images.height}`,
            expected: `${width} x ${height}`,
            hint: "scale the image first; the digit should fill the middle, white on black (--invert turns black on white)",
          });
        }
        const all = dataset({ x: images.x, sampleShape: [...model.architecture.inputShape] });
        const data: Dataset =
          options.limit === undefined ? all : all.take(number("--limit", options.limit, (n) => Number.isInteger(n) && n > 0, "a positive integer"));
        const output = await model.predict(data);
        const classes = output.length / data.length;
        for (let i = 0; i < data.length; i++) {
          const probabilities = [...output.subarray(i * classes, (i + 1) * classes)];
          const best = argmax(probabilities, 0, classes);
          if (options.json === true) io.json({ event: "prediction", file, index: i, class: best, probabilities });
          else print(io, data.length === 1 ? file : `${file}[${i}]`, probabilities);
        }
      }
    });
}

function print(io: Io, name: string, probabilities: number[]): void {
  const best = probabilities
    .map((p, c) => ({ p, c }))
    .sort((a, b) => b.p - a.p)
    .slice(0, 3);
  io.print(`${io.colour.bold(name)}: ${best[0].c}`);
  for (const { p, c } of best) io.print(`  ${c}  ${"█".repeat(Math.round(p * 30)).padEnd(30)} ${(100 * p).toFixed(2).padStart(6)} %`);
}
