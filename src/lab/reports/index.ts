/** The forms of a report, from its plain data. @module */
export { renderCsv } from "./csv.ts";
export { renderHtml } from "./html.ts";
export { renderMarkdown } from "./markdown.ts";
export { renderTerminal, type TerminalOptions } from "./terminal.ts";
