/**
 * Blocks of memory. The WebAssembly backend hands out 64-byte aligned blocks of one linear memory from a free-list; the plain
 * backend gives each block its own typed arrays. Nobody else makes views: growth of linear memory detaches old ones.
 * @module
 */
import { OutOfMemoryError } from "../errors.ts";

/** A floating-point view: f32 memory, or f64 in the plain backend's double precision. */
export type Floats = Float32Array | Float64Array;

/** A block of memory. Views are valid until the memory grows: take them anew at the start of a run. */
export interface Block {
  /** Address in linear memory; 0 in the plain backend. */
  readonly base: number;
  readonly byteLength: number;
  /** `length` f32 values from byte `offset` (f64 values in the plain backend's double precision). */
  floats(offset: number, length: number): Floats;
  ints(offset: number, length: number): Int32Array;
  bytes(offset: number, length: number): Uint8Array;
  doubles(offset: number, length: number): Float64Array;
  /** Gives the memory back. Harmless when repeated. */
  dispose(): void;
}

/** Where blocks come from. */
export interface Memory {
  /** A zeroed block. @throws OutOfMemoryError */
  allocate(bytes: number, purpose: string): Block;
  /** Bytes held, free-list included. */
  readonly byteLength: number;
  /** Bytes in use. */
  readonly used: number;
  /** The most bytes that there can be. */
  readonly limit: number;
}

const ALIGN = 64;
const PAGE = 65536;
const LIMIT = 65536;
const alignUp = (n: number): number => Math.ceil(n / ALIGN) * ALIGN;

/** Linear memory with a first-fit free-list. */
export class LinearMemory implements Memory {
  readonly memory: WebAssembly.Memory;
  readonly limit = LIMIT * PAGE;
  /** Free spans by address, never adjacent. */
  private readonly free: { base: number; bytes: number }[] = [];
  private head: number;
  /** End of the memory that was ever in use. */
  private touched: number;
  private inUse = 0;
  private readonly reclaim = new FinalizationRegistry<() => void>((give) => give());

  /** @param reserved bytes at the bottom that belong to the kernels. */
  constructor(memory: WebAssembly.Memory, reserved: number) {
    this.memory = memory;
    this.head = alignUp(reserved);
    this.touched = this.head;
  }

  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  get used(): number {
    return this.inUse;
  }

  allocate(bytes: number, purpose: string): Block {
    // One line of slack: kernels may load (never store) past a tensor's end.
    const span = alignUp(bytes) + ALIGN;
    const base = this.reserve(span, purpose);
    // What was never handed out is zero already, and touching it would cost more than the rest of a start.
    if (base < this.touched) new Uint8Array(this.memory.buffer, base, Math.min(span, this.touched - base)).fill(0);
    this.touched = Math.max(this.touched, base + span);
    this.inUse += span;
    let live = true;
    const give = (): void => {
      if (!live) return;
      live = false;
      this.inUse -= span;
      this.release(base, span);
    };
    const block = new LinearBlock(this.memory, base, bytes, give);
    this.reclaim.register(block, give);
    return block;
  }

  private reserve(span: number, purpose: string): number {
    const at = this.free.findIndex((hole) => hole.bytes >= span);
    if (at >= 0) {
      const hole = this.free[at];
      const base = hole.base;
      hole.base += span;
      hole.bytes -= span;
      if (hole.bytes === 0) this.free.splice(at, 1);
      return base;
    }
    const need = this.head + span;
    if (need > this.byteLength) {
      const pages = Math.ceil((need - this.byteLength) / PAGE);
      const spare = Math.min(Math.ceil(this.byteLength / PAGE / 4), LIMIT - this.byteLength / PAGE - pages);
      if (!this.tryGrow(pages + Math.max(spare, 0)) && !this.tryGrow(pages)) {
        throw new OutOfMemoryError({
          where: `memory for ${purpose}`,
          got: `${span} bytes wanted with ${this.inUse} in use`,
          expected: `at most ${this.limit} bytes in all`,
          hint: "use a smaller batch size or dataset, or dispose() models you no longer need",
        });
      }
    }
    const base = this.head;
    this.head = need;
    return base;
  }

  private tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  private release(base: number, bytes: number): void {
    let i = this.free.findIndex((hole) => hole.base > base);
    if (i < 0) i = this.free.length;
    this.free.splice(i, 0, { base, bytes });
    this.merge(i);
    if (i > 0) this.merge(i - 1);
    const last = this.free[this.free.length - 1];
    if (last.base + last.bytes === this.head) {
      this.head = last.base;
      this.free.pop();
    }
  }

  private merge(i: number): void {
    const next = this.free[i + 1];
    const hole = this.free[i];
    if (next !== undefined && hole.base + hole.bytes === next.base) {
      hole.bytes += next.bytes;
      this.free.splice(i + 1, 1);
    }
  }
}

class LinearBlock implements Block {
  readonly base: number;
  readonly byteLength: number;
  private readonly memory: WebAssembly.Memory;
  private readonly give: () => void;

  constructor(memory: WebAssembly.Memory, base: number, byteLength: number, give: () => void) {
    this.memory = memory;
    this.base = base;
    this.byteLength = byteLength;
    this.give = give;
  }

  floats(offset: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, this.base + offset, length);
  }

  ints(offset: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, this.base + offset, length);
  }

  bytes(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.base + offset, length);
  }

  doubles(offset: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, this.base + offset, length);
  }

  dispose(): void {
    this.give();
  }
}

/** Plain JavaScript memory; f32 values are kept in `precision`. */
export class PlainMemory implements Memory {
  readonly precision: "f32" | "f64";
  readonly limit = Number.POSITIVE_INFINITY;
  used = 0;

  constructor(precision: "f32" | "f64") {
    this.precision = precision;
  }

  get byteLength(): number {
    return this.used;
  }

  allocate(bytes: number): Block {
    const span = alignUp(bytes) + ALIGN;
    this.used += span;
    const arrays: { floats?: Floats; ints?: Int32Array; bytes?: Uint8Array; doubles?: Float64Array } = {};
    let live = true;
    return {
      base: 0,
      byteLength: bytes,
      floats: (offset, length) => {
        arrays.floats ??= this.precision === "f32" ? new Float32Array(span / 4) : new Float64Array(span / 4);
        return arrays.floats.subarray(offset / 4, offset / 4 + length);
      },
      ints: (offset, length) => {
        arrays.ints ??= new Int32Array(span / 4);
        return arrays.ints.subarray(offset / 4, offset / 4 + length);
      },
      bytes: (offset, length) => {
        arrays.bytes ??= new Uint8Array(span);
        return arrays.bytes.subarray(offset, offset + length);
      },
      doubles: (offset, length) => {
        arrays.doubles ??= new Float64Array(span / 8);
        return arrays.doubles.subarray(offset / 8, offset / 8 + length);
      },
      dispose: () => {
        if (live) this.used -= span;
        live = false;
      },
    };
  }
}
