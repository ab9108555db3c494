/** Layers of convolutional networks in a model: values by hand, layouts, files, names, errors, traces. */
import { expect, test } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  averagePool2d,
  conv2d,
  createRuntime,
  decodeModel,
  defineLayer,
  dense,
  encodeModel,
  flatten,
  glorotUniform,
  maxPool2d,
  modelFromJSON,
  type RuntimeOptions,
  sequential,
} from "../../src/index.ts";
import { traceStep } from "../../src/model/trace/trace.ts";
import { deriveKey, fillUniform } from "../../src/random.ts";

const uniform = (length: number, seed: number): Float32Array => {
  const values = new Float32Array(length);
  fillUniform(values, length, deriveKey(seed));
  return values.map((x) => Math.fround(2 * x - 1));
};

/** y [OH,OW,OC] = x [H,W,C] * w [KH,KW,C,OC] + b by Keras's definition, in its layout. */
function byHand(x: Float32Array, [H, W, C]: number[], w: Float32Array, [KH, KW, , OC]: number[], b: Float32Array, stride: number, same: boolean): number[] {
  const [OH, OW] = [H, W].map((n, i) => (same ? Math.ceil(n / stride) : Math.floor((n - [KH, KW][i]) / stride) + 1));
  const pad = (n: number, out: number, k: number): number => (same ? Math.floor(Math.max(0, (out - 1) * stride + k - n) / 2) : 0);
  const [top, left] = [pad(H, OH, KH), pad(W, OW, KW)];
  const y: number[] = [];
  for (let i = 0; i < OH; i++)
    for (let j = 0; j < OW; j++)
      for (let o = 0; o < OC; o++) {
        let sum = b[o];
        for (let a = 0; a < KH; a++)
          for (let q = 0; q < KW; q++)
            for (let c = 0; c < C; c++) {
              const [r, s] = [i * stride + a - top, j * stride + q - left];
              if (r >= 0 && r < H && s >= 0 && s < W) sum += x[(r * W + s) * C + c] * w[((a * KW + q) * C + c) * OC + o];
            }
        y.push(sum);
      }
  return y;
}

test.each([
  [1, "valid"],
  [1, "same"],
  [2, "valid"],
  [2, "same"],
] as const)("conv2d with strides %i, padding %s is Keras's, in its layout of weights", async (stride, padding) => {
  const [image, kernel] = [
    [6, 7, 3],
    [3, 4, 3, 5],
  ];
  const model = sequential({ inputShape: image }, [conv2d(5, [3, 4], { strides: stride, padding })]);
  const [w, b, x] = [uniform(3 * 4 * 3 * 5, 1), uniform(5, 2), uniform(6 * 7 * 3, 3)];
  await model.setWeights([w, b]);
  const expected = byHand(x, image, w, kernel, b, stride, padding === "same");
  const got = await model.predict(x);
  expect(got.length).toBe(expected.length);
  for (const [i, y] of expected.entries()) expect(got[i]).toBeCloseTo(y, 5);
  // From the runtime's memory they come back as they were given.
  expect((await model.getWeights()).map(({ shape, data }) => [shape, [...data]])).toEqual([
    [kernel, [...w]],
    [[5], [...b]],
  ]);
});

const cnn = (seed = 3, backend: "wasm" | "js" = "wasm") =>
  sequential({ inputShape: [9, 8, 1], seed, runtime: createRuntime({ backend }) }, [
    conv2d(3, 2, { activation: "relu", padding: "same" }),
    maxPool2d(2, { padding: "same" }),
    conv2d(4, [2, 3]),
    averagePool2d([3, 1], { strides: 1 }),
    flatten(),
    dense(2, { activation: "softmax" }),
  ]).compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
const data = () => dataset({ x: uniform(6 * 72, 9), sampleShape: [9, 8, 1], y: Int32Array.of(0, 1, 1, 0, 1, 0) });

test("names layers as Keras does, and makes itself again from its configuration and from its file", async () => {
  const model = cnn();
  expect(model.architecture.layers.map(({ name }) => name)).toEqual(["conv2d", "max_pooling2d", "conv2d_1", "average_pooling2d", "flatten", "dense"]);
  expect(model.architecture.layers.map(({ layer }) => layer.className).slice(0, 4)).toEqual(["Conv2D", "MaxPooling2D", "Conv2D", "AveragePooling2D"]);
  const again = modelFromJSON(JSON.parse(JSON.stringify(model.toJSON())), {});
  expect(again.toJSON()).toEqual(model.toJSON());
  const loaded = await decodeModel(await encodeModel(model), "memory");
  expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
});

