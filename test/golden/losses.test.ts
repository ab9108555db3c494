/** Every loss and every activation against PyTorch: values and gradients, extreme inputs included. */
import { describe, expect, it } from "vitest";
import { differentiate } from "../../src/graph/differentiate.ts";
import { fuse } from "../../src/graph/fuse.ts";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph } from "../../src/graph/run.ts";
import { ops, type Runtime } from "../../src/index.ts";
import { activationFunction, activationNames } from "../../src/layers/activations.ts";
import { lossFromConfig, lossNames } from "../../src/losses/index.ts";
import { BATCH } from "../../src/shape.ts";
import { distance, everyRuntime, golden } from "./golden.ts";

interface LossCase {
  loss: string;
  options: Record<string, unknown>;
  activation: "" | "softmax" | "sigmoid";
  targets: number[];
  predictions: number[];
  value: number[];
  gradient: number[];
  float32Distance: { value: number; gradient: number };
}
interface ActivationCase {
  shape?: number[];
  x?: number[];
  y: number[];
  gradient: number[];
  float32Distance: { value: number; gradient: number };
}

const losses = golden<{ shape: [number, number]; cases: Record<string, LossCase> }>("losses.json");
const activations = golden<{ x: number[]; seed: number[]; activations: Record<string, ActivationCase> }>("activations.json");
const runtimes = await everyRuntime();
/** A unit in the last place of float32, where PyTorch's float32 happened to hit. */
const ULP = 2 ** -23;
const allowed = (runtime: Runtime, off: number): number => (runtime.precision === "f64" ? 1e-10 : Math.max(10 * off, ULP));

/** The float32 that nine digits stand for. */
const single = (values: readonly number[]): number[] => values.map(Math.fround);

async function lossAndGradient(runtime: Runtime, test: LossCase, fused: boolean): Promise<{ value: ArrayLike<number>; gradient: ArrayLike<number> }> {
  const [rows, classes] = losses.shape;
  const graph = new Graph();
  const labels = test.targets.length === rows;
  const y = host(graph, "y", labels ? [BATCH] : [BATCH, classes], labels ? "i32" : "f32");
  const p = host(graph, "p", [BATCH, classes]);
  const predictions = test.activation === "" ? p : ops[test.activation](p);
  const loss = (lossFromConfig({ name: test.loss, config: test.options }) as NonNullable<ReturnType<typeof lossFromConfig>>).apply(y, predictions);
  expect(loss.shape).toEqual([BATCH]);
  // With the probabilities asked for too, softmax and loss are one op.
  const twin = fused ? fuse([loss, predictions, p], { capacity: rows, passes: 1 }) : (t: Tensor): Tensor => t;
  const [l, x, q] = [loss, p, predictions].map(twin);
  const gradient = differentiate(l, host(l.graph, "seed", [BATCH]), [x]).get(x) as Tensor;
  const [value, g] = await runGraph(runtime, [l, gradient, q], { y: single(test.targets), p: single(test.predictions), seed: Array(rows).fill(1) }, rows);
  return { value, gradient: g };
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(Object.entries(losses.cases))("%s", async (_name, test) => {
    for (const fused of [false, true]) {
      const { value, gradient } = await lossAndGradient(runtime, test, fused);
      expect(distance(value, test.value), "value").toBeLessThanOrEqual(allowed(runtime, test.float32Distance.value));
      expect(distance(gradient, test.gradient), "gradient").toBeLessThanOrEqual(allowed(runtime, test.float32Distance.gradient));
    }
  });

  it.each(Object.entries(activations.activations))("%s", async (name, test) => {
    const graph = new Graph();
    const at = test.x ?? activations.x.slice(0, test.y.length);
    const shape = test.shape ?? [at.length];
    const x = host(graph, "x", shape);
    const y = activationFunction("test", name as "relu")(x);
    const results = [y, differentiate(y, host(graph, "seed", shape), [x]).get(x) as Tensor];
    const [value, gradient] = await runGraph(runtime, results, { x: single(at), seed: single(activations.seed.slice(0, at.length)) });
    const apart = (a: ArrayLike<number>, b: readonly number[]): number => Math.max(...b.map((want, i) => Math.abs(a[i] - want) / Math.max(Math.abs(want), 1)));
    expect(apart(value, test.y), "value").toBeLessThanOrEqual(allowed(runtime, test.float32Distance.value));
    expect(apart(gradient, test.gradient), "gradient").toBeLessThanOrEqual(allowed(runtime, test.float32Distance.gradient));
  });
});

it("there is a case for every loss and every activation", () => {
  const tested = new Set(Object.values(losses.cases).map(({ loss }) => loss));
  expect(lossNames.filter((name) => !tested.has(name))).toEqual(["mse", "mae"]);
  expect(activationNames.filter((name) => !(name in activations.activations))).toEqual(["swish", "hardSwish"]);
});
