/** Normal numbers. @module */
import { ConfigError } from "../errors.ts";
import { fillNormal } from "../random.ts";
import { finite, type Initializer } from "./initializer.ts";

/** Options of {@link randomNormal}. */
export interface RandomNormalOptions {
  /** Default 0. */
  mean?: number;
  /** Default 0.05. */
  stddev?: number;
}

/** Normal: w = z x stddev + mean in f32, each operation rounded, for the normal number z at the element's place. */
export function randomNormal(options: RandomNormalOptions = {}): Initializer {
  const { mean = 0, stddev = 0.05 } = options;
  const shift = Math.fround(finite("randomNormal", "mean", mean));
  const scale = Math.fround(finite("randomNormal", "stddev", stddev));
  if (stddev < 0) throw new ConfigError({ where: "randomNormal", got: `stddev = ${stddev}`, expected: "0 or more" });
  return {
    name: "randomNormal",
    config: () => ({ mean, stddev }),
    fill(y, _shape, key) {
      fillNormal(y, y.length, key);
      for (let i = 0; i < y.length; i++) y[i] = Math.fround(y[i] * scale) + shift;
    },
  };
}
