/** The functional API: graphs of layers, their names, their files, and what is refused. */
import { describe, expect, it } from "vitest";
import { dataset } from "../../src/data/index.ts";
import {
  adam,
  bidirectional,
  CheckpointError,
  ConfigError,
  call,
  concatenate,
  conv2d,
  createRuntime,
  decodeModel,
  defineLayer,
  dense,
  dropout,
  encodeModel,
  flatten,
  input,
  type Layer,
  lstm,
  type Model,
  model,
  modelFromJSON,
  ops,
  ShapeError,
  type SymbolicTensor,
  sequential,
} from "../../src/index.ts";
import { traceStep } from "../../src/model/trace/trace.ts";

const COUNT = 24;
const x = Float32Array.from({ length: COUNT * 6 }, (_, i) => Math.sin(1 + i * 1.7));
const y = Uint8Array.from({ length: COUNT }, (_, i) => i % 3);
const data = dataset({ x, y, sampleShape: [6] });

const plus = (name?: string): Layer => defineLayer({ className: "Plus", name, apply: (_, { inputs }) => inputs.reduce((a, b) => ops.add(a, b)) });
const halves = (): Layer => defineLayer({ className: "Halves", apply: (t) => [0, 3].map((from) => ops.slice(t, [0, from], [t.shape[0], 3])) });
const customLayers = { Plus: (_: unknown, name: string) => plus(name), Halves: () => halves() };

/** A residual block between dense layers; the two halves of its output are added. */
function residual(seed = 5): Model {
  const a = input([6]);
  const b = call(dense(6, { activation: "tanh" }), a);
  const [left, right] = call(halves(), call(plus(), a, call([dense(6), dropout(0.1)], b)));
  return model({ inputs: a, outputs: call(dense(3, { activation: "softmax" }), call(plus(), left, right)), seed });
}

const compile = (made: Model): Model => made.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });

