/** Convolutions as text: a and b walk over the window, s are the strides, d the dilation, p the padding. @module */
export const conv2d = {
  conv2d_pack_nhwc_forward_f32: "packed[o/8,a,b,c,o%8] = w[o,a,b,c]",
  conv2d_pack_nhwc_backward_input_f32: "packed[c/8,b,a,o,c%8] = w[o,a,b,c]",
  conv2d_nhwc_forward_f32: "y[n,i,j,o] = sum x[n,i s+a d-p,j s+b d-p,c] w[o,a,b,c] + bias[o], rectified if relu",
  conv2d_nhwc_backward_input_f32: "dx[n,i s+a d-p,j s+b d-p,c] = sum dy[n,i,j,o] w[o,a,b,c] + beta dx",
  conv2d_nhwc_backward_filter_f32: "dw[o,a,b,c] = sum dy[n,i,j,o] x[n,i s+a d-p,j s+b d-p,c] + beta dw",
};
