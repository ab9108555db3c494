/** Random shifts as text. @module */
export const shift = {
  random_shift_nhwc_f32: "y[i,h,w,:] = x[i,h-a,w-b,:], 0 outside; a, b random within pixels",
};
