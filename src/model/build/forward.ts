/** What the layers of a model make of a batch, as a graph. @module */
import { CheckpointError, ConfigError, ShapeError } from "../../errors.ts";
import { Graph, type Tensor } from "../../graph/graph.ts";
import type { Assignment } from "../../graph/lower.ts";
import { host, parameter, state } from "../../graph/ops/leaf.ts";
import { detached } from "../../graph/ops/shaping.ts";
import type { Layer, LayerContext, StateOptions } from "../../layers/layer.ts";
import { maskOf, withMask } from "../../layers/mask.ts";
import { BATCH, formatShape, isRows, type Shape, sameShape } from "../../shape.ts";
import { memoryShape, type ParameterSpec } from "../parameters/parameter-spec.ts";
import type { Architecture, Call, NamedLayer, ValueRef } from "./architecture.ts";
import { reduceToSamples } from "./per-sample.ts";

/** Values of a call that the tracer names. */
export interface LayerTrace {
  /** Of the call. */
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly taps: ReadonlyMap<string, Tensor>;
}

/** What the layers make of a batch. */
export interface Forward {
  /** In the order of the model's outputs. */
  readonly outputs: readonly Tensor[];
  /** In the order of the model's calls. */
  readonly traces: readonly LayerTrace[];
  /** What the layers want small, per sample. */
  readonly penalties: readonly Tensor[];
  /** What states become after the pass; the last of several for one state counts. */
  readonly assignments: readonly Assignment[];
  /** Numbers of the parameters of frozen layers. */
  readonly frozen: ReadonlySet<number>;
  /** Which inputs hold indices, and below what. */
  readonly indexLimits: readonly InputLimit[];
}

/** What a layer said of an input of the model: it holds whole numbers from 0 to limit - 1. */
export interface InputLimit {
  /** Its number. */
  readonly input: number;
  readonly limit: number;
  /** The layer, for messages. */
  readonly where: string;
}

/** Applies the layers to a batch of each input. Parameters and states that do not exist yet are made. */
export function forward(architecture: Architecture, inputs: readonly Tensor[], training: boolean, traced = false): Forward {
  const pass = new Pass(architecture, inputs, training, traced);
  const values: (readonly Tensor[])[] = inputs.map((x) => [x]);
  // Only a file can ask for outputs that there are not.
  const valueAt = ({ source, output }: ValueRef, where: string): Tensor => {
    const value = values[source][output];
    if (value !== undefined) return value;
    throw new CheckpointError({ where, got: `output ${output} of a layer with ${values[source].length}`, expected: "outputs that there are, counted from 0" });
  };
  for (const call of architecture.calls)
    values.push(
      pass.call(
        call,
        call.inputs.map((ref) => valueAt(ref, call.name)),
      ),
    );
  return {
    outputs: architecture.outputs.map(({ name, value }) => valueAt(value, `output "${name}"`)),
    traces: pass.traces,
    penalties: pass.penalties,
    assignments: [...pass.assignments.values()],
    frozen: pass.frozen,
    indexLimits: pass.indexLimits,
  };
}

/** The graph of a model up to its outputs, outside any Program: finds parameters, states and shapes. */
export function outline(architecture: Architecture, training = false): Forward {
  const graph = new Graph();
  const inputs = architecture.inputs.map(({ name, shape }) => host(graph, `input ${name}`, [BATCH, ...shape]));
  return forward(architecture, inputs, training);
}

/** Runs `build`; what does not fit is told with the layer's name before it. */
function located<T>(where: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof ConfigError) || error.complaint.where.startsWith(where)) throw error;
    const complaint = { ...error.complaint, where: `${where}, ${error.complaint.where}` };
    throw error instanceof ShapeError ? new ShapeError(complaint) : new ConfigError(complaint);
  }
}

/** Ops whose output holds what their input does. */
const SAME_VALUES: ReadonlySet<string> = new Set(["reshape", "detached", "cast"]);

/** One pass of a batch through the layers. */
class Pass {
  readonly traces: LayerTrace[] = [];
  readonly penalties: Tensor[] = [];
  readonly assignments = new Map<number, Assignment>();
  readonly frozen = new Set<number>();
  readonly indexLimits: InputLimit[] = [];
  private readonly architecture: Architecture;
  private readonly inputs: readonly Tensor[];
  private readonly graph: Graph;
  private readonly training: boolean;
  private readonly traced: boolean;
  /** Parameters and states by number; a state is what it was last assigned. */
  private readonly symbols = new Map<number, Tensor>();

  constructor(architecture: Architecture, inputs: readonly Tensor[], training: boolean, traced: boolean) {
    this.architecture = architecture;
    this.inputs = inputs;
    this.graph = inputs[0].graph;
    this.training = training;
    this.traced = traced;
  }

  /** The outputs of a layer. */
  call({ name, layer: named }: Call, inputs: readonly Tensor[]): readonly Tensor[] {
    const { layer } = named;
    const where = `${name} (${layer.className})`;
    const taps = new Map<string, Tensor>();
    const context = this.context(named, where, inputs, taps);
    const made = this.graph.within(name, "forward", () => located(where, () => layer.apply(inputs[0], context)));
    if (inputs.length > 1 && !context.tookAll()) {
      throw new ConfigError({ where, got: `${inputs.length} inputs`, expected: "one, the only one that it looks at", hint: "concatenate or add them first" });
    }
    const outputs = (Array.isArray(made) ? made : [made]) as readonly Tensor[];
    for (const { shape } of outputs) {
      if (shape.length === 0 || !isRows(shape[0]))
        throw new ShapeError({ where, got: `output ${formatShape(shape)}`, expected: "a first dimension of N samples" });
    }
    const masked = outputs.map((output) => this.masked(output, inputs, layer));
    this.traces.push({ name, inputs, outputs: masked, taps });
    return masked;
  }

