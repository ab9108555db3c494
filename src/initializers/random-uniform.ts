/** Uniform numbers. @module */
import { ConfigError } from "../errors.ts";
import { fillUniform } from "../random.ts";
import { finite, type Initializer } from "./initializer.ts";

/** Options of {@link randomUniform}. */
export interface RandomUniformOptions {
  /** Default -0.05. */
  min?: number;
  /** Default 0.05. */
  max?: number;
}

/** Uniform: w = u x (max - min) + min in f32, each operation rounded, for the uniform number u at the element's place. */
export function randomUniform(options: RandomUniformOptions = {}): Initializer {
  const { min = -0.05, max = 0.05 } = options;
  const low = Math.fround(finite("randomUniform", "min", min));
  const width = Math.fround(finite("randomUniform", "max - min", finite("randomUniform", "max", max) - min));
  if (max < min) throw new ConfigError({ where: "randomUniform", got: `min = ${min}, max = ${max}`, expected: "min not above max" });
  return {
    name: "randomUniform",
    config: () => ({ min, max }),
    fill(y, _shape, key) {
      fillUniform(y, y.length, key);
      for (let i = 0; i < y.length; i++) y[i] = Math.fround(y[i] * width) + low;
    },
  };
}
