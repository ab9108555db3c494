/** Tables of text. @module */
import type { Io } from "./io.ts";

/** Longer texts are cut. */
const LONGEST = 30;
const GAP = "  ";

/** A column: its name and its cells. */
export interface TextColumn {
  readonly name: string;
  readonly cells: readonly string[];
  /** Numbers stand at the right, words at the left. */
  readonly isNumber: boolean;
}

/** The columns side by side, as many of them as fit, from the first: a header and a line for each cell. */
export function drawTable(columns: readonly TextColumn[], { colour, width }: Pick<Io, "colour" | "width">): string {
  const drawn: string[][] = [];
  let used = 2;
  for (const { name, cells, isNumber } of columns) {
    const texts = [name, ...cells].map((text) => cut(text.replace(/\p{Cc}+/gu, " ")));
    const wide = Math.max(...texts.map((text) => text.length));
    used += (drawn.length === 0 ? 0 : GAP.length) + wide;
    if (used >= width && drawn.length > 0) break;
    drawn.push(texts.map((text) => (isNumber ? text.padStart(wide) : text.padEnd(wide))));
  }
  const lines = drawn[0].map((_, i) => `  ${drawn.map((texts) => texts[i]).join(GAP)}`.trimEnd());
  return [colour.dim(lines[0]), ...lines.slice(1)].join("\n");
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
