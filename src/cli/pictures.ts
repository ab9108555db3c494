/** Images in the terminal, two rows of pixels per line of text. @module */
import type { Dataset } from "../data/dataset/dataset.ts";
import { percent } from "../format.ts";
import type { Io } from "./io.ts";
import type { Mistake } from "./verdict.ts";

/** Pixels 0 to 1, row-major. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

const GAP = 2;
const MOST = 6;
/** From here a pixel is white where there are no shades. */
const WHITE = 0.4;
/** By which of two pixels is white: the upper counts 1, the lower 2. */
const CHARACTERS = [" ", "▀", "▄", "█"] as const;

/** The worst mistakes side by side, each with the truth and the answer under it; "" where there are none, or no images. @param classes their names; null: numbers */
export function drawMistakes(mistakes: readonly Mistake[], data: Dataset, io: Io, classes: readonly string[] | null = null): string {
  if (mistakes.length === 0 || data.sampleShape.length < 2) return "";
  const name = (label: number): string => classes?.[label] ?? String(label);
  const caption = ({ truth, said, probability }: Mistake): string => `true ${name(truth)}, said ${name(said)} (${percent(probability, 0)})`;
  const pictures = mistakes.slice(0, MOST).map(({ index }) => picture(data, index));
  const cell = Math.max(crop(pictures)[0].width, ...mistakes.slice(0, MOST).map((m) => caption(m).length)) + GAP;
  const perLine = Math.max(1, Math.floor((io.width + GAP - 1) / cell));
  const count = Math.min(mistakes.length, MOST, perLine >= 4 ? perLine : 2 * perLine);
  const blocks: string[] = [];
  for (let from = 0; from < count; from += perLine) {
    const row = crop(pictures.slice(from, Math.min(count, from + perLine)));
    const lines = row.map((p) => draw(p, io.colour.isColorSupported));
    const texts = lines[0].map((_, y) =>
      lines
        .map((line) => line[y] + " ".repeat(cell - row[0].width))
        .join("")
        .trimEnd(),
    );
    const captions = mistakes
      .slice(from, from + row.length)
      .map((m) => caption(m).padEnd(cell))
      .join("")
      .trimEnd();
    blocks.push([...texts, captions].join("\n"));
  }
  return blocks.join("\n\n");
}

/** Sample i, scaled to its own darkest and brightest value; channels are averaged. */
function picture(data: Dataset, i: number): Picture {
  const [height, width, channels = 1] = data.sampleShape;
  const sample = data.sample(i);
  const pixels = new Float32Array(width * height);
  for (let p = 0; p < pixels.length; p++) for (let c = 0; c < channels; c++) pixels[p] += sample[p * channels + c] / channels;
  const low = pixels.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = pixels.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return { width, height, pixels: pixels.map((value) => (high > low ? (value - low) / (high - low) : 0)) };
}

/** Cuts the margins that all have in common. */
function crop(pictures: readonly Picture[]): Picture[] {
  const { width, height } = pictures[0];
  const used = (x: number, y: number): boolean => pictures.some(({ pixels }) => pixels[y * width + x] > 0.1);
  const columns = [...Array(width).keys()].filter((x) => [...Array(height).keys()].some((y) => used(x, y)));
  const rows = [...Array(height).keys()].filter((y) => [...Array(width).keys()].some((x) => used(x, y)));
  if (columns.length === 0) return [...pictures];
  const [left, right] = [columns[0], columns[columns.length - 1]];
  const [top, bottom] = [rows[0], rows[rows.length - 1]];
  return pictures.map(({ pixels }) => {
    const cut = new Float32Array((right - left + 1) * (bottom - top + 1));
    for (let y = top; y <= bottom; y++) cut.set(pixels.subarray(y * width + left, y * width + right + 1), (y - top) * (right - left + 1));
    return { width: right - left + 1, height: bottom - top + 1, pixels: cut };
  });
}

/** Lines of text: shades of grey by the 256-colour ramp, or black and white. The characters alone give the black and white picture. */
function draw({ width, height, pixels }: Picture, shades: boolean): string[] {
  const at = (x: number, y: number): number => (y < height ? pixels[y * width + x] : 0);
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    let text = "";
    let style = "";
    for (let x = 0; x < width; x++) {
      const [upper, lower] = [at(x, 2 * line), at(x, 2 * line + 1)];
      const character = CHARACTERS[Number(upper > WHITE) + 2 * Number(lower > WHITE)];
      if (shades) {
        const [front, back] = character === "▀" ? [upper, lower] : character === "▄" ? [lower, upper] : [(upper + lower) / 2, (upper + lower) / 2];
        const next = `\x1b[38;5;${grey(front)};48;5;${grey(back)}m`;
        text += next === style ? "" : next;
        style = next;
      }
      text += character;
    }
    return shades ? `${text}\x1b[0m` : text;
  });
}

const grey = (value: number): number => 232 + Math.round(value * 23);
