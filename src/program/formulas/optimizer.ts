/** Optimizer updates as text; h is the optimizer's numbers of the step. @module */
export const optimizer = {
  sgd_update_f32: "p = p - h0 g, if ok",
  momentum_update_f32: "m = h1 m - h0 g; p = p + m, if ok",
  nesterov_update_f32: "m = h1 m - h0 g; p = p + h1 m - h0 g, if ok",
  adam_update_f32: "m = m + h1 (g - m); v = v + h2 (g^2 - v); p = p - h0 m / (sqrt(v) + h3), if ok",
};
