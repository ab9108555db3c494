/** Runs a search from beginning to end, in a folder. @module */
import { join } from "node:path";
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import { ConfigError, FileError, GradienteError, NumericError, WasmInitError } from "../../errors.ts";
import { prepareFolder } from "../../formats/atomic-file.node.ts";
import { defaultsFor } from "../definition/data-defaults.ts";
import { completeSettings, type Factor } from "../definition/settings.ts";
import { loadData } from "../loading/load-data.ts";
import type { Execute } from "../protocols/protocol.ts";
import type { Search } from "../search/definition.ts";
import { drive } from "../search/drive.ts";
import { madeMethod } from "../search/made-method.ts";
import type { Candidate, Method } from "../search/method.ts";
import { type Goal, goalOf } from "../search/objective.ts";
import { summarizeSearch, type Tested } from "../search/report/index.ts";
import type { RunSearchOptions, SearchEvent, SearchRun } from "../search/run-search.ts";
import type { Point } from "../search/space.ts";
import { pointText, ranked, reportTrials, type Tried, trialsOf, triedOf, valueFor } from "../search/tried.ts";
import type { Conditions } from "../summary/index.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";
import { trialId } from "../trials/trial-id.ts";
import { hasAccuracy } from "../trials/trial-model.ts";
import { CarriedWeights } from "./carried.node.ts";
import { conditionsOf } from "./conditions.ts";
import { environmentOf } from "./environment.node.ts";
import { executor } from "./executor.node.ts";
import { lockFolder } from "./lock.node.ts";
import { OrderFile } from "./order-file.node.ts";
import { othersIn } from "./others.node.ts";
import { placesFor } from "./places.node.ts";
import { Pool } from "./pool.node.ts";
import { writeReports } from "./report-files.node.ts";
import { ResultsFile } from "./results-file.node.ts";
import { SearchCheckpoints } from "./search-checkpoints.node.ts";

/** See `runSearch`. */
export async function runSearchHere(given: Search, options: RunSearchOptions): Promise<SearchRun> {
  const { out = "results", mode = "fast", signal, onProgress = () => undefined } = options;
  const { workers, threads } = await placesFor("runSearch, workers", options.workers);
  const data = options.data ?? (await loadData(given.data, { where: `search ${given.name}, data`, target: given.target ?? undefined, ...given.table }));
  const search = withDefaults(given, data);
  const goal = goalFor(search, data);
  const method = madeMethod(search);
  const environment = await environmentOf(mode, data);
  const folder = join(out, search.name);
  const unlock = await lockFolder(folder);
  try {
    await prepareFolder(folder);
    const file = await ResultsFile.open(join(folder, "results.jsonl"), search, environment);
    let runner: Pool | null = null;
    let order: OrderFile | null = null;
    try {
      order = method.asynchronous ? await OrderFile.open(join(folder, "order.jsonl"), workers) : null;
      const others = await othersIn(out, search.name, environment);
      runner = new Pool(data, { workers, threads, mode, name: nameOf(search), signal });
      onProgress({ event: "start", search, goal, budget: method.budget, finished: file.lines.size, workers, threads, environment, folder });
      if (file.notice !== null) onProgress({ event: "notice", text: file.notice });
      const folders = new WeakMap<Trial, string>();
      const execute = executor({
        study: search,
        environment,
        file,
        carried: new CarriedWeights(folder),
        runner,
        others,
        name: nameOf(search),
        onProgress(event) {
          // Phases are told as they are of a search.
          if (event.event === "begin" || event.event === "trial") onProgress(event);
        },
        checkpoint: (trial) => folders.get(trial) ?? null,
        failed: (trial, error) => failedResult(trial, error, signal),
      });
      const seeds = trialsOf(search, goal, { point: {}, resource: 1 }).map(({ seed }) => seed);
      const checkpoints = search.epochs && new SearchCheckpoints(folder, { most: search.epochs.most, seeds, asynchronous: method.asynchronous });
      const parts = { search, goal, execute, folders, checkpoints, order, onProgress };
      const tried = await searchIn(method, workers, parts);
      const top = await testBest(tried, parts);
      const conditions = conditionsOf(search, { data, environment, engine: file.enginesOf([...tried, ...top]) }, targetOf(data));
      const { summary, report } = summarizeSearch({
        search,
        goal,
        budget: method.budget,
        tried,
        top,
        order: order === null ? null : { concurrency: order.found.concurrency, ids: tried.map(({ id }) => id) },
        conditions,
      });
      const files = await writeReports(folder, report, JSON.stringify(summary, null, 2));
      await checkpoints?.removeAll();
      onProgress({ event: "end", files });
      return { summary, report, files };
    } finally {
      await runner?.close();
      await order?.close();
      await file.close();
    }
  } finally {
    await unlock();
  }
}

/** What a search works with. */
interface Parts {
  readonly search: Search;
  readonly goal: Goal;
  readonly execute: Execute;
  /** Folders of checkpoints, by trial. */
  readonly folders: WeakMap<Trial, string>;
  readonly checkpoints: SearchCheckpoints | null;
  readonly order: OrderFile | null;
  readonly onProgress: (event: SearchEvent) => void;
}

