/** Activations in words. @module */
export const activation = {
  relu_forward_f32: "y = max(x, 0)",
  relu_backward_f32: "dx = dy where y > 0, else 0",
  leaky_relu_forward_f32: "y = x where x > 0, else alpha x",
  leaky_relu_backward_f32: "dx = dy where y > 0, else alpha dy",
  elu_forward_f32: "y = x where x > 0, else alpha (e^x - 1)",
  elu_backward_f32: "dx = dy where y > 0, else dy (y + alpha)",
  sigmoid_forward_f32: "y = 1 / (1 + e^-x)",
  sigmoid_backward_f32: "dx = dy y (1 - y)",
  tanh_forward_f32: "y = tanh x",
  tanh_backward_f32: "dx = dy (1 - y^2)",
  softplus_forward_f32: "y = ln(1 + e^x)",
  softplus_backward_f32: "dx = dy / (1 + e^-x)",
};
