/** The page of a report: whole, harmless, the same each time, and readable by who cannot see its pictures. */
import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, it } from "vitest";
import { type Canvas, loadCanvas } from "../../../src/lab/reports/charts/index.ts";
import { renderHtml } from "../../../src/lab/reports/index.ts";
import { renderPage } from "../../../src/lab/reports/page.ts";
import type { Report } from "../../../src/lab/reports/report.ts";
import { edges, HOSTILE, report, reportOf, table } from "./fixtures.ts";

const open = (html: string): Document => parseHTML(html).document as unknown as Document;
const all = (document: Document, selector: string): Element[] => [...document.querySelectorAll(selector)];

let canvas: Canvas;
beforeAll(async () => {
  const loaded = await loadCanvas();
  if (loaded === null) throw new Error("the packages that draw are devDependencies");
  canvas = loaded;
});

describe("a page", () => {
  let html: string;
  let document: Document;
  beforeAll(async () => {
    html = await renderHtml(report);
    document = open(html);
  });

  it("says the verdict before all else, and the conditions last", () => {
    const parts = all(document, "main > *").map((part) => part.querySelector("h1, h2")?.textContent ?? part.tagName);
    expect(parts).toEqual(["Seven optimizers", "Verdict", "NAV", "Results", "While training", "Rates", "Against the printed table", "Conditions"]);
    expect(all(document, ".verdict li").map((line) => line.textContent)).toEqual(report.verdict);
    expect(document.querySelector("footer")?.textContent).toContain("MNIST");
  });

  it("needs nothing from elsewhere and runs nothing", () => {
    for (const element of all(document, "*"))
      for (const { name, value } of [...element.attributes]) {
        if (["href", "src", "xlink:href"].includes(name)) expect(value).toMatch(/^(#[\w-]+|data:,)$/);
        expect(name).not.toMatch(/^on/);
      }
    expect(all(document, "script, img, iframe, object, link:not([rel=icon])")).toEqual([]);
    expect(html).not.toMatch(/url\(|@import/);
    expect(document.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content")).toMatch(/^default-src 'none';/);
  });

  it("is the same bytes each time", async () => {
    expect(await renderHtml(report)).toBe(html);
  });

  it("names each figure and its picture, and tells its numbers", () => {
    const figures = all(document, "figure");
    expect(figures).toHaveLength(6);
    figures.forEach((figure, i) => {
      expect(figure.getAttribute("aria-label")).toMatch(new RegExp(`^Figure ${i + 1}: .`));
      expect(figure.querySelector("figcaption")?.textContent).not.toBe("");
      const pictures = [...figure.querySelectorAll("svg")];
      expect(pictures.length).toBeGreaterThanOrEqual(2);
      for (const picture of pictures) {
        expect(picture.getAttribute("role")).toBe("img");
        expect(picture.getAttribute("aria-label")).toContain(figure.querySelector("figcaption")?.textContent ?? "");
      }
      expect(figure.querySelector("details table")).not.toBeNull();
    });
  });

  it("heads each column and row of its tables", () => {
    const tables = all(document, "table");
    expect(tables).toHaveLength(7);
    for (const one of tables) {
      expect(one.getAttribute("aria-label")).not.toBe("");
      const columns = one.querySelectorAll("thead th[scope=col]").length;
      expect(columns).toBeGreaterThan(1);
      for (const row of [...one.querySelectorAll("tbody tr")]) {
        expect(row.querySelectorAll("th[scope=row]")).toHaveLength(1);
        expect(row.children).toHaveLength(columns);
      }
    }
  });

  it("writes numbers with their digits, percent and a sign that is one", () => {
    const page = open(renderPage(reportOf({ ...table, rows: [["a", 1e-5, 0.98765, -0.5, null]] }), canvas));
    expect(all(page, "tbody td").map((cell) => cell.textContent)).toEqual(["1e-5", "98.77 %", "−0.5000", "–"]);
  });

  it("leads to its sections", () => {
    const targets = all(document, "nav a").map((link) => document.querySelector(link.getAttribute("href") ?? "-")?.querySelector("h2")?.textContent);
    expect(targets).toEqual(report.sections.map(({ heading }) => heading));
  });
});

describe("a quick study", () => {
  it("is marked at the top, and only it", async () => {
    const quick = open(await renderHtml({ ...report, quick: true }));
    expect(quick.querySelector("main > header + .quick")?.textContent).toMatch(/^Quick study/);
    expect(quick.title).toContain("quick");
    expect(open(await renderHtml(report)).querySelector(".quick")).toBeNull();
  });
});

describe("without the packages that draw", () => {
  it("figures are tables, and the page says how to get charts", () => {
    const page = open(renderPage(report, null));
    expect(all(page, "svg")).toEqual([]);
    expect(all(page, "figure table")).toHaveLength(6);
    expect(page.querySelector(".quick")?.textContent).toContain("npm install @observablehq/plot linkedom");
  });

  it("says nothing of charts where there are no figures", () => {
    expect(renderPage(reportOf(table), null)).not.toContain("npm install");
  });
});

describe("hostile texts", () => {
  it("stay texts, wherever they stand", async () => {
    const hostile: Report = {
      title: HOSTILE,
      question: HOSTILE,
      quick: true,
      verdict: [HOSTILE],
      sections: [
        {
          heading: HOSTILE,
          text: [HOSTILE],
          items: [
            { kind: "table", title: HOSTILE, columns: [{ name: HOSTILE }, { name: HOSTILE, percent: true }], rows: [[HOSTILE, HOSTILE]], note: HOSTILE },
            ...Object.entries(edges).flatMap(([name, figure]) => (name.startsWith("hostile") ? [figure] : [])),
          ],
        },
      ],
      conditions: [[HOSTILE, HOSTILE]],
      rows: [],
    };
    for (const html of [await renderHtml(hostile), renderPage(hostile, null)]) {
      const page = open(html);
      expect(all(page, "script, img")).toEqual([]);
      expect(all(page, "style")).toHaveLength(1);
      for (const element of all(page, "*")) for (const { name } of [...element.attributes]) expect(name).not.toMatch(/^on/);
      expect(page.querySelector("h1")?.textContent).toContain("<script>alert(1)</script>");
      expect(html).not.toMatch(/<script|<img|[^\P{Cc}\n\t]/u);
    }
  });
});

describe("figures at the edges", () => {
  it.each(Object.entries(edges))("%s", (name, figure) => {
    const draw = (): string => renderPage(reportOf(figure), canvas);
    const html = draw();
    expect(draw()).toBe(html);
    const page = open(html);
    const shown = all(page, "body *").flatMap((element) => [
      ...[...element.attributes].map(({ value }) => value),
      ...(element.children.length === 0 ? [element.textContent ?? ""] : []),
    ]);
    for (const text of shown) expect(text).not.toMatch(/\bNaN\b|undefined|Infinity|\bnull\b/);
    const nothing = / no series| no points|all null|: none|no logarithm at all/.test(name) && !/(intervals|heat): all null/.test(name);
    const pictures = all(page, ".wide svg").length;
    if (name === "lines: no logarithm at all") expect(pictures).toBe(1);
    else if (nothing) expect([pictures, page.querySelector("figure .note")?.textContent]).toEqual([0, "Nothing to draw."]);
    else expect(pictures).toBe(name === "intervals: groups far apart" ? 2 : 1);
  });
});
