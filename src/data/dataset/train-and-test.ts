/** What data that come in two parts are loaded as. @module */
import type { Dataset } from "./dataset.ts";

/** Training and test set. */
export interface TrainAndTest {
  readonly train: Dataset;
  readonly test: Dataset;
}
