/** A vector as a sequence. @module */
import { ConfigError, ShapeError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { formatShape } from "../shape.ts";
import type { Layer } from "./layer.ts";

/** y[n,t] = x[n] for n steps: x [N,D], y [N,n,D]. @throws ConfigError unless n is a positive integer; ShapeError unless x is [N,D] */
export function repeatVector(n: number, options: { name?: string } = {}): Layer {
  const where = "repeatVector";
  if (!Number.isInteger(n) || n < 1) throw new ConfigError({ where, got: `n = ${n}`, expected: "a positive integer" });
  return {
    className: "RepeatVector",
    name: options.name,
    apply(x) {
      const [N, D] = x.shape;
      if (x.shape.length !== 2) throw new ShapeError({ where, got: `input ${formatShape(x.shape)}`, expected: "[N,features]" });
      return ops.broadcastTo(ops.reshape(x, [N, 1, D]), [N, n, D]);
    },
    config: () => ({ n }),
  };
}