test("Glorot's limit of a filter counts the window", async () => {
  const [{ data: kernel }] = await sequential({ inputShape: [9, 9, 20] }, [conv2d(30, [3, 4])]).getWeights();
  const limit = Math.sqrt(6 / (3 * 4 * (20 + 30)));
  const most = kernel.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  expect(most).toBeLessThanOrEqual(Math.fround(limit));
  expect(most).toBeGreaterThan(0.99 * limit);
});

test.each([
  ["filters", () => conv2d(0, 3), "conv2d: got filters = 0, expected a positive integer"],
  ["a window", () => conv2d(2, [3, 0]), "conv2d: got kernelSize = [3,0], expected a positive integer"],
  ["strides", () => maxPool2d(2, { strides: 1.5 }), "maxPool2d: got strides = 1.5, expected a positive integer"],
  ["a padding", () => averagePool2d(2, { padding: "full" as "same" }), 'averagePool2d: got padding "full", expected "valid" or "same"'],
  ["an image", () => sequential({ inputShape: [28, 28] }, [conv2d(2, 3)]), "conv2d: got input [N,28,28], expected images [N,height,width,channels]"],
  [
    "a number of filters",
    () => sequential({ inputShape: [8, 8, 1] }, [conv2d(1e10, 3)]),
    "parameter conv2d/kernel: got shape [3,3,1,10000000000], expected at most",
  ],
  ["a window", () => conv2d(1, 1e9, { padding: "same" }), "conv2d: got kernelSize = 1000000000, expected a positive integer up to 65535"],
  ["a stride", () => conv2d(1, 3, { strides: 2 ** 32 }), "conv2d: got strides = 4294967296, expected a positive integer up to 65535"],
  ["a window that fits", () => sequential({ inputShape: [2, 5, 1] }, [conv2d(2, 3)]), "under a window of 3 x 3, expected an image at least as large"],
  [
    "a layout of all axes",
    () =>
      sequential({ inputShape: [2] }, [
        defineLayer({
          className: "Odd",
          apply(x, { parameter }) {
            parameter("w", [2, 3], { initializer: glorotUniform(), layout: [0, 0] });
            return x;
          },
        }),
      ]),
    "parameter odd/w: got layout [0,0] for shape [2,3], expected each of its axes once",
  ],
])("refuses what is no %s", (_, make, message) => {
  expect(make).toThrow(message);
});

test("a step's trace shows windows, routes and filters, and tensors in the API's layout", async () => {
  const model = cnn();
  const trace = await traceStep(model, data(), 0, 1);
  const windows = trace.entries.flatMap(({ scope, window }) => (window === undefined ? [] : [[scope, window] as const]));
  expect(windows.map(([scope, { kind }]) => [scope, kind])).toEqual([
    ["conv2d", "convolution"],
    ["max_pooling2d", "pooling"],
    ["conv2d_1", "convolution"],
    ["average_pooling2d", "pooling"],
    ["max_pooling2d", "routes"],
  ]);
  for (const [, window] of windows) {
    if (window.kind === "convolution") {
      expect(window.patch.reduce((sum, x, k) => sum + x * window.filter[k], 0)).toBeCloseTo(window.value, 5);
    } else if (window.kind === "pooling") {
      const inside = window.patch.filter((x) => x !== null);
      const mean = inside.reduce((a, b) => a + b, 0) / inside.length;
      expect(window.largest === undefined ? mean : Math.max(...inside)).toBeCloseTo(window.value, 5);
      if (window.largest !== undefined) expect(window.patch[window.largest[0] * 2 + window.largest[1]]).toBe(window.value);
    } else {
      const [dx, dy] = [trace.tensors.get("backward/conv2d/output"), trace.tensors.get("backward/max_pooling2d/output")];
      window.gradients.forEach((gradient, k) => {
        const [i, j] = [Math.floor(k / 4), k % 4];
        expect(gradient).toBe(dy?.data[(i * 4 + j) * 3 + window.channel]);
        const row = 2 * i + Math.floor(window.places[k] / 2);
        expect(dx?.data[(row * 8 + 2 * j + (window.places[k] % 2)) * 3 + window.channel]).toBe(gradient);
      });
    }
  }
  expect(trace.filters.map(({ parameter }) => parameter)).toEqual(["conv2d/kernel", "conv2d_1/kernel"]);
  for (const { analytic, numeric } of trace.filters) for (const [k, value] of analytic.entries()) expect(value).toBeCloseTo(numeric[k], 5);
  expect(trace.tensors.get("before/conv2d_1/kernel")?.shape).toEqual([2, 3, 3, 4]);
  expect(trace.tensors.get("backward/conv2d_1/kernel")?.shape).toEqual([2, 3, 3, 4]);
  expect(trace.tensors.get("forward/max_pooling2d/output")?.shape).toEqual([6, 5, 4, 3]);
  const moved = trace.tensors.get("after/conv2d_1/kernel")?.data as Float32Array;
  const [before, gradient] = ["before", "backward"].map((when) => trace.tensors.get(`${when}/conv2d_1/kernel`)?.data as Float32Array);
  for (const [k, w] of moved.entries()) expect(w).toBeCloseTo(before[k] - 0.01 * gradient[k], 6);
});

