import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { describe, expect, test } from "vitest";
import type { Entries } from "../../src/program/reference/reference.ts";
import { sparse } from "../../src/program/reference/sparse.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

const folder = process.env.KERNELS ?? "build";
const memory = new WebAssembly.Memory({ initial: 256 });
const f32 = new Float32Array(memory.buffer);
const i32 = new Int32Array(memory.buffer);
const u8 = new Uint8Array(memory.buffer);
type Exports = Record<string, (...args: number[]) => void>;
const load = (build: string): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${folder}/${build}.wasm`)), { env: { memory } }).exports as Exports;

const CANARY = 0x7fc0dead;
let top = 0;
/** Floats between canaries, `shift` floats off a multiple of 64 bytes; the address in floats. */
function allocate(count: number, shift = 0): number {
  const at = Math.ceil(top / 16) * 16 + 32 + shift;
  i32.fill(CANARY, top, at + count + 64);
  top = at + count + 32;
  return at;
}

let seed = 1;
const random = (): number => ((seed = (Math.imul(seed, 1664525) + 1013904223) | 0) >> 8) / 2 ** 23;

const entriesAt = (at: number, count: number): Entries => ({
  offset: Int32Array.from({ length: count }, (_, i) => i32[at + 2 * i]),
  value: Float64Array.from({ length: count }, (_, i) => f32[at + 2 * i + 1]),
});

interface Case {
  rows: number;
  width: number;
  columns: number;
  ranges?: number;
  density?: number;
  pad?: number;
  shift?: number;
  beta?: 0 | 1;
  bias?: boolean;
}

function run(kernels: Exports, { rows, width, columns, ranges = 1, density = 0.3, pad = 0, shift = 0, beta = 0, bias = true }: Case): void {
  const where = JSON.stringify({ rows, width, columns, ranges, density, pad, shift, beta, bias });
  top = 1024;
  const [ld, capacity] = [columns + pad, rows + (pad & 1)];
  const rowEntries = allocate(2 * rows * width, shift);
  const rowCounts = allocate(rows * ranges, shift);
  const columnEntries = allocate(2 * width * capacity);
  const columnCounts = allocate(width, shift);
  const indices = allocate(rows);
  const table = allocate(256);
  const w = allocate(width * ld, shift);
  const y = allocate(rows * ld, shift);
  const b = allocate(columns, shift);
  const hyper = allocate(1);
  const ok = allocate(1);
  const images = rows + 3;
  const data = 4 * allocate(Math.ceil((images * width) / 4) + 1) + (shift ? 1 : 0);

  u8.fill(255, data, data + images * width + 3);
  for (let i = 0; i < images * width; i++) u8[data + i] = Math.abs(random()) < density ? 1 + Math.floor(Math.abs(random()) * 254.9) : 0;
  for (let i = 0; i < 256; i++) f32[table + i] = i / 255;
  for (let r = 0; r < rows; r++) i32[indices + r] = Math.floor(Math.abs(random()) * images) % images;
  for (let i = 0; i < width; i++) for (let j = 0; j < columns; j++) f32[w + i * ld + j] = random();
  if (beta) for (let r = 0; r < rows; r++) for (let j = 0; j < columns; j++) f32[y + r * ld + j] = random();
  for (let j = 0; j < columns; j++) f32[b + j] = random();
  f32[hyper] = 0.37;

  const unchanged = i32.slice(0, top + 64);
  const compare = (ranges: [number, number][], what: string): void => {
    for (const [from, to] of ranges) unchanged.set(i32.subarray(from, to), from);
    for (let i = 1024; i < top; i++) if (i32[i] !== unchanged[i]) expect.fail(`${what} ${where}: stored outside at ${i}`);
  };

  // Lists: exactly those of the reference; nothing beyond the counts.
  kernels.sparse_lists_u8(
    rowEntries * 4,
    rowCounts * 4,
    columnEntries * 4,
    columnCounts * 4,
    data,
    indices * 4,
    table * 4,
    rows,
    width,
    ranges,
    capacity,
    ld,
    ld,
  );
  const expected = { rowEntries: entriesAt(rowEntries, rows * width), columnEntries: entriesAt(columnEntries, width * capacity) };
  const actual = { rowEntries: entriesAt(rowEntries, rows * width), columnEntries: entriesAt(columnEntries, width * capacity) };
  const counts = { rowCounts: new Int32Array(rows * ranges), columnCounts: new Int32Array(width) };
  sparse.sparse_lists_u8({
    ...expected,
    ...counts,
    data: u8.subarray(data),
    indices: i32.subarray(indices),
    table: Float64Array.from(f32.subarray(table, table + 256)),
    rows,
    width,
    ranges,
    capacity,
    rowStep: ld,
    columnStep: ld,
  });
  expect(i32.slice(rowCounts, rowCounts + rows * ranges), where).toEqual(counts.rowCounts);
  expect(i32.slice(columnCounts, columnCounts + width), where).toEqual(counts.columnCounts);
  expect(actual, where).toEqual(expected);
  const listed = (at: number, row: number, count: number): [number, number] => [at + 2 * row, at + 2 * (row + count)];
  compare(
    [
      [rowCounts, rowCounts + rows * ranges],
      [columnCounts, columnCounts + width],
      ...Array.from({ length: rows }, (_, r) =>
        listed(
          rowEntries,
          r * width,
          counts.rowCounts.subarray(r * ranges, (r + 1) * ranges).reduce((s, n) => s + n, 0),
        ),
      ),
      ...Array.from({ length: width }, (_, i) => listed(columnEntries, i * capacity, counts.columnCounts[i])),
    ],
    "lists",
  );

  const within = (at: number, count: number, exact: Float64Array, size: Float64Array, terms: number, what: string): void => {
    for (let r = 0; r < count; r++) {
      for (let j = 0; j < columns; j++) {
        const i = r * ld + j;
        if (!(Math.abs(f32[at + i] - exact[i]) <= (terms + 8) * 2 ** -24 * size[i]))
          expect.fail(`${what} ${where} at [${r},${j}]: ${f32[at + i]}, expected ${exact[i]}`);
      }
    }
    compare(
      Array.from({ length: count }, (_, r) => [at + r * ld, at + r * ld + columns]),
      what,
    );
  };
  const f64 = (at: number, count: number): Float64Array => Float64Array.from(f32.subarray(at, at + count));
  const absolute = (values: Float64Array): Float64Array => values.map(Math.abs);

  const [source, start] = [f64(w, width * ld), f64(b, columns)];
  const [exact, size] = [f64(y, rows * ld), absolute(f64(y, rows * ld))];
  const forward = { entries: expected.rowEntries, counts: counts.rowCounts, rows, columns, capacity: width, ranges, ldy: ld, beta };
  sparse.sparse_matmul_f32({ ...forward, y: exact, source, bias: bias ? start : null });
  sparse.sparse_matmul_f32({ ...forward, y: size, source: absolute(source), bias: bias ? absolute(start) : null });
  kernels.sparse_matmul_f32(y * 4, rowEntries * 4, rowCounts * 4, w * 4, bias ? b * 4 : 0, rows, columns, width, ranges, ld, beta);
  within(y, rows, exact, size, width, "matmul");

  const [updated, total] = [f64(w, width * ld), absolute(f64(w, width * ld))];
  const step = { entries: expected.columnEntries, counts: counts.columnCounts, rows: width, columns, capacity, ldw: ld, ok: new Int32Array([1]) };
  const dy = f64(y, rows * ld);
  sparse.sparse_matmul_sgd_f32({ ...step, w: updated, source: dy, hyper: f64(hyper, 1) });
  sparse.sparse_matmul_sgd_f32({ ...step, w: total, source: absolute(dy), hyper: Float64Array.of(-f32[hyper]) });
  const sgd = (): void => kernels.sparse_matmul_sgd_f32(w * 4, columnEntries * 4, columnCounts * 4, y * 4, hyper * 4, ok * 4, width, columns, capacity, ld);
  i32[ok] = 0;
  unchanged[ok] = 0;
  sgd();
  compare([], "sgd, not ok");
  i32[ok] = 1;
  unchanged[ok] = 1;
  sgd();
  within(w, width, updated, total, rows, "sgd");
}

describe.each(["simd", "relaxed"])("%s", (build) => {
  const kernels = load(build);

  test("every width of a row", () => {
    for (let columns = 0; columns <= 130; columns++)
      run(kernels, { rows: 5, width: 37, columns, beta: (columns & 1) as 0 | 1, bias: columns % 3 > 0, shift: columns & 3 });
  });

  test("lists, ranges, padding", () => {
    for (const rows of [0, 1, 2, 7]) {
      for (const width of [0, 1, 15, 16, 17, 33, 100, 784]) {
        for (const ranges of [1, 2, 4, 7]) {
          for (const pad of [0, 3])
            for (const density of [0, 0.2, 1])
              for (const beta of [0, 1] as const) run(kernels, { rows, width, columns: 10, ranges, pad, density, beta, shift: pad });
        }
      }
    }
  }, 60000);

  test("wide rows", () => {
    for (const columns of [256, 260, 272, 300]) run(kernels, { rows: 20, width: 784, columns, ranges: 4, pad: 16, shift: 1 });
  });
});
