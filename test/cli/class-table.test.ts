import { describe, expect, it } from "vitest";
import { drawClassTable } from "../../src/cli/class-table.ts";
import { classificationReport } from "../../src/metrics/index.ts";
import { captured } from "./support.ts";

describe("the table of classes", () => {
  it("has a row for each, and their mean", () => {
    const report = classificationReport([
      [98, 2, 0],
      [0, 0, 0],
      [5, 0, 95],
    ]);
    expect(drawClassTable(report, captured().io, ["cat", "unseen", "dog"]).split("\n")).toEqual([
      "Per class  mean: every class counts alike",
      "          precision     recall       F1  samples",
      "     cat     95.1 %     98.0 %   96.6 %      100",
      "  unseen      0.0 %      0.0 %    0.0 %        0",
      "     dog    100.0 %     95.0 %   97.4 %      100",
      "    mean     65.0 %     64.3 %   64.7 %      200",
    ]);
  });

  it("names the worst of many", () => {
    const confusion = Array.from({ length: 30 }, (_, i) => Array.from({ length: 30 }, (_, j) => (i === j ? i : 1)));
    const lines = drawClassTable(classificationReport(confusion), captured().io).split("\n");
    expect(lines[0]).toBe("Per class  the 20 lowest F1 of 30");
    expect(lines.slice(2, -1).map((line) => line.trim().split(/\s+/)[0])).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  });
});
