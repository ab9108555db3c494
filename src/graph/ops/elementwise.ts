/** Arithmetic on elements, with broadcasting. @module */
import type { KernelName } from "../../program/kernels/index.ts";
import { broadcastShapes, count } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { sumTo } from "./broadcast.ts";
import { operands, planned, type Value } from "./operands.ts";
import { args, four, spread } from "./strides.ts";

/** Kernels of two strided operands. */
export type BinaryKernel = Extract<
  KernelName,
  `${"add" | "sub" | "mul" | "div" | "pow" | "minimum" | "maximum" | "equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal"}_f32`
>;
type UnaryKernel = Extract<KernelName, `${"neg" | "abs" | "sign" | "sqrt" | "exp" | "log" | "log_cosh"}_f32`>;

/** Gradients of the operands, of the result's shape: they are summed to the operands' shapes afterwards. */
type BinaryGradient = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => (Tensor | null)[];

/** An op of two operands. */
export function binaryOp(name: string, kernel: BinaryKernel, gradient?: BinaryGradient): Op<null> {
  const op: Op<null> = {
    name,
    lower(node, to) {
      const [a, b] = node.inputs;
      const { dims, strides } = walk(name, a, b);
      to.emit(kernel, { y: to.output(node), a: to.pointer(a), b: to.pointer(b), ...args("d", dims), ...args("a", strides[0]), ...args("b", strides[1]) });
    },
  };
  if (gradient === undefined) return op;
  return {
    ...op,
    gradient(node, [g]) {
      const [a, b] = node.inputs;
      return g === null ? [] : gradient(g, a, b, node.outputs[0]).map((part, i) => part && sumTo(part, node.inputs[i].shape));
    },
  };
}

function walk(name: string, a: Tensor, b: Tensor): ReturnType<typeof four> {
  const dims = broadcastShapes(name, a.shape, b.shape);
  return four(name, { dims, strides: [spread(a.shape, dims), spread(b.shape, dims)] });
}

/** Applies an op of two operands. @throws ShapeError, ConfigError */
export function binary(op: Op<null>, a: Value, b: Value): Tensor {
  const [x, y] = operands(op.name, a, b);
  const shape = planned(op.name, broadcastShapes(op.name, x.shape, y.shape));
  walk(op.name, x, y);
  return x.graph.add(op, [x, y], null, { shape, dtype: "f32" })[0];
}

/** An op of one operand. */
export function unaryOp(name: string, kernel: UnaryKernel, gradient?: (g: Tensor, x: Tensor, y: Tensor) => Tensor): Op<null> {
  const op: Op<null> = {
    name,
    lower(node, to) {
      const [x] = node.inputs;
      to.emit(kernel, { y: to.output(node), x: to.pointer(x), n: count(x.shape) });
    },
  };
  return gradient === undefined ? op : { ...op, gradient: (node, [g]) => [g && gradient(g, node.inputs[0], node.outputs[0])] };
}

/** Applies an op of one operand. @throws ConfigError */
export function unary(op: Op<null>, value: Tensor): Tensor {
  const [x] = operands(op.name, value);
  return x.graph.add(op, [x], null, { shape: x.shape, dtype: "f32" })[0];
}

const scaleOp: Op<{ readonly factor: number }> = {
  name: "scale",
  lower(node, to) {
    const [x] = node.inputs;
    to.emit("scale_f32", { y: to.output(node), x: to.pointer(x), n: count(x.shape), factor: node.attributes.factor });
  },
  gradient: (node, [g]) => [g && scale(g, node.attributes.factor)],
};

/** y = factor x, for a factor known beforehand. */
export function scale(x: Tensor, factor: number): Tensor {
  return x.graph.add(scaleOp, [x], { factor }, { shape: x.shape, dtype: "f32" })[0];
}

const addOp = binaryOp("add", "add_f32", (g) => [g, g]);
const subOp = binaryOp("sub", "sub_f32", (g) => [g, neg(g)]);
const mulOp = binaryOp("mul", "mul_f32", (g, a, b) => (a === b ? [scale(mul(g, a), 2), null] : [mul(g, b), mul(g, a)]));
const divOp = binaryOp("div", "div_f32", (g, _, b, y) => [div(g, b), neg(div(mul(g, y), b))]);

/** y = a + b, broadcast. Gradient: da = dy, db = dy, summed to their shapes. @throws ShapeError if the shapes do not broadcast */
export function add(a: Value, b: Value): Tensor {
  return binary(addOp, a, b);
}

/** y = a - b, broadcast. Gradient: da = dy, db = -dy, summed to their shapes. @throws ShapeError if the shapes do not broadcast */
export function sub(a: Value, b: Value): Tensor {
  return binary(subOp, a, b);
}

/** y = a b, element by element, broadcast. Gradient: da = dy b, db = dy a, summed to their shapes. @throws ShapeError if the shapes do not broadcast */
export function mul(a: Value, b: Value): Tensor {
  const [x, y] = operands("mul", a, b);
  if (typeof b === "number") return scale(x, b);
  return typeof a === "number" ? scale(y, a) : binary(mulOp, x, y);
}

/** y = a / b, broadcast. Gradient: da = dy / b, db = -dy y / b, summed to their shapes. @throws ShapeError if the shapes do not broadcast */
export function div(a: Value, b: Value): Tensor {
  return binary(divOp, a, b);
}

const negOp = unaryOp("neg", "neg_f32", (g) => neg(g));
const absOp = unaryOp("abs", "abs_f32", (g, x) => mul(g, sign(x)));
const signOp = unaryOp("sign", "sign_f32");
const sqrtOp = unaryOp("sqrt", "sqrt_f32", (g, _, y) => div(g, scale(y, 2)));
const expOp = unaryOp("exp", "exp_f32", (g, _, y) => mul(g, y));
const logOp = unaryOp("log", "log_f32", (g, x) => div(g, x));

/** y = -x. Gradient: dx = -dy. */
export function neg(x: Tensor): Tensor {
  return unary(negOp, x);
}

/** y = |x|. Gradient: dx = dy sign(x), 0 at 0. */
export function abs(x: Tensor): Tensor {
  return unary(absOp, x);
}

/** y = -1, 0 or 1. No gradient flows. */
export function sign(x: Tensor): Tensor {
  return unary(signOp, x);
}

/** y = square root of x; NaN below 0. Gradient: dx = dy / (2 y), infinite at 0. */
export function sqrt(x: Tensor): Tensor {
  return unary(sqrtOp, x);
}

/** y = e^x. Gradient: dx = dy y. */
export function exp(x: Tensor): Tensor {
  return unary(expOp, x);
}

/** y = natural logarithm of x; -Infinity at 0, NaN below. Gradient: dx = dy / x. */
export function log(x: Tensor): Tensor {
  return unary(logOp, x);
}

/** y = x^2. Gradient: dx = 2 dy x. */
export function square(x: Tensor): Tensor {
  return binary(mulOp, x, x);
}

export { addOp };
