/** What would become denormal is 0. @module */

/** Up to this magnitude values that decay, probabilities and gates are 0: denormals cost 15 times as much. */
const TINY = 1e-30;

/** x, or 0 where its magnitude is 1e-30 or less. NaN stays NaN. */
export const flush = (x: number): number => (Math.abs(x) <= TINY ? 0 : x);
