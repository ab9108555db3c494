/**
 * Fusion: rewrites a graph before it is differentiated, so that an op and its gradient change together or not at all.
 * A rule is refused when an inner tensor has another reader.
 * @module
 */
import { isRows } from "../shape.ts";
import { Graph, type Node, reachable, type Tensor } from "./graph.ts";
import { relu, reluOp } from "./ops/activation.ts";
import { batchNormInferenceOp, batchNormOp } from "./ops/batch-norm.ts";
import { biasRelu } from "./ops/bias-relu.ts";
import { convBias } from "./ops/conv-bias.ts";
import { convBlock } from "./ops/conv-block.ts";
import { type Conv2dSizes, conv2dOp } from "./ops/conv2d.ts";
import { crossEntropyOp, softmaxCrossEntropy } from "./ops/cross-entropy.ts";
import { add, addOp } from "./ops/elementwise.ts";
import type { SampleFormat } from "./ops/leaf.ts";
import { matmulOp } from "./ops/matmul.ts";
import { maxPool2dOp, type Pool2dSizes } from "./ops/pool2d.ts";
import { rectifiedLinear } from "./ops/rectified-linear.ts";
import { softmaxOp } from "./ops/softmax.ts";
import { batchBehind, type SparseLayout, sparseLinear, sparseLinearOp, sparseLists } from "./ops/sparse-linear.ts";

/** What the rules may know of the run they rewrite for. */
export interface FuseOptions {
  readonly capacity: number;
  /** Passes per step: with many, copies made once per step are free. */
  readonly passes: number;
}

interface Context {
  readonly options: FuseOptions;
  readonly graph: Graph;
  readonly nodes: readonly Node[];
  readers(tensor: Tensor): number;
  /** The rewritten twin of a tensor, rewriting what it needs. */
  twin(tensor: Tensor): Tensor;
}

/** Gives the outputs of a node's replacement, or null if it does not apply. */
type Rule = (node: Node, context: Context) => readonly Tensor[] | null;

const is = (node: Node, op: unknown): boolean => node.op === op;

/** Floats between rows: 1 kB rows and their multiples alias in the L1 cache, so many-pass steps use padded copies. */
function layoutFor(width: number, columns: number, { passes }: FuseOptions): SparseLayout {
  const aliases = columns % 256 === 0;
  const padded = aliases && passes >= 8;
  return { width, columns, step: padded ? columns + 16 : columns, ranges: passes >= 8 ? Math.max(1, Math.floor(width / 196 + 0.5)) : 1 };
}

/** batch matmul w -> the product by lists. */
const sparseProduct: Rule = (node, context) => {
  if (!is(node, matmulOp)) return null;
  const [x, w] = node.inputs;
  const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
  const batch = batchBehind(x);
  if (batch === null || transposeA || transposeB || x.shape.length !== 2 || w.shape.length !== 2) return null;
  const format = batch.attributes as SampleFormat;
  const [width, columns] = w.shape;
  if (!format.sparse || format.dtype !== "u8" || format.shift !== 0 || typeof width !== "number" || typeof columns !== "number") return null;
  const layout = layoutFor(width, columns, context.options);
  const lists = sparseLists(context.twin(batch.inputs[0]), format, layout, context.options.capacity);
  return [sparseLinear(lists, context.twin(w), null, layout)];
};

/** (product by lists) + bias -> the product starts from the bias. */
const sparseBias: Rule = (node, context) => {
  if (!is(node, addOp)) return null;
  const [product, bias] = node.inputs;
  if (context.readers(product) !== 1 || bias.shape.length !== 1) return null;
  const twin = context.twin(product);
  if (!is(twin.node, sparseLinearOp) || twin.node.inputs.length !== 5) return null;
  const layout = twin.node.attributes as SparseLayout;
  if (bias.shape[0] !== layout.columns) return null;
  return [sparseLinear(twin.node.inputs.slice(0, 4), twin.node.inputs[4], context.twin(bias), layout)];
};

/** softmax(z) and crossEntropy(z, labels) -> one pass over the logits. */
const softmaxLoss: Rule = (node, context) => {
  const both = is(node, softmaxOp) ? softmaxOp : is(node, crossEntropyOp) ? crossEntropyOp : null;
  if (both === null || node.inputs[0].shape.length !== 2) return null;
  const partners = context.nodes.filter((n) => n !== node && n.inputs[0] === node.inputs[0] && (is(n, softmaxOp) || is(n, crossEntropyOp)));
  if (partners.length !== 1 || partners[0].op === both) return null;
  const loss = is(node, crossEntropyOp) ? node : partners[0];
  // The later of the two finds what the earlier made.
  const logits = context.twin(node.inputs[0]);
  const labels = context.twin(loss.inputs[1]);
  const made = context.graph.nodes.find((n) => n.op.name === "softmaxCrossEntropy" && n.inputs[0] === logits);
  const [lossTensor, probabilities] = made?.outputs ?? Object.values(softmaxCrossEntropy(logits, labels));
  return [node === loss ? lossTensor : probabilities];
};

/** relu(conv2d(x, w) + bias), or without the rectifier -> one op. */
const biasedConvolution: Rule = (node, context) => {
  const relu = is(node, reluOp);
  const biased = relu ? node.inputs[0] : node.outputs[0];
  if (!is(biased.node, addOp) || (relu && context.readers(biased) !== 1)) return null;
  const [product, bias] = biased.node.inputs;
  if (!is(product.node, conv2dOp) || context.readers(product) !== 1 || bias.shape.length !== 1) return null;
  const sizes = product.node.attributes as Conv2dSizes;
  if (bias.shape[0] !== sizes.OC) return null;
  const [x, w] = product.node.inputs.map(context.twin);
  return [convBias(x, w, context.twin(bias), sizes, relu, product.shape)];
};

