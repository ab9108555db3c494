/** `report.html`: one file that needs nothing else. @module */
import { loadCanvas } from "./charts/index.ts";
import { renderPage } from "./page.ts";
import type { Report } from "./report.ts";

/**
 * The report as one self-contained page: no network, no script; for light and dark screens, phones and paper.
 * Charts need the optional packages `@observablehq/plot` and `linkedom`: without them figures are tables, and the page says so.
 */
export async function renderHtml(report: Report): Promise<string> {
  return renderPage(report, await loadCanvas());
}
