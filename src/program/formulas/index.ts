/** The formula of every kernel, as the tracer prints it. @module */
import type { KernelName } from "../kernels/index.ts";
import { activation } from "./activation.ts";
import { biasRelu } from "./bias-relu.ts";
import { convBlock } from "./conv-block.ts";
import { conv2d } from "./conv2d.ts";
import { depthwise } from "./depthwise.ts";
import { elementwise } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { gemm } from "./gemm.ts";
import { normalization } from "./normalization.ts";
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

export const formulas: Record<KernelName, string> = {
  ...gemm,
  ...sparse,
  ...conv2d,
  ...depthwise,
  ...pooling,
  ...convBlock,
  ...winograd,
  ...elementwise,
  ...activation,
  ...biasRelu,
  ...recurrent,
  ...reduction,
  ...softmax,
  ...normalization,
  ...gather,
  ...optimizer,
  ...random,
  ...shift,
  ...resample,
  ...update,
};
