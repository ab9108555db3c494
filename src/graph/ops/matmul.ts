/** Matrix products. @module */
import { ShapeError } from "../../errors.ts";
import { GEMM_SCRATCH } from "../../program/kernels/index.ts";
import { at, broadcastShapes, count, type Dim, formatShape, type Shape, sameDim, sameShape, times } from "../../shape.ts";
import type { Op, Tensor } from "../graph.ts";
import { broadcastTo, sumTo } from "./broadcast.ts";
import { planned, tensor } from "./operands.ts";
import { reshape, transpose } from "./shaping.ts";
import { merge, spread } from "./strides.ts";

/**
 * Whether the packed kernels are faster than those for small matrices (measured by bench/gemm.bench.ts). With B transposed the two add in
 * different orders, so there the batch must not decide: M, which may grow with it, is left out.
 */
export function packs(kind: "nn" | "nt" | "tn", M: number, N: number, K: number): boolean {
  if (kind === "nt") return N >= 128 || (K <= 64 && N >= 16);
  if ((M >= 64 && K * N >= 2 ** 18) || (M >= 16 && K * N >= 2 ** 19)) return true;
  return kind === "tn" && M >= 64 && (M * K >= 2 ** 18 || M * N >= 2 ** 18);
}

/** Which operands are read as their transpose. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

interface Layout {
  readonly batch: Dim;
  readonly M: Dim;
  readonly N: Dim;
  readonly K: Dim;
  readonly strideA: Dim;
  readonly strideB: Dim;
  readonly strideC: Dim;
}

const leading = (shape: Shape): Shape => shape.slice(0, -2);
const matrix = (shape: Shape): [Dim, Dim] => [shape[shape.length - 2], shape[shape.length - 1]];

/** All rows of `a` meet the same matrix: the product over the batch is one product. */
const isShared = (b: Tensor, transposeA: boolean): boolean => !transposeA && leading(b.shape).every((dim) => dim === 1);

/** How the kernels see a product; null if the batch cannot be walked in even steps. */
function layoutOf(a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: MatmulOptions): Layout | null {
  const [rows, columns] = matrix(a.shape);
  const [M, K] = transposeA ? [columns, rows] : [rows, columns];
  const N = matrix(b.shape)[transposeB ? 0 : 1];
  if (isShared(b, transposeA)) return { batch: 1, M: times(count(leading(a.shape)), M), N, K, strideA: 0, strideB: 0, strideC: 0 };
  const batch = broadcastShapes("matmul", leading(a.shape), leading(b.shape));
  const { dims, strides } = merge({ dims: batch, strides: [spread(leading(a.shape), batch), spread(leading(b.shape), batch)] });
  if (dims.length > 1) return null;
  const stride = (k: number, size: Dim): Dim => times(strides[k][0] ?? 0, size);
  return { batch: dims[0] ?? 1, M, N, K, strideA: stride(0, times(M, K)), strideB: stride(1, times(K, N)), strideC: times(M, N) };
}

const matmulOp: Op<{ readonly transposeA: boolean; readonly transposeB: boolean }> = {
  name: "matmul",
  accumulates: true,
  lower(node, to) {
    const [a, b] = node.inputs;
    const { transposeA, transposeB } = node.attributes;
    const layout = layoutOf(a, b, node.attributes) as Layout;
    const [M, N, K] = [layout.M, layout.N, layout.K].map((dim) => at(dim, to.capacity));
    const call = {
      c: to.output(node),
      a: to.pointer(a),
      b: to.pointer(b),
      ...layout,
      lda: matrix(a.shape)[1],
      ldb: matrix(b.shape)[1],
      ldc: layout.N,
      beta: to.beta(node),
    };
    const kind = transposeA ? "tn" : transposeB ? "nt" : "nn";
    if (packs(kind, M, N, K)) to.emit(`gemm_${kind}_f32`, { ...call, scratch: to.scratch("f32", GEMM_SCRATCH) });
    else to.emit(`gemm_small_${kind}_f32`, call);
  },
  gradient(node, [g]) {
    const [a, b] = node.inputs;
    const { transposeA, transposeB } = node.attributes;
    if (g === null) return [];
    if (transposeA) return [sumTo(matmul(b, g, { transposeB: true }), a.shape), sumTo(matmul(a, g), b.shape)];
    const da = matmul(g, b, { transposeB: !transposeB });
    // With a shared matrix the sum over the batch happens inside one product, which can add in place.
    const shared = isShared(b, false);
    const [x, dy] = shared ? [flat(a), flat(g)] : [a, g];
    const db = transposeB ? matmul(dy, x, { transposeA: true }) : matmul(x, dy, { transposeA: true });
    return [sumTo(da, a.shape), shared ? reshape(db, b.shape) : sumTo(db, b.shape)];
  },
};

/** All matrices of a batch below each other. */
const flat = (x: Tensor): Tensor => reshape(x, [count(x.shape.slice(0, -1)), matrix(x.shape)[1]]);

/** The last two dimensions exchanged. */
function flipped(x: Tensor): Tensor {
  const { length } = x.shape;
  return transpose(
    x,
    x.shape.map((_, i) => (i < length - 2 ? i : i === length - 2 ? length - 1 : length - 2)),
  );
}

/**
 * y = op(a) op(b), where op transposes the last two dimensions if asked: a [...,M,K], b [...,K,N], y [...,M,N]. Dimensions in front
 * are a batch and broadcast; a single right operand for all is the cheapest case.
 * Gradient: da = dy b^T, db = a^T dy, summed over the batch where an operand was repeated.
 * @throws ShapeError if the shapes do not fit, or y would grow with the batch in two dimensions
 */
export function matmul(a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: MatmulOptions = {}): Tensor {
  tensor("matmul", a, "f32");
  tensor("matmul", b, "f32", a);
  const [left, right] = [transposeA ? "a transposed" : "a", transposeB ? "b transposed" : "b"];
  const got = `a ${formatShape(a.shape)} and b ${formatShape(b.shape)}`;
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new ShapeError({
      where: "matmul",
      got,
      expected: "at least two dimensions each",
      hint: "make a vector a matrix of one row or column with reshape()",
    });
  }
  const [ra, ca] = matrix(a.shape);
  const [rb, cb] = matrix(b.shape);
  if (!sameDim(transposeA ? ra : ca, transposeB ? cb : rb)) {
    throw new ShapeError({
      where: "matmul",
      got,
      expected: `as many columns of ${left} as rows of ${right}`,
      hint: "see the options transposeA and transposeB",
    });
  }
  const batch = broadcastShapes(`matmul of ${got}, dimensions before the last two`, leading(a.shape), leading(b.shape));
  const shape = planned("matmul", [...batch, transposeA ? ca : ra, transposeB ? rb : cb]);
  if (transposeA && transposeB) return flipped(matmul(b, a));
  if (layoutOf(a, b, { transposeA, transposeB }) === null) {
    const whole = (x: Tensor): Tensor => (sameShape(leading(x.shape), batch) ? x : broadcastTo(x, planned("matmul", [...batch, ...matrix(x.shape)])));
    return matmul(whole(a), whole(b), { transposeA, transposeB });
  }
  return a.graph.add(matmulOp, [a, b], { transposeA, transposeB }, { shape, dtype: "f32" })[0];
}

export { matmulOp };