/** Pooling by windows of 2x2 that lie side by side, inside the image. */
const pairs = ({ OH, OW, KH, KW, strideH, strideW, padTop, padLeft, H, W }: Pool2dSizes): boolean =>
  [KH, KW, strideH, strideW].every((n) => n === 2) && padTop === 0 && padLeft === 0 && OH === H >> 1 && OW === W >> 1;

/** maxPool2d(relu(conv2d(x, w) + bias)) -> one op that never stores the map that is pooled; bias and relu may be absent. */
const pooledConvolution: Rule = (node, context) => {
  if (!is(node, maxPool2dOp) || !pairs(node.attributes as Pool2dSizes) || context.readers(node.outputs[1]) > 0) return null;
  let inner = node.inputs[0];
  const alone = (tensor: Tensor): boolean => context.readers(tensor) === 1;
  const relu = is(inner.node, reluOp) && alone(inner);
  if (relu) inner = inner.node.inputs[0];
  let bias: Tensor | null = null;
  if (is(inner.node, addOp) && alone(inner) && inner.node.inputs[1].shape.length === 1) {
    bias = inner.node.inputs[1];
    inner = inner.node.inputs[0];
  }
  if (!is(inner.node, conv2dOp) || !alone(inner)) return null;
  const window = inner.node.attributes as Conv2dSizes;
  const { strideH, strideW, dilationH, dilationW, groups } = window;
  if ([strideH, strideW, dilationH, dilationW, groups].some((n) => n !== 1) || (bias !== null && bias.shape[0] !== window.OC)) return null;
  const [x, w] = inner.node.inputs.map(context.twin);
  const { scope, phase } = inner.node;
  return context.graph.within(scope, phase, () => convBlock({ x, w, bias: bias && context.twin(bias), window, relu }).slice(0, 2));
};

/** The rectifier that alone reads what a batch normalization gives. */
function rectifierOf(node: Node, context: Context): Node | undefined {
  if (!(is(node, batchNormOp) || is(node, batchNormInferenceOp)) || context.readers(node.outputs[0]) !== 1) return undefined;
  return context.nodes.find((reader) => is(reader, reluOp) && reader.inputs[0] === node.outputs[0]);
}

/** relu(batchNorm(x)) -> one op; its statistics have readers of their own, so it is the normalization that is replaced. */
const rectifiedNorm: Rule = (node, context) => {
  if (is(node, reluOp)) return rectifierOf(node.inputs[0].node, context) === node ? [context.twin(node.inputs[0])] : null;
  if (rectifierOf(node, context) === undefined) return null;
  return context.graph.add(node.op, node.inputs.map(context.twin), { ...(node.attributes as object), relu: 1 }, ...node.outputs);
};

/** relu(x w^T + bias), w [units,in] -> the same, with a product that knows that half of its gradient is 0. */
const rectifiedProduct: Rule = (node, context) => {
  if (!is(node, reluOp)) return null;
  const [sum] = node.inputs;
  if (!is(sum.node, addOp) || context.readers(sum) !== 1) return null;
  const [product, bias] = sum.node.inputs;
  if (!is(product.node, matmulOp) || context.readers(product) !== 1 || bias.shape.length !== 1) return null;
  const [x, w] = product.node.inputs;
  const { transposeA, transposeB } = product.node.attributes as { transposeA: boolean; transposeB: boolean };
  if (transposeA || !transposeB || x.shape.length !== 2 || w.shape.some(isRows)) return null;
  return [relu(add(rectifiedLinear(context.twin(x), context.twin(w)), context.twin(bias)))];
};

/** relu(z + bias) of maps -> one op. */
const biasedRectifier: Rule = (node, context) => {
  if (!is(node, reluOp)) return null;
  const [sum] = node.inputs;
  if (!is(sum.node, addOp) || context.readers(sum) !== 1) return null;
  const [z, bias] = sum.node.inputs;
  const units = z.shape.at(-1);
  if (z.shape.length < 3 || typeof units !== "number" || bias.shape.length !== 1 || bias.shape[0] !== units) return null;
  return [biasRelu(context.twin(z), context.twin(bias))];
};

const rules: readonly Rule[] = [rectifiedNorm, rectifiedProduct, sparseProduct, sparseBias, softmaxLoss, pooledConvolution, biasedConvolution, biasedRectifier];

/** Rewrites what `roots` need into a new graph; returns the twin of each tensor. */
export function fuse(roots: readonly Tensor[], options: FuseOptions): (tensor: Tensor) => Tensor {
  const nodes = reachable(roots);
  const graph = new Graph();
  const counts = new Map<Tensor, number>();
  for (const tensor of [...nodes.flatMap((node) => node.inputs), ...roots]) counts.set(tensor, (counts.get(tensor) ?? 0) + 1);
  const twins = new Map<Tensor, Tensor>();
  const rewrite = (node: Node): void => {
    const outputs = graph.within(node.scope, node.phase, () => {
      for (const rule of rules) {
        const replaced = rule(node, context);
        if (replaced !== null) return replaced;
      }
      return graph.add(node.op, node.inputs.map(twin), node.attributes, ...node.outputs);
    });
    node.outputs.forEach((tensor, i) => {
      twins.set(tensor, outputs[i]);
    });
  };
  const twin = (tensor: Tensor): Tensor => {
    if (!twins.has(tensor)) rewrite(tensor.node);
    return twins.get(tensor) as Tensor;
  };
  const context: Context = { options, graph, nodes, readers: (tensor) => counts.get(tensor) ?? 0, twin };
  for (const node of nodes) for (const tensor of node.outputs) twin(tensor);
  return twin;
}
