/** docs/reference: every export has its entry, what an entry says of signature, options and defaults is what the code has, and every example runs. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as callbacks from "../src/callbacks/index.ts";
import * as constraints from "../src/constraints/index.ts";
import * as data from "../src/data/index.ts";
import * as ops from "../src/graph/ops/index.ts";
import * as gradiente from "../src/index.ts";
import * as initializers from "../src/initializers/index.ts";
import * as lab from "../src/lab/index.ts";
import * as layers from "../src/layers/index.ts";
import { activationNames } from "../src/layers/index.ts";
import * as losses from "../src/losses/index.ts";
import * as metrics from "../src/metrics/index.ts";
import * as optimizers from "../src/optimizers/index.ts";
import { optimizerNames } from "../src/optimizers/index.ts";
import * as regularizers from "../src/regularizers/index.ts";
import * as schedules from "../src/schedules/index.ts";
import { scheduleMakers } from "../src/schedules/index.ts";
import { Api, type Described } from "./reference/api.ts";
import { examplesOf, run } from "./reference/examples.ts";
import { folder, type Page, pages, type Row, spans } from "./reference/page.ts";

type Module = Readonly<Record<string, unknown>>;

const exported = Object.keys(gradiente).filter((name) => name !== "ops");
const public_ = (family: Module): string[] => Object.keys(family).filter((name) => exported.includes(name));

/** The folder of each family. */
const modules: Readonly<Record<string, Module>> = {
  "callbacks.md": callbacks,
  "constraints.md": constraints,
  "data.md": data,
  "initializers.md": initializers,
  "layers.md": layers,
  "losses.md": losses,
  "metrics.md": metrics,
  "optimizers.md": optimizers,
  "regularizers.md": regularizers,
  "schedules.md": schedules,
};

/** Names by which `compile`, layers, the command line and files know a family's members. */
const registries: Readonly<Record<string, readonly string[]>> = {
  "activations.md": activationNames,
  "losses.md": (losses as { lossNames?: readonly string[] }).lossNames ?? [],
  "optimizers.md": optimizerNames,
  "schedules.md": Object.keys(scheduleMakers),
};

/** What each page must hold. */
const families: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...new Set([...Object.keys(modules), ...Object.keys(registries)])].map((page) => {
    const exports = page === "data.md" ? Object.keys(data) : public_(modules[page] ?? {});
    return [page, [...new Set([...exports, ...(registries[page] ?? [])])]];
  }),
);

/** Where there is nothing in Keras or PyTorch to compare with line by line. */
const OWN = ["data.md", "errors.md", "model.md"];
const isOfLab = (page: string): boolean => page.startsWith("lab");

/** Where names are those of ops. */
const OPS = ["activations.md", "ops.md"];

/** Whose members tell their options by `config()`. */
const CONFIGURED = ["constraints.md", "initializers.md", "layers.md", "losses.md", "optimizers.md", "regularizers.md", "schedules.md"];

/** Arguments for what cannot be made without. */
const REQUIRED: Readonly<Record<string, readonly unknown[]>> = {
  activation: ["relu"],
  bidirectional: [gradiente.lstm(1)],
  constant: [0],
  conv1d: [1, 1],
  conv2d: [1, 1],
  conv2dTranspose: [1, 1],
  cosineDecayRestarts: [{ firstDecaySteps: 1 }],
  dense: [1],
  depthwiseConv2d: [1],
  dropout: [0.5],
  exponentialDecay: [{ decayRate: 0.5 }],
  gaussianDropout: [0.5],
  gaussianNoise: [0.5],
  gru: [1],
  inverseTimeDecay: [{ decayRate: 0.5 }],
  lstm: [1],
  piecewiseConstantDecay: [{ boundarySteps: [1], values: [1, 2] }],
  randomRotation: [0.1],
  randomShift: [1],
  randomTranslation: [0.1, 0.1],
  randomZoom: [0.1],
  repeatVector: [1],
  reshape: [[1]],
  simpleRnn: [1],
  separableConv2d: [1, 1],
  spatialDropout2d: [0.5],
  stepDecay: [{ decaySteps: 1 }],
  timeDistributed: [gradiente.dense(1)],
  warmUp: [gradiente.constantRate(), { warmupSteps: 1 }],
};

