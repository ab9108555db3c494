/** From layers, loss and optimizer to Programs. @module */
import { ShapeError } from "../../errors.ts";
import { differentiate } from "../../graph/differentiate.ts";
import { fuse } from "../../graph/fuse.ts";
import { Graph, type Tensor } from "../../graph/graph.ts";
import { lower, type ProgramBuilder } from "../../graph/lower.ts";
import * as ops from "../../graph/ops/index.ts";
import { batch, host, indices, type SampleFormat } from "../../graph/ops/leaf.ts";
import type { Optimizer } from "../../optimizers/index.ts";
import { ACCUMULATE, type Program } from "../../program/program.ts";
import { BATCH, count, formatShape, type Shape } from "../../shape.ts";
import type { Architecture, ModelInput } from "./architecture.ts";
import { forward, type LayerTrace } from "./forward.ts";
import { type BoundObjective, lossGraph } from "./losses-graph.ts";
import { ACTIVITY_PENALTY, LOSS, OBJECTIVE } from "./objectives.ts";
import { emitUpdate } from "./update.ts";

/** What to build. */
export interface BuildRequest {
  readonly mode: Program["mode"];
  /** Layers do as they do in training: noise, statistics of the batch, penalties on what they give. */
  readonly training: boolean;
  readonly capacity: number;
  /** Of each input, in order. */
  readonly formats: readonly SampleFormat[];
  /** None for inference. */
  readonly objectives: readonly BoundObjective[];
  readonly optimizer: Optimizer | null;
  /** false: a training Program that stops at the loss. */
  readonly backward: boolean;
  /** false: states stay as they are. */
  readonly assigns: boolean;
  /** Passes per step; see FuseOptions. */
  readonly passes: number;
  /** false: the unfused Program with every value kept and named, as the tracer and the oracle want it. */
  readonly fused: boolean;
  /** Passes that may be left out, for tests of what they do. */
  readonly fusion: Fusion;
}

/** The passes that rewrite what there is to do: of the graph, and of weight gradients with their update. */
export interface Fusion {
  readonly graph: boolean;
  readonly update: boolean;
  /** Convolutions by Winograd's tiles, of the graph as it is; what the graph's own rewriting makes may have them in any case. */
  readonly tiles: boolean;
}

/** What values of inputs, outputs or targets are called: by their role where there is one, else with their names. */
export function roleNames(role: "input" | "output" | "target", values: readonly { readonly name: string }[]): string[] {
  return values.map(({ name }) => (values.length === 1 ? role : `${role}/${name}`));
}

/** What a reported value per sample is called in a Program: users name their metrics as they like. */
export const resultName = (reported: string): string => (reported === LOSS || reported === OBJECTIVE ? reported : `reported/${reported}`);

