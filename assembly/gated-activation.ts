/**
 * Activations of the form y = x g(x) with a gate g that goes from 0 to 1. Forward: y [n] = f(x [n]), y may equal x. Backward: dx [n] =
 * dy f'(x) + beta dx from the input x; with beta 0 dx is not read and may equal dy. Any n and any pointers that are multiples of 4; loads
 * reach up to 12 bytes past the end, stores never. x of any finite size; NaN stays NaN. Where the gate is 1e-30 or less it is 0, as are slopes:
 * their products could be denormal, and slow.
 *
 * Where 1 - g(x) = g(-x) both sides come from the tail s = g(-|x|), which is small and accurate: y = max(x, 0) - |x| s, and with the slope
 * t at -|x| that at |x| is 1 - t.
 */
import { CORE_MAX, CORE_MIN, CUBIC_1, CUBIC_3, CUBIC_END, CUBIC_SLOPE, FOUR, NORMAL_END, NORMAL_PEAK, ONE, TWENTY, TWO } from "./simd/constants";
import { fma, ZERO } from "./simd/f32x4";
import { Binary, map, Unary, zip } from "./simd/map";
import { bell, exp_core, flush, mills } from "./simd/math";

// @ts-ignore: decorator
@inline
function gated(x: v128, a: v128, s: v128): v128 {
  return f32x4.sub(f32x4.pmax(x, ZERO), f32x4.mul(a, flush(s)));
}

// @ts-ignore: decorator
@inline
function slope(x: v128, t: v128): v128 {
  const small = flush(t);
  return v128.bitselect(f32x4.sub(v128.load(ONE), small), small, f32x4.gt(x, ZERO));
}

@final @unmanaged
class Gelu extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    const a = f32x4.abs(x);
    const inner = f32x4.pmin(a, v128.load(NORMAL_END));
    return gated(x, a, f32x4.mul(bell(inner), mills(inner)));
  }
}

@final @unmanaged
class GeluGradient extends Binary {
  @inline apply(dy: v128, x: v128, _p: v128): v128 {
    const inner = f32x4.pmin(f32x4.abs(x), v128.load(NORMAL_END));
    const t = f32x4.mul(bell(inner), f32x4.sub(mills(inner), f32x4.mul(inner, v128.load(NORMAL_PEAK))));
    return f32x4.mul(dy, slope(x, t));
  }
}

/** e^-v, v = 2 sqrt(2/pi) (a + 0.044715 a^3), a in [0, 10]. */
// @ts-ignore: decorator
@inline
function cubic(a: v128, square: v128): v128 {
  return exp_core(f32x4.neg(f32x4.mul(a, fma(square, v128.load(CUBIC_3), v128.load(CUBIC_1)))));
}

@final @unmanaged
class GeluTanh extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    const a = f32x4.abs(x);
    const inner = f32x4.pmin(a, v128.load(CUBIC_END));
    const e = cubic(inner, f32x4.mul(inner, inner));
    return gated(x, a, f32x4.div(e, f32x4.add(e, v128.load(ONE))));
  }
}

@final @unmanaged
class GeluTanhGradient extends Binary {
  @inline apply(dy: v128, x: v128, _p: v128): v128 {
    const one = v128.load(ONE);
    const inner = f32x4.pmin(f32x4.abs(x), v128.load(CUBIC_END));
    const square = f32x4.mul(inner, inner);
    const e = cubic(inner, square);
    const r = f32x4.div(one, f32x4.add(e, one));
    // s - a s (1 - s) v'
    const rise = f32x4.mul(f32x4.mul(inner, fma(square, v128.load(CUBIC_SLOPE), v128.load(CUBIC_1))), r);
    return f32x4.mul(dy, slope(x, f32x4.mul(f32x4.mul(e, r), f32x4.sub(one, rise))));
  }
}

@final @unmanaged
class Silu extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    const a = f32x4.abs(x);
    const e = exp_core(f32x4.neg(a));
    return gated(x, a, f32x4.div(e, f32x4.add(e, v128.load(ONE))));
  }
}

