/** What besides its settings a trial's result may depend on. @module */
import type { KernelBuild } from "../../runtime/load.ts";
import type { Mode } from "../../runtime/runtime.ts";

/** Where trials are run. Results of different environments are not mixed, but for the engine's version: the probe tells whether that matters. */
export interface Environment {
  readonly mode: Mode;
  readonly kernels: KernelBuild;
  /** Name and version. */
  readonly engine: string;
  /** SHA-256 of the kernels' file. */
  readonly wasm: string;
  /** SHA-256 of the weights of {@link probe}. */
  readonly probe: string;
  /** SHA-256 of the samples and labels. */
  readonly samples: string;
  /** Of this package. */
  readonly version: string;
}

/** What must be equal for two results to stand in one study, and what it is called. The version is first: it explains why others differ. */
export const decisive: readonly (readonly [key: Exclude<keyof Environment, "engine">, name: string])[] = [
  ["version", "version"],
  ["mode", "mode"],
  ["kernels", "kernels"],
  ["wasm", "SHA-256 of the kernels' file"],
  ["samples", "SHA-256 of the data"],
  ["probe", "SHA-256 of the probe (ten steps of a small network)"],
];
