/** A fit that runs. @module */
import type { Model } from "../model.ts";
import type { FitControl } from "./fit-control.ts";
import type { FitOptions } from "./fit-options.ts";
import type { FitSettings } from "./fit-settings.ts";
import type { Progress } from "./progress.ts";
import type { Trainer } from "./trainer.ts";

/** What it was asked for, what it works with and how far it is. */
export interface RunningFit {
  readonly model: Model;
  readonly options: FitOptions;
  readonly settings: FitSettings;
  readonly control: FitControl;
  readonly trainer: Trainer;
  readonly progress: Progress;
}
