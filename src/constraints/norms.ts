/** Bounds on the norms of weights. @module */
import { ConfigError } from "../errors.ts";
import type { Constraint } from "./constraint.ts";

/** Options of {@link maxNorm} and {@link unitNorm}. */
export interface NormOptions {
  /** The axes that a norm is taken over. Default 0: the incoming weights of each unit of a dense layer; for the filters of conv2d give [0, 1, 2]. */
  axis?: number | readonly number[];
}

function axesOf(where: string, axis: number | readonly number[]): readonly number[] {
  const axes: readonly number[] = Array.isArray(axis) ? [...axis] : [axis];
  if (axes.length === 0 || !axes.every((a) => Number.isInteger(a) && a >= 0) || new Set(axes).size < axes.length)
    throw new ConfigError({ where, got: `axis ${JSON.stringify(axis)}`, expected: "an axis of the weight, or several, from 0" });
  return axes;
}

function normConstraint(name: string, [low, high]: readonly [number, number], axes: readonly number[], options: Record<string, unknown>): Constraint {
  return {
    name,
    axes,
    config: () => ({ ...options, axis: axes.length === 1 ? axes[0] : [...axes] }),
    emit: ({ emit, p, dims, ok }) => emit("constrain_norm_f32", { p, ...dims, ldp: dims.B, low, high, ok }),
  };
}

/**
 * Scales weights whose norm is above `max` down to it: w max / (norm + 1e-7). Others keep every bit, as with PyTorch's renorm, where Keras's MaxNorm
 * multiplies them by norm / (norm + 1e-7). Srivastava et al. 2014, "Dropout", section 5.1.
 * @param max Default 2, as in Keras.
 * @throws ConfigError unless max is finite and above 0
 */
export function maxNorm(max = 2, options: NormOptions = {}): Constraint {
  if (!(Number.isFinite(Math.fround(max)) && Math.fround(max) > 0))
    throw new ConfigError({ where: "maxNorm", got: `max = ${max}`, expected: "a finite number, more than 0" });
  return normConstraint("maxNorm", [0, max], axesOf("maxNorm", options.axis ?? 0), { max });
}

/** Scales weights to norm 1: w / (norm + 1e-7); weights that are all 0 stay. Keras's UnitNorm. */
export function unitNorm(options: NormOptions = {}): Constraint {
  return normConstraint("unitNorm", [1, 1], axesOf("unitNorm", options.axis ?? 0), {});
}
