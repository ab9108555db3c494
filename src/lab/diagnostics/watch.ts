/** Looking at what layers with an activation give, for the same samples each time. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import { ConfigError } from "../../errors.ts";
import { type Call, nameOutputs } from "../../model/build/architecture.ts";
import { outline } from "../../model/build/forward.ts";
import type { Model } from "../../model/model.ts";
import { Probe, valuesOf } from "./probe.ts";

/** Rows at a time: what all layers give for them is held at once. */
const ROWS = 64;

/** A layer whose output is looked at. */
export interface Watched {
  readonly name: string;
  readonly activation: string;
  /** Along the last axis: units of dense layers, filters of convolutions. */
  readonly units: number;
}

/** The activation of a call's layer by name; null without one, `custom` for a function. */
function activationOf({ layer: { layer } }: Call): string | null {
  // An activation of its own.
  if (layer.className === "PReLU") return "prelu";
  try {
    const { activation } = layer.config();
    return typeof activation === "string" && activation !== "linear" ? activation : null;
  } catch (error) {
    // Functions have no name to tell.
    if (error instanceof ConfigError) return "custom";
    throw error;
  }
}

/** The layers that are looked at, and a model that gives what they do. */
export class Watch {
  readonly layers: readonly Watched[];
  private readonly probe: Probe | null;
  private readonly names: readonly string[];
  private readonly chunks: readonly Dataset[];

  /** @param wanted which activations */
  constructor(model: Model, data: Dataset, wanted: (activation: string) => boolean) {
    const { inputs, calls } = model.architecture;
    const found = calls.flatMap((call, k) => {
      const activation = activationOf(call);
      return activation !== null && wanted(activation) ? [{ name: call.name, activation, value: { source: inputs.length + k, output: 0 } }] : [];
    });
    const outputs = nameOutputs(
      found.map(({ value }) => value),
      inputs,
      calls,
    );
    this.names = outputs.map(({ name }) => name);
    this.probe = found.length === 0 ? null : new Probe(model, { outputs });
    const shapes = this.probe === null ? [] : outline(this.probe.model.architecture).outputs.map(({ shape }) => shape);
    this.layers = found.map(({ name, activation }, k) => ({ name, activation, units: shapes[k].at(-1) as number }));
    this.chunks = Array.from({ length: Math.ceil(data.length / ROWS) }, (_, i) =>
      data.subset(Array.from({ length: Math.min(ROWS, data.length - i * ROWS) }, (_row, j) => i * ROWS + j)),
    );
  }

  /** Calls `visit` with what each layer gives in inference for some of the samples, until all were. */
  async run(model: Model, visit: (layer: number, values: Float32Array) => void): Promise<void> {
    if (this.probe === null) return;
    this.probe.write(valuesOf(model));
    for (const chunk of this.chunks) {
      const given = await this.probe.model.predict<Float32Array | Record<string, Float32Array>>(chunk);
      this.names.forEach((name, k) => {
        visit(k, given instanceof Float32Array ? given : given[name]);
      });
    }
  }

  dispose(): void {
    this.probe?.dispose();
  }
}
