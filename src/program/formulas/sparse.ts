/** Products with sparse lists as text. @module */
export const sparse = {
  sparse_lists_u8: "lists of the non-zero X[r,i] = table[data[indices[r],i]], by row and by column",
  sparse_lists_f32: "lists of the non-zero X[r,i], by row",
  sparse_matmul_f32: "Y = X W + bias + beta Y, X sparse",
  sparse_matmul_sgd_f32: "W = W - learningRate X^T dY, X sparse, if ok",
};
