/** Random numbers as text. @module */
export const random = {
  fill_uniform_f32: "y = uniform in [0,1) by key and place",
  fill_normal_f32: "y = standard normal by key and place",
};
