/** Depthwise convolutions as text: a and b walk over the window, s are the strides, d the dilation, p the padding. @module */
export const depthwise = {
  depthwise_conv2d_nhwc_forward_f32: "y[n,i,j,c] = sum x[n,i s+a d-p,j s+b d-p,c] w[a,b,c]",
  depthwise_conv2d_nhwc_backward_input_f32: "dx[n,i s+a d-p,j s+b d-p,c] = sum dy[n,i,j,c] w[a,b,c] + beta dx",
  depthwise_conv2d_nhwc_backward_filter_f32: "dw[a,b,c] = sum dy[n,i,j,c] x[n,i s+a d-p,j s+b d-p,c] + beta dw",
};