describe("a model of symbolic values", () => {
  it("names its layers as Keras does, in the order of their first calls", () => {
    const { calls, inputs, outputs } = residual().architecture;
    expect(calls.map(({ name }) => name)).toEqual(["dense", "dense_1", "dropout", "plus", "halves", "plus_1", "dense_2"]);
    expect(inputs).toEqual([{ name: "input_layer", shape: [6] }]);
    expect(outputs.map(({ name }) => name)).toEqual(["dense_2"]);
  });

  it("computes, trains, traces and is checked numerically like any other", async () => {
    const made = compile(residual());
    const first = await made.evaluate(data);
    await made.fit(data, { epochs: 20, batchSize: 8 });
    expect((await made.evaluate(data)).loss).toBeLessThan(first.loss);
    const { checks, tensors } = await traceStep(made, data, 0);
    expect(checks.length).toBe(12);
    for (const { numeric, reference } of checks) expect(Math.abs(numeric - reference)).toBeLessThan(1e-6);
    expect([...tensors.keys()]).toEqual(expect.arrayContaining(["forward/halves/output", "forward/halves/output_1", "backward/plus/input_1"]));
    const [sum, left, right] = ["forward/plus/output", "forward/halves/output", "forward/halves/output_1"].map(
      (name) => tensors.get(name)?.data as Float32Array,
    );
    for (let i = 0; i < COUNT; i++) for (let j = 0; j < 3; j++) expect([left[3 * i + j], right[3 * i + j]]).toEqual([sum[6 * i + j], sum[6 * i + 3 + j]]);
  });

  it("has the same bits on 1, 2 and 3 threads and as a chain by sequential", async () => {
    const hashes = [];
    for (const threads of [1, 2, 3]) {
      const runtime = await createRuntime({ threads });
      const a = input([6]);
      const made = compile(model({ inputs: a, outputs: call([dense(64, { activation: "relu" }), dense(3, { activation: "softmax" })], a), seed: 4, runtime }));
      const chain = compile(sequential({ inputShape: [6], seed: 4, runtime }, [dense(64, { activation: "relu" }), dense(3, { activation: "softmax" })]));
      expect(made.toJSON()).toEqual(chain.toJSON());
      for (const one of [made, chain]) {
        await one.fit(data, { epochs: 2, batchSize: 8 });
        hashes.push(await one.weightsSha256());
      }
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it("shares the weights of a layer that is called twice, whose calls the tracer tells apart", async () => {
    const shared = dense(6, { useBias: false, activation: "tanh" });
    const a = input([6]);
    const made = model({ inputs: a, outputs: call(dense(3, { activation: "softmax" }), call(plus(), call(shared, a), call([shared, shared], a))) });
    expect(made.parameterCount).toBe(36 + 21);
    expect(made.architecture.calls.map(({ name }) => name)).toEqual(["dense", "dense#2", "dense#3", "plus", "dense_1"]);
    const { checks, tensors } = await traceStep(compile(made), data, 0);
    for (const { numeric, reference } of checks) expect(Math.abs(numeric - reference)).toBeLessThan(1e-6);
    expect(tensors.get("forward/dense/output")?.data).toEqual(tensors.get("forward/dense#2/output")?.data);
    expect(tensors.has("backward/dense#3/preactivation")).toBe(true);
  });

  it("is told where it stops making sense", () => {
    const [a, b] = [input([6], { name: "left" }), input([4])];
    const out = call(dense(2), a);
    const say = (build: () => unknown) => expect(build);
    say(() => model({ inputs: b, outputs: out })).toThrow(/not connected: layer Dense needs the input "left" of shape \[6\], expected that input among/);
    say(() => model({ inputs: [a, b], outputs: out })).toThrow(/got input 2, which no output needs/);
    say(() => model({ inputs: [a, a], outputs: out })).toThrow(/one input twice/);
    say(() => model({ inputs: out, outputs: out })).toThrow(/a value that call\(\) gave/);
    say(() => model({ inputs: [], outputs: out })).toThrow(/model, inputs: got none/);
    say(() => model({ inputs: a, outputs: 3 as unknown as SymbolicTensor })).toThrow(
      /model, outputs: got number, expected values that input\(\) or call\(\) gave/,
    );
    say(() => model({ inputs: a, outputs: undefined as unknown as SymbolicTensor })).toThrow(ConfigError);
    say(() => call(dense(3), dense(2) as unknown as SymbolicTensor)).toThrow(/call: got a layer \(Dense\) as input 1/);
    say(() => call(dense(3))).toThrow(/got no inputs/);
    say(() => call([], a)).toThrow(/got no layers/);
    say(() => call("dense" as unknown as Layer, a)).toThrow(/got string, expected a layer, a list of layers or a model/);
    say(() => call(dense(3, { name: "head" }), a, b)).toThrow(/head \(Dense\): got 2 inputs, expected one/);
    say(() => model({ inputs: a, outputs: call(plus(), call(dense(6, { name: "left" }), a), a) })).toThrow(/two layers named "left"/);
    say(() => model({ inputs: a, outputs: call(plus("p"), call(dense(6, { name: "p" }), a), a) })).toThrow(/two layers named "p"/);
    say(() => input([0])).toThrow(ConfigError);
    say(() => input([3], { batchSize: -1 })).toThrow(ConfigError);
    say(() => model({ inputs: a, outputs: out, seed: 0.5 })).toThrow(ConfigError);
    say(() => call(plus(), input([2], { batchSize: 3 }), input([2], { batchSize: 4 }))).toThrow(/batchSize 3 and 4/);
  });

  it("has one weight of a name: files know them by it", () => {
    const a = input([5, 3]);
    const both = call(bidirectional(lstm(2), { name: "b" }), a);
    const outputs = [both, call(lstm(2, { name: "b/forward_lstm" }), a)];
    expect(() => model({ inputs: a, outputs })).toThrow(
      /b\/forward_lstm \(LSTM\), weights: got two weights named "b\/forward_lstm\/kernel", expected distinct names/,
    );
  });

  it("names the layer that does not fit, with what arrived and what it wants", () => {
    const a = input([6]);
    expect(() => call(conv2d(2, 3, { name: "eye" }), a)).toThrow(/eye \(Conv2D\), .*conv2d.*: got .*\[N,6\].*, expected/);
    expect(() => call(plus(), a, call(dense(4), a))).toThrow(/plus \(Plus\), add: got shapes \[N,6\] and \[N,4\]/);
    const shared = dense(4);
    expect(() => model({ inputs: a, outputs: call([shared, shared], a) })).toThrow(
      /dense#2 \(Dense\): got shape \[4,4\] for its parameter "kernel", expected \[6,4\], as when it was made/,
    );
    expect(() => sequential({ inputShape: [6] }, [dense(4), conv2d(2, 3)])).toThrow(ShapeError);
  });

  it("gives values whose shapes can be read", () => {
    const a = input([8, 8, 1]);
    const b = call(conv2d(4, 3, { padding: "same" }), a);
    expect([...b.shape.slice(1)]).toEqual([8, 8, 4]);
    expect(call(flatten(), b).shape.at(-1)).toBe(256);
    expect([...call(halves(), input([6]))]).toHaveLength(2);
    expect([...b]).toEqual([b]);
  });

  it("draws its graph in summary()", () => {
    const lines = compile(residual()).summary(8).split("\n");
    expect(lines[0]).toMatch(/^layer +output +parameters +connected to$/);
    expect(lines.find((line) => line.startsWith("plus_1"))).toMatch(/^plus_1 +\[N,3\] +0 +halves, halves\[1\]$/);
    expect(lines.find((line) => line.startsWith("halves"))).toMatch(/\[N,3\], \[N,3\] +0 +plus$/);
    expect(lines.find((line) => line.startsWith("dense_2"))).toMatch(/ 12 +plus_1$/);
    expect(lines.join("\n")).toContain("96 parameters, 96 trainable and 0 not");
  });

  it("tells a layer's class where its name does not, and fits into 80 columns", () => {
    const a = input([3], { name: "what_is_known_of_the_customer" });
    const wide = call(dense(3, { name: "a_layer_with_a_name_of_its_own" }), a);
    const lines = model({ inputs: a, outputs: call(concatenate(), wide, call(dense(3), a), a) })
      .summary()
      .split("\n");
    const at = lines.findIndex((line) => line.startsWith("concatenate"));
    expect(lines.slice(at - 2, at + 3).map((line) => line.split(/ {2,}/))).toEqual([
      ["a_layer_with_a_name_of_its_own (Dense)", "[N,3]", "12", "what_is_known_of_the_customer"],
      ["dense", "[N,3]", "12", "what_is_known_of_the_customer"],
      ["concatenate", "[N,9]", "0", "a_layer_with_a_name_of_its_own,"],
      ["", "dense,"],
      ["", "what_is_known_of_the_customer"],
    ]);
  });
});

describe("the file of a graph", () => {
  it("may hand its input on as it is", async () => {
    const a = input([6], { name: "a" });
    for (const inputs of [input([6]), a]) {
      const same = model({ inputs, outputs: inputs, name: "same" });
      const again = await decodeModel(await encodeModel(same), "bytes");
      expect(again.name).toBe("same");
      expect(again.toJSON()).toEqual(same.toJSON());
      expect(await again.predict(x)).toEqual(x);
    }
  });

  it("has calls, comes back with its weights and resumes the same", async () => {
    const made = compile(residual());
    await made.fit(data, { epochs: 1, batchSize: 8 });
    const json = JSON.parse(JSON.stringify(made.toJSON()));
    expect(json.calls[3]).toEqual({
      layer: "plus",
      inputs: [
        ["input_layer", 0],
        ["dropout", 0],
      ],
    });
    expect(json.calls[5].inputs).toEqual([
      ["halves", 0],
      ["halves", 1],
    ]);
    expect(json.outputs).toEqual([["dense_2", 0]]);
    expect(modelFromJSON(json, { customLayers }).toJSON()).toEqual(json);
    const again = await decodeModel(await encodeModel(made), "file", { customLayers });
    expect(await again.weightsSha256()).toBe(await made.weightsSha256());
    expect(await again.predict(x)).toEqual(await made.predict(x));
  });

  it("is refused with a typed error wherever it makes no sense", () => {
    type Json = ReturnType<Model["toJSON"]> & Required<Pick<ReturnType<Model["toJSON"]>, "inputs" | "calls" | "outputs">>;
    const good = (): Json => JSON.parse(JSON.stringify(residual().toJSON()));
    const broken = (damage: (json: Json) => void): (() => Model) => {
      const json = good();
      damage(json);
      return () => modelFromJSON(json, { customLayers });
    };
    expect(modelFromJSON(good(), { customLayers })).toBeDefined();
    const any = (value: unknown) => value as never;
    const damages: [string, (json: Json) => void][] = [
      ["a circle", (j) => (j.calls[0].inputs = [["plus", 0]])],
      ["itself", (j) => (j.calls[0].inputs = [["dense", 0]])],
      ["an unknown name", (j) => (j.calls[0].inputs = [["nobody", 0]])],
      ["a name that every object has", (j) => (j.calls[0].inputs = [["constructor", 0]])],
      ["an output that there is not", (j) => (j.outputs = [["dense_2", 1]])],
      ["a huge output", (j) => (j.calls[0].inputs = [["input_layer", 2 ** 52]])],
      ["a negative output", (j) => (j.calls[0].inputs = [["input_layer", -1]])],
      ["a number for a reference", (j) => (j.calls[0].inputs = any([1]))],
      ["no inputs of a call", (j) => (j.calls[0].inputs = [])],
      ["no inputs", (j) => (j.inputs = [])],
      ["a text for inputs", (j) => (j.inputs = any("input"))],
      ["an input without a name", (j) => (j.inputs = any([{ shape: [6] }]))],
      ["an input of no size", (j) => (j.inputs[0].shape = [0])],
      ["an input that nothing needs", (j) => j.inputs.push({ name: "idle", shape: [3] })],
      ["two inputs of one name", (j) => j.inputs.push({ name: "input_layer", shape: [3] })],
      ["calls that are no list", (j) => (j.calls = any({}))],
      ["a call of an unknown layer", (j) => (j.calls[0].layer = "nobody")],
      ["a call that nothing needs", (j) => j.calls.push({ layer: "dense", inputs: [["input_layer", 0]] })],
      ["a layer that nobody calls", (j) => j.layers.push({ ...j.layers[0], name: "idle" })],
      ["one layer twice", (j) => j.layers.push(j.layers[0])],
      ["no layers", (j) => (j.layers = [])],
      ["no outputs", (j) => (j.outputs = [])],
      ["outputs of the wrong type", (j) => (j.outputs = any([["dense_2"]]))],
      ["a batchSize that is none", (j) => (j.batchSize = -4)],
    ];
    for (const [what, damage] of damages) expect(broken(damage), what).toThrow(CheckpointError);
  });
});
