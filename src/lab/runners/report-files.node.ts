/** The files that tell what came of trials. @module */
import { join } from "node:path";
import { writeFileAtomic } from "../../formats/atomic-file.node.ts";
import { renderCsv, renderHtml, renderMarkdown } from "../reports/index.ts";
import type { Report } from "../reports/report.ts";
import type { StudyFiles } from "./progress.ts";

/** Writes a report in its forms, and the summary. @param summary as JSON @throws FileError */
export async function writeReports(folder: string, report: Report, summary: string): Promise<StudyFiles> {
  const files: StudyFiles = {
    results: join(folder, "results.jsonl"),
    summary: join(folder, "summary.json"),
    html: join(folder, "report.html"),
    markdown: join(folder, "report.md"),
    csv: join(folder, "report.csv"),
  };
  const texts = [
    [files.html, await renderHtml(report)],
    [files.markdown, renderMarkdown(report)],
    [files.csv, renderCsv(report)],
    [files.summary, `${summary}\n`],
  ];
  const encoder = new TextEncoder();
  for (const [path, text] of texts) await writeFileAtomic(path, encoder.encode(text));
  return files;
}
