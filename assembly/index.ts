/** The kernels: what the module exports is what is exported here. */
export * from "./activation";
export * from "./conv2d";
export * from "./elementwise";
export * from "./gather";
export * from "./gemm";
export * from "./optimizer";
export * from "./peak";
export * from "./pooling";
export * from "./random";
export * from "./reduction";
export * from "./shift";
export * from "./softmax";
export * from "./sparse";
export { write_constants } from "./simd/constants";

/** The first address that the kernels leave to the host. */
export const HEAP_BASE: usize = __heap_base;

/** 1 in the relaxed build: asked of a module that the host was handed ready-made. */
export function is_relaxed(): i32 {
  return ASC_FEATURE_RELAXED_SIMD ? 1 : 0;
}
