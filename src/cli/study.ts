/** `gradiente study`: runs a study, and resumes it. @module */
import type { Command } from "commander";
import { GradienteError, UsageError } from "../errors.ts";
import { wrap } from "../format.ts";
import { defineStudy } from "../lab/definition/define-study.ts";
import { MOST_EPOCHS } from "../lab/definition/settings.ts";
import type { Study, StudyDefinition } from "../lab/definition/study.ts";
import { type ProtocolName, protocolNames } from "../lab/protocols/index.ts";
import { runStudy } from "../lab/run-study.ts";
import { MOST_SEEDS } from "../lab/runners/seeds.ts";
import { studies } from "../lab/studies/index.ts";
import { MOST_THREADS } from "../runtime/runtime.ts";
import { loadData } from "./data-options.ts";
import { readDefinition } from "./definition-file.ts";
import { fail } from "./failure.ts";
import { INTERRUPTED, interruptible } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { jsonReport, type StudyReport, textReport } from "./study-report.ts";
import { oneOf } from "./suggest.ts";
import { integerUpTo } from "./values.ts";

/** As commander parses them: absent unless given. */
interface StudyFlags {
  quick?: boolean;
  protocol?: string;
  seeds?: string;
  epochs?: string;
  workers?: string;
  out?: string;
  mode?: string;
  list?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Protocols:
  as-printed   every cell once, with the settings that were printed
  carry-over   weights pass from one competitor to the next, as a notebook may
               do unawares; beside it the same without passing, and fair
  fair         the same initial weights and batches for all, a tuned learning
               rate for each, several seeds

A study that was stopped or killed goes on where it was when the same command
is given again.
A study of your own is a JSON file: docs/studies.md shows how it is written.

Examples:
  gradiente study --list
  gradiente study optimizers --quick
  gradiente study optimizers --protocol carry-over --seeds 5
  gradiente study my-study.json --epochs 2 --out runs
  gradiente study all --quick`;

/** Adds the command. `finish` takes the exit status. */
export function studyCommand(program: Command, io: Io, finish: (status: number) => void): void {
  program
    .command("study")
    .argument("[study]", "a built-in study (--list), all of them, or FILE.json")
    .description("run a study: competitors, tuned and compared over several seeds, with a report")
    .option("--list", "print the built-in studies and what they ask")
    .option("--quick", "3 reporting and 3 tuning seeds, 6,400 training images, the whole test set; marked in every report")
    .option("--protocol <name>", `${protocolNames.join(", ")}; see below (default: fair)`)
    .option("--seeds <n>", "reporting seeds (default: 10; 3 with --quick; 1 as printed)")
    .option("--epochs <n>", "passes over the data in every trial (default: the study's)")
    .option("--workers <n>", "trials that run side by side; the results have the same bits for any number (default: all cores)")
    .option("--out <dir>", "where the study's folder is made (default: results)")
    .option("--mode <name>", "fast, or deterministic: the same bits on every engine (default: fast)")
    .option("--json", "one JSON object per line instead of text")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string | undefined, flags: StudyFlags) => finish(await study(name, flags, io)));
}

/** The options, read. */
interface Plan {
  readonly protocol: ProtocolName;
  readonly seeds: number | undefined;
  readonly workers: number | undefined;
  readonly mode: "fast" | "deterministic";
  readonly out: string;
}

async function study(name: string | undefined, flags: StudyFlags, io: Io): Promise<number> {
  if (flags.list === true) return list(flags.json === true, io);
  if (name === undefined)
    throw new UsageError({ where: "study", got: "no name", expected: "a study, all, or FILE.json", hint: "gradiente study --list shows the built-in ones" });
  const plan = planOf(flags);
  const options = { quick: flags.quick === true, epochs: flags.epochs === undefined ? undefined : integerUpTo(MOST_EPOCHS, "--epochs", flags.epochs) };
  const all = (await definitionsOf(name)).map((definition) => defineStudy(definition, options));
  // Asked for one, its protocol says why not.
  const leftOut = name === "all" && plan.protocol === "carry-over" ? all.filter(({ carry }) => carry === null) : [];
  const chosen = all.filter((one) => !leftOut.includes(one));
  const report = flags.json === true ? jsonReport(io) : textReport(io, chosen.length);
  if (leftOut.length > 0) {
    const names = leftOut.map(({ name }) => name).join(", ");
    report.progress({ event: "notice", text: `left out, because they have no factor along which weights could be carried: ${names}` });
  }
  return interruptible(async (signal) => {
    const json = flags.json === true;
    const failed: string[] = [];
    for (const one of chosen) {
      try {
        if (!(await runOne(one, plan, { signal, report, io, json }))) return INTERRUPTED;
      } catch (error) {
        if (chosen.length === 1) throw error;
        fail(error, json, io, one.name);
        failed.push(one.name);
      }
    }
    if (failed.length > 0) throw failureOf(failed, chosen.length);
    return 0;
  });
}

/** That some of several studies failed; why was told of each. */
function failureOf(names: readonly string[], of: number): GradienteError {
  return new GradienteError("studies", {
    where: "study all",
    got: `${names.length} of ${of} studies that failed: ${names.join(", ")}`,
    expected: "all of them to end",
    hint: "the same command goes on from the trials that are finished; gradiente study NAME runs one",
  });
}

/** @returns false if it was interrupted */
async function runOne(study: Study, plan: Plan, to: { signal: AbortSignal; report: StudyReport; io: Io; json: boolean }): Promise<boolean> {
  const { signal, report, io, json } = to;
  try {
    const data = await loadData({ data: study.data }, json ? undefined : io, `study ${study.name}, data`);
    const run = await runStudy(study, { ...plan, data, signal, onProgress: (event) => report.progress(event) });
    report.end(study, run);
    return true;
  } catch (error) {
    if (!signal.aborted) throw error;
    report.interrupted();
    return false;
  } finally {
    report.close();
  }
}

/** @throws UsageError */
function planOf({ protocol, seeds, workers, mode, out = "results" }: StudyFlags): Plan {
  const way = oneOf("--protocol", protocol ?? "fair", protocolNames);
  const count = seeds === undefined ? undefined : integerUpTo(MOST_SEEDS, "--seeds", seeds);
  if (way === "as-printed" && count !== undefined && count > 1)
    throw new UsageError({ where: "--seeds", got: `${count} with --protocol as-printed`, expected: "1: what was printed is one run of each cell" });
  if (out === "") throw new UsageError({ where: "--out", got: '""', expected: "a directory" });
  return {
    protocol: way,
    seeds: count,
    workers: workers === undefined ? undefined : integerUpTo(MOST_THREADS, "--workers", workers),
    mode: oneOf("--mode", mode ?? "fast", ["fast", "deterministic"]),
    out,
  };
}

/** What a name stands for. @throws UsageError, FileError, DataFormatError */
async function definitionsOf(name: string): Promise<readonly unknown[]> {
  if (name.endsWith(".json")) return [await readDefinition(name, { expected: "a study as JSON", hint: "docs/studies.md shows one" })];
  const names = Object.keys(studies);
  return oneOf("study", name, [...names, "all"], "a study's FILE.json") === "all" ? Object.values(studies) : [studies[name]];
}

/** The built-in studies. */
function list(json: boolean, io: Io): number {
  const all: readonly StudyDefinition[] = Object.values(studies);
  if (json) {
    for (const { name, title, question } of all) io.json({ name, title, question, competitors: defineStudy(studies[name]).cells.length });
    return 0;
  }
  const { bold, dim } = io.colour;
  const longest = Math.max(...all.map(({ name }) => name.length));
  for (const { name, question } of all) {
    const lines = wrap(question, Math.max(30, Math.min(io.width, 120) - longest - 2));
    lines.forEach((line, i) => io.print(`${bold((i === 0 ? name : "").padEnd(longest))}  ${line}`));
  }
  io.print(`\n${dim(`gradiente study NAME runs one, study all runs them all\nprotocols: ${protocolNames.join(", ")}`)}`);
  return 0;
}
