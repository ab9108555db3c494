/** Dense products as text. @module */
export const gemm = {
  gemm_nn_f32: "C = A B + beta C",
  gemm_nt_f32: "C = A B^T + beta C",
  gemm_tn_f32: "C = A^T B + beta C",
  gemm_small_nn_f32: "C = A B + beta C",
  gemm_small_nt_f32: "C = A B^T + beta C",
  gemm_small_tn_f32: "C = A^T B + beta C",
};
