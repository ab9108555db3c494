import { write_constants } from "../simd/constants";
import { exp, exp_core, expm1_core, flush, log, log1p, pow, sigmoid, softplus, tanh } from "../simd/math";

/** Distance of the first lane from the exact value, in units of its last place. */
function ulps(v: v128, exact: f64): f64 {
  const x: f32 = <f32>exact;
  const step = <f64>reinterpret<f32>(reinterpret<i32>(abs(x)) + 1) - <f64>abs(x);
  return abs(<f64>f32x4.extract_lane(v, 0) - exact) / step;
}

// @ts-ignore: decorator
@inline
function lane(v: v128): f32 {
  return f32x4.extract_lane(v, 0);
}

describe("math", () => {
  beforeAll(() => {
    write_constants();
  });

  it("exp is within 1.2 ulp", () => {
    for (let i: i32 = -1030; i <= 880; i++) {
      const x: f32 = <f32>i * 0.1;
      expect(ulps(exp(f32x4.splat(x)), Math.exp(x))).toBeLessThanOrEqual(1.2, x.toString());
    }
    expect(lane(exp(f32x4.splat(Infinity)))).toBe(Infinity);
    expect(lane(exp(f32x4.splat(-Infinity)))).toBe(0);
    expect(lane(exp(f32x4.splat(NaN)))).toBeNaN();
  });

  it("exp_core stops at normal numbers", () => {
    expect(lane(exp_core(f32x4.splat(-Infinity)))).toBe(lane(exp(f32x4.splat(-87))));
    expect(lane(exp_core(f32x4.splat(Infinity)))).toBe(lane(exp(f32x4.splat(87))));
    expect(lane(exp_core(f32x4.splat(0)))).toBe(1);
  });

  it("log is within 0.8 ulp, denormals included", () => {
    for (let bits: i32 = 1; bits < 0x7f800000 - 4000037; bits += 4000037) {
      const x = reinterpret<f32>(bits);
      expect(ulps(log(f32x4.splat(x)), Math.log(x))).toBeLessThanOrEqual(0.8, x.toString());
    }
    expect(lane(log(f32x4.splat(0)))).toBe(-Infinity);
    expect(lane(log(f32x4.splat(-1)))).toBeNaN();
  });

  it("expm1_core and log1p keep small arguments", () => {
    for (let bits: i32 = 1 << 23; bits < 0x3f800000; bits += 4000037) {
      const x = reinterpret<f32>(bits);
      expect(ulps(log1p(f32x4.splat(x)), Math.log1p(x))).toBeLessThanOrEqual(2, x.toString());
      expect(ulps(expm1_core(f32x4.splat(-x)), Math.expm1(-x))).toBeLessThanOrEqual(2, x.toString());
    }
  });

  it("sigmoid, tanh and softplus are within 2.7 ulp", () => {
    for (let i: i32 = -860; i <= 860; i++) {
      const x: f32 = <f32>i * 0.1;
      const e = Math.exp(-Math.abs(x));
      expect(ulps(sigmoid(f32x4.splat(x)), x < 0 ? e / (1 + e) : 1 / (1 + e))).toBeLessThanOrEqual(2.6, x.toString());
      expect(ulps(softplus(f32x4.splat(x)), Math.max(x, 0) + Math.log1p(e))).toBeLessThanOrEqual(2.7, x.toString());
      expect(ulps(tanh(f32x4.splat(x)), Math.tanh(x))).toBeLessThanOrEqual(2.6, x.toString());
    }
    expect(reinterpret<i32>(lane(tanh(f32x4.splat(-0.0))))).toBe(0x80000000);
  });

  it("flush zeroes tiny numbers of both signs, not NaN", () => {
    expect(lane(flush(f32x4.splat(-1e-30)))).toBe(0);
    expect(lane(flush(f32x4.splat(1.1e-30)))).toBe(1.1e-30);
    expect(lane(flush(f32x4.splat(NaN)))).toBeNaN();
  });

  it("pow of negative numbers needs integers", () => {
    expect(lane(pow(f32x4.splat(-2), f32x4.splat(3)))).toBe(-8);
    expect(lane(pow(f32x4.splat(-2), f32x4.splat(-2)))).toBe(0.25);
    expect(lane(pow(f32x4.splat(-2), f32x4.splat(0.5)))).toBeNaN();
    expect(lane(pow(f32x4.splat(NaN), f32x4.splat(0)))).toBe(1);
    expect(lane(pow(f32x4.splat(0), f32x4.splat(-1)))).toBe(Infinity);
  });
});
