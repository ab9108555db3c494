/** Batch and layer normalization as text. @module */
export const normalization = {
  batch_norm_moments_f32: "parts = of every 4 samples: first pixel f, sum of x - f, sum of (x - f)^2",
  batch_norm_statistics_f32: "mean[c], variance[c] = those of x[:,:,c], from the parts",
  batch_norm_forward_f32: "y[n,p,c] = gamma[c] (x[n,p,c] - mean[c]) / sqrt(variance[c] + epsilon) + beta[c]; max(0, that) with relu",
  batch_norm_backward_sums_f32: "parts = of every 4 samples: sum of dz, sum of dz (x - mean); dz = dy (y > 0) with relu, else dy",
  batch_norm_backward_parameters_f32: "dgamma = sum of dz (x - mean) / sqrt(variance + epsilon); dbeta = sum of dz, from the parts",
  batch_norm_backward_input_f32: "dx = gamma / s (dz - dbeta / total - dgamma (x - mean) / (s total)) + beta dx; s = sqrt(variance + epsilon)",
  layer_norm_forward_f32: "mean, variance = those of the row; scale = 1 / sqrt(variance + epsilon); y = gamma (x - mean) scale + beta",
  layer_norm_backward_input_f32: "dx = scale (g - mean(g) - h mean(g h)) + beta dx; g = dy gamma, h = (x - mean) scale",
  layer_norm_backward_parameters_f32: "dgamma[j] = sum over r of dy[r,j] (x[r,j] - mean[r]) scale[r]; dbeta[j] = sum over r of dy[r,j]",
};
