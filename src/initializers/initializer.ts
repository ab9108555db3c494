/** What an initializer is. @module */
import { ConfigError } from "../errors.ts";
import type { Key } from "../random.ts";

/** Gives a parameter its first values. The same key and shape give the same bits on every engine. */
export interface Initializer {
  /** As in Keras, in camelCase: `glorotUniform`. */
  readonly name: string;
  /** Options as JSON, from which the initializer can be made again. */
  config(): Record<string, unknown>;
  /** Fills y, a row-major array of `shape` in the API's layout: dense [in,out], convolutions [KH,KW,IC,OC]. */
  fill(y: Float32Array, shape: readonly number[], key: Key): void;
}

/** `value`, if it is a number that f32 can hold. @throws ConfigError */
export function finite(where: string, name: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(Math.fround(value))) return value;
  throw new ConfigError({ where, got: `${name} = ${typeof value === "string" ? JSON.stringify(value) : String(value)}`, expected: "a finite f32 number" });
}
