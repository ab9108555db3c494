/** Options that all ways of making a model have. @module */
import { ConfigError } from "../../errors.ts";

/** @throws ConfigError unless it is the shape of a sample */
export function checkSampleShape(where: string, option: string, shape: unknown): void {
  if (Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isInteger(size) && size > 0)) return;
  throw new ConfigError({ where, got: `${option} ${JSON.stringify(shape)}`, expected: "positive integers, such as [28, 28, 1]" });
}

/** @throws ConfigError */
export function checkSeed(where: string, seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new ConfigError({ where, got: `seed ${seed}`, expected: "an integer, 0 to 2^53 - 1" });
}

/** @throws ConfigError */
export function checkBatchSize(where: string, batchSize: number | undefined): void {
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0))
    throw new ConfigError({ where, got: `batchSize ${batchSize}`, expected: "a positive integer" });
}
