/** Rates by intervals. @module */
import { ConfigError } from "../errors.ts";
import { nonNegative } from "./check.ts";
import { length } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** Options of {@link piecewiseConstantDecay}: the boundaries, ascending, in steps or in epochs, and one value more than boundaries. */
export interface PiecewiseConstantDecayOptions {
  boundarySteps?: readonly number[];
  boundaryEpochs?: readonly number[];
  values: readonly number[];
}

/**
 * values[0], then values[1] after boundary 0, ...: the optimizer's learning rate plays no part. As in Keras's PiecewiseConstantDecay the step that a
 * boundary in steps names is still before it; a boundary in epochs is the end of that epoch.
 * @throws ConfigError for negative values, boundaries that do not ascend, or another number of values than boundaries + 1
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  const where = "piecewiseConstantDecay";
  const { boundarySteps, boundaryEpochs, values } = options;
  if ((boundarySteps === undefined) === (boundaryEpochs === undefined)) {
    throw new ConfigError({
      where,
      got: `${boundarySteps === undefined ? "neither" : "both"} boundarySteps and boundaryEpochs`,
      expected: "one of them: steps or epochs",
    });
  }
  const boundaries = boundarySteps ?? boundaryEpochs;
  if (!Array.isArray(boundaries) || !Array.isArray(values))
    throw new ConfigError({
      where,
      got: `${JSON.stringify(values)} and boundaries ${JSON.stringify(boundaries)}`,
      expected: "lists of values and of boundaries",
    });
  const lengths = boundaries.map((boundary) => length(where, "boundary", boundarySteps ? { boundarySteps: boundary } : { boundaryEpochs: boundary }));
  const after = boundarySteps ? 1 : 0;
  if (boundaries.some((boundary, i) => i > 0 && boundary <= boundaries[i - 1]))
    throw new ConfigError({ where, got: `boundaries ${boundaries.join(", ")}`, expected: "an ascending list" });
  if (values.length !== boundaries.length + 1)
    throw new ConfigError({ where, got: `${values.length} values for ${boundaries.length} boundaries`, expected: `${boundaries.length + 1} values` });
  values.forEach((value, i) => {
    nonNegative(where, { [`values[${i}]`]: value });
  });
  return {
    name: "piecewise",
    at(step, steps, _learningRate, stepsPerEpoch = steps) {
      let i = 0;
      while (i < lengths.length && step >= lengths[i](stepsPerEpoch) + after) i++;
      return values[i];
    },
    config: () => ({ ...(boundarySteps ? { boundarySteps: [...boundarySteps] } : { boundaryEpochs: [...boundaries] }), values: [...values] }),
  };
}
