/** The plan of activation memory: what summary() says of it, that deep models keep to it, and that it changes no bit. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import { bytes as text } from "../../src/format.ts";
import {
  adam,
  conv2d,
  createRuntime,
  dense,
  flatten,
  heNormal,
  type Layer,
  type Model,
  maxPool2d,
  type Program,
  type Runtime,
  sequential,
} from "../../src/index.ts";
import { encode } from "../../src/program/encode.ts";

const DEPTH = 50;
const CLASSES = 4;
const BATCH = 16;
const COUNT = 48;

interface Deep {
  readonly inputShape: number[];
  readonly layers: () => Layer[];
}
const nets: [string, Deep][] = [
  ["dense", { inputShape: [48], layers: () => [...times(DEPTH, () => dense(48, { activation: "tanh" })), dense(CLASSES, { activation: "softmax" })] }],
  [
    "convolutions",
    {
      inputShape: [8, 8, 6],
      layers: () => [
        ...times(DEPTH, () => conv2d(6, 3, { activation: "relu", padding: "same", kernelInitializer: heNormal() })),
        maxPool2d(2),
        flatten(),
        dense(CLASSES, { activation: "softmax" }),
      ],
    },
  ],
];

function times(n: number, make: () => Layer): Layer[] {
  return Array.from({ length: n }, make);
}

function make({ inputShape, layers }: Deep, runtime?: Runtime): Model {
  return sequential({ inputShape, seed: 2, runtime }, layers()).compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
}

function samples({ inputShape }: Deep) {
  const width = inputShape.reduce((a, b) => a * b, 1);
  return dataset({
    x: Float32Array.from({ length: COUNT * width }, (_, i) => Math.sin(1 + i * 1.7)),
    y: Uint8Array.from({ length: COUNT }, (_, i) => i % CLASSES),
    sampleShape: inputShape,
  });
}

const workBytes = ({ slots, capacity }: Program): number =>
  slots.reduce((sum, { region, size }) => sum + (region === "work" ? 4 * (typeof size === "number" ? size : size.rows * capacity) : 0), 0);

describe.each(nets)(`${DEPTH} layers: %s`, (_, deep) => {
  it("need little memory for inference, and for training what backward needs", () => {
    const model = make(deep);
    const infer = model.program({ mode: "infer", batchSize: BATCH });
    const train = model.program({ batchSize: BATCH });
    expect(infer.bytes.work).toBeLessThan(workBytes(infer) / 10);
    const activations = DEPTH * BATCH * deep.inputShape.reduce((a, b) => a * b, 1) * 4;
    expect(train.bytes.work).toBeGreaterThan(activations);
    expect(train.bytes.work).toBeLessThan(workBytes(train));
    for (const { peak, bytes } of [infer, train]) {
      expect(peak.bytes).toBeLessThanOrEqual(bytes.work);
      expect(peak.bytes).toBeGreaterThan(bytes.work / 2);
      expect(peak.tenants.reduce((sum, tenant) => sum + tenant.bytes, 0)).toBe(peak.bytes);
    }
    expect(train.peak.phase).toBe("backward");
  });

  it("train in the memory that summary() tells", async () => {
    const runtime = await createRuntime({ threads: 1 });
    const before = runtime.memory.used;
    const model = make(deep, runtime);
    const data = samples(deep);
    const dataBytes = data.x.byteLength + COUNT * 4;
    await model.fit(data, { epochs: 2, batchSize: BATCH });
    const program = model.program({ batchSize: BATCH });
    const { bytes } = program;
    const instructions = encode(program, 0, () => 0).byteLength;
    const { total } = model.architecture.parameters.layout();
    const planned = total * 4 * 4 + bytes.prepared + bytes.scalars + bytes.constants + bytes.work + bytes.scratch;
    const used = runtime.memory.used - before - dataBytes - instructions;
    expect(used).toBeGreaterThanOrEqual(planned);
    // Blocks begin and end on cache lines.
    expect(used).toBeLessThan(planned + 4096);
    const summary = model.summary(BATCH);
    expect(summary.split("\n").find((line) => line.startsWith("  activations "))).toMatch(new RegExp(` ${text(bytes.work)}$`));
    expect(summary).toMatch(
      /\nmost alive at once: [\d.]+ [kM]B of activations, backward of (dense|conv2d)\S*\n( {2}\S+ +[\d.]+ kB\n){4} {2}\d+ more +[\d.]+ [kM]B$/,
    );
    expect(Math.max(...summary.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("have the same bits for any number of threads, and the reference's values", async () => {
    const data = samples(deep);
    const results: { hash: string; output: Float32Array }[] = [];
    for (const threads of [1, 2, 3]) {
      const model = make(deep, await createRuntime({ threads }));
      await model.fit(data, { epochs: 2, batchSize: BATCH });
      results.push({ hash: await model.weightsSha256(), output: await model.predict(data) });
    }
    for (const { hash, output } of results) {
      expect(hash).toBe(results[0].hash);
      expect(output).toEqual(results[0].output);
    }
    const exact = make(deep, await createRuntime({ backend: "js", precision: "f64" }));
    const first = make(deep);
    const [reference, fast] = [await exact.gradients(data), await first.gradients(data)];
    expect(Math.abs(fast.loss - reference.loss)).toBeLessThan(1e-5);
    fast.gradients.forEach(({ data: values }, i) => {
      const largest = reference.gradients[i].data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const furthest = values.reduce((a, b, k) => Math.max(a, Math.abs(b - reference.gradients[i].data[k])), 0);
      expect(furthest).toBeLessThanOrEqual(1e-3 * largest + 1e-6);
    });
  });
});