/** Runs a method to its end. @returns what was tried, in the order in which the method was told */
async function searchIn(method: Method, workers: number, parts: Parts): Promise<Tried[]> {
  const { search, goal, execute, folders, checkpoints, order, onProgress } = parts;
  const all: Tried[] = [];
  const known = new Set(order?.found.ids);
  let spent = 0;
  const evaluate = async (candidate: Candidate): Promise<number | null> => {
    const trials = trialsOf(search, goal, candidate);
    const folderOf = checkpoints?.begin(candidate);
    if (folderOf !== undefined) for (const trial of trials) folders.set(trial, folderOf(trial.seed));
    const tried = triedOf(search, goal, candidate, await execute(trials, "search"));
    const value = valueFor(goal, tried);
    await checkpoints?.end(candidate, value);
    // Whoever goes on with this search follows the order.
    if (order !== null && !known.has(candidate.id)) await order.append(candidate.id);
    all[candidate.id] = tried;
    spent += candidate.resource - (candidate.from === null ? 0 : all[candidate.from].resource);
    onProgress({ event: "tried", tried, best: ranked(search, goal, all.filter(Boolean))[0] ?? null, spent });
    return value;
  };
  const replay = order === null ? undefined : order.found;
  // Who runs side by side is for the pool to say; an asynchronous method must know how many may.
  const concurrency = method.asynchronous ? workers : Number.MAX_SAFE_INTEGER;
  const finished = await drive(method, evaluate, { concurrency, replay });
  return finished.map(({ candidate }) => all[candidate.id]);
}

/** Trains the best points anew, with seeds of their own, and tests them. @throws NumericError if there is none */
async function testBest(tried: readonly Tried[], { search, goal, execute, onProgress }: Parts): Promise<Tested[]> {
  const best = ranked(search, goal, tried).slice(0, search.report.settings);
  if (best.length === 0) {
    throw new NumericError({
      where: `search ${search.name}`,
      got: `${tried.length} points that all failed, the first: ${tried[0]?.failure}`,
      expected: `${goal.name} of one of them`,
      hint: "what every trial said is in results.jsonl; a search with other settings needs another name, or another folder with --out",
    });
  }
  const trials = best.map(({ point }) => reportTrials(search, goal, point));
  onProgress({ event: "reporting", trials: trials.flat().length });
  const results = await execute(trials.flat(), "reporting");
  return best.map((one, i) => ({ tried: one, results: results.slice(i * search.report.seeds, (i + 1) * search.report.seeds) }));
}

/** With what the data decide, as far as the search says nothing of it. */
function withDefaults(search: Search, data: TrainAndTest): Search {
  const defaults = Object.entries(defaultsFor(data)).filter(([name]) => !Object.hasOwn(search.space, name));
  return { ...search, base: { ...Object.fromEntries(defaults), ...search.base } };
}

/** @throws ConfigError for an objective that the data do not have */
function goalFor(search: Search, { train }: TrainAndTest): Goal {
  const { loss } = completeSettings(search.base);
  const losses = (search.space.loss as readonly string[] | undefined) ?? [loss];
  const classes = losses.every((one) => hasAccuracy(one, train));
  const where = `search ${search.name}, objective`;
  const others = "loss, or a metric of regressions";
  if (search.objective === "accuracy" && !classes) throw new ConfigError({ where, got: "accuracy of a regression", expected: others });
  if (search.objective === null && !classes && losses.length > 1)
    throw new ConfigError({ where, got: "none, with losses that vary", expected: "a metric: different losses are not comparable" });
  return goalOf(search.objective, classes);
}

/** What is kept of a trial that cannot be trained. @throws the error where it says nothing of the trial */
function failedResult(trial: Trial, error: unknown, signal: AbortSignal | undefined): TrialResult {
  signal?.throwIfAborted();
  if (error instanceof FileError || error instanceof WasmInitError) throw error;
  return {
    id: trialId(trial),
    divergedAt: null,
    steps: 0,
    parameters: 0,
    epochs: [],
    curve: [],
    validation: null,
    training: null,
    test: null,
    correct: null,
    weightsSha256: "",
    diagnostics: null,
    failure: reasonOf(error),
    seconds: { training: null, wall: 0 },
  };
}

/** Without the trial's name, so that equal reasons are equal. */
function reasonOf(error: unknown): string {
  if (!(error instanceof GradienteError)) return error instanceof Error ? error.message.split("\n")[0] : String(error);
  const { where, got, expected } = error.complaint;
  return `${where.split(", ").pop()}: got ${got}, expected ${expected}`;
}

/** Names trials as `rate 0.00316, hidden 64, 3 epochs, seed 1001`: what varies, and what else tells them apart. */
function nameOf(search: Search): (trial: Trial) => string {
  const names = Object.keys(search.space) as Factor[];
  return ({ settings, seed, role }) => {
    const point = Object.fromEntries(names.map((name) => [name, settings[name]])) as Point;
    const epochs = search.epochs === null ? [] : [`${settings.epochs} epochs`];
    const seeds = search.seeds > 1 || role === "report" ? [`seed ${seed}`] : [];
    return [pointText(point), ...epochs, ...seeds].join(", ");
  };
}

/** The column to predict, where it is of numbers, and how much of it is 1 to the network. */
function targetOf({ preprocessing }: NonNullable<RunSearchOptions["data"]>): Conditions["target"] {
  if (preprocessing?.kind !== "table" || preprocessing.target.kind !== "number") return undefined;
  return { column: preprocessing.target.column, unit: preprocessing.target.scaling.scale };
}
