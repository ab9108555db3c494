/** Updates in words; h are the optimizer's numbers of the step. @module */
export const optimizer = {
  sgd_update_f32: "p -= learningRate g",
  momentum_update_f32: "m = momentum m - learningRate g; p += m",
  nesterov_update_f32: "m = momentum m - learningRate g; p += momentum m - learningRate g",
  adam_update_f32: "m += (1-beta1)(g - m); v += (1-beta2)(g^2 - v); p -= stepSize m / (sqrt(v) + epsilon)",
};
