/** What surrounds an optimizer's step, as text; h is the step's number. @module */
export const update = {
  sum_squares_f64: "y[a] = sum_r x[a,r]^2",
  penalty_sum_f64: "y[a] = sum_r l1 |x[a,r]| + l2 x[a,r]^2",
  combine_f64: "y = beta y + sum_i x[i]",
  penalty_gradient_f32: "g = g + 2 l2 p + l1 sign(p), if ok",
  clip_factor_f32: "factor = min(1, limit / sqrt(square)); ok = 0 unless that root is finite",
  clip_scale_f32: "g = factor g, if ok",
  clip_value_f32: "g = min(max(g, -limit), limit), if ok",
  constrain_norm_f32: "p[a,r,b] = p[a,r,b] min(max(|p[a,:,b]|, low), high) / |p[a,:,b]|, if ok",
  constrain_non_negative_f32: "p = max(p, 0), if ok",
  ema_update_f32: "e = e + h0 (p - e), if ok",
};