@final @unmanaged
class SiluGradient extends Binary {
  @inline apply(dy: v128, x: v128, _p: v128): v128 {
    const one = v128.load(ONE);
    const inner = f32x4.pmin(f32x4.abs(x), v128.load(CORE_MAX));
    const e = exp_core(f32x4.neg(inner));
    const r = f32x4.div(one, f32x4.add(e, one));
    // s - a s (1 - s)
    return f32x4.mul(dy, slope(x, f32x4.mul(f32x4.mul(e, r), f32x4.sub(one, f32x4.mul(inner, r)))));
  }
}

/** x where mish still bends; above, and below, it is told from 1 and 0 no more. */
// @ts-ignore: decorator
@inline
function bending(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, v128.load(TWENTY)), v128.load(CORE_MIN));
}

/** tanh(softplus(x)) = w / (w + 2), w = e^x (e^x + 2): nothing cancels. */
@final @unmanaged
class Mish extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    const two = v128.load(TWO);
    const e = exp_core(bending(x));
    const w = f32x4.mul(e, f32x4.add(e, two));
    return f32x4.mul(x, flush(f32x4.div(w, f32x4.add(w, two))));
  }
}

@final @unmanaged
class MishGradient extends Binary {
  @inline apply(dy: v128, x: v128, _p: v128): v128 {
    const two = v128.load(TWO);
    const inner = bending(x);
    const e = exp_core(inner);
    const w = f32x4.mul(e, f32x4.add(e, two));
    const d = f32x4.add(w, two);
    // (w (w + 2) + 4 x e (1 + e)) / (w + 2)^2
    const bend = f32x4.mul(f32x4.mul(inner, v128.load(FOUR)), f32x4.mul(e, f32x4.add(e, v128.load(ONE))));
    return f32x4.mul(dy, flush(f32x4.div(f32x4.add(w, f32x4.div(bend, d)), d)));
  }
}

/** y = x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2, within 5.3 ulp, also where it is tiny (gates up to 1e-30 are 0). */
export function gelu_forward_f32(y: usize, x: usize, n: usize): void {
  map<Gelu>(y, x, n);
}

/** dx = dy (Phi(x) + x e^(-x^2/2) / sqrt(2 pi)) + beta dx. */
export function gelu_backward_f32(dx: usize, dy: usize, x: usize, n: usize, beta: i32): void {
  zip<GeluGradient>(dx, dy, x, n, beta);
}

/** y = x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, within 5.3 ulp from -1 up, then within 150: rounding the exponent counts as it grows. */
export function gelu_tanh_forward_f32(y: usize, x: usize, n: usize): void {
  map<GeluTanh>(y, x, n);
}

/** dx = dy (s + x s (1 - s) v') + beta dx, s = sigmoid(v), v = 2 sqrt(2/pi) (x + 0.044715 x^3). */
export function gelu_tanh_backward_f32(dx: usize, dy: usize, x: usize, n: usize, beta: i32): void {
  zip<GeluTanhGradient>(dx, dy, x, n, beta);
}

/** y = x sigmoid(x), within 3.2 ulp. */
export function silu_forward_f32(y: usize, x: usize, n: usize): void {
  map<Silu>(y, x, n);
}

/** dx = dy (s + x s (1 - s)) + beta dx, s = sigmoid(x). */
export function silu_backward_f32(dx: usize, dy: usize, x: usize, n: usize, beta: i32): void {
  zip<SiluGradient>(dx, dy, x, n, beta);
}

/** y = x tanh(log(1 + e^x)), within 4 ulp. */
export function mish_forward_f32(y: usize, x: usize, n: usize): void {
  map<Mish>(y, x, n);
}

/** dx = dy (t + x sigmoid(x) (1 - t^2)) + beta dx, t = tanh(log(1 + e^x)). */
export function mish_backward_f32(dx: usize, dy: usize, x: usize, n: usize, beta: i32): void {
  zip<MishGradient>(dx, dy, x, n, beta);
}
