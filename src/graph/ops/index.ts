/**
 * The vocabulary of layers, losses and metrics: functions on symbolic tensors. Wherever a tensor operand is taken by arithmetic, a
 * number may stand for it. Gradients follow by themselves.
 * @module
 */
export {
  elu,
  gelu,
  geluTanh,
  hardSigmoid,
  hardSilu,
  hardTanh,
  leakyRelu,
  linear,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
  tanh,
} from "./activation.ts";
export { batchNorm, batchNormInference, type NormalizationOptions } from "./batch-norm.ts";
export { broadcastTo, type ReduceOptions } from "./broadcast.ts";
export { type Conv1dOptions, conv1d } from "./conv1d.ts";
export { type Conv2dOptions, conv2d } from "./conv2d.ts";
export { type Conv2dTransposeOptions, conv2dTranspose } from "./conv2d-transpose.ts";
export { type DepthwiseConv2dOptions, depthwiseConv2d } from "./depthwise.ts";
export { abs, add, div, exp, log, mul, neg, sign, sqrt, square, sub } from "./elementwise.ts";
export { gather } from "./gather.ts";
export { layerNorm } from "./layer-norm.ts";
export { constant } from "./leaf.ts";
export { logCosh } from "./log-cosh.ts";
export { type MatmulOptions, matmul } from "./matmul.ts";
export { dropout, gaussianDropout, gaussianNoise, spatialDropout } from "./noise.ts";
export type { Value } from "./operands.ts";
export { averagePool1d, averagePool2d, maxPool1d, maxPool2d, type Pool1dOptions, type Pool2dOptions } from "./pool2d.ts";
export { pow } from "./pow.ts";
export { type Factor, type FlipMode, type RandomAffineOptions, randomAffine } from "./random-affine.ts";
export { type RandomElasticOptions, randomElastic } from "./random-elastic.ts";
export { randomShift } from "./random-shift.ts";
export { type RecurrentActivation, type RecurrentCell, type RecurrentOptions, type RecurrentResult, recurrent } from "./recurrent.ts";
export { argmax, logSumExp, max, mean, min, sum } from "./reduce.ts";
export type { FillMode } from "./resample.ts";
export { reverse } from "./reverse.ts";
export { type Comparison, cast, clip, compare, maximum, minimum, where } from "./select.ts";
export { reshape, stopGradient, transpose } from "./shaping.ts";
export { concat, pad, slice } from "./slicing.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export type { Padding, Pair, SequencePadding } from "./window.ts";
