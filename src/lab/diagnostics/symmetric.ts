/** Eigenvalues of symmetric matrices. @module */

/** Eigenvalues in falling order, and the unit eigenvector of each. */
export interface Eigen {
  readonly values: readonly number[];
  readonly vectors: readonly (readonly number[])[];
}

/** Sweeps end where what is off the diagonal is this small beside the whole. */
const SMALL = 1e-30;
const MOST_SWEEPS = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations, accurate to rounding (Golub & Van Loan 2013, "Matrix Computations",
 * section 8.5); for matrices of up to some hundred rows. Of the two unit vectors of an eigenvalue the one whose largest component is positive.
 */
export function eigenOf(matrix: readonly (readonly number[])[]): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_row, j) => (i === j ? 1 : 0)));
  const sum = (of: (i: number, j: number) => number): number => a.reduce((s, row, i) => s + row.reduce((t, _, j) => t + of(i, j), 0), 0);
  const whole = sum((i, j) => a[i][j] ** 2);
  for (let sweep = 0; sweep < MOST_SWEEPS && sum((i, j) => (i === j ? 0 : a[i][j] ** 2)) > SMALL * whole; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  const order = [...a.keys()].sort((i, j) => a[j][j] - a[i][i]);
  return {
    values: order.map((i) => a[i][i]),
    vectors: order.map((i) => {
      const vector = v.map((row) => row[i]);
      const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) * (1 + 1e-9) ? x : best), 0);
      return largest < 0 ? vector.map((x) => -x) : vector;
    }),
  };
}

/** Makes a[p][q] zero. */
function rotate(a: number[][], v: number[][], p: number, q: number): void {
  if (a[p][q] === 0) return;
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < a.length; k++) {
    [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
    [v[k][p], v[k][q]] = [c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]];
  }
  for (let k = 0; k < a.length; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
}
