/** `report.html`: one file that needs nothing else. @module */
import { escapeHtml } from "./escape-html.ts";
import { figureTable } from "./figure-table.ts";
import { isNumeric, tableText } from "./numbers.ts";
import { QUICK_TEXT, QUICK_TITLE } from "./quick.ts";
import type { Figure, Report, Section, Table } from "./report.ts";

/** The report as one self-contained page without scripts. Charts need the packages `@observablehq/plot` and `linkedom`: without them figures are tables. */
export async function renderHtml(report: Report): Promise<string> {
  const { title, question, quick, verdict, sections, conditions } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(question)}</p>
${quick ? `<p><strong>${QUICK_TITLE}.</strong> ${QUICK_TEXT}</p>` : ""}
<section><h2>Verdict</h2><ul>${verdict.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul></section>
${sections.map(section).join("\n")}
<footer><h2>Conditions</h2><dl>${conditions.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("")}</dl></footer>
</main>
</body>
</html>
`;
}

const section = ({ heading, text, items }: Section): string =>
  `<section><h2>${escapeHtml(heading)}</h2>${text.map((line) => `<p>${escapeHtml(line)}</p>`).join("")}${items.map((item) => (item.kind === "table" ? table(item) : figure(item))).join("")}</section>`;

const figure = (item: Figure): string => `<figure>${table(figureTable(item))}<figcaption>${escapeHtml(item.caption)}</figcaption></figure>`;

const table = ({ title, columns, rows, note = "" }: Table): string =>
  `<table><caption>${escapeHtml(title)}</caption><thead><tr>${columns.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join("")}</tr></thead><tbody>${rows
    .map(
      (row) =>
        `<tr>${columns.map((column, c) => `<${c === 0 ? 'th scope="row"' : "td"}${isNumeric(column) ? ' class="number"' : ""}>${escapeHtml(tableText(row[c] ?? null, column))}</${c === 0 ? "th" : "td"}>`).join("")}</tr>`,
    )
    .join("")}</tbody></table>${note === "" ? "" : `<p>${escapeHtml(note)}</p>`}`;
