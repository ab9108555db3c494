/** What the engine can do, found by validating the smallest modules that need it. @module */

// (module (func (result v128) i32.const 0 i8x16.splat))
const SIMD = "0061736d010000000105016000017b030201000a0801060041 00fd0f0b";
// (module (func (result v128) three zero vectors, f32x4.relaxed_madd))
const RELAXED = "0061736d010000000105016000017b030201000a130111004100fd0f4100fd0f4100fd0ffd85020b";

function validates(hex: string): boolean {
  const digits = hex.replaceAll(" ", "");
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return WebAssembly.validate(bytes);
}

/** 128-bit SIMD: the floor of this package. */
export function hasSimd(): boolean {
  return validates(SIMD);
}

/** Relaxed SIMD (fused multiply-add). On Node 20 and 21 it needs a V8 flag. */
export function hasRelaxedSimd(): boolean {
  return validates(RELAXED);
}
