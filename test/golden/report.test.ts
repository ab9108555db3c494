/** Row 1 of the report, two of its seeds, is what NumPy computes. All seeds of both rows: test/long/report-golden.long.test.ts. */
import { it } from "vitest";
import { expectReportRun, reportRows } from "./report-run.ts";

it.each([0, 7])("numpy-mlp-128, seed %i", (seed) => expectReportRun(reportRows[0], seed), 120_000);