test("a trace takes the direct kernels where training takes faster ones", async () => {
  const model = sequential({ inputShape: [12, 12, 16] }, [conv2d(16, 3, { padding: "same" }), flatten(), dense(2, { activation: "softmax" })]);
  model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const samples = dataset({ x: uniform(2 * 12 * 12 * 16, 4), sampleShape: [12, 12, 16], y: Int32Array.of(0, 1) });
  const kernels = (await traceStep(model, samples, 0, 0)).entries.map(({ kernel }) => kernel).filter((kernel) => /conv|winograd/.test(kernel));
  expect(kernels).toContain("conv2d_nhwc_forward_f32");
  expect(kernels).toContain("conv2d_nhwc_backward_filter_f32");
  expect(kernels.filter((kernel) => kernel.startsWith("winograd"))).toEqual([]);
  expect(model.program({ batchSize: 2 }).accumulate.some(({ kernel }) => kernel.startsWith("winograd"))).toBe(true);
});

test("taps that lie apart are met by tiles, with the same bits on any number of threads, and alike in TypeScript", async () => {
  const samples = dataset({ x: uniform(9 * 13 * 11 * 16, 4), sampleShape: [13, 11, 16], y: Int32Array.from({ length: 9 }, (_, i) => i % 2) });
  const train = async (options: RuntimeOptions) => {
    const runtime = await createRuntime(options);
    const model = sequential({ inputShape: [13, 11, 16], seed: 5, runtime }, [
      conv2d(16, 3, { padding: "same", dilationRate: 3, activation: "relu" }),
      conv2d(16, 3, { dilationRate: 2, activation: "relu" }),
      flatten(),
      dense(2, { activation: "softmax" }),
    ]).compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    const kernels = model.program({ batchSize: 9 }).accumulate.map(({ kernel }) => kernel);
    await model.fit(samples, { epochs: 2, batchSize: 9, shuffle: false });
    const weights = (await model.getWeights()).map(({ data: values }) => Array.from(values));
    runtime.dispose();
    return { kernels, weights };
  };
  const one = await train({ threads: 1 });
  expect(one.kernels.filter((kernel) => /^(conv2d|winograd)/.test(kernel)).sort()).toEqual([
    "winograd_backward_filter_f32",
    "winograd_backward_filter_f32",
    "winograd_backward_input_f32",
    "winograd_forward_f32",
    "winograd_forward_f32",
  ]);
  for (const threads of [2, 3]) expect((await train({ threads })).weights).toEqual(one.weights);
  (await train({ backend: "js" })).weights.forEach((values, i) => {
    values.forEach((value, k) => expect(Math.abs(value - one.weights[i][k])).toBeLessThan(1e-5));
  });
});

test("an input's gradient through taps that mostly meet nothing is direct, its convolution by tiles", () => {
  const wide = () => conv2d(64, 3, { padding: "same", dilationRate: 4 });
  const model = sequential({ inputShape: [7, 7, 64] }, [wide(), wide(), flatten(), dense(2, { activation: "softmax" })]);
  model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const kernels = model.program({ batchSize: 2 }).accumulate.map(({ kernel }) => kernel);
  expect(new Set(kernels.filter((kernel) => /^(conv2d|winograd)/.test(kernel)))).toEqual(
    new Set(["winograd_forward_f32", "conv2d_nhwc_backward_input_f32", "winograd_backward_filter_f32"]),
  );
});

test("trains alike on WebAssembly and in TypeScript", async () => {
  const [wasm, js] = [cnn(), cnn(3, "js")];
  for (const model of [wasm, js]) await model.fit(data(), { epochs: 2, batchSize: 4, shuffle: false });
  const [a, b] = [await wasm.getWeights(), await js.getWeights()];
  a.forEach(({ name, data: values }, p) => {
    for (const [i, value] of values.entries()) if (Math.abs(value - b[p].data[i]) > 1e-5) expect.fail(`${name}[${i}]: ${value}, in TypeScript ${b[p].data[i]}`);
  });
});
