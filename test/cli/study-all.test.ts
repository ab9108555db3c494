/** `study all`, with small studies in place of those that are built in. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { StudyDefinition } from "../../src/lab/definition/study.ts";
import { linesOf, tiny } from "../lab/runners/studies.ts";
import { folder, idxFolder, run } from "./support.ts";

const small: Record<string, StudyDefinition> = vi.hoisted(() => ({}));
vi.mock("../../src/lab/studies/index.ts", () => ({ studies: small }));

/** Two studies that share competitors, and one that varies no optimizer. */
function define(): void {
  const data = idxFolder();
  for (const key of Object.keys(small)) delete small[key];
  Object.assign(small, {
    one: tiny(data, { name: "one" }),
    two: tiny(data, { name: "two", factors: { optimizer: ["adam", "adagrad"] }, rates: { adam: [0.00316, 0.01], adagrad: [0.0316, 0.1] } }),
    three: tiny(data, { name: "three", factors: { l2: [0, 0.01] }, rates: { adam: [0.00316, 0.01] }, printed: [] }),
  });
}

it("all runs every study in a folder of its own, prints the verdicts, and runs equal trials once", async () => {
  define();
  const out = folder();
  const { status, stdout, stderr } = await run(["study", "all", "--seeds", "1", "--out", out]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(readdirSync(out).sort()).toEqual(["one", "three", "two"]);
  for (const name of Object.keys(small)) expect(readdirSync(join(out, name))).toContain("report.html");
  expect([...stdout.matchAll(/^Study +(\w+), (\d of \d): /gm)].map(([, ...parts]) => parts.join(" "))).toEqual(["one 1 of 3", "two 2 of 3", "three 3 of 3"]);
  expect([...stdout.matchAll(/^Report +(.*)$/gm)].map(([, path]) => path)).toEqual(Object.keys(small).map((name) => join(out, name, "report.html")));
  expect(stdout).not.toContain("Conditions");
  // Of two nothing is run, unless tuning went on from another best.
  const [first, second] = ["one", "two"].map((name) => new Map(linesOf(join(out, name, "results.jsonl")).map((line) => [line.id, line])));
  const shared = [...second.values()].filter(({ id }) => first.has(id));
  expect(shared.length).toBeGreaterThan(12);
  for (const { id, result } of shared) expect(result).toEqual(first.get(id)?.result);
});

it("all under carry-over leaves out what has nothing to carry along, and says so", async () => {
  define();
  const out = folder();
  const { status, stdout, stderr } = await run(["study", "all", "--protocol", "carry-over", "--seeds", "1", "--out", out]);
  expect(status).toBe(0);
  expect(stderr).toBe("left out, because they have no factor along which weights could be carried: three");
  expect(readdirSync(out).sort()).toEqual(["one", "two"]);
  expect(stdout).toContain("two, 2 of 2");
});

it.each([[[]], [["--json"]]])("all goes on after a study that fails, and fails in the end with their names %j", async (more) => {
  define();
  small.three = { ...small.three, data: join(folder(), "nowhere") };
  const out = folder();
  // In the place of the folder of a study.
  writeFileSync(join(out, "one"), "");
  const { status, stdout, stderr, events } = await run(["study", "all", "--seeds", "1", "--out", out, ...more]);
  expect(status).toBe(1);
  expect(readdirSync(join(out, "two"))).toContain("report.html");
  const last = "study all: got 2 of 3 studies that failed: one, three, expected all of them to end";
  if (more.length === 0) {
    expect(stdout).toMatch(/^Study +two, 2 of 3: /m);
    expect(stderr.match(/^error.*?(?=:)/gm)).toEqual(["error in study one", "error in study three", "error"]);
    expect(stderr).toContain(`error: ${last}\nhint: the same command goes on from the trials that are finished`);
  } else {
    const errors = events().filter(({ event }) => event === "error");
    expect(errors.map(({ study }) => study)).toEqual(["one", "three", undefined]);
    expect(errors[2]).toMatchObject({ code: "studies", message: last });
    expect(events().filter(({ event }) => event === "end")).toMatchObject([{ study: "two" }]);
  }
});
