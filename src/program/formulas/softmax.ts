/** Softmax and cross-entropy in words. @module */
export const softmax = {
  softmax_forward_f32: "y = e^x / sum of e^x, per sample",
  softmax_backward_f32: "dx = y (dy - sum of dy y), per sample",
  softmax_cross_entropy_forward_f32: "y = softmax(x); loss = ln(sum of e^x) - x[label]",
  softmax_cross_entropy_backward_f32: "dx = dloss (y - onehot(label))",
  cross_entropy_logits_f32: "loss = ln(sum of e^x) - x[label]",
};