  /** The output with the mask that it should have. */
  private masked(output: Tensor, inputs: readonly Tensor[], { passesMask }: Layer): Tensor {
    const own = maskOf(output);
    if (passesMask === true) {
      const mask = maskOf(inputs[0]);
      return own === undefined && mask !== undefined ? withMask(output, mask) : output;
    }
    // An input that is handed on as it is brings a mask that the layer knows nothing of.
    return own !== undefined && inputs.includes(output) ? withMask(output, undefined) : output;
  }

  /** `tookAll` tells whether anybody asked for all inputs. */
  private context(named: NamedLayer, where: string, inputs: readonly Tensor[], taps: Map<string, Tensor>): LayerContext & { tookAll(): boolean } {
    const { name, layer } = named;
    let tookAll = false;
    const trainable = layer.trainable !== false;
    const states = new Map<Tensor, number>();
    return {
      graph: this.graph,
      training: this.training,
      traced: this.traced,
      trainable,
      get inputs() {
        tookAll = true;
        return inputs;
      },
      tookAll: () => tookAll,
      tap: (tap, tensor) => void taps.set(tap, tensor),
      expectIndices: (x, limit) => {
        const input = this.inputBehind(x);
        if (input >= 0) this.indexLimits.push({ input, limit, where });
      },
      addPenalty: (penalty) => void this.penalties.push(reduceToSamples(`${where}, penalty`, penalty)),
      parameter: (key, shape, options) => {
        const index = this.number(named, key, { ...options, role: "trainable", layer: name, name: `${name}/${key}`, shape: [...shape] }, where);
        if (!trainable) this.frozen.add(index);
        return this.symbol(index, () => parameter(this.graph, index, memoryShape(this.architecture.parameters.specs[index])));
      },
      state: (key, shape, options) => {
        const index = this.number(named, key, this.stateSpec(name, key, shape, options, where), where);
        const symbol = this.symbol(index, () => state(this.graph, index, shape));
        states.set(symbol, index);
        return symbol;
      },
      assign: (target, value) => {
        const index = states.get(target);
        if (index === undefined)
          throw new ConfigError({ where: `${where}, assign`, got: "a tensor that is no state", expected: "what context.state gave in this call" });
        if (value.dtype !== "f32" || !sameShape(value.shape, target.shape)) {
          throw new ShapeError({
            where: `${where}, assign`,
            got: `${value.dtype} ${formatShape(value.shape)}`,
            expected: `f32 ${formatShape(target.shape)}, as the state is`,
          });
        }
        this.assignments.set(index, { index, value, scope: name });
        this.symbols.set(index, detached(value));
      },
    };
  }

  /** Number of the model's input whose values, in order, are those of x; -1 if it has others. */
  private inputBehind(x: Tensor): number {
    let value = x;
    while (!this.inputs.includes(value) && SAME_VALUES.has(value.node.op.name)) [value] = value.node.inputs;
    return this.inputs.indexOf(value);
  }

  private stateSpec(layer: string, key: string, shape: Shape, { initializer, carried = false }: StateOptions, where: string): ParameterSpec {
    const { batchSize } = this.architecture;
    const sizes = shape.map((dim) => {
      if (!isRows(dim)) return dim;
      if (batchSize !== undefined && carried) return dim.rows * batchSize;
      throw new ConfigError({
        where,
        got: `state "${key}" of shape ${formatShape(shape)}`,
        expected: carried ? "a model that is told its batchSize" : "sizes without the batch",
        hint: carried ? "give batchSize to sequential() or input()" : "only carried states have a value per row of the batch",
      });
    });
    return { initializer, role: carried ? "carried" : "state", layer, name: `${layer}/${key}`, shape: sizes };
  }

  /** The number of a layer's parameter or state; made if it is new. */
  private number(layer: NamedLayer, key: string, spec: ParameterSpec, where: string): number {
    const { parameters, registry } = this.architecture;
    const own = registry.get(layer) ?? new Map<string, number>();
    registry.set(layer, own);
    let index = own.get(key);
    if (index === undefined) {
      index = parameters.add(spec);
      own.set(key, index);
    }
    const known = parameters.specs[index];
    if (known.role !== spec.role)
      throw new ConfigError({ where, got: `"${key}" as ${spec.role}`, expected: `a name of its own: there is "${key}" already, as ${known.role}` });
    if (formatShape(known.shape) !== formatShape(spec.shape)) {
      throw new ShapeError({
        where,
        got: `shape ${formatShape(spec.shape)} for its parameter "${key}"`,
        expected: `${formatShape(known.shape)}, as when it was made`,
        hint: "a layer that is used twice must see inputs of one shape",
      });
    }
    return index;
  }

  private symbol(index: number, make: () => Tensor): Tensor {
    const symbol = this.symbols.get(index) ?? make();
    this.symbols.set(index, symbol);
    return symbol;
  }
}
