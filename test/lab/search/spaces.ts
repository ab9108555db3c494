/** Spaces of every kind, for properties. */
import fc from "fast-check";
import type { Dimension, Space } from "../../../src/lab/search/index.ts";

const real = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
  .map(([low, width]): Dimension => ({ low, high: low + width }));
const whole = fc
  .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
  .map(([low, width]): Dimension => ({ low, high: low + width, integer: true }));
const logarithmic = fc
  .tuple(fc.double({ min: 1e-9, max: 1e3, noNaN: true }), fc.double({ min: 1.01, max: 1e9, noNaN: true }))
  .map(([low, factor]): Dimension => ({ low, high: low * factor, log: true }));
const wholeLogarithmic = fc
  .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000 }))
  .map(([low, width]): Dimension => ({ low, high: low + width, log: true, integer: true }));
const choices = fc.uniqueArray(fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 5 }) as fc.Arbitrary<Dimension>;

/** 1 to 5 dimensions. */
export const spaces: fc.Arbitrary<Space> = fc
  .array(fc.oneof(real, whole, logarithmic, wholeLogarithmic, choices), { minLength: 1, maxLength: 5 })
  .map((dimensions) => Object.fromEntries(dimensions.map((dimension, i) => [`d${i}`, dimension])));
