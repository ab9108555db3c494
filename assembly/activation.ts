/**
 * Activations. Forward: y [n] = f(x [n]), y may equal x. Backward: dx [n] = dy f'(x) + beta dx from the saved output y (softplus: from
 * the input x); with beta 0 dx is not read and may equal dy. Any n and any pointers that are multiples of 4; loads reach up to 12
 * bytes past the end, stores never. NaN in gives NaN out, except that a gradient is 0 or alpha dy where a saved value is NaN.
 */
import { CORE_MIN, ONE, SIXTH, THREE } from "./simd/constants";
import { store_tail, ZERO } from "./simd/f32x4";
import { Binary, map, map_wide, Unary, zip } from "./simd/map";
import { expm1_core, sigmoid, softplus, tanh } from "./simd/math";

@final @unmanaged
class Relu extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return f32x4.pmax(x, ZERO);
  }
}

@final @unmanaged
class ReluGradient extends Binary {
  @inline apply(dy: v128, y: v128, _p: v128): v128 {
    return v128.and(dy, f32x4.gt(y, ZERO));
  }
}

@final @unmanaged
class LeakyRelu extends Unary {
  @inline apply(x: v128, alpha: v128): v128 {
    return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, ZERO));
  }
}

@final @unmanaged
class LeakyReluGradient extends Binary {
  @inline apply(dy: v128, y: v128, alpha: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.gt(y, ZERO));
  }
}

@final @unmanaged
class Elu extends Unary {
  @inline apply(x: v128, alpha: v128): v128 {
    const negative = expm1_core(f32x4.pmax(f32x4.pmin(x, ZERO), v128.load(CORE_MIN)));
    return v128.bitselect(x, f32x4.mul(alpha, negative), f32x4.gt(x, ZERO));
  }
}

@final @unmanaged
class EluGradient extends Binary {
  @inline apply(dy: v128, y: v128, alpha: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, f32x4.add(y, alpha)), f32x4.gt(y, ZERO));
  }
}

@final @unmanaged
class Sigmoid extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return sigmoid(x);
  }
}

@final @unmanaged
class SigmoidGradient extends Binary {
  @inline apply(dy: v128, y: v128, _p: v128): v128 {
    return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(v128.load(ONE), y));
  }
}

@final @unmanaged
class Tanh extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return tanh(x);
  }
}

@final @unmanaged
class TanhGradient extends Binary {
  @inline apply(dy: v128, y: v128, _p: v128): v128 {
    const one = v128.load(ONE);
    return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)));
  }
}

@final @unmanaged
class Softplus extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return softplus(x);
  }
}

@final @unmanaged
class SoftplusGradient extends Binary {
  @inline apply(dy: v128, x: v128, _p: v128): v128 {
    return f32x4.mul(dy, sigmoid(x));
  }
}

@final @unmanaged
class HardSilu extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    const three = v128.load(THREE);
    const gate = f32x4.mul(f32x4.pmax(f32x4.pmin(f32x4.add(x, three), f32x4.add(three, three)), ZERO), v128.load(SIXTH));
    return f32x4.mul(x, gate);
  }
}

@final @unmanaged
class HardSiluGradient extends Binary {
  @inline apply(dy: v128, x: v128, _p: v128): v128 {
    const three = v128.load(THREE);
    const inside = f32x4.mul(f32x4.add(f32x4.add(x, x), three), v128.load(SIXTH));
    const above = v128.bitselect(inside, v128.load(ONE), f32x4.lt(x, three));
    return f32x4.mul(dy, v128.and(above, f32x4.gt(x, f32x4.neg(three))));
  }
}

@final @unmanaged
class Softsign extends Unary {
  @inline apply(x: v128, _p: v128): v128 {
    return f32x4.div(x, f32x4.add(f32x4.abs(x), v128.load(ONE)));
  }
}

@final @unmanaged
class SoftsignGradient extends Binary {
  @inline apply(dy: v128, x: v128, _p: v128): v128 {
    const d = f32x4.add(f32x4.abs(x), v128.load(ONE));
    return f32x4.div(f32x4.div(dy, d), d);
  }
}

/** y = max(x, 0). */
export function relu_forward_f32(y: usize, x: usize, n: usize): void {
  map_wide<Relu>(y, x, n);
}

/** dx = (y > 0 ? dy : 0) + beta dx. */
export function relu_backward_f32(dx: usize, dy: usize, y: usize, n: usize, beta: i32): void {
  zip<ReluGradient>(dx, dy, y, n, beta);
}

/** y = x > 0 ? x : alpha x. */
export function leaky_relu_forward_f32(y: usize, x: usize, n: usize, alpha: f32): void {
  map_wide<LeakyRelu>(y, x, n, alpha);
}

