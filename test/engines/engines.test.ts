/** The built package on other engines: the same program must end with the same bits. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

interface Trained {
  readonly kernels: "simd" | "relaxed";
  readonly trained: Readonly<Record<string, { readonly sha256: string; readonly losses: readonly number[]; readonly loss: number; readonly accuracy: number }>>;
}
interface Result {
  /** A trial, and whether its report is a page. */
  readonly lab: { readonly digest: string; readonly result: Readonly<Record<string, unknown>>; readonly whole: boolean };
  readonly deterministic: Trained;
  readonly fast: Trained;
  readonly again: Trained;
  /** Of every schedule. */
  readonly rates: readonly (readonly number[])[];
  /** On 2 to 4 threads, in both modes; none where memory cannot be shared. */
  readonly threads: readonly (Trained & { readonly threads: number; readonly mode: "deterministic" | "fast"; readonly started: boolean })[];
  /** Of the page. */
  readonly isolated?: boolean;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const bin = (name: string): string => here(`node_modules/${name}`);

/** `command` prints one line of JSON; `kernels` are those of mode `fast`. */
const engines: readonly { name: string; command: readonly string[]; kernels: "simd" | "relaxed"; alone?: boolean; isolated?: boolean }[] = [
  // Of 20 and 21, started without the flag for relaxed SIMD.
  {
    name: `Node ${process.versions.node}`,
    command: [process.execPath, "command-line.mjs"],
    kernels: /^2[01]\./.test(process.versions.node) ? "simd" : "relaxed",
  },
  { name: "Node 22", command: [bin("node22/bin/node"), "command-line.mjs"], kernels: "relaxed" },
  { name: "Node 24", command: [bin("node24/bin/node"), "command-line.mjs"], kernels: "relaxed" },
  { name: "Node 26", command: [bin("node26/bin/node"), "command-line.mjs"], kernels: "relaxed" },
  {
    name: "Deno",
    command: [bin(".bin/deno"), "run", "--no-lock", "--node-modules-dir=manual", "--allow-read", "--allow-env", "command-line.mjs"],
    kernels: "relaxed",
  },
  { name: "Bun", command: [bin(".bin/bun"), "run", "command-line.mjs"], kernels: "relaxed" },
  { name: "workerd", command: [process.execPath, "workerd.mjs"], kernels: "relaxed", alone: true },
  { name: "Chromium, not isolated", command: [process.execPath, "chromium.mjs"], kernels: "relaxed", alone: true },
  { name: "Chromium, isolated", command: [process.execPath, "chromium.mjs", "isolated"], kernels: "relaxed", isolated: true },
];

const run = async ([file, ...args]: readonly string[]): Promise<Result> => {
  const { stdout } = await promisify(execFile)(file, args, { cwd: here("."), env: { ...process.env, NODE_OPTIONS: "" }, timeout: 180_000, maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as Result;
};

const absent =
  process.platform !== "linux" || process.arch !== "x64"
    ? "their binaries are for Linux on x64"
    : existsSync(here("node_modules"))
      ? null
      : "run `npm ci` in test/engines";
if (absent !== null) {
  if (process.env.GRADIENTE_NO_SKIP === "1") throw new Error(`other engines: ${absent}, and GRADIENTE_NO_SKIP=1 forbids leaving them out`);
  console.warn(`other engines are not tested: ${absent}`);
}

describe("engines", () => {
  let first: Result;

  beforeAll(async () => {
    first = await run(engines[0].command);
  }, 180_000);

  it.for(engines)("$name trains to the same bits", { timeout: 240_000 }, async (engine, { skip }) => {
    const { name, command, kernels, alone = false, isolated = false } = engine;
    // The first is the Node that runs this.
    skip(absent !== null && engine !== engines[0], absent ?? "");
    const result = await run(command);
    expect(result.isolated ?? false).toBe(isolated);
    expect(result.threads.length).toBe(alone ? 0 : 6);
    for (const { threads, mode, started, ...trained } of result.threads) {
      expect(started).toBe(true);
      expect(trained, `${threads} threads, ${mode}`).toEqual(result[mode]);
    }
    for (const [network, { losses, accuracy }] of Object.entries(result.deterministic.trained)) {
      expect(losses.at(-1), `${name}, ${network}: last loss`).toBeLessThan(losses[0]);
      expect(accuracy, `${name}, ${network}: accuracy`).toBeGreaterThan(0.4);
    }
    expect(result.deterministic).toEqual(first.deterministic);
    expect(result.rates).toEqual(first.rates);
    expect(result.lab).toEqual(first.lab);
    expect(result.lab).toMatchObject({ result: { known: true, test: { accuracy: expect.any(Number) } }, whole: true });
    expect(result.deterministic.kernels).toBe("simd");
    expect(result.fast.kernels).toBe(kernels);
    expect(result.again).toEqual(result.fast);
    if (kernels === "simd") expect(result.fast).toEqual(result.deterministic);
  });
});