const entries = (page: Page | undefined): string[] => page?.sections.flatMap(({ headed, listed }) => [...headed, ...listed]) ?? [];
const named = (name: string): Page | undefined => pages.find((page) => page.name === name);
const examples = pages.flatMap(examplesOf);

let api: Api;
let described: Map<string, Described>;
let describedOps: Map<string, Described>;
let describedOfLab: Map<string, Described>;

beforeAll(() => {
  api = new Api(new Map(examples.map(({ path, source }) => [path, source])));
  described = new Map([...api.describe("gradiente/data"), ...api.describe("gradiente")]);
  describedOfLab = api.describe("gradiente/lab");
  describedOps = api.describe("ops");
});

describe("every export has an entry", () => {
  it.each(Object.entries(families))("of %s", (page, names) => {
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !entries(named(page)).includes(name))).toEqual([]);
  });

  it("of ops.md and activations.md", () => {
    const found = [...entries(named("ops.md")), ...entries(named("activations.md"))];
    expect(Object.keys(ops).filter((name) => !found.includes(name))).toEqual([]);
  });

  it("of the lab, on one of its pages", () => {
    const found = pages.filter(({ name }) => isOfLab(name)).flatMap(entries);
    expect(Object.keys(lab).filter((name) => !found.includes(name))).toEqual([]);
    expect(found.filter((name) => !Object.hasOwn(lab, name))).toEqual([]);
  });

  it("somewhere", () => {
    const found = pages.flatMap(entries);
    expect(exported.filter((name) => !found.includes(name))).toEqual([]);
  });

  it("and no entry is of something that is not there", () => {
    const real = new Set([...exported, ...Object.keys(ops), ...Object.values(families).flat(), ...described.keys()]);
    const others = pages.filter(({ name }) => !isOfLab(name));
    expect(others.flatMap(entries).filter((name) => !real.has(name))).toEqual([]);
  });

  it("and the index leads to every page", () => {
    const index = readFileSync(new URL("README.md", folder), "utf8");
    expect(pages.map(({ name }) => name).filter((name) => !index.includes(`](${name})`))).toEqual([]);
  });
});

/** Sections with entries. */
const sections = pages.flatMap((page) => page.sections.filter(({ headed, listed }) => headed.length + listed.length > 0).map((section) => ({ page, section })));

describe.each(sections.map(({ page, section }) => [`${page.name}, ${section.heading || "the beginning"}`, page, section] as const))(
  "%s",
  (_, page, section) => {
    const names = [...section.headed, ...section.listed];
    const find = (name: string): Described | undefined => describedOn(page.name, name);

    it("gives signatures as they are", () => {
      const given = spans(section.text);
      const expected = names.flatMap((name) => find(name)?.signature ?? []);
      expect(expected.filter((signature) => !given.includes(signature))).toEqual([]);
    });

    it("says how Keras and PyTorch differ", () => {
      if (OWN.includes(page.name) || isOfLab(page.name)) return;
      for (const who of ["Keras", "PyTorch"]) expect(section.columns.includes(who) || section.text.includes(`${who}:`), who).toBe(true);
    });

    it("uses what it describes in an example", () => {
      const code = section.examples.join("\n");
      const used = (name: string): boolean => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(code);
      const [first] = section.headed;
      const needed = names.filter((name) => name === first || section.listed.includes(name) || find(name) !== undefined);
      expect(needed.filter((name) => !used(name))).toEqual([]);
    });

    it("lists each option, with its default", () => {
      const shared = page.sections.filter(({ headed, listed }) => headed.length + listed.length === 0).flatMap(({ options }) => options);
      const known = new Set<string>();
      const wrong: string[] = [];
      for (const name of names) {
        const what = find(name);
        for (const [option, { optional }] of what?.options ?? []) {
          known.add(option);
          const row = [...section.options, ...shared].find((row) => spans(row.option).includes(option));
          const found = row && what ? wrongDefaults(CONFIGURED.includes(page.name) ? name : null, option, optional, row, what) : ["no row"];
          wrong.push(...found.map((text) => `${name}, ${option}: ${text}`));
        }
      }
      if (known.size > 0) wrong.push(...section.options.flatMap(({ option }) => spans(option)).filter((option) => !known.has(option)));
      if (known.has("preset"))
        wrong.push(...section.options.filter((row) => row.torch === undefined).map(({ option }) => `${option}: no default of preset "torch"`));
      expect(wrong).toEqual([]);
    });
  },
);

