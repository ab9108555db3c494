/** Reports as Markdown, CSV and for a terminal. */
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderCsv, renderHtml, renderMarkdown, renderTerminal } from "../../../src/lab/reports/index.ts";
import type { Report, Table } from "../../../src/lab/reports/report.ts";
import { edges, HOSTILE, heat, intervals, lines, report, reportOf, scatter, table } from "./fixtures.ts";

/** RFC 4180, read strictly. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const line: string[] = [];
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(text.slice(at));
      const plain = /^([^",\r\n]*)(,|\r\n)/.exec(text.slice(at));
      const [whole, value, end] = quoted ?? plain ?? ["", "", "none"];
      if (end === "none") throw new Error(`at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
      line.push(quoted === null ? value : value.replaceAll('""', '"'));
      at += whole.length;
      if (end === "\r\n") break;
    }
    lines.push(line);
  }
  return lines;
}

describe("report.csv", () => {
  it("has a line for each row, and says of each whether the study is quick", () => {
    const [names, first, ...others] = parseCsv(renderCsv({ ...report, quick: true }));
    expect(names).toEqual(["optimizer", "seed", "accuracy", "diverged", "quick"]);
    expect(first).toEqual(["adam", "0", "0.9812", "", "yes"]);
    expect(others).toHaveLength(13);
    expect(parseCsv(renderCsv(report))[1].at(-1)).toBe("no");
  });

  it("gives back any text and number", () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom('"', ",", "\r\n", 'a"b,c\nd'),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ a: value, "b,": value }), { minLength: 1 }), (rows) => {
        const [names, ...lines] = parseCsv(renderCsv({ ...report, rows }));
        expect(names).toEqual(["a", "b,", "quick"]);
        expect(lines.map(([a, b]) => [a, b].map((text) => text.replace(/^'(?=[=+\-@\t\r])/, "")))).toEqual(
          rows.map((row) => [row.a, row["b,"]].map((v) => (v === null ? "" : String(v)))),
        );
      }),
    );
  });

  it("keeps a spreadsheet from taking a label for a formula, and leaves numbers as they are", () => {
    const rows = ["=1+2", "+a", "-a", "@a", "-0.5", "+1e-5", -0.5].map((a) => ({ a }));
    expect(
      parseCsv(renderCsv({ ...report, rows }))
        .slice(1)
        .map(([a]) => a),
    ).toEqual(["'=1+2", "'+a", "'-a", "'@a", "-0.5", "+1e-5", "-0.5"]);
  });

  it("has all columns where rows differ", () => {
    expect(renderCsv({ ...report, rows: [{ a: 1 }, { b: Number.NaN }] })).toBe("a,b,quick\r\n1,,no\r\n,,no\r\n");
  });
});

describe("report.md", () => {
  it("says the verdict first and marks a quick study", () => {
    const text = renderMarkdown({ ...report, quick: true });
    const order = ["# Seven optimizers", "> **Quick study.**", "## Verdict", "- Four cannot be told apart.", "## Results", "## Conditions"].map((part) =>
      text.indexOf(part),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(renderMarkdown(report)).not.toContain("Quick");
  });

  it("has tables in GitHub's form, as wide in each line", () => {
    expect(renderMarkdown(reportOf(table))).toContain(
      "| optimizer | learning rate | mean | sd | interval |\n| --- | ---: | ---: | ---: | --- |\n| **adam** | **0.001** | **98.12 %** | **0.0011** | **97.4 to 98.2 %** |\n| sgd | 0.002 | 97.41 % | 0.0011 |",
    );
    for (const block of renderMarkdown(report).matchAll(/(?:^\|.*\|\n)+/gm)) {
      const widths = new Set(
        block[0]
          .trim()
          .split("\n")
          .map((line) => line.replaceAll("\\|", "").split("|").length),
      );
      expect(widths.size).toBe(1);
    }
  });

  it("writes figures as tables, or points to the page", () => {
    expect(renderMarkdown(reportOf(heat))).toContain("| L1 \\\\ L2 | 0 | 1e-5 | 1e-4 | 1e-3 |");
    const many = renderMarkdown(reportOf(edges["heat: many"]));
    expect(many).toContain("(drawn in [report.html](report.html))");
    expect(many).not.toContain("| ---");
    // A learning curve has a point for each validation.
    expect(renderMarkdown(reportOf(lines))).not.toContain("| ---");
    expect(renderMarkdown(reportOf(lines))).toContain("All learn.");
  });

  it("does not write out numbers that another table has", async () => {
    for (const figure of [intervals, scatter]) {
      expect(renderMarkdown(reportOf(figure))).toContain("| ---");
      expect(renderMarkdown(reportOf({ ...figure, tabled: true }))).not.toContain("| ---");
      expect(await renderHtml(reportOf(figure))).toContain("Its numbers");
      expect(await renderHtml(reportOf({ ...figure, tabled: true }))).not.toContain("Its numbers");
    }
  });

  it("writes each kind of frame once, and intervals with equal digits", () => {
    const marked = [
      { x: 0, y: 0, label: "maybe the best" },
      { x: 1, y: 1, label: "maybe the best" },
    ];
    expect(renderMarkdown(reportOf({ ...heat, marked }))).toContain("maybe the best: L1 0, L2 0; L1 1e-5, L2 1e-5.");
    const rows = [
      { name: "a", value: 0.98, low: 0.971, high: 0.9895 },
      { name: "b", value: 0.95, low: 0.9411, high: 0.96 },
    ];
    expect(renderMarkdown(reportOf({ ...intervals, rows }))).toContain("| b | 95.00 % | 94.11 % to 96.00 % |");
  });

  it("takes no text for markup", () => {
    const text = renderMarkdown({ ...report, title: HOSTILE, verdict: ["# a", "*b* | [c](d)", HOSTILE], sections: [] });
    expect(text).not.toMatch(/<script|<img/);
    expect(text).toContain("- \\# a\n- \\*b\\* \\| \\[c\\](d)\n");
  });
});

describe("for a terminal", () => {
  const widths = [20, 40, 60, 80, 100, 200];
  const wide: Table = {
    kind: "table",
    title: "A table that is wider than most terminals",
    columns: [{ name: "competitor" }, ...Array.from({ length: 15 }, (_, i) => ({ name: `seed ${i}`, percent: true }))],
    rows: [["a competitor with a long name of its own", ...Array.from({ length: 15 }, (_, i) => 0.9 + i / 1000)]],
  };
  const visible = (text: string): string[] => stripVTControlCharacters(text).split("\n");

  it.each(widths)("fits %i columns", (width) => {
    for (const one of [report, reportOf(wide)]) {
      const lines = visible(renderTerminal(one, { width, colours: true }));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(renderTerminal(one, { width, colours: false }).split("\n")).toEqual(lines);
    }
  });

  it.each(widths)("leaves out no number at %i columns", (width) => {
    const text = renderTerminal(reportOf(wide), { width, colours: false });
    for (let i = 0; i < 15; i++) expect(text).toContain(`${(90 + i / 10).toFixed(2)} %`);
  });

  it("says title, verdict, tables and conditions, and whether the study is quick", () => {
    const text = renderTerminal({ ...report, quick: true }, { width: 100, colours: false });
    for (const part of ["Seven optimizers", "QUICK STUDY.", "- Four cannot be told apart.", "98.12 %", "data: MNIST"]) expect(text).toContain(part);
    expect(renderTerminal(report, { width: 100, colours: false })).not.toContain("QUICK");
  });

  it("obeys nothing that a name says", () => {
    const obeyed = "\x1b[2Jname\x07\nsecond";
    const hostile: Report = {
      ...report,
      title: obeyed,
      verdict: [obeyed],
      sections: [{ heading: obeyed, text: [], items: [{ ...table, columns: [{ name: obeyed }], rows: [[obeyed]], stressed: [] }] }],
    };
    const text = renderTerminal(hostile, { width: 60, colours: false });
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});
