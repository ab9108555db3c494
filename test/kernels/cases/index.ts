/** The cases of every kernel of the table: the compiler wants one for each. */
import type { KernelName } from "../../../src/program/kernels/index.ts";
import type { KernelCases } from "../harness.ts";
import { activation } from "./activation.ts";
import { batchNormalization } from "./batch-normalization.ts";
import { biasRelu } from "./bias-relu.ts";
import { convBlock, convWindow } from "./conv-block.ts";
import { conv2d } from "./conv2d.ts";
import { depthwise } from "./depthwise.ts";
import { elementwise } from "./elementwise.ts";
import { gatedActivation } from "./gated-activation.ts";
import { gather } from "./gather.ts";
import { gemm } from "./gemm.ts";
import { layerNormalization } from "./layer-normalization.ts";
import { optimizer } from "./optimizer.ts";
import { pooling } from "./pooling.ts";
import { random } from "./random.ts";
import { recurrent } from "./recurrent.ts";
import { reduction } from "./reduction.ts";
import { resample } from "./resample.ts";
import { shift } from "./shift.ts";
import { softmax } from "./softmax.ts";
import { sparse } from "./sparse.ts";
import { update } from "./update.ts";
import { winograd } from "./winograd.ts";

export const families = {
  activation,
  "bias-relu": biasRelu,
  "batch-normalization": batchNormalization,
  "conv-block": convBlock,
  "conv-window": convWindow,
  conv2d,
  depthwise,
  elementwise,
  "gated-activation": gatedActivation,
  gather,
  gemm,
  "layer-normalization": layerNormalization,
  optimizer,
  pooling,
  random,
  recurrent,
  reduction,
  resample,
  shift,
  softmax,
  sparse,
  update,
  winograd,
};

export const cases = {
  ...activation,
  ...biasRelu,
  ...convBlock,
  ...convWindow,
  ...conv2d,
  ...depthwise,
  ...elementwise,
  ...gatedActivation,
  ...gather,
  ...gemm,
  ...batchNormalization,
  ...layerNormalization,
  ...optimizer,
  ...pooling,
  ...random,
  ...recurrent,
  ...reduction,
  ...resample,
  ...shift,
  ...softmax,
  ...sparse,
  ...update,
  ...winograd,
} satisfies Record<KernelName, KernelCases>;
