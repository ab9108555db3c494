/**
 * This package's side of bench/compare.ts where the command line has none; each result is one line of JSON.
 * tsx bench/networks.ts WORKLOAD [THREADS]: a file of bench/shapes without its ending (a training step on random images: `stepMs`),
 * `infer` (the report's CNN, softmax included, 1 and 256 images: `msPerCall`), or `batchnorm` (with a rectifier, forwards and backwards: `msPerCall`)
 * @module
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { type Dataset, dataset, mnist } from "../src/data/index.ts";
import { differentiate } from "../src/graph/differentiate.ts";
import { fuse } from "../src/graph/fuse.ts";
import { Graph, type Tensor } from "../src/graph/graph.ts";
import { lower } from "../src/graph/lower.ts";
import { host } from "../src/graph/ops/leaf.ts";
import {
  type Activation,
  adam,
  conv2d,
  createRuntime,
  dense,
  depthwiseConv2d,
  flatten,
  type Layer,
  type Model,
  maxPool2d,
  ops,
  type Runtime,
  sequential,
} from "../src/index.ts";
import { loadProgram } from "../src/program/executor.ts";
import { BATCH as N, type Shape } from "../src/shape.ts";

// Node 20 and 21 have relaxed SIMD behind a flag.
setFlagsFromString("--experimental-wasm-relaxed-simd");

/** A layer as bench/shapes writes it. */
type LayerShape =
  | { type: "conv2d"; filters: number; kernelSize: number; strides: number; padding: "valid" | "same"; dilationRate?: number; activation: Activation }
  | { type: "depthwiseConv2d"; kernelSize: number; strides: number; padding: "valid" | "same"; activation: Activation }
  | { type: "maxPool2d"; poolSize: number }
  | { type: "flatten" }
  | { type: "dense"; units: number; activation: Activation };

/** A file of bench/shapes. */
interface NetworkShape {
  inputShape: [height: number, width: number, channels: number];
  layers: LayerShape[];
}

const [workload, threads = "1"] = process.argv.slice(2);
const scale = Number(process.env.BENCH_SCALE ?? 1);
const IMAGES = 2048;
const BATCH = 32;

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const runtime = await createRuntime({ threads: Number(threads) });
if (workload === "infer") await infer(runtime);
else if (workload === "batchnorm") await batchnorm(runtime);
else await train(workload, runtime);
await runtime.dispose();

function build(shape: NetworkShape, runtime: Runtime): Model {
  const layers = shape.layers.map((layer): Layer => {
    if (layer.type === "conv2d") return conv2d(layer.filters, layer.kernelSize, layer);
    if (layer.type === "depthwiseConv2d") return depthwiseConv2d(layer.kernelSize, layer);
    if (layer.type === "maxPool2d") return maxPool2d(layer.poolSize);
    return layer.type === "flatten" ? flatten() : dense(layer.units, layer);
  });
  return sequential({ inputShape: shape.inputShape, seed: 1, runtime }, layers);
}

/** Bytes / 255 without a zero, and labels of ten classes, all at random. */
function randomImages(sampleShape: number[]): Dataset {
  const random = (values: number): number => Math.floor(Math.random() * values);
  const x = Float32Array.from({ length: IMAGES * sampleShape.reduce((a, b) => a * b) }, () => (1 + random(255)) / 255);
  return dataset({ x, y: Int32Array.from({ length: IMAGES }, () => random(10)), sampleShape, classes: 10 });
}

async function train(name: string, runtime: Runtime): Promise<void> {
  const shape: NetworkShape = JSON.parse(readFileSync(new URL(`shapes/${name}.json`, import.meta.url), "utf8"));
  const model = build(shape, runtime).compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
  const data = randomImages(shape.inputShape);
  const epochs: number[] = [];
  // The first epoch warms up.
  for (const until = performance.now() + 10_000 * scale; epochs.length < 3 || performance.now() < until; ) {
    epochs.push((await model.fit(data, { batchSize: BATCH })).epochs[0].stepMs as number);
  }
  console.log(JSON.stringify({ workload: name, kernels: runtime.kernels, threads: runtime.threads, batch: BATCH, stepMs: median(epochs.slice(1)) }));
}

async function infer(runtime: Runtime): Promise<void> {
  const { test } = await mnist();
  const images = Float32Array.from(test.x.subarray(0, 256 * 784), (byte) => byte / 255);
  const model = sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, [
    conv2d(32, 3, { activation: "relu" }),
    maxPool2d(),
    conv2d(64, 3, { activation: "relu" }),
    maxPool2d(),
    flatten(),
    dense(64, { activation: "relu" }),
    dense(10, { activation: "softmax" }),
  ]);
  for (const batch of [1, 256]) {
    const samples = images.subarray(0, batch * 784);
    for (const until = performance.now() + 300; performance.now() < until; ) await model.predict(samples);
    const times: number[] = [];
    for (const until = performance.now() + 5000 * scale; performance.now() < until; ) {
      const from = performance.now();
      await model.predict(samples);
      times.push(performance.now() - from);
    }
    console.log(JSON.stringify({ workload: "infer", kernels: runtime.kernels, threads: runtime.threads, batch, msPerCall: median(times) }));
  }
}

/** y = relu(batchNorm(x)) and the gradients of x, gamma and beta from a given one of y, on 18,432 x 32 values: no model, as there is no loss. */
async function batchnorm(runtime: Runtime): Promise<void> {
  const graph = new Graph();
  const shapes: Record<string, Shape> = { x: [N, 24, 24, 32], dy: [N, 24, 24, 32], gamma: [32], beta: [32] };
  const [x, dy, gamma, beta] = Object.entries(shapes).map(([name, shape]) => host(graph, name, shape));
  const y = ops.relu(ops.batchNorm(x, gamma, beta, { epsilon: 1e-5 }).y);
  const twin = fuse([x, dy, gamma, beta, y], { capacity: BATCH, passes: 1 });
  const gradients = differentiate(twin(y), twin(dy), [x, gamma, beta].map(twin));
  const results = new Map([twin(y), ...[x, gamma, beta].map((leaf) => gradients.get(twin(leaf)) as Tensor)].map((tensor, i) => [`result ${i}`, tensor]));
  const program = lower({ mode: "infer", capacity: BATCH, layout: { offsets: [], sizes: [], total: 0, states: 0 }, results });
  const executor = await loadProgram(runtime, program, {});
  executor.refresh();
  executor.setRows(BATCH);
  for (const name of Object.keys(shapes)) {
    const values = executor.floats(name);
    for (let i = 0; i < values.length; i++) values[i] = Math.random() - 0.5;
  }
  for (const until = performance.now() + 300; performance.now() < until; ) executor.run("accumulate");
  const times: number[] = [];
  for (const until = performance.now() + 5000 * scale; performance.now() < until; ) {
    const from = performance.now();
    executor.run("accumulate");
    times.push(performance.now() - from);
  }
  executor.dispose();
  console.log(JSON.stringify({ workload: "batchnorm", kernels: runtime.kernels, threads: runtime.threads, batch: BATCH, msPerCall: median(times) }));
}
