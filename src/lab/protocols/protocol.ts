/** What a protocol is: which trials of a study are run, and what they are taken for. @module */
import type { Cell, Study } from "../definition/study.ts";
import type { Trial, TrialResult } from "../trials/trial.ts";

export const protocolNames = ["as-printed", "carry-over", "fair"] as const;

export type ProtocolName = (typeof protocolNames)[number];

/** Runs trials that do not depend on each other, side by side, and resolves to their results in the same order. */
export type Execute = (trials: readonly Trial[], phase: string) => Promise<TrialResult[]>;

/** How a protocol is run. */
export interface ProtocolOptions {
  /** Reporting seeds. */
  readonly seeds: readonly number[];
  /** Disjoint from them. */
  readonly tuningSeeds: readonly number[];
}

/** A rate that was tried for a cell. */
export interface RateTried {
  readonly rate: number;
  /** Last validation accuracy of each tuning seed; null where it diverged. */
  readonly accuracies: readonly (number | null)[];
}

/** How a cell's learning rate was chosen. */
export interface Tuning {
  /** Ascending. */
  readonly rates: readonly RateTried[];
  /** The one chosen. */
  readonly rate: number;
  /** Still the least or greatest that was tried. */
  readonly onEdge: boolean;
}

/** The reporting trials of a cell. */
export interface CellRun {
  readonly cell: Cell;
  /** With the learning rate that was used. */
  readonly learningRate: number;
  readonly tuning: Tuning | null;
  /** One for each reporting seed, in order. */
  readonly results: readonly TrialResult[];
}

/** A protocol, or `fresh`: as carry-over, but re-initialised. */
export type ArmName = ProtocolName | "fresh";

/** The study run one way. */
export interface Arm {
  readonly name: ArmName;
  /** What was done, in a few sentences, for readers. */
  readonly explanation: string;
  readonly seeds: readonly number[];
  readonly runs: readonly CellRun[];
}

/** A way to run a study. */
export interface Protocol {
  readonly name: ProtocolName;
  readonly explanation: string;
  /** The least number of trials: extensions of grids come on top. */
  count(study: Study, options: ProtocolOptions): number;
  /** Whether it can be run. @throws ConfigError where study and seeds contradict it */
  check(study: Study, options: ProtocolOptions): void;
  /** The main arm first. Begins with {@link check}. @throws ConfigError */
  run(study: Study, options: ProtocolOptions, execute: Execute): Promise<Arm[]>;
}
