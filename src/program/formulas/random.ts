/** Random numbers as text. @module */
export const random = {
  fill_uniform_f32: "y = uniform in [0,1) by key and place",
  fill_normal_f32: "y = standard normal by key and place",
  dropout_mask_f32: "y = value, or 0 with probability threshold / 2^24, by key, sample and place",
  normal_rows_f32: "y = mean + stddev x standard normal by key, sample and place",
};
