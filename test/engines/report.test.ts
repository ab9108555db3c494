/** Reports in a browser without network: light, dark, on a phone and on paper. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderHtml } from "../../src/lab/reports/index.ts";
import { edges, report } from "../lab/reports/fixtures.ts";

interface Looked {
  readonly complaints: readonly string[];
  readonly charts: number;
  /** Whether there are fonts to measure with. */
  readonly measured: boolean;
  readonly overlaps: readonly string[];
  readonly colours: readonly [ground: string, text: string];
  readonly tooWide: number;
}
type View = "light" | "dark" | "phone" | "paper";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const absent =
  process.platform !== "linux" || process.arch !== "x64"
    ? "its binary is for Linux on x64"
    : existsSync(here("node_modules"))
      ? null
      : "run `npm ci` in test/engines";
if (absent !== null) {
  if (process.env.GRADIENTE_NO_SKIP === "1") throw new Error(`reports in Chromium: ${absent}, and GRADIENTE_NO_SKIP=1 forbids leaving them out`);
  console.warn(`reports are not looked at in Chromium: ${absent}`);
}

describe.skipIf(absent !== null)("a report in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "gradiente-report-"));
  let views: Readonly<Record<View, Looked>>;

  beforeAll(async () => {
    const file = join(folder, "report.html");
    // Long names, many rows and many series beside the plain figures.
    const crowded = Object.entries(edges).flatMap(([name, figure]) =>
      /twenty series|forty-two|long names|groups|hostile|marked/.test(name) && !name.includes("scatter") ? [figure] : [],
    );
    writeFileSync(file, await renderHtml({ ...report, quick: true, sections: [...report.sections, { heading: "Crowded", text: [], items: crowded }] }));
    const { stdout } = await promisify(execFile)(process.execPath, ["report-page.mjs", file], {
      cwd: here("."),
      env: { ...process.env, NODE_OPTIONS: "" },
      timeout: 180_000,
    });
    views = JSON.parse(stdout) as typeof views;
  }, 240_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.for<View>(["light", "dark", "phone", "paper"])("%s: asks for nothing, complains of nothing, and can be read", (view) => {
    const { complaints, charts, measured, overlaps, tooWide } = views[view];
    expect(complaints).toEqual([]);
    expect(charts).toBeGreaterThan(15);
    if (measured) expect(overlaps).toEqual([]);
    else console.warn("no fonts here: texts of charts are not held apart");
    expect(tooWide).toBeLessThanOrEqual(0);
  });

  it("is light or dark as the reader's system is, and paper is white", () => {
    expect(views.light.colours).toEqual(["rgb(255, 255, 255)", "rgb(27, 30, 35)"]);
    expect(views.dark.colours).toEqual(["rgb(22, 24, 28)", "rgb(231, 233, 236)"]);
    expect(views.paper.colours).toEqual(views.light.colours);
    expect(views.phone.charts).toBe(views.light.charts);
  });
});
