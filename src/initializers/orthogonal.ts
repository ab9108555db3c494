/** Rows or columns at right angles. @module */
import { ShapeError } from "../errors.ts";
import { fillNormal } from "../random.ts";
import { finite, type Initializer } from "./initializer.ts";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Length of each row or column. Default 1. */
  gain?: number;
}

/**
 * Saxe et al. 2014. The shape is read as a matrix, all but the last dimension its rows; whichever of rows and columns are fewer are at right
 * angles and `gain` long. They are the Q of the QR decomposition, R's diagonal positive, of a normal matrix (its transpose for a wide shape).
 * @throws ShapeError for a shape of rank below 2
 */
export function orthogonal(options: OrthogonalOptions = {}): Initializer {
  const { gain = 1 } = options;
  finite("orthogonal", "gain", gain);
  return {
    name: "orthogonal",
    config: () => ({ gain }),
    fill(y, shape, key) {
      if (shape.length < 2) throw new ShapeError({ where: "orthogonal", got: `shape [${shape}]`, expected: "at least two dimensions" });
      const columns = shape[shape.length - 1];
      const rows = columns === 0 ? 0 : y.length / columns;
      const long = Math.max(rows, columns);
      const short = Math.min(rows, columns);
      const normal = new Float64Array(y.length);
      fillNormal(normal, y.length, key);
      const q = orthonormal(normal, long, short);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) y[r * columns + c] = gain * (rows >= columns ? q[c * long + r] : q[r * long + c]);
      }
    },
  };
}

/**
 * The `short` columns of a row-major [long, short] matrix made orthonormal, one after another in memory: modified Gram-Schmidt, each column
 * cleaned twice, which is as good as Householder's method. Dividing by a norm makes R's diagonal positive.
 */
function orthonormal(a: Float64Array, long: number, short: number): Float64Array {
  const q = new Float64Array(a.length);
  for (let c = 0; c < short; c++) {
    const at = c * long;
    for (let r = 0; r < long; r++) q[at + r] = a[r * short + c];
    for (let round = 0; round < 2; round++) {
      for (let before = 0; before < at; before += long) {
        const along = dot(q, before, at, long);
        for (let r = 0; r < long; r++) q[at + r] -= along * q[before + r];
      }
    }
    const norm = Math.sqrt(dot(q, at, at, long));
    for (let r = 0; r < long; r++) q[at + r] /= norm;
  }
  return q;
}

function dot(q: Float64Array, i: number, j: number, n: number): number {
  let sum = 0;
  for (let r = 0; r < n; r++) sum += q[i + r] * q[j + r];
  return sum;
}
