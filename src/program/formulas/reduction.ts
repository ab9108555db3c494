/** Reductions in words. @module */
export const reduction = {
  reduce_sum_f32: "y = sum of x",
  reduce_max_f32: "y = max of x",
  reduce_argmax_f32: "y = index of the largest x",
  reduce_logsumexp_f32: "y = ln(sum of e^x)",
  sum_f64: "y = sum of x, in double precision",
  finite_f64: "ok = x is finite",
};
