/** Softmax and cross-entropy as text. @module */
export const softmax = {
  softmax_forward_f32: "y[i,:] = e^x[i,:] / sum(e^x[i,:])",
  softmax_backward_f32: "dx[i,:] = y (dy - sum(dy y)) + beta dx",
  log_softmax_forward_f32: "y[i,:] = x[i,:] - log(sum(e^x[i,:]))",
  log_softmax_backward_f32: "dx[i,:] = dy - e^y sum(dy) + beta dx",
  softmax_cross_entropy_forward_f32: "y[i,:] = softmax(x[i,:]); loss[i] = -log(y[i,labels[i]])",
  softmax_cross_entropy_backward_f32: "dx[i,j] = dloss[i] (y[i,j] - (j == labels[i] ? 1 : 0)) + beta dx[i,j]",
  cross_entropy_logits_f32: "loss[i] = log(sum(e^x[i,:])) - x[i,labels[i]]",
};
