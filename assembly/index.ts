/** The kernels: what the module exports is what is exported here. */
export * from "./activation";
export * from "./affine";
export * from "./batch-normalization";
export { bias_relu_backward_f32, bias_relu_forward_f32 } from "./bias-relu";
export * from "./conv2d";
export { depthwise_conv2d_nhwc_backward_input_f32, depthwise_conv2d_nhwc_forward_f32 } from "./depthwise";
export { depthwise_conv2d_nhwc_backward_filter_f32 } from "./depthwise-filter";
export { conv_block_backward_filter_f32, conv_block_backward_input_f32, conv_block_lists_f32 } from "./conv-block";
export { conv_window_forward_f32, conv_window_gradient_f32, conv_windows_f32, sum_shards_f32 } from "./conv-window";
export * from "./elementwise";
export * from "./gated-activation";
export * from "./gather";
export { gemm_nn_f32, gemm_nt_f32, gemm_small_nn_f32, gemm_small_nt_f32, gemm_small_tn_f32, gemm_tn_f32 } from "./gemm";
export * from "./layer-normalization";
export * from "./optimizer";
export * from "./peak";
export * from "./pooling";
export * from "./random";
export { recurrent_forward_f32, recurrent_pack_f32 } from "./recurrent";
export { recurrent_backward_f32, recurrent_backward_weights_f32, recurrent_pack_transposed_f32 } from "./recurrent-backward";
export * from "./reduction";
export * from "./resample";
export * from "./shift";
export * from "./softmax";
export { sparse_lists_f32, sparse_lists_u8, sparse_matmul_f32, sparse_matmul_sgd_f32 } from "./sparse";
export * from "./update";
export * from "./winograd";
export { write_constants } from "./simd/constants";

/** The first address that the kernels leave to the host. */
export const HEAP_BASE: usize = __heap_base;

/** 1 in the relaxed build: asked of a module that the host was handed ready-made. */
export function is_relaxed(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 1 : 0;
}