/** dx = (y > 0 ? dy : alpha dy) + beta dx; alpha >= 0. */
export function leaky_relu_backward_f32(dx: usize, dy: usize, y: usize, n: usize, alpha: f32, beta: i32): void {
  zip<LeakyReluGradient>(dx, dy, y, n, beta, alpha);
}

/** y = x > 0 ? x : alpha (e^x - 1), within 1.2 ulp (plus one rounding by alpha), also near 0. */
export function elu_forward_f32(y: usize, x: usize, n: usize, alpha: f32): void {
  map<Elu>(y, x, n, alpha);
}

/** dx = (y > 0 ? dy : dy (y + alpha)) + beta dx; alpha >= 0. */
export function elu_backward_f32(dx: usize, dy: usize, y: usize, n: usize, alpha: f32, beta: i32): void {
  zip<EluGradient>(dx, dy, y, n, beta, alpha);
}

/** y = 1 / (1 + e^-x), within 2.5 ulp down to -87. Does not go below 1.6e-38. */
export function sigmoid_forward_f32(y: usize, x: usize, n: usize): void {
  map<Sigmoid>(y, x, n);
}

/** dx = dy y (1 - y) + beta dx. */
export function sigmoid_backward_f32(dx: usize, dy: usize, y: usize, n: usize, beta: i32): void {
  zip<SigmoidGradient>(dx, dy, y, n, beta);
}

/** y = tanh x, within 2.6 ulp; keeps -0 and denormals. */
export function tanh_forward_f32(y: usize, x: usize, n: usize): void {
  map<Tanh>(y, x, n);
}

/** dx = dy (1 - y^2) + beta dx, as (1 - y)(1 + y): nothing cancels near 1. */
export function tanh_backward_f32(dx: usize, dy: usize, y: usize, n: usize, beta: i32): void {
  zip<TanhGradient>(dx, dy, y, n, beta);
}

/** y = log(1 + e^x), within 2.7 ulp down to -87. Does not go below 1.6e-38. */
export function softplus_forward_f32(y: usize, x: usize, n: usize): void {
  map<Softplus>(y, x, n);
}

/** dx = dy sigmoid(x) + beta dx. */
export function softplus_backward_f32(dx: usize, dy: usize, x: usize, n: usize, beta: i32): void {
  zip<SoftplusGradient>(dx, dy, x, n, beta);
}

/** y = x min(max(x + 3, 0), 6) / 6. */
export function hard_silu_forward_f32(y: usize, x: usize, n: usize): void {
  map_wide<HardSilu>(y, x, n);
}

/** dx = dy (x <= -3 ? 0 : x < 3 ? (2 x + 3) / 6 : 1) + beta dx. */
export function hard_silu_backward_f32(dx: usize, dy: usize, x: usize, n: usize, beta: i32): void {
  zip<HardSiluGradient>(dx, dy, x, n, beta);
}

/** y = x / (1 + |x|). */
export function softsign_forward_f32(y: usize, x: usize, n: usize): void {
  map_wide<Softsign>(y, x, n);
}

/** dx = dy / (1 + |x|)^2 + beta dx. */
export function softsign_backward_f32(dx: usize, dy: usize, x: usize, n: usize, beta: i32): void {
  zip<SoftsignGradient>(dx, dy, x, n, beta);
}

/** y = min(max((x + shift) scale, low), high). y may equal x. */
export function clamp_forward_f32(y: usize, x: usize, n: usize, shift: f32, scale: f32, low: f32, high: f32): void {
  const a = f32x4.splat(shift), b = f32x4.splat(scale), lo = f32x4.splat(low), hi = f32x4.splat(high);
  const last = y + ((n & ~3) << 2);
  for (; y < last; x += 16, y += 16) v128.store(y, f32x4.pmin(f32x4.pmax(f32x4.mul(f32x4.add(v128.load(x), a), b), lo), hi));
  if (n & 3) store_tail(y, f32x4.pmin(f32x4.pmax(f32x4.mul(f32x4.add(v128.load(x), a), b), lo), hi), n);
}

/** dx = (low < y < high ? dy scale : 0) + beta dx. With beta 0 dx may equal dy. */
export function clamp_backward_f32(dx: usize, dy: usize, y: usize, n: usize, scale: f32, low: f32, high: f32, beta: i32): void {
  const b = f32x4.splat(scale), lo = f32x4.splat(low), hi = f32x4.splat(high);
  const end = dx + (n << 2);
  for (; dx < end; dx += 16, dy += 16, y += 16) {
    const at = v128.load(y);
    let d = v128.and(f32x4.mul(v128.load(dy), b), v128.and(f32x4.gt(at, lo), f32x4.lt(at, hi)));
    if (beta) d = f32x4.add(d, v128.load(dx));
    if (end - dx < 16) store_tail(dx, d, (end - dx) >> 2);
    else v128.store(dx, d);
  }
}