/** Builds a Program. @throws ShapeError if layers, data or loss do not fit */
export function build(architecture: Architecture, request: BuildRequest): Program {
  const { mode, training, capacity, formats, objectives, optimizer, fused, fusion } = request;
  const graph = new Graph();
  const rows = indices(graph);
  const batches = architecture.inputs.map((input, k) => graph.within("input", "forward", () => shaped(samples(rows, formats[k]), input, architecture)));
  const { outputs, traces, penalties, assignments, frozen } = forward(architecture, batches, training, !fused);
  const outputNames = roleNames("output", architecture.outputs);
  const results = new Map<string, Tensor>(outputs.map((output, k) => [outputNames[k], output]));
  const sums: string[] = [];
  if (objectives.length > 0) {
    const { reported, targets } = lossGraph(rows, outputs, objectives);
    for (const [name, value] of reported) results.set(resultName(name), value);
    sums.push(...reported.keys());
    if (training && penalties.length > 0) {
      const penalty = graph.within("activityPenalty", "loss", () => penalties.reduce((a, b) => ops.add(a, b)));
      results.set(resultName(ACTIVITY_PENALTY), penalty);
      results.set(
        OBJECTIVE,
        graph.within(LOSS, "loss", () => ops.add(reported.get(LOSS) as Tensor, penalty)),
      );
      sums.push(ACTIVITY_PENALTY, OBJECTIVE);
    }
    const targetNames = roleNames(
      "target",
      objectives.map(({ objective }) => objective),
    );
    if (!fused) for (const [k, y] of targets.entries()) results.set(targetNames[k], y);
  }

  const parameterSymbols = new Map<number, Tensor>();
  for (const node of graph.nodes) {
    if (node.op.name !== "parameter") continue;
    const { index } = node.attributes as { index: number };
    if (!frozen.has(index)) parameterSymbols.set(index, node.outputs[0]);
  }
  const assigned = request.assigns ? assignments : [];
  const rewritten =
    fused && fusion.graph
      ? fuse([...results.values(), ...parameterSymbols.values(), ...assigned.map(({ value }) => value)], { capacity, passes: request.passes })
      : (t: Tensor) => t;
  const finalResults = new Map([...results].map(([name, tensor]) => [name, rewritten(tensor)]));
  const trace = new Map<string, Tensor>();
  let gradients: Map<number, Tensor> | undefined;
  if (mode === "train" && request.backward) {
    const perSample = (finalResults.get(OBJECTIVE) ?? finalResults.get(LOSS)) as Tensor;
    const seed = perSample.graph.within("loss", "backward", () => ops.broadcastTo(host(perSample.graph, "invBatch", []), perSample.shape));
    const symbols = [...parameterSymbols].map(([index, symbol]) => [index, rewritten(symbol)] as const);
    const wanted = fused ? [] : traces.flatMap((t) => [...t.inputs, ...t.outputs, ...t.taps.values()]);
    const all = differentiate(perSample, seed, [...symbols.map(([, symbol]) => symbol), ...wanted]);
    gradients = new Map(symbols.flatMap(([index, symbol]) => (all.has(symbol) ? [[index, all.get(symbol) as Tensor]] : [])));
    if (!fused) nameTraces(trace, traces, all);
  } else if (!fused) nameTraces(trace, traces, new Map());
  const inputNames = roleNames("input", architecture.inputs);
  if (!fused) for (const [k, x] of batches.entries()) trace.set(inputNames[k], x);

  const { parameters } = architecture;
  return lower({
    mode,
    capacity,
    layout: parameters.layout(),
    results: finalResults,
    gradients,
    assignments: assigned.map((assignment) => ({ ...assignment, value: rewritten(assignment.value) })),
    passes: request.passes,
    trace: fused ? undefined : trace,
    plain: !fused || !fusion.tiles,
    finish(builder) {
      sumResults(builder, sums, finalResults);
      if (optimizer === null || gradients === undefined) return;
      emitUpdate(builder, {
        optimizer,
        parameters,
        trained: [...gradients.keys()].sort((a, b) => a - b),
        fuse: fused && fusion.update && request.passes === 1,
      });
    },
  });
}

/** The batch; floats are normalised here, bytes by the gather itself. */
function samples(rows: Tensor, format: SampleFormat): Tensor {
  const { dtype, shift, scale } = format;
  const x = batch(rows, format);
  return dtype === "u8" || (shift === 0 && scale === 1) ? x : ops.div(ops.sub(x, shift), scale);
}

/** A batch of an input in its shape. */
function shaped(x: Tensor, { name, shape }: ModelInput, { inputs }: Architecture): Tensor {
  const wanted: Shape = [BATCH, ...shape];
  if (formatShape(x.shape) === formatShape(wanted)) return x;
  if (formatShape([count(x.shape)]) !== formatShape([count(wanted)])) {
    const alone = inputs.length === 1;
    throw new ShapeError({
      where: alone ? "data" : `data, input "${name}"`,
      got: `samples of shape ${formatShape(x.shape.slice(1))}`,
      expected: `${formatShape(shape)}, the ${alone ? "model's inputShape" : "shape of that input"}`,
    });
  }
  return ops.reshape(x, wanted);
}

function nameTraces(trace: Map<string, Tensor>, layers: readonly LayerTrace[], gradients: ReadonlyMap<Tensor, Tensor>): void {
  for (const { name, inputs, outputs, taps } of layers) {
    const numbered = (role: string, values: readonly Tensor[]) => values.map((value, i) => [i === 0 ? role : `${role}_${i}`, value] as const);
    const made = numbered("output", outputs);
    for (const [role, tensor] of [...made, ...taps]) trace.set(`forward/${name}/${role}`, tensor);
    for (const [role, tensor] of [...made, ...numbered("input", inputs), ...taps]) {
      const gradient = gradients.get(tensor);
      if (gradient !== undefined) trace.set(`backward/${name}/${role}`, gradient);
    }
  }
}

/** Adds each result up over the batch (and over micro-batches), in f64, and judges what training makes small. */
function sumResults(builder: ProgramBuilder, names: readonly string[], results: ReadonlyMap<string, Tensor>): void {
  const judged = names.includes(OBJECTIVE) ? OBJECTIVE : LOSS;
  for (const name of names) {
    builder.within("accumulate", name, name === judged ? "loss" : "metric", () => {
      const y = builder.slot(`sum:${name}`, "f64", "scalars", 1);
      builder.emit("sum_f64", { y, x: builder.pointer(results.get(resultName(name)) as Tensor), n: BATCH, beta: ACCUMULATE });
      if (name === judged) builder.emit("finite_f64", { ok: builder.slot("ok", "i32", "scalars", 1), x: y });
    });
  }
}
