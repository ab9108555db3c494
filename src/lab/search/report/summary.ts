/** What `summary.json` of a search holds. @module */
import type { Conditions } from "../../summary/index.ts";
import type { Score } from "../../trials/trial.ts";
import type { Search } from "../definition.ts";
import type { CompletionOrder } from "../drive.ts";
import type { Goal } from "../objective.ts";
import type { Point } from "../space.ts";
import type { Difference, Estimate, FailureFacts, RungFacts } from "./facts.ts";
import type { Importance } from "./importance.ts";

/** A point that was tried. */
export interface TriedSummary {
  readonly id: number;
  readonly point: Point;
  /** Its trials in `results.jsonl`, one for each seed. */
  readonly trials: readonly string[];
  /** In all, those of the trial it goes on from among them. */
  readonly epochs: number;
  readonly from: number | null;
  readonly rung: number;
  readonly bracket: number;
  /** Mean of the validation scores; null: it failed. */
  readonly score: number | null;
  readonly failure: string | null;
}

/** A point that was tested, the best by validation first. */
export interface TestedSummary {
  readonly id: number;
  readonly point: Point;
  readonly epochs: number;
  /** In the search. */
  readonly score: number;
  /** With the reporting seeds. */
  readonly validation: Estimate | null;
  readonly test: Estimate | null;
  readonly optimism: Difference | null;
  /** The first one's test score less this one's; null of the first. */
  readonly behind: Difference | null;
  readonly failed: number;
  readonly runs: readonly { readonly id: string; readonly validation: Score | null; readonly test: Score | null; readonly weightsSha256: string }[];
}

/** What was to be spent, and what was. */
export interface BudgetSummary {
  /** What the method set out to spend: epochs where it deals them out, else points. */
  readonly stated: number;
  readonly unit: "epochs" | "points";
  /** Of that; less than stated where points failed and none took their places. */
  readonly spent: number;
  readonly points: number;
  readonly failed: number;
  /** Points that had been tried before: they cost nothing. */
  readonly repeated: number;
}

/** Everything known of a search. Only `times` depends on the clock, and on where it was interrupted. */
export interface SearchSummary {
  readonly search: Omit<Search, "report"> & { readonly report: Search["report"] };
  readonly goal: Goal;
  readonly conditions: Conditions;
  readonly verdict: readonly string[];
  readonly budget: BudgetSummary;
  /** Of asynchronous methods: the order in which points finished, on which the result depends. */
  readonly order: CompletionOrder | null;
  readonly tested: readonly TestedSummary[];
  /** By id. */
  readonly points: readonly TriedSummary[];
  readonly rungs: readonly RungFacts[] | null;
  readonly importance: readonly Importance[] | null;
  readonly failures: readonly FailureFacts[];
  readonly times: {
    /** Epochs that the search's trials were trained, without what they took over from checkpoints. */
    readonly epochsTrained: number;
    /** The same of the tests in the end. */
    readonly epochsOfTests: number;
    readonly seconds: number;
  };
}
