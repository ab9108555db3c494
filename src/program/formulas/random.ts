/** Random numbers in words. @module */
export const random = {
  fill_uniform_f32: "y uniform in [0, 1)",
  fill_normal_f32: "y standard normal",
};
