/** Winograd's convolutions as text. @module */
export const winograd = {
  winograd_filter_f32: "u = G w G^T",
  winograd_filter_transposed_f32: "u = (G w G^T)^T",
  winograd_forward_f32: "y = f(A^T (u * B^T x B) A + bias)",
  winograd_pool_forward_f32: "y = max over 2x2 windows of f(A^T (u * B^T x B) A + bias)",
  winograd_backward_input_f32: "dx = B (u^T * A dy A^T) B^T + beta dx",
  winograd_backward_filter_f32: "dw = G^T (A dy A^T * B^T x B) G + beta dw",
};
