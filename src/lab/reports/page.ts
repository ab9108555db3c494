/** The page that a report is. @module */
import { type Canvas, draw } from "./charts/index.ts";
import { escapeHtml } from "./escape-html.ts";
import { figureTable, isReadable } from "./figure-table.ts";
import { numericColumns, tableText } from "./numbers.ts";
import { QUICK_TEXT, QUICK_TITLE } from "./quick.ts";
import type { Figure, Report, Section, Table } from "./report.ts";
import { style } from "./style.ts";

/** Pictures are drawn for a page and for a phone. */
const WIDE = 704;
const NARROW = 380;
/** So many sections have a list of contents. */
const CONTENTS = 4;
/** A table up to here stays on one sheet of paper. */
const SHORT_ROWS = 24;
/** More columns are printed smaller. */
const MANY_COLUMNS = 9;
/** A text up to here is not broken in a table. */
const ONE_LINE = 22;
/** Beyond these a figure's numbers are not a table that anybody reads. */
const MOST = { rows: 60, columns: 24 };

const NO_CANVAS =
  "Charts need two packages: npm install @observablehq/plot linkedom, then run the study again. Until then figures are tables of their numbers.";

/** The page; figures are tables where there is nothing to draw with. Same report, same bytes. */
export function renderPage(report: Report, canvas: Canvas | null): string {
  const { title, question, quick, verdict, sections, conditions } = report;
  const page = new Page(canvas);
  const drawsFigures = sections.some(({ items }) => items.some(({ kind }) => kind !== "table"));
  const body = [
    `<header><p class="eyebrow">gradiente · convergence lab</p><h1>${escapeHtml(title)}</h1><p class="question">${escapeHtml(question)}</p></header>`,
    quick ? `<p class="quick" role="note"><strong>${QUICK_TITLE}.</strong> ${QUICK_TEXT}</p>` : "",
    canvas === null && drawsFigures ? `<p class="quick" role="note">${NO_CANVAS}</p>` : "",
    verdict.length === 0 ? "" : `<section class="verdict"><h2>Verdict</h2><ul>${verdict.map((line) => `<li>${prose(line)}</li>`).join("\n")}</ul></section>`,
    sections.length < CONTENTS ? "" : contents(sections),
    ...sections.map((section, i) => page.section(section, i)),
    conditions.length === 0
      ? ""
      : `<footer><h2>Conditions</h2><dl>${conditions.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join("\n")}</dl></footer>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}${quick ? ` (${QUICK_TITLE.toLowerCase()})` : ""}</title>
<style>${style}</style>
</head>
<body>
<main>
${body.filter((part) => part !== "").join("\n")}
</main>
</body>
</html>
`;
}

const contents = (sections: readonly Section[]): string =>
  `<nav aria-label="Contents"><ul>${sections.map(({ heading }, i) => `<li><a href="#section-${i + 1}">${escapeHtml(heading)}</a></li>`).join("")}</ul></nav>`;

/** Numbers figures and tables as they come. */
class Page {
  readonly #canvas: Canvas | null;
  #figures = 0;
  #tables = 0;

  constructor(canvas: Canvas | null) {
    this.#canvas = canvas;
  }

  section({ heading, text, items }: Section, index: number): string {
    const parts = [
      ...text.map((paragraph) => `<p>${prose(paragraph)}</p>`),
      ...items.map((item) => (item.kind === "table" ? `<div class="table">${table(item, `Table ${++this.#tables}`)}</div>` : this.#figure(item))),
    ];
    return `<section id="section-${index + 1}"><h2>${escapeHtml(heading)}</h2>\n${parts.join("\n")}</section>`;
  }

  #figure(figure: Figure): string {
    const name = `Figure ${++this.#figures}`;
    const numbers = figureTable(figure);
    const readable = isReadable(figure, numbers, MOST);
    const caption = `<figcaption>${prose(figure.caption)}</figcaption>`;
    const label = escapeHtml(`${name}: ${figure.title}`);
    if (this.#canvas === null) return `<figure aria-label="${label}">${readable ? table(numbers, name) : heading(name, figure.title)}${caption}</figure>`;
    const wide = draw(this.#canvas, figure, WIDE);
    const pictures =
      wide.length === 0
        ? `<p class="note">Nothing to draw.</p>`
        : `<div class="wide">${wide.join("\n")}</div><div class="narrow">${draw(this.#canvas, figure, NARROW).join("\n")}</div>`;
    const details =
      readable && wide.length > 0 ? `<details><summary>Its numbers</summary>${table({ ...numbers, title: "" }, "", `${name} in numbers`)}</details>` : "";
    return `<figure aria-label="${label}">${heading(name, figure.title)}${pictures}${caption}${details}</figure>`;
  }
}

/** A sentence, with signs that are ones, and no line that begins with a percent sign. */
const prose = (text: string): string => escapeHtml(text.replace(/(^|[\s(])-(?=\d)/g, "$1−").replace(/(\d) %/g, "$1\u00a0%"));

const heading = (name: string, title: string): string => `<p class="figure-title"><span class="number">${name}</span> ${escapeHtml(title)}</p>`;

/** A table in a box of its own that scrolls where it is too wide. @param name what it is called where it has no title */
function table({ title, columns, rows, stressed = [], note = "" }: Table, number: string, name = `${number}: ${title}`): string {
  const numeric = numericColumns({ columns, rows });
  const classes = [...(rows.length <= SHORT_ROWS ? ["short"] : []), ...(columns.length > MANY_COLUMNS ? ["many"] : [])];
  const head = columns.map((column, c) => `<th scope="col"${numeric[c] ? ' class="right"' : ""}><span>${escapeHtml(column.name)}</span></th>`).join("");
  const body = rows.map((row, r) => {
    const cells = columns.map((column, c) => {
      const text = tableText(row[c] ?? null, column).replace(/^-(?=\d)/, "−");
      const kind = numeric[c] ? ' class="right"' : text.length <= ONE_LINE ? ' class="line"' : "";
      return c === 0 ? `<th scope="row"${kind}>${escapeHtml(text)}</th>` : `<td${kind}>${escapeHtml(text)}</td>`;
    });
    return `<tr${stressed.includes(r) ? ' class="stressed"' : ""}>${cells.join("")}</tr>`;
  });
  return `<div class="box">${title === "" ? "" : heading(number, title)}
<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(name)}"><table aria-label="${escapeHtml(name)}" class="${classes.join(" ")}"><thead><tr>${head}</tr></thead>
<tbody>${body.join("\n")}</tbody></table></div>${note === "" ? "" : `<p class="note">${prose(note)}</p>`}</div>`;
}
