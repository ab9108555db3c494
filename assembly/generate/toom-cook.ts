/**
 * The matrices of Winograd's convolution F(m, r) after Toom and Cook: m outputs of a filter of r taps from n = m + r - 1 products.
 * y = A^T [(G g) * (B^T d)]: g the filter, d the n inputs. A. Lavin, S. Gray, "Fast algorithms for convolutional neural networks", 2015.
 * @module
 */

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/**
 * Where the polynomials are evaluated: at the first n - 1 of these, and at infinity. Pairs of both signs share their even and odd parts; 1/2
 * and 2 err alike.
 */
const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];

const times = (p: readonly number[], root: number): number[] => {
  const product = new Array<number>(p.length + 1).fill(0);
  p.forEach((x, i) => {
    product[i] -= root * x;
    product[i + 1] += x;
  });
  return product;
};

/** B^T [n][n]: row j is the product of (x - p) over all points p but the j-th. */
export function inputMatrix(n: number): Matrix {
  const points = POINTS.slice(0, n - 1);
  return Array.from({ length: n }, (_, j) => {
    const p = points.filter((_point, l) => l !== j).reduce(times, [1]);
    return [...p, ...new Array<number>(n - p.length).fill(0)];
  });
}

/** A^T [m][n]: powers of the points. */
export function outputMatrix(m: number, r: number): Matrix {
  const points = POINTS.slice(0, m + r - 2);
  return Array.from({ length: m }, (_, i) => [...points.map((p) => p ** i), i === m - 1 ? 1 : 0]);
}

/** G [n][r]: powers of the points over the product of their distances. */
export function filterMatrix(m: number, r: number): Matrix {
  const points = POINTS.slice(0, m + r - 2);
  const powers = (p: number): number[] => Array.from({ length: r }, (_, k) => p ** k);
  const distance = (j: number): number => points.reduce((product, p, l) => (l === j ? product : product * (points[j] - p)), 1);
  return [...points.map((p, j) => powers(p).map((x) => x / distance(j))), powers(0).map((_, k) => (k === r - 1 ? 1 : 0))];
}

/** The rows of M as columns. */
export const transposed = (M: Matrix): Matrix => M[0].map((_, j) => M.map((row) => row[j]));
