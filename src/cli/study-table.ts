/** The live table of a running study. @module */
import { duration, integer, percent, wrap } from "../format.ts";
import type { StudyEvent } from "../lab/runners/progress.ts";
import type { Io } from "./io.ts";
import { barLine, DRAW_MS, type Running, runningLines } from "./live-table.ts";

type TrialEvent = Extract<StudyEvent, { event: "trial" }>;

/** A phase of a study: trials that were asked for together. */
interface Phase {
  readonly name: string;
  readonly trials: number;
  done: number;
  /** Of those, how many were not run now. */
  kept: number;
  best: { readonly name: string; readonly accuracy: number } | null;
}

/** What a trial is judged by: the test set for who reports, validation for who is tuned; null where it diverged. */
const accuracyOf = ({ result, trial }: TrialEvent): number | null => (trial.role === "report" ? result.test : result.validation)?.accuracy ?? null;

/** Phases that are over as lines that stay; below them what runs, how far it is and what is left, drawn in place. Where there is no terminal, a line for each trial. */
export class StudyTable {
  private readonly io: Io;
  private planned: number;
  private readonly workers: number;
  private readonly phases = new Map<string, Phase>();
  /** Names of running trials and when they began, by id. */
  private readonly running = new Map<string, Running>();
  private done = 0;
  /** Trials that were run now, and the seconds that they took. */
  private ran = 0;
  private seconds = 0;
  private readonly timer: NodeJS.Timeout | null = null;

  constructor(io: Io, planned: number, workers: number) {
    this.io = io;
    this.planned = planned;
    this.workers = workers;
    if (io.isTerminal) this.timer = setInterval(() => this.draw(), DRAW_MS);
  }

  /** Takes notice of what happened. */
  tell(event: StudyEvent): void {
    if (event.event === "phase") this.begin(event);
    else if (event.event === "begin") this.running.set(event.id, { name: event.name, since: performance.now() });
    else if (event.event === "trial") this.finish(event);
  }

  /** Ends the drawing; harmless when repeated. */
  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.io.progress("");
  }

  private begin({ phase, trials }: Extract<StudyEvent, { event: "phase" }>): void {
    this.phases.set(phase, { name: phase, trials, done: 0, kept: 0, best: null });
    const asked = [...this.phases.values()].reduce((sum, { trials }) => sum + trials, 0);
    this.planned = Math.max(this.planned, asked);
  }

  private finish(event: TrialEvent): void {
    const { phase: of, name, result, from } = event;
    this.running.delete(result.id);
    this.done++;
    if (from === "run") {
      this.ran++;
      this.seconds += result.seconds.wall;
    }
    const phase = this.phases.get(of);
    if (phase === undefined) return;
    phase.done++;
    if (from !== "run") phase.kept++;
    const accuracy = accuracyOf(event);
    if (accuracy !== null && (phase.best === null || accuracy > phase.best.accuracy)) phase.best = { name, accuracy };
    if (!this.io.isTerminal && from === "run") this.io.print(this.trialLine(event, accuracy));
    if (phase.done === phase.trials) this.io.print(this.phaseText(phase));
  }

  private trialLine({ phase, name, result }: TrialEvent, accuracy: number | null): string {
    const count = `${integer(this.done).padStart(integer(this.planned).length)}/${integer(this.planned)}`;
    const score = result.divergedAt === null ? percent(accuracy) : `diverged at step ${integer(result.divergedAt)}`;
    return `${count}  ${phase}: ${name}  ${score}  ${duration(result.seconds.wall)}`;
  }

  private phaseText({ name, trials, kept, best }: Phase): string {
    const { green, dim } = this.io.colour;
    const before = kept === trials ? ", finished before" : kept > 0 ? `, ${integer(kept)} finished before` : "";
    const count = `${name}: ${integer(trials)} ${trials === 1 ? "trial" : "trials"}${before}`;
    const text = `${count}${best === null ? "" : `; best ${best.name}, ${percent(best.accuracy)}`}`;
    const [first, ...more] = wrap(text, this.io.isTerminal ? this.io.width - 3 : Number.POSITIVE_INFINITY);
    return [`${green("✓")} ${first.slice(0, count.length)}${dim(first.slice(count.length))}`, ...more.map((line) => `  ${dim(line)}`)].join("\n");
  }

  private draw(): void {
    const { io, done, planned } = this;
    const { bold, dim } = io.colour;
    const width = io.width - 1;
    const lines: string[] = [];
    for (const phase of this.phases.values()) {
      if (phase.done === phase.trials) continue;
      const best = phase.best === null ? "" : `; best so far ${phase.best.name}, ${percent(phase.best.accuracy)}`;
      const head = `  ${phase.name}: ${integer(phase.done)}/${integer(phase.trials)}`;
      lines.push(bold(head.slice(0, width)) + dim(best.slice(0, Math.max(0, width - head.length))));
    }
    lines.push(...runningLines(this.running.values(), width, dim));
    lines.push(barLine(done, planned, "trials", this.left(), width));
    io.progress(lines.join("\n"));
  }

  /** Seconds, from the mean of those that were run; null before there are some. */
  private left(): number | null {
    if (this.ran === 0) return null;
    return ((this.planned - this.done) * (this.seconds / this.ran)) / this.workers;
  }
}
