/** What `summary.json` holds. @module */
import type { ProtocolName } from "../protocols/protocol.ts";

/** Under what a study was run. */
export interface Conditions {
  /** As `--data` takes it. */
  readonly data: string;
  /** Of tables with a target of numbers: its column, and how much of it is 1 to the network. */
  readonly target?: { readonly column: string; readonly unit: number };
  /** Training samples, those held out among them. */
  readonly trainSamples: number;
  readonly validationSamples: number;
  readonly testSamples: number;
  readonly mode: string;
  readonly kernels: string;
  readonly engine: string;
  /** SHA-256 of the WebAssembly module. */
  readonly wasm: string;
  /** Hash of the weights after a few fixed steps: equal for runs that may be mixed. */
  readonly probe: string;
  /** Of this package; absent where nobody says. */
  readonly version?: string;
}

/** Everything known of a study that was run. Only `times` depends on the clock: the rest is the same whenever the same trials are run. */
export interface Summary {
  readonly study: { readonly name: string; readonly title: string; readonly question: string; readonly quick: boolean; readonly digest: string };
  readonly protocol: ProtocolName;
  readonly conditions: Conditions;
  readonly verdict: readonly string[];
  readonly arms: readonly unknown[];
  /** By name of the analysis. */
  readonly analyses: Readonly<Record<string, unknown>>;
  readonly times: unknown;
}
