/** Inference on samples given as plain numbers. @module */
import { product } from "../data/columns.ts";
import { NumericError, ShapeError } from "../errors.ts";
import { firstNonFinite } from "../finite.ts";
import type { SampleFormat } from "../graph/ops/leaf.ts";
import { type Bindings, type Executor, loadProgram } from "../program/executor.ts";
import type { Program } from "../program/program.ts";
import type { Block } from "../runtime/memory.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Feed } from "./feed.ts";
import { yieldToEventLoop } from "./yield.ts";

/** Samples one after another. */
export type Samples = Uint8Array | Uint8ClampedArray | Float32Array;

/** An inference Program with room of its own for the samples of a run. */
export class Predictor {
  readonly executor: Executor;
  private readonly feed: Feed;
  private readonly room: Block;
  private readonly format: SampleFormat;
  private readonly width: number;
  private readonly order: Int32Array;

  private constructor(executor: Executor, room: Block, format: SampleFormat) {
    this.executor = executor;
    this.feed = new Feed(executor);
    this.room = room;
    this.format = format;
    this.width = product(format.shape);
    this.order = Int32Array.from({ length: executor.program.capacity }, (_, i) => i);
  }

  /** Loads a Program whose samples are in `format`. */
  static async load(runtime: Runtime, program: Program, format: SampleFormat, bindings: Bindings): Promise<Predictor> {
    const width = product(format.shape);
    const room = runtime.memory.allocate(program.capacity * width * (format.dtype === "u8" ? 1 : 4), "samples to predict");
    return new Predictor(await loadProgram(runtime, program, { ...bindings, columns: new Map([[format.column, { block: room, offset: 0 }]]) }), room, format);
  }

  /** The output for each sample. @param prepare judges the number of samples, and runs the section that depends on the weights only, if it has to */
  async predict(samples: Samples, prepare: (count: number) => void): Promise<Float32Array> {
    const { executor, feed, width } = this;
    const { capacity } = executor.program;
    const count = samples.length / width;
    if (!Number.isInteger(count)) {
      throw new ShapeError({
        where: "predict",
        got: `${samples.length} values`,
        expected: `a multiple of ${width}, samples of shape [${this.format.shape.join(",")}]`,
      });
    }
    if (samples instanceof Float32Array) {
      const at = firstNonFinite(samples);
      if (at >= 0) {
        throw new NumericError({ where: "predict", got: `${samples[at]} in sample ${Math.floor(at / width)}`, expected: "finite values" });
      }
    }
    feed.refresh();
    prepare(count);
    const outputs = executor.floats("output").length / capacity;
    const result = new Float32Array(count * outputs);
    for (let from = 0; from < count; from += capacity) {
      if (from > 0 && (from / capacity) % 64 === 0) {
        await yieldToEventLoop();
        feed.refresh();
      }
      const n = Math.min(capacity, count - from);
      const part = samples.subarray(from * width, (from + n) * width);
      (this.format.dtype === "u8" ? this.room.bytes(0, part.length) : this.room.floats(0, part.length)).set(part);
      feed.pass(this.order, 0, n, 0);
      executor.run("accumulate");
      result.set(executor.floats("output").subarray(0, n * outputs), from * outputs);
    }
    return result;
  }

  dispose(): void {
    this.executor.dispose();
    this.room.dispose();
  }
}
