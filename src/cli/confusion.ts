/** What a model gets wrong, drawn in the terminal. @module */
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import type { Io } from "./io.ts";

/** A wrong answer. */
interface Mistake {
  readonly index: number;
  readonly truth: number;
  readonly said: number;
  readonly probability: number;
  /** Probability given to the truth: the smaller, the worse. */
  readonly given: number;
}

/** Predictions against labels. */
export interface Verdict {
  /** [truth][said]. */
  readonly confusion: number[][];
  /** Worst first. */
  readonly mistakes: Mistake[];
}

/** Index of the largest of a row. */
export function argmax(values: ArrayLike<number>, from: number, length: number): number {
  let best = 0;
  for (let j = 1; j < length; j++) if (values[from + j] > values[from + best]) best = j;
  return best;
}

/** Predicts a dataset and compares. */
export async function judge(model: Model, data: Dataset): Promise<Verdict> {
  const output = await model.predict(data);
  const classes = output.length / data.length;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const mistakes: Mistake[] = [];
  for (let i = 0; i < data.length; i++) {
    const truth = data.label(i);
    const said = argmax(output, i * classes, classes);
    confusion[truth][said]++;
    if (said !== truth) mistakes.push({ index: i, truth, said, probability: output[i * classes + said], given: output[i * classes + truth] });
  }
  mistakes.sort((a, b) => a.given - b.given || b.probability - a.probability);
  return { confusion, mistakes };
}

/** Rows are truths, columns answers. */
export function drawConfusion({ confusion }: Verdict, { colour }: Io): string {
  const { bold, dim, green, yellow } = colour;
  const width = Math.max(5, ...confusion.flat().map((n) => String(n).length + 1));
  const head = `${"true \\ said".padEnd(12)}${confusion.map((_, j) => String(j).padStart(width)).join("")}`;
  const rows = confusion.map((row, i) => {
    const cells = row.map((n, j) => {
      const text = (n === 0 && i !== j ? "." : String(n)).padStart(width);
      return i === j ? green(text) : n === 0 ? dim(text) : n >= 10 ? yellow(text) : text;
    });
    return `${String(i).padStart(11)} ${cells.join("")}`;
  });
  return [bold("Confusion matrix"), head, ...rows, ""].join("\n");
}

/** The worst mistakes side by side: two rows of pixels per line of text. */
export function drawWorst({ mistakes }: Verdict, data: Dataset, { width, colour }: Io): string {
  const [height, columns] = data.sampleShape;
  const cell = columns + 2;
  const worst = mistakes.slice(0, Math.max(1, Math.min(6, Math.floor((width - 1) / cell))));
  if (worst.length === 0 || data.sampleShape.length < 2) return "";
  const images = worst.map(({ index }) => data.sample(index));
  const top = Math.max(...images.map((pixels) => pixels.reduce((a, b) => Math.max(a, b), 0)));
  const lines: string[] = [colour.bold(`The worst of ${mistakes.length} mistakes`)];
  for (let y = 0; y < height; y += 2) {
    lines.push(
      images
        .map((pixels) => {
          let text = "";
          for (let x = 0; x < columns; x++) {
            const upper = pixels[y * columns + x] > top * 0.35;
            const lower = y + 1 < height && pixels[(y + 1) * columns + x] > top * 0.35;
            text += upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
          }
          return text.padEnd(cell);
        })
        .join("")
        .trimEnd(),
    );
  }
  lines.push(
    worst
      .map(({ truth, said, probability }) => `true ${truth}, said ${said} (${Math.round(100 * probability)} %)`.padEnd(cell))
      .join("")
      .trimEnd(),
    "",
  );
  return lines.filter((line, i) => i === 0 || line !== "" || i === lines.length - 1).join("\n");
}
