/** The kernel table: one key per kernel, the name of its WebAssembly export. @module */
import * as activation from "./activation.ts";
import * as batchNorm from "./batch-normalization.ts";
import * as biasRelu from "./bias-relu.ts";
import * as block from "./conv-block.ts";
import * as conv2d from "./conv2d.ts";
import * as depthwise from "./depthwise.ts";
import * as elementwise from "./elementwise.ts";
import * as gather from "./gather.ts";
import * as gemm from "./gemm.ts";
import * as layerNorm from "./layer-normalization.ts";
import * as optimizer from "./optimizer.ts";
import * as pooling from "./pooling.ts";
import * as random from "./random.ts";
import * as recurrent from "./recurrent.ts";
import * as reduction from "./reduction.ts";
import * as resample from "./resample.ts";
import * as shift from "./shift.ts";
import * as softmax from "./softmax.ts";
import * as sparse from "./sparse.ts";
import * as update from "./update.ts";
import * as winograd from "./winograd.ts";

const { GEMM_SCRATCH: _scratch, ...products } = gemm;
const { windowsOf: _windows, channelListsOf: _lists, ...convBlock } = block;
const { winogradFilterSize: _size, ...tiled } = winograd;
const { recurrent_pack_f32, recurrent_pack_transposed_f32, recurrent_forward_f32, recurrent_backward_f32, recurrent_backward_weights_f32 } = recurrent;

export const kernels = {
  ...products,
  ...sparse,
  ...conv2d,
  ...depthwise,
  ...pooling,
  ...convBlock,
  ...tiled,
  ...elementwise,
  ...activation,
  ...biasRelu,
  recurrent_pack_f32,
  recurrent_pack_transposed_f32,
  recurrent_forward_f32,
  recurrent_backward_f32,
  recurrent_backward_weights_f32,
  ...reduction,
  ...softmax,
  ...batchNorm,
  ...layerNorm,
  ...gather,
  ...optimizer,
  ...random,
  ...shift,
  ...resample,
  ...update,
};

/** The table's type. */
export type Kernels = typeof kernels;
/** The name of a kernel. */
export type KernelName = keyof Kernels;
/** All names; a kernel's place here is its number in encoded Programs. */
export const KERNELS = Object.keys(kernels) as readonly KernelName[];

export { channelListsOf, windowsOf } from "./conv-block.ts";
export { GEMM_SCRATCH } from "./gemm.ts";
export * from "./kernel.ts";
export { winogradFilterSize } from "./winograd.ts";
