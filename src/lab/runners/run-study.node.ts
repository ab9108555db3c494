/** Runs a study from beginning to end, in a folder. @module */
import { join } from "node:path";
import type { TrainAndTest } from "../../data/idx-dataset.ts";
import { ConfigError } from "../../errors.ts";
import { prepareFolder, writeFileAtomic } from "../../formats/atomic-file.node.ts";
import { MOST_THREADS } from "../../runtime/runtime.ts";
import { availableCores } from "../../runtime/spawn.ts";
import { loadData } from "../load-data.ts";
import { type Arm, type ProtocolName, protocolNames, protocols } from "../protocols/index.ts";
import { renderCsv, renderHtml, renderMarkdown } from "../reports/index.ts";
import type { Report } from "../reports/report.ts";
import type { RunStudyOptions, StudyRun } from "../run-study.ts";
import type { Study } from "../study.ts";
import { type Conditions, summarize } from "../summary/index.ts";
import { CarriedWeights } from "./carried.node.ts";
import { environmentOf } from "./environment.node.ts";
import type { Environment } from "./environment.ts";
import { executor } from "./executor.node.ts";
import { lockFolder } from "./lock.node.ts";
import { othersIn } from "./others.node.ts";
import { Pool } from "./pool.node.ts";
import type { StudyFiles } from "./progress.ts";
import { ResultsFile } from "./results-file.node.ts";
import { seedsOf } from "./seeds.ts";
import { trialNames } from "./trial-name.ts";

/** See `runStudy`. */
export async function runStudyHere(study: Study, options: RunStudyOptions): Promise<StudyRun> {
  const { protocol = "fair", out = "results", mode = "fast", signal, onProgress = () => undefined } = options;
  if (!protocolNames.includes(protocol))
    throw new ConfigError({ where: "runStudy, protocol", got: JSON.stringify(protocol), expected: protocolNames.join(", ") });
  const seeds = seedsOf(options.seeds, protocol, study.quick);
  protocols[protocol].check(study, seeds);
  const { workers, threads } = await placesFor(options.workers);
  const data = options.data ?? (await loadData(study.data));
  const environment = await environmentOf(mode, data);
  const folder = join(out, study.name);
  const unlock = await lockFolder(folder);
  try {
    await prepareFolder(folder);
    const file = await ResultsFile.open(join(folder, "results.jsonl"), study, environment);
    let runner: Pool | null = null;
    try {
      const others = await othersIn(out, study.name, environment);
      const name = trialNames(study);
      runner = new Pool(data, { workers, threads, mode, name, signal });
      const planned = protocols[protocol].count(study, seeds);
      onProgress({ event: "start", study, protocol, ...seeds, planned, finished: file.lines.size, workers, threads, environment, folder });
      if (file.torn > 0)
        onProgress({ event: "notice", text: `${file.path}: dropped ${file.torn} bytes of a trial that was being written when its process ended` });
      const carried = new CarriedWeights(folder);
      const execute = executor({ study, environment, file, carried, runner, others, name, onProgress });
      const arms = await protocols[protocol].run(study, seeds, execute);
      const { summary, report } = summarize(study, protocol, arms, conditionsOf(study, protocol, { data, environment, engine: enginesOf(arms, file) }));
      const files = await writeReports(folder, report, JSON.stringify(summary, null, 2));
      await carried.remove();
      onProgress({ event: "end", files });
      return { summary, report, files };
    } finally {
      await runner?.close();
      await file.close();
    }
  } finally {
    await unlock();
  }
}

/** How many workers, and threads of each. @throws ConfigError */
async function placesFor(asked: number | undefined): Promise<{ workers: number; threads: number }> {
  const cores = await availableCores();
  const workers = asked ?? Math.min(cores, MOST_THREADS);
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_THREADS)
    throw new ConfigError({ where: "runStudy, workers", got: String(workers), expected: `an integer from 1 to ${MOST_THREADS}` });
  return { workers, threads: Math.min(MOST_THREADS, Math.max(1, Math.floor(cores / workers))) };
}

/** The engines that the trials of a report ran on: more than one if it was resumed on another with the same probe. */
function enginesOf(arms: readonly Arm[], { lines }: ResultsFile): string {
  const ids = arms.flatMap(({ runs }) => runs.flatMap(({ results }) => results.map(({ id }) => id)));
  return [...new Set(ids.map((id) => lines.get(id)?.engine))].sort().join("; ");
}

function conditionsOf(study: Study, protocol: ProtocolName, from: { data: TrainAndTest; environment: Environment; engine: string }): Conditions {
  const { data, environment, engine } = from;
  const { mode, kernels, wasm, probe } = environment;
  const trainSamples = Math.min(study.limit ?? data.train.length, data.train.length);
  return {
    data: study.data,
    trainSamples,
    validationSamples: protocol === "as-printed" ? 0 : Math.round(study.validation * trainSamples),
    testSamples: data.test.length,
    mode,
    kernels,
    engine,
    wasm,
    probe,
  };
}

async function writeReports(folder: string, report: Report, summary: string): Promise<StudyFiles> {
  const files: StudyFiles = {
    results: join(folder, "results.jsonl"),
    summary: join(folder, "summary.json"),
    html: join(folder, "report.html"),
    markdown: join(folder, "report.md"),
    csv: join(folder, "report.csv"),
  };
  const texts = [
    [files.html, await renderHtml(report)],
    [files.markdown, renderMarkdown(report)],
    [files.csv, renderCsv(report)],
    [files.summary, `${summary}\n`],
  ];
  const encoder = new TextEncoder();
  for (const [path, text] of texts) await writeFileAtomic(path, encoder.encode(text));
  return files;
}
