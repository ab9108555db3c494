/** The live table of a running search. @module */
import { duration, integer, wrap } from "../format.ts";
import type { Goal } from "../lab/search/objective.ts";
import { scoreText } from "../lab/search/report/words.ts";
import type { SearchEvent } from "../lab/search/run-search.ts";
import { pointText, type Tried } from "../lab/search/tried.ts";
import type { Io } from "./io.ts";
import { barLine, DRAW_MS, type Running, runningLines } from "./live-table.ts";

/** The best so far, what runs, how far it is and what is left, drawn in place; each better point as a line that stays. Where there is no terminal, a line for each point. */
export class SearchTable {
  private readonly io: Io;
  private readonly goal: Goal;
  private readonly unit: string;
  private readonly budget: number;
  private readonly workers: number;
  /** Names of running trials and when they began, by id. */
  private readonly running = new Map<string, Running>();
  private points = 0;
  private spent = 0;
  private best: Tried | null = null;
  /** Epochs of trials that were run now, and the seconds that they took. */
  private epochs = 0;
  private seconds = 0;
  /** Epochs of the points so far. */
  private epochsOfPoints = 0;
  /** Of the tests in the end: all, and done. */
  private tests = 0;
  private tested = 0;
  private epochsOfTest = 0;
  private readonly seedsPerPoint: number;
  private readonly seedsOfTests: number;
  private readonly timer: NodeJS.Timeout | null = null;

  constructor(io: Io, { search, goal, budget, workers }: Extract<SearchEvent, { event: "start" }>) {
    this.io = io;
    this.goal = goal;
    this.unit = search.epochs === null ? "points" : "epochs";
    this.budget = budget;
    this.workers = workers;
    this.seedsPerPoint = search.seeds;
    this.seedsOfTests = search.report.settings * search.report.seeds;
    this.epochsOfTest = search.epochs?.most ?? 0;
    if (io.isTerminal) this.timer = setInterval(() => this.draw(), DRAW_MS);
  }

  /** Takes notice of what happened. */
  tell(event: SearchEvent): void {
    if (event.event === "begin") this.running.set(event.id, { name: event.name, since: performance.now() });
    else if (event.event === "trial") this.finish(event);
    else if (event.event === "tried") this.take(event);
    else if (event.event === "reporting") {
      this.tests = event.trials;
      this.spent = this.budget;
      this.io.print(`${this.io.colour.green("✓")} ${integer(this.points)} points tried; testing the best with ${event.trials} trials`);
    }
  }

  /** Ends the drawing; harmless when repeated. */
  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.io.progress("");
  }

  private finish({ result, trial, from, name }: Extract<SearchEvent, { event: "trial" }>): void {
    this.running.delete(result.id);
    if (from === "run") {
      this.epochs += result.epochs.length - (result.resumedAt ?? 0);
      this.seconds += result.seconds.wall;
    }
    if (trial.role !== "report") return;
    this.tested++;
    const score =
      this.goal.name === "loss" ? result.test?.loss : this.goal.name === "accuracy" ? result.test?.accuracy : result.test?.metrics?.[this.goal.name];
    const text = typeof score === "number" ? scoreText(this.goal, score) : "failed";
    if (!this.io.isTerminal && from === "run") this.io.print(`test ${this.tested}/${this.tests}  ${name}  ${text}  ${duration(result.seconds.wall)}`);
  }

  private take({ tried, best, spent }: Extract<SearchEvent, { event: "tried" }>): void {
    const { io, goal, budget, unit } = this;
    this.points++;
    this.spent = spent;
    this.epochsOfPoints += tried.epochs;
    if (unit === "points") this.epochsOfTest = this.epochsOfPoints / this.points;
    const better = best !== null && best.id !== this.best?.id && best.id === tried.id;
    this.best = best;
    const count = `${integer(spent).padStart(integer(budget).length)}/${integer(budget)} ${unit}`;
    const score = tried.score === null ? `failed: ${tried.failure}` : scoreText(goal, tried.score);
    const epochs = unit === "epochs" ? `, ${tried.epochs} epochs` : "";
    const text = `${count}  #${tried.id} ${pointText(tried.point)}${epochs}  ${score}${better ? "  best so far" : ""}`;
    if (!io.isTerminal) io.print(text);
    else if (better || tried.score === null) io.print(wrap(text, io.width - 1).join("\n  "));
  }

  private draw(): void {
    const { io, best, goal, budget, spent, tests, tested } = this;
    const { bold, dim } = io.colour;
    const width = io.width - 1;
    const lines: string[] = [];
    if (best?.score !== null && best !== null)
      lines.push(bold(`  best so far ${scoreText(goal, best.score)}: #${best.id} ${pointText(best.point)}`.slice(0, width)));
    lines.push(...runningLines(this.running.values(), width, dim));
    const [done, all, unit] = tests > 0 ? [tested, tests, "tests"] : [spent, budget, this.unit];
    lines.push(barLine(done, all, unit, this.left(), width));
    io.progress(lines.join("\n"));
  }

  /** Seconds, tests among them, from the mean of an epoch; null before one was trained. */
  private left(): number | null {
    if (this.epochs === 0 || this.points === 0) return null;
    const perUnit = this.unit === "epochs" ? 1 : this.epochsOfPoints / this.points;
    const ofSearch = Math.max(0, this.budget - this.spent) * perUnit * this.seedsPerPoint;
    const ofTests = (this.tests > 0 ? this.tests - this.tested : this.seedsOfTests) * this.epochsOfTest;
    return ((ofSearch + ofTests) * (this.seconds / this.epochs)) / this.workers;
  }
}
