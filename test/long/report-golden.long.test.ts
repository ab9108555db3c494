/** Rows 1 and 2 of the report, every seed, are what NumPy computes. */
import { describe, it } from "vitest";
import { expectReportRun, reportRows } from "../golden/report-run.ts";
import { length } from "./length.ts";

describe.each(reportRows)("$id", (row) => {
  it.each(row.runs.slice(0, length(row.runs.length, 1)).map(({ seed }) => seed))("seed %i", (seed) => expectReportRun(row, seed));
});
