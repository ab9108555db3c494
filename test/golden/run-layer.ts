/** A layer by itself, with given weights and masks: outputs and gradients. */
import { expect } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph, type Values } from "../../src/graph/run.ts";
import { type Layer, type LayerContext, ops, type Runtime } from "../../src/index.ts";
import { withMask } from "../../src/layers/mask.ts";
import { copyFromMemory, toMemory } from "../../src/model/parameters/parameter-layout.ts";

/** What a layer is given. */
export interface LayerRun {
  /** The first is x. */
  inputs: readonly { shape: readonly number[]; values: Float32Array }[];
  /** Of x. */
  mask?: readonly (readonly number[])[];
  /** In the order in which gradients come back; found by name, in the API's layout. */
  weights: readonly { name: string; shape: readonly number[]; values: Float32Array }[];
  /** Values of the layer's states; those it assigns come back. */
  states?: Readonly<Record<string, Values>>;
  /** Default true. */
  training?: boolean;
  /** What each output is multiplied with: the objective is the sum of that. */
  seeds: readonly Float32Array[];
  runtime: Runtime;
}

/** What it makes of it. */
export interface LayerResult {
  outputs: { shape: number[]; values: Values }[];
  inputGradients: Values[];
  weightGradients: Values[];
  states: Record<string, Values>;
}

/** Runs a layer, in training mode or not, forward and backward. */
export async function runLayer(layer: Layer, { inputs: given, mask, weights, states = {}, training = true, seeds, runtime }: LayerRun): Promise<LayerResult> {
  const graph = new Graph();
  const values: Record<string, ArrayLike<number>> = {};
  const leaf = (name: string, shape: readonly number[], data: ArrayLike<number>): Tensor => {
    values[name] = data;
    return host(graph, name, shape);
  };
  const leaves = given.map(({ shape, values: data }, i) => leaf(`input ${i}`, shape, data));
  const inputs = mask === undefined ? leaves : [withMask(leaves[0], leaf("mask", [mask.length, mask[0].length], mask.flat())), ...leaves.slice(1)];
  const layouts = weights.map(({ shape }): { shape: number[]; layout?: readonly number[] } => ({ shape: [...shape] }));
  const parameters: Tensor[] = [];
  const stateLeaves = new Map<string, Tensor>();
  const assigned = new Map<string, Tensor>();
  const N = given[0].shape[0];
  const context = {
    graph,
    inputs,
    training,
    trainable: true,
    tap: () => {},
    expectIndices: () => {},
    addPenalty: () => {},
    parameter(name, shape, { layout }) {
      const index = weights.findIndex((weight) => weight.name === name);
      expect(shape, name).toEqual(weights[index]?.shape);
      layouts[index].layout = layout;
      const memory = new Float32Array(weights[index].values.length);
      toMemory(layouts[index], weights[index].values, memory);
      parameters[index] ??= leaf(name, layout?.map((axis) => shape[axis]) ?? shape, memory);
      return parameters[index];
    },
    state(name, shape) {
      const fixed = shape.map((dim) => (typeof dim === "number" ? dim : N));
      const known = stateLeaves.get(name) ?? leaf(name, fixed, states[name] ?? new Float32Array(fixed.reduce((a, b) => a * b, 1)));
      stateLeaves.set(name, known);
      return known;
    },
    assign(state, value) {
      for (const [name, known] of stateLeaves) if (known === state) assigned.set(name, value);
    },
  } as Partial<LayerContext> as LayerContext;
  const outputs = [layer.apply(inputs[0], context)].flat();
  const parts = outputs.map((y, i) => ops.sum(ops.mul(y, leaf(`seeds ${i}`, y.shape as number[], seeds[i]))));
  const objective = parts.reduce((a, b) => ops.add(a, b));
  const wrt = [...leaves, ...parameters];
  const gradients = differentiate(objective, ops.constant(graph, [1], []), wrt);
  const zero = (x: Tensor): Tensor => ops.broadcastTo(ops.constant(graph, [0], []), x.shape);
  const results = await runGraph(runtime, [...outputs, ...wrt.map((x) => gradients.get(x) ?? zero(x)), ...assigned.values()], values);
  const take = (n: number): Values[] => results.splice(0, n);
  return {
    outputs: outputs.map(({ shape }) => ({ shape: shape as number[], values: results.shift() as Values })),
    inputGradients: take(leaves.length),
    weightGradients: take(parameters.length).map((memory, i) => copyFromMemory(layouts[i], memory as Float32Array)),
    states: Object.fromEntries([...assigned.keys()].map((name) => [name, results.shift() as Values])),
  };
}
