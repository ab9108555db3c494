/** Optimizer updates as text; h is the optimizer's numbers of the step, the last of them the decay of the weights. @module */
export const optimizer = {
  sgd_update_f32: "p = p + h1 p - h0 g, if ok",
  momentum_update_f32: "m = h1 m - h0 g; p = p + h3 p + h2 m, if ok",
  nesterov_update_f32: "m = h1 m - h0 g; p = p + h3 p + h2 (h1 m - h0 g), if ok",
  adagrad_update_f32: "v = v + g^2; p = p + h3 p - h0 g / (sqrt(v + h1) + h2), if ok",
  adadelta_update_f32: "v = v + h1 (g^2 - v); d = g sqrt(u + h2) / sqrt(v + h2); u = u + h1 (d^2 - u); p = p + h3 p - h0 d, if ok",
  rmsprop_update_f32:
    "d = g - a (g without a); a = a + h1 d; v = v + h1 (h2 d^2 - v); s = h0 g / (sqrt(v + h3) + h4); m = h5 m + s; p = p + h7 p - h6 m (- s without m), if ok",
  adam_update_f32: "m = m + h1 (g - m); v = v + h2 (g^2 - v); p = p + h4 p - h0 m / (sqrt(v) + h3) (the largest v, where it is kept), if ok",
  adamax_update_f32: "m = m + h1 (g - m); u = max(u - h2 u, |g| + h3); p = p + h5 p - h0 m / (u + h4), if ok",
  nadam_update_f32: "m = m + h1 (g - m); v = v + h2 (g^2 - v); p = p + h5 p - (h0 m + h4 g) / (sqrt(v) + h3), if ok",
  lion_update_f32: "d = g - m; p = p + h3 p - h0 sign(m + h1 d); m = m + h2 d, if ok",
};
