/** The functional API: values that are not there yet, and layers called on them. @module */
import { ConfigError, ShapeError } from "../../errors.ts";
import { Graph, type TensorType } from "../../graph/graph.ts";
import { host } from "../../graph/ops/leaf.ts";
import type { Layer } from "../../layers/index.ts";
import { BATCH, formatShape, type Shape, sameShape } from "../../shape.ts";
import { layersOf, type NamedLayer, type Structure } from "../build/architecture.ts";
import { forward } from "../build/forward.ts";
import { type LayerOfModel, Model } from "../model.ts";
import { ParameterStore } from "../parameters/parameters.ts";
import { snakeCase } from "./names.ts";
import { checkBatchSize, checkSampleShape } from "./options.ts";

/** Options of {@link input}. */
export interface InputOptions {
  /** Unique in a model; default `input_layer`, `input_layer_1`. */
  name?: string;
  /** Rows of every batch, for layers that hand something from batch to batch. Default: any number. */
  batchSize?: number;
}

/** Where a symbolic value comes from: an input, or a call. */
export interface Source {
  /** Later ones have larger numbers. */
  readonly id: number;
  /** What is called; null for an input. */
  readonly called: Called | null;
  readonly inputs: readonly SymbolicTensor[];
  readonly values: readonly SymbolicTensor[];
  readonly name: string | undefined;
  readonly batchSize: number | undefined;
}

/** A layer that is called, by itself or as part of a model. */
export interface Called {
  readonly layer: Layer;
  /** The model that brings it, and what it is there. */
  readonly part: LayerOfModel | null;
}

/** A value that a model will have: what `input` and `call` give. One of several outputs of a layer, all of which it can be iterated over. */
export class SymbolicTensor implements Iterable<SymbolicTensor> {
  /** With `BATCH` where the rows are. */
  readonly shape: Shape;
  readonly dtype: TensorType;
  /** @internal */
  readonly source: Source;
  /** @internal which of its values */
  readonly index: number;
  private readonly all: readonly SymbolicTensor[];

  /** @internal @param all what it iterates over */
  constructor(source: Source, index: number, { shape, dtype }: ValueInfo, all: readonly SymbolicTensor[]) {
    this.source = source;
    this.index = index;
    this.shape = shape;
    this.dtype = dtype;
    this.all = all;
  }

  [Symbol.iterator](): Iterator<SymbolicTensor> {
    return this.all[Symbol.iterator]();
  }
}

/** What is known of a value. */
interface ValueInfo {
  readonly shape: Shape;
  readonly dtype: TensorType;
}

let sources = 0;

/** The first value of a new source. */
function sourceOf(parts: Pick<Source, "called" | "inputs" | "name" | "batchSize">, outputs: readonly ValueInfo[]): SymbolicTensor {
  const values: SymbolicTensor[] = [];
  const source: Source = { ...parts, id: sources++, values };
  outputs.forEach((output, i) => {
    values.push(new SymbolicTensor(source, i, output, values));
  });
  return values[0];
}

/**
 * An input of a model in the functional API.
 * @param shape of one sample, such as [28, 28, 1]
 * @throws ConfigError
 */
export function input(shape: readonly number[], options: InputOptions = {}): SymbolicTensor {
  checkSampleShape("input", "shape", shape);
  checkBatchSize("input", options.batchSize);
  const { name, batchSize } = options;
  return sourceOf({ called: null, inputs: [], name, batchSize }, [{ shape: [BATCH, ...shape], dtype: "f32" }]);
}

/**
 * What a layer, layers one after another or a whole model make of values. A layer or model that is called again has the same weights there. Of
 * several outputs the value is the first, and iterates over all: `const [y, state] = call(...)`.
 * @throws ConfigError for anything that is no symbolic value or a wrong number of them, ShapeError where the layer does not fit them
 */