/** What the code says of an entry; undefined for names that are no exports, or are those of another family. */
function describedOn(page: string, name: string): Described | undefined {
  if (OPS.includes(page)) return describedOps.get(name);
  if (isOfLab(page)) return describedOfLab.get(name);
  return modules[page] === undefined || name in modules[page] ? described.get(name) : undefined;
}

/** What is wrong with the default cells of an option's row. */
function wrongDefaults(name: string | null, option: string, optional: boolean, row: Row, { defaults }: Described): string[] {
  const said = row.default;
  if (!optional) return said === "required" ? [] : [`default ${said}, but it is required`];
  if (said === "required") return ["required, but it may be left out"];
  const found: string[] = [];
  const config = configOf(name) ?? {};
  const given = (REQUIRED[name ?? ""] ?? []).some((argument) => Object.hasOwn(argument as object, option));
  const actual = option in config && !given ? JSON.stringify(plain(config[option])) : literal(defaults.get(option));
  const [span] = spans(said);
  // The default may be another option.
  const stated = span !== undefined && span in config ? JSON.stringify(plain(config[span])) : literal(span);
  if (stated !== actual && !(actual === "null" && span === undefined)) found.push(`default ${said}, but the code has ${actual}`);
  if (row.torch !== undefined) {
    const torch = configOf(name, { preset: "torch" });
    const expected = torch !== undefined && option in torch ? JSON.stringify(torch[option]) : actual;
    if (option !== "preset" && literal(spans(row.torch)[0]) !== expected) found.push(`torch ${row.torch}, but the code has ${expected}`);
  }
  return found;
}

/** Options as `config()` of a member tells them; undefined if it has none. */
function configOf(name: string | null, ...options: Record<string, unknown>[]): Record<string, unknown> | undefined {
  const make = name === null ? undefined : (gradiente as Module)[name];
  if (name === null || typeof make !== "function" || /^[A-Z]/.test(name)) return undefined;
  try {
    return (make as (...args: unknown[]) => { config?: () => Record<string, unknown> })(...(REQUIRED[name] ?? options)).config?.();
  } catch {
    return undefined;
  }
}

/** A pair of equal numbers is written as one, an initializer with its own defaults as its call. */
function plain(value: unknown): unknown {
  if (Array.isArray(value) && value.length === 2 && value[0] === value[1]) return value[0];
  const { name, config } = (value ?? {}) as { name?: unknown; config?: object };
  return typeof name === "string" && config !== undefined && JSON.stringify(config) === JSON.stringify(configOf(name)) ? `${name}()` : value;
}

/** A literal of the documentation or of the code, as JSON. */
function literal(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return JSON.stringify(text);
  }
}

describe("examples", () => {
  const before = process.cwd();
  const directory = mkdtempSync(join(tmpdir(), "gradiente-reference-"));
  beforeAll(() => process.chdir(directory));
  afterAll(() => {
    process.chdir(before);
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(examples.map((example) => [example.name, example] as const))("%s", async (_, example) => {
    expect(api.errors(example.path)).toEqual([]);
    const lines = await run(example);
    if (example.expected.some((line) => line !== null)) expect(lines).toHaveLength(example.expected.length);
    expect(lines.map((line, i) => (example.expected[i] === null ? null : line))).toEqual(example.expected.slice(0, lines.length));
  });
});
