/** What the pool and its threads say to each other. @module */
import type { Mode } from "../../runtime/runtime.ts";
import type { Trial } from "../trials/trial.ts";
import type { Outcome, Weights } from "./runner.ts";
import type { PlainError, SharedData } from "./transfer.ts";

/** What a thread is started with. */
export interface Job {
  readonly data: SharedData;
  readonly mode: Mode;
  /** Threads of its runtime, itself included. */
  readonly threads: number;
}

/** To a thread: run this. */
export interface Order {
  readonly trial: Trial;
  readonly start: Weights | null;
  /** A folder from whose checkpoint it goes on, and where it leaves one. */
  readonly checkpoint: string | null;
}

/** From a thread: what came of it. */
export type Answer = { readonly outcome: Outcome } | { readonly error: PlainError };
