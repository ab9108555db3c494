/** Where a step's time goes: each instruction of the training Program, timed inside real steps. @module */
import { mnist } from "../data/index.ts";
import type { Model } from "../model/model.ts";
import { Feed } from "../model/running/feed.ts";
import { kernelOf, sizesOf } from "../program/program.ts";
import { permutation } from "../random.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { race } from "./timing.ts";

/** One line of the bench. */
export interface InstructionResult {
  readonly bench: "instruction";
  readonly scope: string;
  readonly phase: string;
  readonly kernel: string;
  readonly ms: number;
  readonly share: number;
  readonly gflops: number | null;
  readonly shareOfPeak: number | null;
}

/** Medians over `steps` steps of a model of MNIST on rotating batches. */
export async function benchLayers(model: Model, runtime: Runtime, steps = 600): Promise<InstructionResult[]> {
  const { train } = await mnist();
  const executor = await model.load("train", train, 32, 1);
  const feed = new Feed(executor);
  feed.refresh();
  const order = permutation(train.length, [1, 1]);
  const compiled = model.needCompiled("bench");
  const state = compiled.optimizer.start();
  const list = (["prepare", "accumulate", "update"] as const).flatMap((section) =>
    executor.program[section].map((instruction, index) => ({ section, index, instruction, times: [] as number[] })),
  );
  for (let step = 0; step < steps; step++) {
    feed.step(32, step);
    feed.pass(order, (step * 32) % (order.length - 32), 32, 0);
    compiled.optimizer.step(executor.floats("hyper"), compiled.optimizer.learningRate, state);
    for (const { section, index, times } of list) {
      const from = performance.now();
      executor.runOne(section, index);
      times.push(performance.now() - from);
    }
  }
  const peak = peakGflops(runtime);
  const medians = list.map(({ times }) => times.slice(steps >> 1).sort((a, b) => a - b)[steps >> 2]);
  const total = medians.reduce((a, b) => a + b, 0);
  return list.map(({ instruction }, i) => {
    const flops = kernelOf(instruction.kernel).flops(sizesOf(instruction, 32));
    const gflops = flops > 0 ? flops / medians[i] / 1e6 : null;
    return {
      bench: "instruction",
      scope: instruction.scope,
      phase: instruction.phase,
      kernel: instruction.kernel,
      ms: medians[i],
      share: medians[i] / total,
      gflops,
      shareOfPeak: gflops === null ? null : gflops / peak,
    };
  });
}

/** GFLOP/s of the 12-accumulator loop. */
export function peakGflops(runtime: Runtime): number {
  const block = runtime.memory.allocate(1024, "the bench");
  const f = runtime.exports?.peak_f32;
  const { peak } = race({ peak: () => void f?.(block.base, 20_000) }, 300);
  block.dispose();
  return (12 * 4 * 2 * 4 * 20_000) / peak.median / 1e6;
}
