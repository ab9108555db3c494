/** What loading gives, whatever the source. @module */
import type { TrainAndTest } from "../../data/dataset/train-and-test.ts";
import type { Preprocessing } from "../../data/preprocessing.ts";
import type { Table } from "../../data/tables/table.ts";

/** Training and test data, and where they come from. */
export interface LoadedData extends TrainAndTest {
  /** As it was named. */
  readonly source: string;
  /** What was done to them; null where there is nothing to tell. */
  readonly preprocessing: Preprocessing | null;
  /** Of a table: the rows as they were read. */
  readonly rows: { readonly train: Table; readonly test: Table } | null;
  /** What was left out, for people. */
  readonly notes: readonly string[];
}
