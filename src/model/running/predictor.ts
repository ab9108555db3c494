/** Inference on samples given as plain numbers. @module */
import { type InputColumn, product } from "../../data/dataset/columns.ts";
import type { SampleFormat } from "../../graph/ops/leaf.ts";
import { type Bindings, type Executor, loadProgram } from "../../program/executor.ts";
import type { Program } from "../../program/program.ts";
import type { Block } from "../../runtime/memory.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { Feed } from "./feed.ts";
import { yieldToEventLoop } from "./yield.ts";

/** An inference Program with room of its own for the samples of a run. */
export class Predictor {
  readonly executor: Executor;
  private readonly feed: Feed;
  private readonly rooms: readonly Block[];
  private readonly formats: readonly SampleFormat[];
  private readonly widths: readonly number[];
  private readonly results: readonly string[];
  private readonly order: Int32Array;

  private constructor(executor: Executor, rooms: readonly Block[], formats: readonly SampleFormat[], results: readonly string[]) {
    this.executor = executor;
    this.feed = new Feed(executor);
    this.rooms = rooms;
    this.formats = formats;
    this.widths = formats.map(({ shape }) => product(shape));
    this.results = results;
    this.order = Int32Array.from({ length: executor.program.capacity }, (_, i) => i);
  }

  /** Loads a Program whose samples are in `formats`. @param results names of its outputs */
  static async load(runtime: Runtime, program: Program, formats: readonly SampleFormat[], results: readonly string[], bindings: Bindings): Promise<Predictor> {
    const rooms = formats.map(({ dtype, shape }) =>
      runtime.memory.allocate(program.capacity * product(shape) * (dtype === "u8" ? 1 : 4), "samples to predict"),
    );
    const columns = new Map(formats.map(({ column }, k) => [column, { block: rooms[k], offset: 0 }]));
    return new Predictor(await loadProgram(runtime, program, { ...bindings, columns }), rooms, formats, results);
  }

  /** The outputs for each sample, in the order of `results`. @param prepare is told their number, and runs the section that depends on the weights only, if it has to */
  async predict(samples: readonly InputColumn[], prepare: (count: number) => void): Promise<Float32Array[]> {
    const { executor, feed, results, widths } = this;
    const { capacity } = executor.program;
    const count = samples[0].values.length / widths[0];
    feed.refresh();
    prepare(count);
    const outputs = results.map((name) => executor.floats(name).length / capacity);
    const made = outputs.map((width) => new Float32Array(count * width));
    for (let from = 0; from < count; from += capacity) {
      if (from > 0 && (from / capacity) % 64 === 0) {
        await yieldToEventLoop();
        feed.refresh();
      }
      const n = Math.min(capacity, count - from);
      samples.forEach(({ values }, k) => this.put(k, values.subarray(from * widths[k], (from + n) * widths[k])));
      feed.pass(this.order, 0, n, 0);
      executor.run("accumulate");
      results.forEach((name, k) => made[k].set(executor.floats(name).subarray(0, n * outputs[k]), from * outputs[k]));
    }
    return made;
  }

  dispose(): void {
    this.executor.dispose();
    for (const room of this.rooms) room.dispose();
  }

  private put(input: number, part: Uint8Array | Float32Array): void {
    const room = this.rooms[input];
    (this.formats[input].dtype === "u8" ? room.bytes(0, part.length) : room.floats(0, part.length)).set(part);
  }
}
