/** Steps of a sequence that do not count. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { finite } from "../initializers/initializer.ts";
import { formatShape, isRows, sameShape } from "../shape.ts";
import type { Layer } from "./layer.ts";
import { withMask } from "./mask.ts";

/**
 * x [N,T,...features] with a mask: a step whose features all equal `maskValue` does not count for the layers behind, as far as masks reach, and is 0. A call
 * with a second input takes that as the mask instead: [N,T], 0 where a step does not count.
 * @throws ConfigError unless maskValue is a finite number, or for more inputs; ShapeError if x is no sequence, or the mask given has other steps
 */
export function masking(maskValue = 0, options: { name?: string } = {}): Layer {
  const where = "masking";
  finite(where, "maskValue", maskValue);
  return {
    className: "Masking",
    name: options.name,
    apply(x, { inputs }) {
      const [N, T, ...features] = x.shape;
      if (x.shape.length < 3 || isRows(T)) throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: "[N,steps,...features]" });
      if (inputs.length > 2) throw new ConfigError({ where, got: `${inputs.length} inputs`, expected: "x, or x and a mask" });
      const given = inputs[1];
      if (given !== undefined && !sameShape(given.shape, [N, T]))
        throw new ShapeError({ where, got: `a mask ${formatShape(given.shape)} for input ${formatShape(x.shape)}`, expected: formatShape([N, T]) });
      const differs = ops.compare(given ?? x, "notEqual", given === undefined ? maskValue : 0);
      const mask = given === undefined ? ops.max(differs, { axes: features.map((_, i) => i + 2) }) : differs;
      return withMask(ops.where(ops.reshape(mask, [N, T, ...features.map(() => 1)]), x, 0), mask);
    },
    config: () => ({ maskValue }),
  };
}
