/** Activations as text. @module */
export const activation = {
  relu_forward_f32: "y = max(x, 0)",
  relu_backward_f32: "dx = (y > 0 ? dy : 0) + beta dx",
  leaky_relu_forward_f32: "y = x > 0 ? x : alpha x",
  leaky_relu_backward_f32: "dx = (y > 0 ? dy : alpha dy) + beta dx",
  elu_forward_f32: "y = x > 0 ? x : alpha (e^x - 1)",
  elu_backward_f32: "dx = (y > 0 ? dy : dy (y + alpha)) + beta dx",
  sigmoid_forward_f32: "y = 1 / (1 + e^-x)",
  sigmoid_backward_f32: "dx = dy y (1 - y) + beta dx",
  tanh_forward_f32: "y = tanh(x)",
  tanh_backward_f32: "dx = dy (1 - y^2) + beta dx",
  softplus_forward_f32: "y = log(1 + e^x)",
  softplus_backward_f32: "dx = dy / (1 + e^-x) + beta dx",
};
