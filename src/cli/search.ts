/** `gradiente search`: searches for good settings, and goes on with a search. @module */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { defineSearch } from "../lab/search/define-search.ts";
import type { Search } from "../lab/search/definition.ts";
import { methodNames } from "../lab/search/index.ts";
import { runSearch } from "../lab/search/run-search.ts";
import { MOST_THREADS } from "../runtime/runtime.ts";
import { loadNamed } from "./data-options.ts";
import { readDefinition } from "./definition-file.ts";
import { INTERRUPTED, interruptible } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { jsonReport, type SearchReport, textReport } from "./search-report.ts";
import { oneOf } from "./suggest.ts";
import { integerUpTo, number, positiveInteger } from "./values.ts";

/** As commander parses them: absent unless given. */
interface SearchFlags {
  quick?: boolean;
  method?: string;
  trials?: string;
  seed?: string;
  workers?: string;
  out?: string;
  mode?: string;
  json?: boolean;
}

const EXAMPLES = `
FILE.json names the settings that vary and how they are searched; for example:
  {
    "name": "rates",
    "title": "Learning rate and width",
    "question": "Which rate and width suit a small network?",
    "limit": 6400,
    "base": { "epochs": 3 },
    "space": {
      "learningRate": { "low": 0.0001, "high": 0.1, "log": true },
      "hidden": { "low": 16, "high": 256, "log": true, "integer": true },
      "optimizer": ["sgd", "adam"]
    },
    "method": "tpe",
    "trials": 30
  }
The best settings are trained anew with other seeds and tested at the end: the
best of many scores is too good.
A search that was stopped or killed goes on where it was when the same command
is given again. docs/search.md shows all fields.

Examples:
  gradiente search examples/search/mnist-mlp.json
  gradiente search examples/search/mnist-hyperband.json --workers 2
  gradiente search examples/search/cars.json
  gradiente search my-search.json --method random --trials 100 --out runs
  gradiente search my-search.json --quick --json`;

/** Adds the command. `finish` takes the exit status. */
export function searchCommand(program: Command, io: Io, finish: (status: number) => void): void {
  program
    .command("search")
    .argument("<file>", "FILE.json: what varies, and how it is searched")
    .description("search for good settings, and test the best with seeds of their own, with a report")
    .option("--quick", "3 reporting seeds and 6,400 training images; marked in every report")
    .option("--method <name>", `${methodNames.join(", ")} (default: the file's)`)
    .option("--trials <n>", "points that are tried (default: the file's)")
    .option("--seed <n>", "of what the method draws (default: the file's)")
    .option("--workers <n>", "trials that run side by side; but for asha the results have the same bits for any number (default: all cores)")
    .option("--out <dir>", "where the search's folder is made (default: results)")
    .option("--mode <name>", "fast, or deterministic: the same bits on every engine (default: fast)")
    .option("--json", "one JSON object per line instead of text")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: SearchFlags) => finish(await search(file, flags, io)));
}

async function search(file: string, flags: SearchFlags, io: Io): Promise<number> {
  const { quick, method, trials, seed, workers, out = "results", mode, json = false } = flags;
  if (out === "") throw new UsageError({ where: "--out", got: '""', expected: "a directory" });
  const chosen = defineOptions({ quick, method, trials, seed });
  const options = {
    out,
    mode: oneOf("--mode", mode ?? "fast", ["fast", "deterministic"]),
    workers: workers === undefined ? undefined : integerUpTo(MOST_THREADS, "--workers", workers),
  };
  const defined = defineSearch(await readDefinition(file, { expected: "a search as JSON", hint: "docs/search.md shows one" }), chosen);
  const report = json ? jsonReport(io) : textReport(io);
  const use = { where: `search ${defined.name}, data`, target: defined.target ?? undefined, ...defined.table };
  const data = await loadNamed(defined.data, use, json ? undefined : io);
  for (const note of data.notes) io.error(io.colour.dim(note));
  return interruptible((signal) => runOne(defined, { ...options, data, signal }, report));
}

/** @throws UsageError */
function defineOptions({
  quick,
  method,
  trials,
  seed,
}: Pick<SearchFlags, "quick" | "method" | "trials" | "seed">): NonNullable<Parameters<typeof defineSearch>[1]> {
  return {
    quick: quick === true,
    method: method === undefined ? undefined : oneOf("--method", method, methodNames),
    trials: trials === undefined ? undefined : positiveInteger("--trials", trials),
    seed: seed === undefined ? undefined : number("--seed", seed, (n) => Number.isSafeInteger(n) && n >= 0, "an integer, 0 or more"),
  };
}

async function runOne(search: Search, options: NonNullable<Parameters<typeof runSearch>[1]>, report: SearchReport): Promise<number> {
  try {
    report.end(await runSearch(search, { ...options, onProgress: (event) => report.progress(event) }));
    return 0;
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    report.interrupted();
    return INTERRUPTED;
  } finally {
    report.close();
  }
}
