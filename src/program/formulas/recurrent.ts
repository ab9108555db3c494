/** Recurrent layers as text. @module */
export const recurrent = {
  recurrent_pack_f32: "packed = panels of the biases, kernel and recurrent kernel",
  recurrent_pack_transposed_f32: "packed = panels of the recurrent kernel, transposed",
  recurrent_forward_f32: "gates[t] = f(x[t] W + h[t-1] R + bias); h[t], c[t] from gates[t], h[t-1], c[t-1]; outputs[t] = h[t]",
  recurrent_backward_f32: "t from the last: dh[t] += doutputs[t]; dgates[t] from dh[t], dc[t]; dh[t-1] = dgates[t] R^T + what passes by, dc[t-1] = f dc[t]",
  recurrent_backward_weights_f32: "dw = [sum over n, t of x^T dgates; h[t-1]^T dgates; dgates] + beta dw",
};
