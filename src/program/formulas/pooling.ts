/** Pooling as text: s are the strides, p the padding. @module */
export const pooling = {
  maxpool2d_nhwc_forward_f32: "y[n,i,j,c] = max x[n,i s+a-p,j s+b-p,c], argmax = its (a,b)",
  maxpool2d_nhwc_backward_f32: "dx[n,i s+a-p,j s+b-p,c] += dy[n,i,j,c] at (a,b) = argmax[n,i,j,c]",
  averagepool2d_nhwc_forward_f32: "y[n,i,j,c] = mean x[n,i s+a-p,j s+b-p,c]",
  averagepool2d_nhwc_backward_f32: "dx[n,i s+a-p,j s+b-p,c] += dy[n,i,j,c] / elements of the window",
};
