/** `report.md`: the report for GitHub and editors. @module */
import { figureTable, isReadable } from "./figure-table.ts";
import { numericColumns, tableText } from "./numbers.ts";
import { QUICK_TEXT, QUICK_TITLE } from "./quick.ts";
import type { Figure, Report, Section, Table } from "./report.ts";

/** Beyond this a figure's numbers are not a table that anybody reads; of lines there are soon too many. */
const MOST = { rows: 40, columns: 12 };
const MOST_OF_LINES = { rows: 12, columns: 5 };

/** The report as Markdown in GitHub's form. Figures are tables of their numbers, or point to `report.html` where those are too many. */
export function renderMarkdown(report: Report): string {
  const blocks = [
    `# ${escapeMarkdown(report.title)}`,
    `*${escapeMarkdown(report.question)}*`,
    ...(report.quick ? [`> **${QUICK_TITLE}.** ${QUICK_TEXT}`] : []),
    ...(report.verdict.length > 0 ? ["## Verdict", report.verdict.map((line) => `- ${escapeMarkdown(line)}`).join("\n")] : []),
    ...report.sections.flatMap(section),
    ...(report.conditions.length > 0
      ? ["## Conditions", report.conditions.map(([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}`).join("\n")]
      : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function section({ heading, text, items }: Section): string[] {
  return [`## ${escapeMarkdown(heading)}`, ...text.map(escapeMarkdown), ...items.flatMap((item) => (item.kind === "table" ? table(item) : figure(item)))];
}

function figure(item: Figure): string[] {
  const numbers = figureTable(item);
  if (isReadable(item, numbers, item.kind === "lines" ? MOST_OF_LINES : MOST)) return [...table(numbers), escapeMarkdown(item.caption)];
  return [`**${escapeMarkdown(item.title)}** (drawn in [report.html](report.html))`, escapeMarkdown(item.caption)];
}

function table({ title, columns, rows, stressed = [], note }: Table): string[] {
  const numeric = numericColumns({ columns, rows });
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `**${escapeMarkdown(title)}**`,
    [
      line(columns.map(({ name }) => escapeMarkdown(name))),
      line(numeric.map((is) => (is ? "---:" : "---"))),
      ...rows.map((row, r) =>
        line(
          columns.map((column, c) => {
            const text = escapeMarkdown(tableText(row[c] ?? null, column));
            return stressed.includes(r) && text !== "" ? `**${text}**` : text;
          }),
        ),
      ),
    ].join("\n"),
    ...(note === undefined || note === "" ? [] : [escapeMarkdown(note)]),
  ];
}

/** Plain text: nothing in it is taken for markup, HTML or the edge of a table. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]|~$]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/^([#+-]|\d+[.)])(?=\s|$)/, "\\$1");
}
