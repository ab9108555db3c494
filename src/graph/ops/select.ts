/** Comparing, choosing and limiting elements, and changing their type. @module */
import { ConfigError } from "../../errors.ts";
import { broadcastShapes, count } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { broadcastTo } from "./broadcast.ts";
import { add, binary, binaryOp, mul, scale } from "./elementwise.ts";
import { operands, option, planned, tensor, type Value } from "./operands.ts";
import { byScalar } from "./strides.ts";

const comparisons = {
  equal: binaryOp("compare equal", "equal_f32"),
  notEqual: binaryOp("compare notEqual", "not_equal_f32"),
  less: binaryOp("compare less", "less_f32"),
  lessEqual: binaryOp("compare lessEqual", "less_equal_f32"),
  greater: binaryOp("compare greater", "greater_f32"),
  greaterEqual: binaryOp("compare greaterEqual", "greater_equal_f32"),
};

/** What {@link compare} can ask. */
export type Comparison = keyof typeof comparisons;

/**
 * y = 1 where `a relation b` holds, else 0 (f32), broadcast; with NaN only notEqual holds. No gradient flows.
 * @throws ConfigError for an unknown relation; ShapeError if the shapes do not broadcast
 */
export function compare(a: Value, relation: Comparison, b: Value): Tensor {
  if (!Object.hasOwn(comparisons, relation)) {
    throw new ConfigError({ where: "compare", got: `relation ${JSON.stringify(relation)}`, expected: Object.keys(comparisons).join(", ") });
  }
  return binary(comparisons[relation], a, b);
}

/** The share of the gradient that goes to `winner`: 1 where it stands alone, 1/2 where both are equal. */
function share(winner: Tensor, loser: Tensor, relation: "less" | "greater"): Tensor {
  return scale(add(compare(winner, relation, loser), compare(winner, `${relation}Equal`, loser)), 0.5);
}

const minimumOp = binaryOp("minimum", "minimum_f32", (g, a, b) => [mul(g, share(a, b, "less")), mul(g, share(b, a, "less"))]);
const maximumOp = binaryOp("maximum", "maximum_f32", (g, a, b) => [mul(g, share(a, b, "greater")), mul(g, share(b, a, "greater"))]);

/** y = the smaller of a and b, broadcast; NaN if either is. Gradient: dy to the smaller, half to each where they are equal. @throws ShapeError if the shapes do not broadcast */
export function minimum(a: Value, b: Value): Tensor {
  return binary(minimumOp, a, b);
}

/** y = the larger of a and b, broadcast; NaN if either is. Gradient: dy to the larger, half to each where they are equal. @throws ShapeError if the shapes do not broadcast */
export function maximum(a: Value, b: Value): Tensor {
  return binary(maximumOp, a, b);
}

const whereOp: Op<null> = {
  name: "where",
  lower(node, to) {
    const [condition, a, b] = node.inputs;
    const y = node.outputs[0];
    to.emit("where_f32", { y: to.output(node), condition: to.pointer(condition), a: to.pointer(a), b: to.pointer(b), n: count(y.shape) });
  },
  gradient(node, [g]) {
    const [condition] = node.inputs;
    return g === null ? [] : [null, where(condition, g, 0), where(condition, 0, g)];
  },
};

/**
 * y = a where the condition is not 0, else b, all three broadcast. The condition is f32, as compare() makes it.
 * Gradient: da = dy where the condition holds and 0 elsewhere, db the other way round; none flows to the condition.
 * @throws ShapeError if the shapes do not broadcast
 */
export function where(condition: Value, a: Value, b: Value): Tensor {
  const parts = operands("where", condition, a, b);
  const shape = planned("where", broadcastShapes("where", broadcastShapes("where", parts[0].shape, parts[1].shape), parts[2].shape));
  return parts[0].graph.add(
    whereOp,
    parts.map((part) => broadcastTo(part, shape)),
    null,
    { shape, dtype: "f32" },
  )[0];
}

const clipOp: Op<{ readonly lo: number; readonly hi: number }> = {
  name: "clip",
  lower(node, to) {
    const { lo, hi } = node.attributes;
    const y = to.output(node);
    let from = to.pointer(node.inputs[0]);
    const limit = (kernel: "maximum_f32" | "minimum_f32", value: number): void => {
      const b = to.slot("limit", "f32", "constants", 1);
      to.constant(b, [value]);
      to.emit(kernel, { y, a: from, b, ...byScalar(count(node.outputs[0].shape)) });
      from = y;
    };
    if (lo > Number.NEGATIVE_INFINITY) limit("maximum_f32", lo);
    if (hi < Number.POSITIVE_INFINITY) limit("minimum_f32", hi);
  },
  gradient(node, [g]) {
    const [x] = node.inputs;
    const { lo, hi } = node.attributes;
    return [g && mul(g, mul(compare(x, "greaterEqual", lo), compare(x, "lessEqual", hi)))];
  },
};

/**
 * y = x limited to [lo, hi]; either may be infinite. Gradient: dx = dy where lo <= x <= hi, else 0.
 * @throws ConfigError unless lo <= hi
 */
export function clip(x: Tensor, lo: number, hi: number): Tensor {
  tensor("clip", x, "f32");
  option("clip", "lo", lo, "a number", (n) => !Number.isNaN(n));
  option("clip", "hi", hi, `a number of at least lo = ${lo}`, (n) => n >= lo);
  if (lo === Number.NEGATIVE_INFINITY && hi === Number.POSITIVE_INFINITY) return x;
  return x.graph.add(clipOp, [x], { lo, hi }, { shape: x.shape, dtype: "f32" })[0];
}

const castOp: Op<null> = {
  name: "cast",
  lower(node, to) {
    const [x] = node.inputs;
    to.emit(x.dtype === "i32" ? "cast_i32_f32" : "cast_f32_i32", { y: to.output(node), x: to.pointer(x), n: count(x.shape) });
  },
};

/** x in another type: integers to floats (rounded above 2^24), floats to integers towards 0 (NaN gives 0). No gradient flows. @throws ConfigError for an unknown type */
export function cast(x: Tensor, dtype: "f32" | "i32"): Tensor {
  tensor("cast", x, "any");
  if (dtype !== "f32" && dtype !== "i32") throw new ConfigError({ where: "cast", got: `type ${JSON.stringify(dtype)}`, expected: '"f32" or "i32"' });
  return x.dtype === dtype ? x : x.graph.add(castOp, [x], null, { shape: x.shape, dtype })[0];
}
