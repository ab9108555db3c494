/** One block of the generator of src/random.ts. */

/** One round on both words, the first in the lower half. */
// @ts-ignore: decorator
@inline
function mix(x: u64, r: u32): u64 {
  const x0 = <u32>x + <u32>(x >> 32);
  return <u64>x0 | (<u64>(rotl<u32>(<u32>(x >> 32), r) ^ x0) << 32);
}

/** Adds words of the key to both. */
// @ts-ignore: decorator
@inline
function inject(x: u64, a: u32, b: u32): u64 {
  return <u64>(<u32>x + a) | (<u64>(<u32>(x >> 32) + b) << 32);
}

/** One block: the words of counter (c0, c1) under key (k0, k1), the first in the lower half. */
// @ts-ignore: decorator
@inline
export function threefry_2x32(k0: u32, k1: u32, c0: u32, c1: u32): u64 {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let x = <u64>(c0 + k0) | (<u64>(c1 + k1) << 32);
  x = inject(mix(mix(mix(mix(x, 13), 15), 26), 6), k1, k2 + 1);
  x = inject(mix(mix(mix(mix(x, 17), 29), 16), 24), k2, k0 + 2);
  x = inject(mix(mix(mix(mix(x, 13), 15), 26), 6), k0, k1 + 3);
  x = inject(mix(mix(mix(mix(x, 17), 29), 16), 24), k1, k2 + 4);
  return inject(mix(mix(mix(mix(x, 13), 15), 26), 6), k2, k0 + 5);
}
