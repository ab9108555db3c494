/** Runs a study from beginning to end, in a folder. @module */
import { join } from "node:path";
import { ConfigError } from "../../errors.ts";
import { prepareFolder } from "../../formats/atomic-file.node.ts";
import type { Study } from "../definition/study.ts";
import { loadData } from "../loading/load-data.ts";
import { protocolNames, protocols } from "../protocols/index.ts";
import type { RunStudyOptions, StudyRun } from "../run-study.ts";
import { summarize } from "../summary/index.ts";
import { CarriedWeights } from "./carried.node.ts";
import { conditionsOf } from "./conditions.ts";
import { environmentOf } from "./environment.node.ts";
import { executor } from "./executor.node.ts";
import { lockFolder } from "./lock.node.ts";
import { othersIn } from "./others.node.ts";
import { placesFor } from "./places.node.ts";
import { Pool } from "./pool.node.ts";
import { writeReports } from "./report-files.node.ts";
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
  const { workers, threads } = await placesFor("runStudy, workers", options.workers);
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
      if (file.notice !== null) onProgress({ event: "notice", text: file.notice });
      const carried = new CarriedWeights(folder);
      const execute = executor({ study, environment, file, carried, runner, others, name, onProgress });
      const arms = await protocols[protocol].run(study, seeds, execute);
      const engine = file.enginesOf(arms.flatMap(({ runs }) => runs));
      // As printed nothing is held out.
      const validation = protocol === "as-printed" ? 0 : study.validation;
      const { summary, report } = summarize(study, protocol, arms, conditionsOf({ ...study, validation }, { data, environment, engine }));
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
