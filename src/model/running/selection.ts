/** Which columns of a dataset a model reads: one for each input, and one for each loss. @module */
import { namesOf } from "../../data/dataset/by-name.ts";
import type { InputColumn, TargetColumn } from "../../data/dataset/columns.ts";
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError, ShapeError } from "../../errors.ts";
import type { Place } from "../../program/executor.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { BoundObjective } from "../build/losses-graph.ts";
import type { Objective } from "../build/objectives.ts";
import { targetFormat, uploadStored, uploadTargets } from "./uploads.ts";

/** Weights of the stored samples for each loss; null: all count alike. */
export type LossWeights = readonly (Float32Array | null)[];

/** The columns that a model reads. */
export interface Selection {
  /** In the order of the model's inputs. */
  readonly inputs: readonly InputColumn[];
  /** In the order of its losses. */
  readonly targets: readonly TargetColumn[];
  readonly weights: LossWeights;
}

/** Names of the slots that hold columns. */
export const inputSlot = (name: string): string => `x/${name}`;
export const targetSlot = (name: string): string => `y/${name}`;
const weightSlot = (name: string): string => `sampleWeight/${name}`;

/** The columns of a model's inputs. @throws ConfigError where one is missing */
export function selectInputs(names: readonly string[], { inputs }: Dataset): InputColumn[] {
  return pick("x", "input", names, inputs);
}

/** The columns of targets that losses read. @throws ShapeError for data without targets, ConfigError where one is missing */
export function selectTargets(objectives: readonly Objective[], { targets }: Dataset): TargetColumn[] {
  if (targets.length === 0) throw new ShapeError({ where: "data", got: "samples without targets", expected: "labels or values y" });
  return pick(
    "y",
    "output",
    objectives.map(({ name }) => name),
    targets,
  );
}

/** Losses with what they read. */
export function bindObjectives(objectives: readonly Objective[], { targets, weights }: Selection): BoundObjective[] {
  return objectives.map((objective, k) => ({
    objective,
    target: targetFormat(targetSlot(objective.name), targets[k]),
    weights: weights[k] === null ? null : weightSlot(objective.name),
  }));
}

/** The columns in a runtime's memory, by the names of their slots. */
export function uploadSelection(runtime: Runtime, inputs: readonly string[], objectives: readonly Objective[], selection: Selection): Map<string, Place> {
  const columns = new Map<string, Place>();
  inputs.forEach((name, k) => {
    columns.set(inputSlot(name), { block: uploadStored(runtime, selection.inputs[k].values), offset: 0 });
  });
  selection.targets.forEach(({ values }, k) => {
    const { name } = objectives[k];
    columns.set(targetSlot(name), { block: uploadTargets(runtime, values), offset: 0 });
    const weights = selection.weights[k];
    if (weights !== null) columns.set(weightSlot(name), { block: uploadStored(runtime, weights), offset: 0 });
  });
  return columns;
}

/** Whether two selections read the same arrays. */
export function isSameSelection(a: Selection, b: Selection): boolean {
  const arrays = ({ inputs, targets, weights }: Selection): unknown[] => [
    ...inputs.map(({ values }) => values),
    ...targets.map(({ values }) => values),
    ...weights,
  ];
  const others = arrays(b);
  return arrays(a).every((array, i) => array === others[i]);
}

/** The column of each name; a column without one serves whatever there is one of. */
function pick<Column extends InputColumn | TargetColumn>(option: string, what: string, names: readonly string[], columns: readonly Column[]): Column[] {
  if (columns[0].name === null) {
    if (names.length === 1) return [columns[0]];
    throw new ConfigError({
      where: `data, ${option}`,
      got: "one column without a name",
      expected: `a column for each ${what}: ${quoted(names)}`,
      hint: `dataset({ ${option}: { ${names.join(", ")} } })`,
    });
  }
  return names.map((name) => {
    const found = columns.find((column) => column.name === name);
    if (found !== undefined) return found;
    throw new ConfigError({ where: `data, ${option}`, got: `the columns ${namesOf(columns)}`, expected: `one for the ${what} "${name}"` });
  });
}

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ");
