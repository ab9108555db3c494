/** Linear regression. @module */
import { ShapeError } from "../../errors.ts";
import { checkSample } from "./check.ts";
import { mean } from "./describe.ts";

/** What linear regression says. */
export interface LeastSquares {
  readonly intercept: number;
  /** One for each feature; 0 for those that the others say already. */
  readonly coefficients: readonly number[];
  /** Number of features that say something of their own. */
  readonly rank: number;
}

/** Spread of a scaled feature that is left when the others are taken out of it, up to which they say all of it. */
const NOTHING = 1e-9;
/** Spread of a feature next to its mean that is rounding: it is constant. */
const ROUNDING = 1e-13;

/**
 * Ordinary least squares with an intercept: makes sum (y - intercept - x coefficients)^2 least. Modified Gram-Schmidt in f64 of the centred and scaled features and
 * of y with them, the feature of which most is left first (Bjorck 1967, "Solving linear least squares problems by Gram-Schmidt orthogonalization").
 * @param x the features of one sample after another, `y.length` samples
 * @throws ShapeError unless every sample has the same number of features, ConfigError for none of them, NumericError for a value that is not finite
 */
export function leastSquares(x: ArrayLike<number>, y: ArrayLike<number>): LeastSquares {
  checkSample("leastSquares, y", y);
  checkSample("leastSquares, x", x);
  const n = y.length;
  const width = x.length / n;
  if (!Number.isInteger(width)) throw new ShapeError({ where: "leastSquares, x", got: `${x.length} values`, expected: `a multiple of ${n}, as many as y has` });
  const rest = centred(Float64Array.from(y));
  const features = Array.from({ length: width }, (_, j) => {
    const { mean, values } = centred(Float64Array.from({ length: n }, (_, i) => x[i * width + j]));
    const scale = norm(values);
    const isConstant = scale <= ROUNDING * Math.abs(mean) * n;
    return { j, mean, scale, values: values.map((value) => (isConstant ? 0 : value / scale)) };
  });
  const left = new Set(features);
  const steps: { readonly feature: (typeof features)[number]; readonly size: number; readonly ofY: number; readonly ofFeatures: Float64Array }[] = [];
  while (left.size > 0) {
    const feature = [...left].reduce((a, b) => (norm(b.values) > norm(a.values) ? b : a));
    const size = norm(feature.values);
    if (!(size > NOTHING)) break;
    left.delete(feature);
    const direction = feature.values.map((value) => value / size);
    const ofFeatures = new Float64Array(width);
    for (const other of left) ofFeatures[other.j] = takeOut(direction, other.values);
    steps.push({ feature, size, ofY: takeOut(direction, rest.values), ofFeatures });
  }
  const scaled = new Float64Array(width);
  for (const { feature, size, ofY, ofFeatures } of steps.reverse()) {
    scaled[feature.j] = (ofY - ofFeatures.reduce((sum, part, j) => sum + part * scaled[j], 0)) / size;
  }
  const coefficients = features.map(({ j, scale }) => (scaled[j] === 0 ? 0 : scaled[j] / scale));
  const intercept = rest.mean - features.reduce((sum, { j, mean }) => sum + coefficients[j] * mean, 0);
  return { intercept, coefficients, rank: steps.length };
}

function centred(values: Float64Array): { mean: number; values: Float64Array } {
  const middle = mean(values);
  return { mean: middle, values: values.map((value) => value - middle) };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
const norm = (values: Float64Array): number => Math.sqrt(dot(values, values));

/** Subtracts what lies along a direction of length 1; returns how much that was. */
function takeOut(direction: Float64Array, values: Float64Array): number {
  const part = dot(direction, values);
  for (let i = 0; i < values.length; i++) values[i] -= part * direction[i];
  return part;
}
