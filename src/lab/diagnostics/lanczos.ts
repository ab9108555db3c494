/** The largest eigenvalue of a symmetric matrix that can only be multiplied with. @module */
import { fillNormal, type Key } from "../../random.ts";
import { dot, norm } from "./numbers.ts";
import { eigenOf } from "./symmetric.ts";

/** When to stop. */
export interface LanczosOptions {
  /** Products at most, at least 2. */
  readonly iterations: number;
  /** Of the residual that the iteration estimates, as a part of the eigenvalue. */
  readonly tolerance: number;
  /** Of the first vector. */
  readonly key: Key;
}

/** What was found. */
export interface LargestEigenvalue {
  /** The algebraically largest: x.Ax of the unit vector x that was found for it. NaN where a product was not finite. */
  readonly value: number;
  /** |Ax - value x|: an eigenvalue lies within so much, if A is symmetric and linear. */
  readonly residual: number;
  /** Products. */
  readonly iterations: number;
  /** Whether the estimate of the residual came below the tolerance. */
  readonly converged: boolean;
}

/**
 * Lanczos iterations from a random vector (Golub & Van Loan 2013, "Matrix Computations", chapter 10). All vectors are kept and every new one is made
 * orthogonal to them: products by finite differences are not quite linear, which three vectors alone would take for large eigenvalues. One more product with
 * the vector that was found gives value and residual as they are, not as the iteration thinks.
 */
export async function largestEigenvalue(
  multiply: (vector: Float64Array) => Promise<Float64Array>,
  size: number,
  { iterations, tolerance, key }: LanczosOptions,
): Promise<LargestEigenvalue> {
  const draws = new Float32Array(size);
  fillNormal(draws, size, key);
  const length = norm([draws]);
  // In f32, which is as good as the products.
  const basis: Float32Array[] = [draws.map((x) => x / length)];
  const [diagonal, beside]: number[][] = [[], []];
  let vector: readonly number[] = [1];
  let converged = false;
  while (!converged && diagonal.length < Math.min(iterations - 1, size)) {
    const v = Float64Array.from(basis[diagonal.length]);
    const w = await multiply(v);
    diagonal.push(dot(w, v));
    // Twice is enough (Parlett 1980, "The symmetric eigenvalue problem", section 6.9).
    for (let pass = 0; pass < 2; pass++) for (const q of basis) subtract(w, q);
    const beta = norm([w]);
    if (!Number.isFinite(beta)) break;
    const { values, vectors } = eigenOf(tridiagonal(diagonal, beside));
    [vector] = vectors;
    const residual = beta * Math.abs(vector.at(-1) as number);
    converged = residual <= tolerance * Math.abs(values[0]) && (diagonal.length > 1 || beta === 0);
    beside.push(beta);
    if (beta > 0) basis.push(Float32Array.from(w, (x) => x / beta));
  }
  const x = new Float64Array(size);
  vector.forEach((part, k) => {
    for (let i = 0; i < size; i++) x[i] += part * basis[k][i];
  });
  const product = await multiply(x);
  const value = dot(product, x);
  const residual = norm([product.map((y, i) => y - value * x[i])]);
  return { value: Number.isFinite(residual) ? value : Number.NaN, residual, iterations: diagonal.length + 1, converged };
}

/** Takes from w what it has along the unit vector q. */
function subtract(w: Float64Array, q: Float32Array): void {
  let along = 0;
  for (let i = 0; i < w.length; i++) along += w[i] * q[i];
  for (let i = 0; i < w.length; i++) w[i] -= along * q[i];
}

function tridiagonal(diagonal: readonly number[], beside: readonly number[]): number[][] {
  return diagonal.map((value, i) => diagonal.map((_, j) => (i === j ? value : Math.abs(i - j) === 1 ? beside[Math.min(i, j)] : 0)));
}
