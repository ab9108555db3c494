/** A report for a terminal. @module */
import { wrap } from "../../format.ts";
import { NONE, numericColumns, tableText } from "./numbers.ts";
import { QUICK_TEXT, QUICK_TITLE } from "./quick.ts";
import type { Report, Section, Table } from "./report.ts";

/** Text columns are cut no shorter than this. */
const LEAST = 12;
/** Of the first column. */
const NARROWEST = 4;
const GAP = "  ";

/** How a report is fitted to its terminal. */
export interface TerminalOptions {
  /** Columns. */
  readonly width: number;
  readonly colours: boolean;
}

const STYLES = { bold: [1, 22], dim: [2, 22], yellow: [33, 39] } as const;

type Colours = Readonly<Record<keyof typeof STYLES, (text: string) => string>>;

/** Not picocolors: it is CommonJS, with which a page could load nothing of the lab unless it was bundled. */
function coloursOf(enabled: boolean): Colours {
  const styled =
    ([on, off]: readonly [number, number]) =>
    (text: string): string =>
      enabled ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { bold: styled(STYLES.bold), dim: styled(STYLES.dim), yellow: styled(STYLES.yellow) };
}

/** Title, verdict, tables and conditions in at most `width` columns. Figures are left to `report.html`. */
export function renderTerminal(report: Report, { width, colours }: TerminalOptions): string {
  const colour = coloursOf(colours);
  const columns = Math.max(width, 20);
  const { title, question, quick, verdict, sections, conditions } = report;
  const blocks = [
    [...wrapClean(title, columns).map(colour.bold), ...wrapClean(question, columns).map(colour.dim)],
    quick ? wrapClean(`${QUICK_TITLE.toUpperCase()}. ${QUICK_TEXT}`, columns).map(colour.yellow) : [],
    verdict.length > 0 ? [colour.bold("Verdict"), ...verdict.flatMap((line) => bullet(line, columns))] : [],
    ...sections.flatMap((section) => sectionBlocks(section, columns, colour)),
    conditions.length > 0 ? [colour.bold("Conditions"), ...conditions.flatMap(([name, value]) => bullet(`${name}: ${value}`, columns)).map(colour.dim)] : [],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n");
}

/** Sections without a table are for who reads the whole report. */
function sectionBlocks({ heading, items }: Section, width: number, colour: Colours): string[][] {
  const tables = items.filter((item): item is Table => item.kind === "table");
  if (tables.length === 0) return [];
  return [wrapClean(heading, width).map(colour.bold), ...tables.map((table) => tableLines(table, width, colour))];
}

/** A table in at most `width` columns: texts are cut first, then the columns go below each other in parts, each with the first column. */
function tableLines({ title, columns, rows, stressed = [], note }: Table, width: number, colour: Colours): string[] {
  const numeric = numericColumns({ columns, rows });
  const texts = rows.map((row) => columns.map((column, c) => clean(tableText(row[c] ?? null, column))));
  const widths = columns.map(({ name }, c) => Math.max(clean(name).length, ...texts.map((row) => row[c].length), 1));
  const total = (): number => widths.reduce((sum, w) => sum + w, 0) + GAP.length * (widths.length - 1);
  for (let over = total() - width; over > 0; over = total() - width) {
    const widest = columns.reduce((best, _, c) => (!numeric[c] && widths[c] > (best < 0 ? LEAST : widths[best]) ? c : best), -1);
    if (widest < 0) break;
    widths[widest] = Math.max(LEAST, widths[widest] - over);
  }
  // A narrow terminal: the first column and one other have room.
  widths.forEach((w, c) => {
    if (c > 0) widths[c] = Math.min(w, width - GAP.length - NARROWEST);
  });
  widths[0] = Math.min(widths[0], Math.max(NARROWEST, width - GAP.length - Math.max(0, ...widths.slice(1))));
  const cell = (text: string, c: number): string => {
    const cut = text.length > widths[c] ? `${text.slice(0, widths[c] - 1)}…` : text;
    return numeric[c] ? cut.padStart(widths[c]) : cut.padEnd(widths[c]);
  };
  const line = (part: readonly number[], row: readonly string[]): string =>
    part
      .map((c) => cell(row[c], c))
      .join(GAP)
      .trimEnd();
  const blocks = splitColumns(widths, width).map((part) => [
    colour.dim(
      line(
        part,
        columns.map(({ name }) => clean(name)),
      ),
    ),
    ...texts.map((row, r) => (stressed.includes(r) ? colour.bold(line(part, row)) : line(part, row))),
  ]);
  const lines = blocks.flatMap((block, b) => (b === 0 ? block : ["", ...block]));
  return [...(title === "" ? [] : wrapClean(title, width)), ...lines, ...(note === undefined || note === "" ? [] : wrapClean(note, width).map(colour.dim))];
}

/** Columns that stand side by side: the first is in all parts. */
function splitColumns(widths: readonly number[], width: number): number[][] {
  const parts: number[][] = [[0]];
  let used = widths[0];
  for (let c = 1; c < widths.length; c++) {
    const part = parts[parts.length - 1];
    if (used + GAP.length + widths[c] > width && part.length > 1) {
      parts.push([0, c]);
      used = widths[0] + GAP.length + widths[c];
    } else {
      part.push(c);
      used += GAP.length + widths[c];
    }
  }
  return parts;
}

/** Lines of so many columns. */
const wrapClean = (text: string, width: number): string[] => wrap(clean(text), width);

const bullet = (text: string, width: number): string[] => wrapClean(text, width - 2).map((line, i) => `${i === 0 ? "- " : "  "}${line}`);

/** One line, without what a terminal would obey. */
const clean = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/ +/g, " ")
    .trim() || (text === "" ? "" : NONE);
