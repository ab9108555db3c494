/** Pages of docs/reference, in parts. */
import { readdirSync, readFileSync } from "node:fs";

/** One row of a table, by column name; cells are Markdown. */
export type Row = Readonly<Record<string, string>>;

/** What stands below one heading. */
export interface Section {
  readonly page: string;
  readonly heading: string;
  /** What it describes: the names in the heading, and the first cells of tables whose first column is `name`. */
  readonly headed: readonly string[];
  readonly listed: readonly string[];
  /** Prose and tables, code blocks left out. */
  readonly text: string;
  /** Rows of tables whose first column is `option`. */
  readonly options: readonly Row[];
  /** Columns of the tables of names. */
  readonly columns: readonly string[];
  /** TypeScript examples. */
  readonly examples: readonly string[];
}

/** A page; its first section is what stands before the first `##`, and its examples are the setup of all others. */
export interface Page {
  readonly name: string;
  readonly text: string;
  readonly setup: string;
  readonly sections: readonly Section[];
}

export const folder = new URL("../../docs/reference/", import.meta.url);

/** The code spans of a text. */
export const spans = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

/** `conv2d(x, w)` -> `conv2d`. */
const bare = (span: string): string => span.replace(/\(.*$/s, "");

const cells = (line: string): string[] =>
  line
    .replaceAll("\\|", "\u0000")
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.replaceAll("\u0000", "|").trim());

function tables(text: string): { columns: string[]; rows: Row[] }[] {
  return [...text.matchAll(/^\|.*\n\|[-:| ]+\n((?:\|.*(?:\n|$))*)/gm)].map(([table, body]) => {
    const columns = cells(table.split("\n")[0]);
    const rows = body
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => Object.fromEntries(cells(line).map((cell, i) => [columns[i], cell])));
    return { columns, rows };
  });
}

function section(page: string, heading: string, body: string): Section {
  const text = body.replaceAll(/^```[\s\S]*?^```$/gm, "");
  const found = tables(text);
  const names = found.filter(({ columns }) => columns[0] === "name");
  return {
    page,
    heading,
    headed: spans(heading),
    listed: names.flatMap(({ rows }) => rows.flatMap(({ name }) => spans(name).map(bare))),
    text,
    options: found.filter(({ columns }) => columns[0] === "option").flatMap(({ rows }) => rows),
    columns: names.flatMap(({ columns }) => columns),
    examples: [...body.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code),
  };
}

function read(name: string): Page {
  const text = readFileSync(new URL(name, folder), "utf8");
  const parts = text.split(/^##+ (.*)\n/gm);
  const sections = [section(name, "", parts[0])];
  for (let i = 1; i < parts.length; i += 2) sections.push(section(name, parts[i], parts[i + 1]));
  return { name, text, setup: sections[0].examples.join("\n"), sections };
}

/** Every page but the index. */
export const pages: readonly Page[] = readdirSync(folder)
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map(read);
