/** A PNG's unpacked bytes as samples: undoing filters, bit packing and interlacing. @module */

/** What the header says. */
export interface PngFormat {
  readonly width: number;
  readonly height: number;
  /** Bits per sample. */
  readonly depth: number;
  readonly colour: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** The passes that hold a pixel, with their sizes; a line's bytes do not count its filter byte. */
function passes(format: PngFormat): { pass: Pass; columns: number; lines: number; lineBytes: number }[] {
  const bits = format.depth * format.channels;
  return (format.interlaced ? ADAM7 : WHOLE)
    .map((pass) => {
      const columns = Math.ceil((format.width - pass.x) / pass.dx);
      const lines = Math.ceil((format.height - pass.y) / pass.dy);
      return { pass, columns, lines, lineBytes: Math.ceil((columns * bits) / 8) };
    })
    .filter(({ columns, lines }) => columns > 0 && lines > 0);
}

/** Size of the unpacked image data: each line and its filter byte. */
export function scanlineBytes(format: PngFormat): number {
  return passes(format).reduce((sum, { lines, lineBytes }) => sum + lines * (1 + lineBytes), 0);
}

/** All samples [height, width, channels], or null for a filter that PNG does not have. `raw`, of {@link scanlineBytes}, is overwritten. */
export function readSamples(raw: Uint8Array, format: PngFormat): Uint16Array | null {
  const { width, height, channels, depth } = format;
  const samples = new Uint16Array(width * height * channels);
  const stride = Math.max(1, (depth * channels) >> 3);
  let at = 0;
  for (const { pass, columns, lines, lineBytes } of passes(format)) {
    for (let line = 0; line < lines; line++) {
      const from = at + 1;
      if (!unfilter(raw, raw[at], from, lineBytes, stride, line === 0)) return null;
      const row = (pass.y + line * pass.dy) * width;
      for (let i = 0; i < columns * channels; i++) {
        const column = pass.x + Math.floor(i / channels) * pass.dx;
        samples[(row + column) * channels + (i % channels)] = sampleAt(raw, from, i, depth);
      }
      at = from + lineBytes;
    }
  }
  return samples;
}

function sampleAt(raw: Uint8Array, from: number, i: number, depth: number): number {
  if (depth === 8) return raw[from + i];
  if (depth === 16) return raw[from + 2 * i] * 256 + raw[from + 2 * i + 1];
  const bit = i * depth;
  return (raw[from + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Undoes a line's filter in place; the line before it ends one byte earlier. False for an unknown filter. */
function unfilter(raw: Uint8Array, filter: number, from: number, length: number, stride: number, first: boolean): boolean {
  if (filter > 4) return false;
  if (filter === 0) return true;
  const above = from - 1 - length;
  for (let i = 0; i < length; i++) {
    const a = i >= stride ? raw[from + i - stride] : 0;
    const b = first ? 0 : raw[above + i];
    const c = first || i < stride ? 0 : raw[above + i - stride];
    raw[from + i] += filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : paeth(a, b, c);
  }
  return true;
}

/** Whichever of left, above and above-left is nearest to left + above - above-left. */
function paeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}
