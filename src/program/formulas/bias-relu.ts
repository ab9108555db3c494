/** @module */
export const biasRelu = {
  bias_relu_forward_f32: "y = max(z + bias, 0)",
  bias_relu_backward_f32: "dz = (y > 0 ? dy : 0); for each shard of samples: db = sum of dz over rows",
} as const;