export function call(what: Layer | readonly Layer[] | Model, ...inputs: readonly SymbolicTensor[]): SymbolicTensor {
  const stranger = inputs.findIndex((value) => !(value instanceof SymbolicTensor));
  if (stranger >= 0) {
    throw new ConfigError({ where: "call", got: `${kindOf(inputs[stranger])} as input ${stranger + 1}`, expected: "values that input() or call() gave" });
  }
  if (inputs.length === 0) throw new ConfigError({ where: "call", got: "no inputs", expected: "at least one value that input() or call() gave" });
  if (what instanceof Model) return callModel(what, inputs);
  const layers = Array.isArray(what) ? (what as readonly Layer[]) : [what as Layer];
  const bad = layers.find((layer) => typeof layer?.apply !== "function" || typeof layer.className !== "string");
  if (layers.length === 0 || bad !== undefined)
    throw new ConfigError({ where: "call", got: layers.length === 0 ? "no layers" : kindOf(bad), expected: "a layer, a list of layers or a model" });
  const [first, ...others] = layers;
  return others.reduce((value, layer) => apply({ layer, part: null }, [value]), apply({ layer: first, part: null }, inputs));
}

function callModel(model: Model, inputs: readonly SymbolicTensor[]): SymbolicTensor {
  const { inputs: wanted, calls, outputs } = model.architecture;
  const fits = inputs.length === wanted.length && wanted.every(({ shape }, i) => sameShape(inputs[i].shape, [BATCH, ...shape]));
  if (!fits) {
    throw new ShapeError({
      where: `call of a model with inputs ${wanted.map(({ name }) => name).join(", ")}`,
      got: inputs.map(({ shape }) => formatShape(shape)).join(", "),
      expected: wanted.map(({ shape }) => formatShape([BATCH, ...shape])).join(", "),
    });
  }
  const known: SymbolicTensor[] = [...inputs];
  const inner: Source[] = [];
  const valueAt = ({ source: from, output }: { source: number; output: number }): SymbolicTensor =>
    from < wanted.length ? known[from] : inner[from - wanted.length].values[output];
  for (const { layer, inputs: values } of calls) inner.push(apply({ layer: layer.layer, part: { model, layer } }, values.map(valueAt)).source);
  const values = outputs.map(({ value }) => valueAt(value));
  const [{ source, index }] = values;
  return new SymbolicTensor(source, index, values[0], values);
}

/** A call of one layer. */
function apply(called: Called, inputs: readonly SymbolicTensor[]): SymbolicTensor {
  const named: NamedLayer = { name: called.layer.name ?? snakeCase(called.layer.className), layer: called.layer };
  const batchSize = commonBatchSize("call", inputs);
  return sourceOf({ called, inputs, name: undefined, batchSize }, infer(named, inputs, batchSize));
}

/** Shapes and types of a layer's outputs. */
function infer(layer: NamedLayer, inputs: readonly SymbolicTensor[], batchSize: number | undefined): readonly ValueInfo[] {
  const graph = new Graph();
  const structure: Structure = {
    inputs: [],
    calls: [{ name: layer.name, layer, inputs: inputs.map((_, i) => ({ source: i, output: 0 })) }],
    outputs: [],
    batchSize,
  };
  const architecture = { ...structure, layers: layersOf(structure.calls), parameters: new ParameterStore(0), registry: new Map() };
  const tensors = inputs.map(({ shape, dtype }, i) => host(graph, `x${i}`, shape, dtype));
  return forward(architecture, tensors, false).traces[0].outputs;
}

/** The batchSize of values that meet. @throws ConfigError if they differ */
export function commonBatchSize(where: string, values: readonly SymbolicTensor[]): number | undefined {
  const sizes = [...new Set(values.flatMap(({ source: { batchSize } }) => (batchSize === undefined ? [] : [batchSize])))];
  if (sizes.length > 1) throw new ConfigError({ where, got: `inputs with batchSize ${sizes.join(" and ")}`, expected: "one batchSize" });
  return sizes[0];
}

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  if (value instanceof Model) return "a model";
  if (typeof value === "object" && value !== null && "className" in value) return `a layer (${String(value.className)})`;
  if (typeof value === "object" && value !== null && "node" in value) return "a tensor of a graph";
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
