/** Reductions as text. @module */
export const reduction = {
  reduce_sum_f32: "y[a,b] = sum over r of x[a,r,b] + beta y[a,b]",
  reduce_max_f32: "y[a,b] = max over r of x[a,r,b]",
  reduce_argmax_f32: "y[a,b] = first r of the largest x[a,r,b]",
  reduce_logsumexp_f32: "y[a,b] = log(sum over r of e^x[a,r,b])",
  sum_f64: "y = sum of x + beta y, in f64",
  finite_f64: "ok = x is finite ? 1 : 0",
};
