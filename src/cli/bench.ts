/** `gradiente bench`: kernels and whole steps, WebAssembly against plain JavaScript. @module */
import type { Command } from "commander";
import { benchKernels, runtimes } from "../bench/kernels.ts";
import { benchLayers, type InstructionResult } from "../bench/layers.ts";
import { benchSteps, cnn, mlp, rowsOf } from "../bench/steps.ts";
import { createRuntime } from "../runtime/runtime.ts";
import type { Io } from "./io.ts";
import { threadsOf } from "./runtime-options.ts";

const percent = (share: number | null): string => (share === null ? "" : `${(100 * share).toFixed(0)} %`);

/** Instructions that take less of a step are told together. */
const SMALL = 0.005;

function printLayers({ print, colour: { dim } }: Io, results: readonly InstructionResult[]): void {
  const us = (ms: number): string => (ms * 1000).toFixed(1).padStart(8);
  print(dim(`  ${"layer".padEnd(11)}${"kernel".padEnd(35)}${"us".padStart(8)}${"share".padStart(7)}${"GFLOP/s".padStart(9)}${"peak".padStart(7)}`));
  let phase = "";
  for (const r of results.filter(({ share }) => share >= SMALL)) {
    if (r.phase !== phase) print(dim(`  ${r.phase}`));
    phase = r.phase;
    const speed = `${(r.gflops?.toFixed(1) ?? "").padStart(9)}${percent(r.shareOfPeak).padStart(7)}`;
    print(`  ${r.scope.padEnd(11)}${r.kernel.padEnd(35)}${us(r.ms)}${percent(r.share).padStart(7)}${speed}`.trimEnd());
  }
  const small = results.filter(({ share }) => share < SMALL);
  const sum = (list: readonly InstructionResult[]): number => list.reduce((ms, r) => ms + r.ms, 0);
  print(dim(`  ${`${small.length} more, each under ${100 * SMALL} %`.padEnd(46)}${us(sum(small))}`));
  print(`  ${"sum".padEnd(46)}${us(sum(results))}`);
}

/** Adds the command. */
export function benchCommand(program: Command, io: Io): void {
  program
    .command("bench")
    .description("time kernels and whole training steps, WebAssembly against plain JavaScript, beside this machine's measured peak")
    .option("--layers", "time each instruction of a step of the MLP, of the report's CNN and of recurrent networks instead")
    .option("--threads <n>", "of whole steps, timed beside one thread (default: all cores, up to 8)")
    .option("--quick", "shorter, noisier")
    .option("--json", "one JSON line per result")
    .addHelpText("after", "\nExamples:\n  gradiente bench\n  gradiente bench --layers\n  gradiente bench --quick --json")
    .action(async ({ layers, quick, json, threads }: { layers?: boolean; quick?: boolean; json?: boolean; threads?: string }) => {
      const { bold, dim } = io.colour;
      const print = (text: string): void => {
        if (json !== true) io.print(text);
      };
      if (layers === true) {
        for (const runtime of await runtimes()) {
          for (const [name, optimizer, model] of [
            ["MLP 784-128-10", "sgd", mlp(128, "sgd", runtime)],
            ["MLP 784-128-10", "adam", mlp(128, "adam", runtime)],
            ["CNN 32-64-64-10", "adam", cnn("adam", runtime)],
            ["simple RNN 128-10", "adam", rowsOf("simpleRnn", "adam", runtime)],
            ["GRU 128-10", "adam", rowsOf("gru", "adam", runtime)],
            ["LSTM 128-10", "adam", rowsOf("lstm", "adam", runtime)],
          ] as const) {
            print(bold(`\n${name}, ${optimizer}, batch 32, ${runtime.kernels} kernels, one thread`));
            const results = await benchLayers(model, runtime, quick === true ? 200 : 1000);
            if (json === true) for (const r of results) io.json({ ...r, model: name, kernels: runtime.kernels, optimizer });
            else printLayers(io, results);
          }
        }
        print(dim("\nGFLOP/s count every product of a layer. Where zeros are skipped, or tiles save\nproducts, they go past the peak."));
        return;
      }
      print(bold("Dense products"));
      print(dim(`  ${"product".padEnd(36)}${"kernels".padEnd(10)}${"ms".padStart(10)}${"GFLOP/s".padStart(10)}${"of peak".padStart(9)}`));
      for (const r of await benchKernels(quick === true ? 100 : 600)) {
        if (json === true) io.json({ ...r });
        print(
          `  ${r.name.padEnd(36)}${r.kernels.padEnd(10)}${r.ms.toFixed(4).padStart(10)}${r.gflops.toFixed(1).padStart(10)}${percent(r.shareOfPeak).padStart(9)}`,
        );
      }
      print(bold("\nWhole training steps, batch assembly included"));
      print(
        dim(
          `  ${"step".padEnd(36)}${"kernels".padEnd(10)}${"threads".padStart(7)}${"batch".padStart(7)}${"ms".padStart(11)}${"images/s".padStart(12)}${"x js".padStart(8)}`,
        ),
      );
      const steps = await benchSteps({
        threads: threadsOf(threads) ?? (await createRuntime()).threads,
        ...(quick === true ? { samples: 3200, rounds: 3, fullBatch: false } : {}),
      });
      for (const r of steps) {
        const js = steps.find((other) => other.kernels === "js" && other.name === r.name);
        if (json === true) io.json({ ...r });
        print(
          `  ${r.name.padEnd(36)}${r.kernels.padEnd(10)}${String(r.threads).padStart(7)}${String(r.batchSize).padStart(7)}${r.stepMs.toFixed(4).padStart(11)}${Math.round(r.samplesPerSecond).toLocaleString("en").padStart(12)}${(js === undefined || js === r ? "" : (r.samplesPerSecond / js.samplesPerSecond).toFixed(1)).padStart(8)}`,
        );
      }
    });
}
