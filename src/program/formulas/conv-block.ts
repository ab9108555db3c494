/** Convolution with bias, rectifier and max-pooling in one, as text. @module */
export const convBlock = {
  conv_windows_f32: "lists of the 2x2 pooling windows whose patch of x is not all zeros",
  conv_window_forward_f32: "y = relu(max over each window of (x * w) + bias), code = where the maximum is",
  conv_window_gradient_f32: "for each shard of samples: dw[o] = sum of dy where y > 0 times the patch of x at code; db[o] = sum of dy where y > 0",
  sum_shards_f32: "y = sum over the shards of parts + beta y",
  conv_block_lists_f32: "lists of dy where y > 0, by output position and by channel, at code; for each shard of samples: db[o] = their sum",
  conv_block_backward_input_f32: "dx = sum over the lists of dy w[o] + beta dx",
  conv_block_backward_filter_f32: "dw[o] = sum over the list of o of dy times the patch of x + beta dw[o]",
};
