/** Powers. @module */
import { count } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { binary, binaryOp, div, log, mul, scale, sqrt, square, sub } from "./elementwise.ts";
import { operands, type Value } from "./operands.ts";
import { compare, where } from "./select.ts";
import { byScalar } from "./strides.ts";

/** The guards keep finite what 0 x infinity would make NaN: exponent 0, and base 0. */
const powOp: Op<null> = binaryOp("pow", "pow_f32", (g, a, b, y) => [
  where(compare(b, "equal", 0), 0, mul(g, mul(b, pow(a, sub(b, 1))))),
  mul(g, where(mul(compare(a, "equal", 0), compare(b, "greaterEqual", 0)), 0, mul(y, log(a)))),
]);

/** One exponent that is known beforehand. */
const powNumberOp: Op<{ readonly exponent: number }> = {
  name: "pow",
  lower(node, to) {
    const [x] = node.inputs;
    const { exponent } = node.attributes;
    const b = to.slot("exponent", "f32", "constants", 1);
    to.constant(b, [exponent]);
    to.emit("pow_f32", {
      y: to.output(node),
      a: to.pointer(x),
      b,
      ...byScalar(count(x.shape)),
    });
  },
  gradient(node, [g]) {
    const { exponent } = node.attributes;
    return [exponent === 0 ? null : g && mul(g, scale(pow(node.inputs[0], exponent - 1), exponent))];
  },
};

/**
 * y = a^b, broadcast; NaN for a negative base with a fractional exponent. Exponents 1, 2, 0.5 and -1 given as numbers cost
 * nothing, a product, a square root and a division.
 * Gradient: da = dy b a^(b-1), 0 where b = 0; db = dy y log(a), 0 where a = 0 and b >= 0; summed to their shapes.
 * @throws ShapeError if the shapes do not broadcast
 */
export function pow(a: Value, b: Value): Tensor {
  const [x, y] = operands("pow", a, b);
  if (typeof b !== "number") return binary(powOp, x, y);
  if (b === 1) return x;
  if (b === 2) return square(x);
  if (b === 0.5) return sqrt(x);
  if (b === -1) return div(1, x);
  return x.graph.add(powNumberOp, [x], { exponent: b }, { shape: x.shape, dtype: "f32" })[0];
}
