/** What a measure is: something that is recorded while a network trains. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { FitContext } from "../../model/fit/callback.ts";
import type { Probe } from "./probe.ts";

/** The fit that is looked at. */
export interface Run {
  readonly context: FitContext;
  /** Has whatever values the last measure gave it: write yours first. */
  readonly probe: Probe;
  /** Chooses samples and directions. */
  readonly seed: number;
  /** Steps done so far in this fit. */
  readonly steps: number;
}

/** A measure. Its methods are called in this order; all but the last two are optional. */
export interface Measure<Data> {
  /** Before the first step. @throws ConfigError for data that it cannot measure on */
  begin?(run: Run): void | Promise<void>;
  /** When the weights of an epoch are there; 0 are those before the first step. */
  atEpoch?(epoch: number, run: Run): Promise<void>;
  /** Whether it wants to see step number `step` of the fit, from 0. */
  wants?(step: number): boolean;
  /** The weights are those that a step which it wants will start from. */
  beforeStep?(step: number, run: Run): void;
  /** A step that it wanted is done. */
  afterStep?(step: number, run: Run): void | Promise<void>;
  /** What was recorded. @param data training data, for what is measured at the end */
  finish(run: Run, data: Dataset): Data | Promise<Data>;
  /** What a checkpoint keeps of it; plain data. */
  records(): unknown;
  /** Takes that back. */
  restore(records: unknown): void;
}
