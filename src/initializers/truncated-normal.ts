/** Normal numbers without tails. @module */
import { fillNormal, type Key, threefry } from "../random.ts";

/** Draws of its own an element may take before it gets another key; all of 16 fail once in 10^21. */
const REDRAWS = 16;

/**
 * y[i] standard normal within two standard deviations. Element i is the normal number at place i of `key`; if that is outside, it is the first
 * that is inside of element i's own stream, keyed by the block of counter (i, 1), then (i, 2) ... under `key`. A value thus depends on key and
 * place only, not on the other elements.
 */
export function fillTruncatedNormal(y: Float32Array, key: Key): void {
  fillNormal(y, y.length, key);
  const own = new Float32Array(REDRAWS);
  const block = new Int32Array(2);
  for (let i = 0; i < y.length; i++) {
    for (let stream = 1; Math.abs(y[i]) > 2; stream++) {
      threefry(block, key[0], key[1], i, stream);
      fillNormal(own, REDRAWS, [block[0], block[1]]);
      for (let k = 0; k < REDRAWS && Math.abs(y[i]) > 2; k++) y[i] = own[k];
    }
  }
}
