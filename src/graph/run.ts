/** Evaluates a graph by itself, outside any model: for tests, tools and trying things out. @module */
import { ConfigError } from "../errors.ts";
import { type Executor, loadProgram } from "../program/executor.ts";
import type { Program } from "../program/program.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { at, count, formatShape } from "../shape.ts";
import { reachable, type Tensor } from "./graph.ts";
import { lower } from "./lower.ts";

/** Values of tensors, in the runtime's precision. */
export type Values = Float32Array | Float64Array | Int32Array;

/** Values of the `host(...)` leaves, by name. */
export type HostValues = Readonly<Record<string, ArrayLike<number>>>;

/** A graph that is ready to run. */
export interface LoadedGraph {
  readonly program: Program;
  /** One pass over `rows` rows (default: as many as fit). Leaves that are not given keep their values; "rows" is written if it is not given. */
  run(values: HostValues, rows?: number): Values[];
  dispose(): void;
}

/** Lowers the tensors `results` and loads them; `capacity` is the most rows a run may have. */
export async function loadGraph(runtime: Runtime, results: readonly Tensor[], capacity = 1): Promise<LoadedGraph> {
  const program = lower({
    mode: "infer",
    capacity,
    layout: { offsets: [], sizes: [], total: 0, states: 0 },
    results: new Map(results.map((tensor, i) => [`result ${i}`, tensor])),
  });
  const executor = await loadProgram(runtime, program, {});
  const leaves = new Map(
    reachable(results).flatMap(({ op, attributes, outputs }) => (op.name === "host" ? [[(attributes as { name: string }).name, outputs[0]] as const] : [])),
  );
  return {
    program,
    run(values, rows = capacity) {
      executor.refresh();
      executor.setRows(rows);
      executor.setAccumulating(false);
      for (const [name, data] of Object.entries(leaves.has("rows") ? { rows: [rows], ...values } : values)) write(executor, leaves, name, data, rows);
      executor.run("prepare");
      executor.run("accumulate");
      return results.map((tensor, i) => executor.slotValues(program.names.get(`result ${i}`)?.slot as number, at(count(tensor.shape), rows)));
    },
    dispose: () => executor.dispose(),
  };
}

function write(executor: Executor, leaves: ReadonlyMap<string, Tensor>, name: string, data: ArrayLike<number>, rows: number): void {
  const leaf = leaves.get(name);
  if (leaf === undefined)
    throw new ConfigError({ where: "runGraph", got: `a value for "${name}"`, expected: `one of ${[...leaves.keys()].join(", ") || "no values"}` });
  if (data.length !== at(count(leaf.shape), rows)) {
    throw new ConfigError({
      where: "runGraph",
      got: `${data.length} values for "${name}"`,
      expected: `${at(count(leaf.shape), rows)}, for its shape ${formatShape(leaf.shape)} with ${rows} rows`,
    });
  }
  (leaf.dtype === "i32" ? executor.ints(name) : executor.floats(name)).set(data);
}

/** Lowers, loads, runs once: the values of `results`, in order. */
export async function runGraph(runtime: Runtime, results: readonly Tensor[], values: HostValues = {}, rows = 1): Promise<Values[]> {
  const loaded = await loadGraph(runtime, results, rows);
  try {
    return loaded.run(values, rows);
  } finally {
    loaded.dispose();
  }
}
