/** Windows of convolutions and pooling, drawn as numbers. @module */

import { significant } from "../format.ts";
import type { FilterGradient } from "../model/trace/trace.ts";
import type { ConvolutionWindow, PoolingRoutes, PoolingWindow, TraceWindow } from "../model/trace/trace-windows.ts";
import type { Io } from "./io.ts";

/** Wider windows are cut. */
const WIDEST = 7;
const INDENT = "        ";

/** A matrix of text as lines of equal width; what lies beyond WIDEST is cut. */
function grid(cells: readonly string[], columns: number): string[] {
  const shown = cells.slice(0, WIDEST * columns);
  const width = Math.max(...shown.map((cell) => cell.length));
  const rows: string[] = [];
  for (let at = 0; at < shown.length; at += columns) {
    const row = shown.slice(at, at + Math.min(columns, WIDEST)).map((cell) => cell.padStart(width));
    rows.push(row.join("  ") + (columns > WIDEST ? "  ..." : ""));
  }
  return rows;
}

/** Grids with titles beside each other. */
function sideBySide(io: Io, parts: readonly (readonly [title: string, lines: readonly string[]])[]): void {
  const widths = parts.map(([title, lines]) => Math.max(title.length, ...lines.map((line) => line.length)));
  const height = Math.max(...parts.map(([, lines]) => lines.length));
  io.print(io.colour.dim(`${INDENT}${parts.map(([title], i) => title.padEnd(widths[i])).join("    ")}`.trimEnd()));
  for (let row = 0; row < height; row++) io.print(`${INDENT}${parts.map(([, lines], i) => (lines[row] ?? "").padEnd(widths[i])).join("    ")}`.trimEnd());
}

const where = (window: ConvolutionWindow | PoolingWindow): string =>
  `y[${window.element.join(",")}] = ${significant(window.value)}, the largest of sample 0: the window begins at row ${window.row}, column ${window.column}`;

function drawConvolution(io: Io, window: ConvolutionWindow): void {
  const { patch, filter, size, element } = window;
  const taps = size[0] * size[1];
  const channels = patch.length / taps;
  const products = patch.map((x, k) => x * filter[k]);
  const sums = Array.from({ length: channels }, (_, c) => Math.abs(products.reduce((sum, p, k) => (k % channels === c ? sum + p : sum), 0)));
  const c = sums.indexOf(Math.max(...sums));
  const channel = (values: readonly number[]): string[] =>
    grid(
      Array.from({ length: taps }, (_, t) => significant(values[t * channels + c])),
      size[1],
    );
  const perTap = Array.from({ length: taps }, (_, t) => products.slice(t * channels, (t + 1) * channels).reduce((a, b) => a + b, 0));
  io.print(`      ${where(window)}`);
  const most = channels > 1 ? ` of channel ${c}, which adds most` : "";
  sideBySide(io, [
    [`x${most}`, channel(patch)],
    [`w of filter ${element[3]}`, channel(filter)],
    [channels > 1 ? `x w over all ${channels} channels` : "x w", grid(perTap.map(significant), size[1])],
  ]);
  io.print(`${INDENT}sum of ${products.length} products = ${significant(products.reduce((a, b) => a + b, 0))}`);
}

function drawPooling(io: Io, window: PoolingWindow): void {
  const { patch, size, largest } = window;
  io.print(`      ${where(window)}`);
  const cells = patch.map((x, k) => {
    if (x === null) return "outside";
    return largest !== undefined && k === largest[0] * size[1] + largest[1] ? `[${significant(x)}]` : `${significant(x)} `;
  });
  sideBySide(io, [[largest === undefined ? "x" : "x, the largest in brackets", grid(cells, size[1])]]);
}

/** Quadrants of a 2 x 2 window. */
const QUADRANTS = ["▘", "▝", "▖", "▗"];

function drawRoutes(io: Io, { channel, size, windows, places, gradients }: PoolingRoutes): void {
  const [rows, columns] = windows;
  const small = size[0] === 2 && size[1] === 2;
  io.print(
    `      where the gradient of each window of channel ${channel}, sample 0, went: ${small ? "the quarter of its window" : "row,column in its window"}; . where it is 0`,
  );
  const cells = places.map((place, k) => (gradients[k] === 0 ? "." : small ? QUADRANTS[place] : `${Math.floor(place / size[1])},${place % size[1]}`));
  const width = Math.max(...cells.map((cell) => cell.length));
  for (let i = 0; i < Math.min(rows, 16); i++) {
    const row = cells.slice(i * columns, i * columns + Math.min(columns, 24)).map((cell) => cell.padEnd(width));
    io.print(`${INDENT}${row.join(" ")}${columns > 24 ? " ..." : ""}`.trimEnd());
  }
}

/** Draws what an instruction's window saw. */
export function drawWindow(io: Io, window: TraceWindow): void {
  if (window.kind === "convolution") drawConvolution(io, window);
  else if (window.kind === "pooling") drawPooling(io, window);
  else drawRoutes(io, window);
}

/** A filter's gradient beside central differences. */
export function drawFilterGradient(io: Io, { parameter, filter, channel, size, analytic, numeric }: FilterGradient): void {
  io.print(`    ${parameter}, filter ${filter}, channel ${channel}`);
  const exponential = (values: readonly number[]): string[] =>
    grid(
      values.map((v) => v.toExponential(3)),
      size[1],
    );
  sideBySide(io, [
    ["dL/dw as trained", exponential(analytic)],
    ["numeric", exponential(numeric)],
  ]);
}
