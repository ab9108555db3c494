/** Images read between their pixels, as text. @module */
export const resample = {
  random_affine_coordinates_f32: "coordinates[i,:,h,w] = flip (zoom (turn by -t (p - shift))) about the centre; t, zoom, shift and flip random",
  resample_nhwc_forward_f32: "y[i,h,w,:] = sum over a, b: max(0, 1 - |v - a|) max(0, 1 - |u - b|) x[i,a,b,:]; (v, u) = coordinates[i,:,h,w]",
  resample_nhwc_backward_f32: "dx[i,a,b,:] = sum over h, w: max(0, 1 - |v - a|) max(0, 1 - |u - b|) dy[i,h,w,:]; (v, u) = coordinates[i,:,h,w]",
};
