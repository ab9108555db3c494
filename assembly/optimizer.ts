/**
 * Updates of a contiguous run of n parameters p by their gradient g, with slots like p. `hyper` holds the optimizer's numbers
 * h0, h1, ... of this step; where the i32 at `ok` is 0 nothing is written. The last of them decays the weights, p += h p before the step;
 * +0 leaves every bit of p as it is. Decayed slots are set to 0 where their magnitude is 1e-30 or less: without new gradients they would
 * become denormal, which slows a step down 15 times. NaN in g goes to p. Averages move by x += (1 - decay rate)(new - x), which keeps the
 * digits of 1 - decay rate.
 * Arrays must not overlap; pointers are multiples of 4. Loads reach up to 28 bytes past an end, stores never do.
 */
import { ONE } from "./simd/constants";
import { fma, store_tail, ZERO } from "./simd/f32x4";
import { flush } from "./simd/math";

/** One vector's update; a, b and c are slots. Stores the first n lanes (all if n = 4). */
@unmanaged
abstract class Rule {
  abstract step(
    p: usize, g: usize, a: usize, b: usize, c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, h5: v128, h6: v128, h7: v128, n: usize,
  ): void;
}

// @ts-ignore: decorator
@inline
function put(p: usize, x: v128, n: usize): void {
  if (n == 4) v128.store(p, x);
  else store_tail(p, x, n);
}

// @ts-ignore: decorator
@inline
function update<R extends Rule>(p: usize, g: usize, a: usize, b: usize, c: usize, n: usize, hyper: usize, ok: usize): void {
  if (!load<i32>(ok)) return;
  const rule = changetype<R>(0);
  const h0 = v128.load32_splat(hyper), h1 = v128.load32_splat(hyper, 4), h2 = v128.load32_splat(hyper, 8), h3 = v128.load32_splat(hyper, 12);
  const h4 = v128.load32_splat(hyper, 16), h5 = v128.load32_splat(hyper, 20), h6 = v128.load32_splat(hyper, 24), h7 = v128.load32_splat(hyper, 28);
  const last = p + ((n & ~3) << 2), wide = p + ((n & ~15) << 2);
  for (; p < wide; p += 64, g += 64, a += 64, b += 64, c += 64) {
    rule.step(p, g, a, b, c, h0, h1, h2, h3, h4, h5, h6, h7, 4);
    rule.step(p + 16, g + 16, a + 16, b + 16, c + 16, h0, h1, h2, h3, h4, h5, h6, h7, 4);
    rule.step(p + 32, g + 32, a + 32, b + 32, c + 32, h0, h1, h2, h3, h4, h5, h6, h7, 4);
    rule.step(p + 48, g + 48, a + 48, b + 48, c + 48, h0, h1, h2, h3, h4, h5, h6, h7, 4);
  }
  for (; p < last; p += 16, g += 16, a += 16, b += 16, c += 16) rule.step(p, g, a, b, c, h0, h1, h2, h3, h4, h5, h6, h7, 4);
  if (n & 3) rule.step(p, g, a, b, c, h0, h1, h2, h3, h4, h5, h6, h7, n & 3);
}

/** p with its decay. */
// @ts-ignore: decorator
@inline
function decayed(p: usize, growth: v128): v128 {
  const weight = v128.load(p);
  return fma(growth, weight, weight);
}

/** x + rate (to - x), flushed: a step of an average. */
// @ts-ignore: decorator
@inline
function toward(x: v128, to: v128, rate: v128): v128 {
  return flush(fma(rate, f32x4.sub(to, x), x));
}

// @ts-ignore: decorator
@inline
function squared(x: v128): v128 {
  return f32x4.mul(x, x);
}

@final @unmanaged
class Sgd extends Rule {
  @inline step(
    p: usize, g: usize, _a: usize, _b: usize, _c: usize,
    h0: v128, h1: v128, _h2: v128, _h3: v128, _h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    put(p, fma(f32x4.neg(h0), v128.load(g), decayed(p, h1)), n);
  }
}

@final @unmanaged
class Momentum extends Rule {
  @inline step(
    p: usize, g: usize, m: usize, _b: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, _h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const velocity = flush(fma(h1, v128.load(m), f32x4.mul(f32x4.neg(h0), v128.load(g))));
    put(m, velocity, n);
    put(p, fma(h2, velocity, decayed(p, h3)), n);
  }
}

@final @unmanaged
class Nesterov extends Rule {
  @inline step(
    p: usize, g: usize, m: usize, _b: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, _h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const descent = f32x4.mul(f32x4.neg(h0), v128.load(g));
    const velocity = flush(fma(h1, v128.load(m), descent));
    put(m, velocity, n);
    put(p, fma(h2, fma(h1, velocity, descent), decayed(p, h3)), n);
  }
}

@final @unmanaged
class Adagrad extends Rule {
  @inline step(
    p: usize, g: usize, v: usize, _b: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, _h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const gradient = v128.load(g);
    const sum = fma(gradient, gradient, v128.load(v));
    put(v, sum, n);
    const step = f32x4.div(f32x4.mul(h0, gradient), f32x4.add(f32x4.sqrt(f32x4.add(sum, h1)), h2));
    put(p, f32x4.sub(decayed(p, h3), step), n);
  }
}

@final @unmanaged
class Adadelta extends Rule {
  @inline step(
    p: usize, g: usize, v: usize, u: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, _h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const gradient = v128.load(g), moved = v128.load(u);
    const square = toward(v128.load(v), squared(gradient), h1);
    put(v, square, n);
    const delta = f32x4.div(f32x4.mul(f32x4.sqrt(f32x4.add(moved, h2)), gradient), f32x4.sqrt(f32x4.add(square, h2)));
    put(u, toward(moved, squared(delta), h1), n);
    put(p, fma(f32x4.neg(h0), delta, decayed(p, h3)), n);
  }
}

/** Of RMSprop: h0 d / (sqrt(v + h3) + h4), where d is g, or g less its average a. */
// @ts-ignore: decorator
@inline
function rmsprop_step(g: usize, v: usize, a: usize, centered: bool, h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, n: usize): v128 {
  const gradient = v128.load(g);
  let deviation = gradient;
  if (centered) {
    const mean = v128.load(a);
    deviation = f32x4.sub(gradient, mean);
    put(a, flush(fma(h1, deviation, mean)), n);
  }
  const square = toward(v128.load(v), f32x4.mul(h2, squared(deviation)), h1);
  put(v, square, n);
  return f32x4.div(f32x4.mul(h0, gradient), f32x4.add(f32x4.sqrt(f32x4.add(square, h3)), h4));
}

@final @unmanaged
class Rmsprop extends Rule {
  @inline step(
    p: usize, g: usize, v: usize, _b: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, _h5: v128, _h6: v128, h7: v128, n: usize,
  ): void {
    put(p, f32x4.sub(decayed(p, h7), rmsprop_step(g, v, 0, false, h0, h1, h2, h3, h4, n)), n);
  }
}

@final @unmanaged
class CenteredRmsprop extends Rule {
  @inline step(
    p: usize, g: usize, v: usize, a: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, _h5: v128, _h6: v128, h7: v128, n: usize,
  ): void {
    put(p, f32x4.sub(decayed(p, h7), rmsprop_step(g, v, a, true, h0, h1, h2, h3, h4, n)), n);
  }
}

@final @unmanaged
class MomentumRmsprop extends Rule {
  @inline step(
    p: usize, g: usize, v: usize, m: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, h5: v128, h6: v128, h7: v128, n: usize,
  ): void {
    const velocity = flush(fma(h5, v128.load(m), rmsprop_step(g, v, 0, false, h0, h1, h2, h3, h4, n)));
    put(m, velocity, n);
    put(p, fma(f32x4.neg(h6), velocity, decayed(p, h7)), n);
  }
}

@final @unmanaged
class CenteredMomentumRmsprop extends Rule {
  @inline step(
    p: usize, g: usize, v: usize, m: usize, a: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, h5: v128, h6: v128, h7: v128, n: usize,
  ): void {
    const velocity = flush(fma(h5, v128.load(m), rmsprop_step(g, v, a, true, h0, h1, h2, h3, h4, n)));
    put(m, velocity, n);
    put(p, fma(f32x4.neg(h6), velocity, decayed(p, h7)), n);
  }
}

@final @unmanaged
class Adam extends Rule {
  @inline step(
    p: usize, g: usize, m: usize, v: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const gradient = v128.load(g);
    const mean = toward(v128.load(m), gradient, h1);
    const square = toward(v128.load(v), squared(gradient), h2);
    put(m, mean, n);
    put(v, square, n);
    const step = f32x4.div(f32x4.mul(h0, mean), f32x4.add(f32x4.sqrt(square), h3));
    put(p, f32x4.sub(decayed(p, h4), step), n);
  }
}

@final @unmanaged
class Amsgrad extends Rule {
  @inline step(
    p: usize, g: usize, m: usize, v: usize, largest: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const gradient = v128.load(g);
    const mean = toward(v128.load(m), gradient, h1);
    const square = toward(v128.load(v), squared(gradient), h2);
    put(m, mean, n);
    put(v, square, n);
    const most = f32x4.pmax(square, v128.load(largest));
    put(largest, most, n);
    const step = f32x4.div(f32x4.mul(h0, mean), f32x4.add(f32x4.sqrt(most), h3));
    put(p, f32x4.sub(decayed(p, h4), step), n);
  }
}

@final @unmanaged
class Adamax extends Rule {
  @inline step(
    p: usize, g: usize, m: usize, u: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const gradient = v128.load(g), old = v128.load(u);
    const mean = toward(v128.load(m), gradient, h1);
    put(m, mean, n);
    const most = flush(f32x4.pmax(f32x4.add(f32x4.abs(gradient), h3), fma(f32x4.neg(h2), old, old)));
    put(u, most, n);
    put(p, f32x4.sub(decayed(p, h5), f32x4.div(f32x4.mul(h0, mean), f32x4.add(most, h4))), n);
  }
}

@final @unmanaged
class Nadam extends Rule {
  @inline step(
    p: usize, g: usize, m: usize, v: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, h4: v128, h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const gradient = v128.load(g);
    const mean = toward(v128.load(m), gradient, h1);
    const square = toward(v128.load(v), squared(gradient), h2);
    put(m, mean, n);
    put(v, square, n);
    const step = f32x4.div(fma(h0, mean, f32x4.mul(h4, gradient)), f32x4.add(f32x4.sqrt(square), h3));
    put(p, f32x4.sub(decayed(p, h5), step), n);
  }
}

@final @unmanaged
class Lion extends Rule {
  @inline step(
    p: usize, g: usize, m: usize, _b: usize, _c: usize,
    h0: v128, h1: v128, h2: v128, h3: v128, _h4: v128, _h5: v128, _h6: v128, _h7: v128, n: usize,
  ): void {
    const mean = v128.load(m);
    const difference = f32x4.sub(v128.load(g), mean);
    put(m, flush(fma(h2, difference, mean)), n);
    const direction = fma(h1, difference, mean);
    // 1 with the sign of the direction, 0 for 0. A mask of all ones is a NaN.
    const one = v128.or(v128.load(ONE), v128.and(direction, i32x4.splat(0x80000000)));
    const sign = v128.or(v128.and(one, f32x4.ne(direction, ZERO)), f32x4.ne(direction, direction));
    put(p, fma(f32x4.neg(h0), sign, decayed(p, h3)), n);
  }
}

/** p += h1 p - h0 g; h = [learning rate, decay]. */
export function sgd_update_f32(p: usize, g: usize, n: usize, hyper: usize, ok: usize): void {
  update<Sgd>(p, g, 0, 0, 0, n, hyper, ok);
}

/** m = h1 m - h0 g; p += h3 p + h2 m; h = [factor of g, momentum, factor of m, decay]: one of the factors is the learning rate, the other 1. */
export function momentum_update_f32(p: usize, g: usize, m: usize, n: usize, hyper: usize, ok: usize): void {
  update<Momentum>(p, g, m, 0, 0, n, hyper, ok);
}

/** m = h1 m - h0 g; p += h3 p + h2 (h1 m - h0 g); h as in momentum_update_f32. */
export function nesterov_update_f32(p: usize, g: usize, m: usize, n: usize, hyper: usize, ok: usize): void {
  update<Nesterov>(p, g, m, 0, 0, n, hyper, ok);
}

/** v += g^2; p += h3 p - h0 g / (sqrt(v + h1) + h2); h = [learning rate, epsilon under the root, epsilon after it, decay]. Duchi et al. 2011. */
export function adagrad_update_f32(p: usize, g: usize, v: usize, n: usize, hyper: usize, ok: usize): void {
  update<Adagrad>(p, g, v, 0, 0, n, hyper, ok);
}

/**
 * v += h1 (g^2 - v); d = sqrt(u + h2) g / sqrt(v + h2); u += h1 (d^2 - u); p += h3 p - h0 d; h = [learning rate, 1 - rho, epsilon, decay].
 * Zeiler 2012, algorithm 1.
 */
export function adadelta_update_f32(p: usize, g: usize, v: usize, u: usize, n: usize, hyper: usize, ok: usize): void {
  update<Adadelta>(p, g, v, u, 0, n, hyper, ok);
}

/**
 * d = g - a, or g without a; a += h1 d; v += h1 (h2 d^2 - v); s = h0 g / (sqrt(v + h3) + h4); m = h5 m + s; p += h7 p - h6 m, or - s without m.
 * h = [factor of g, 1 - rho, rho with a or else 1, epsilon under the root, epsilon after it, momentum, factor of m, decay]. Tieleman and Hinton 2012;
 * centered, of which v is the variance: Graves 2013.
 * @param a may be 0 @param m may be 0
 */
export function rmsprop_update_f32(p: usize, g: usize, v: usize, a: usize, m: usize, n: usize, hyper: usize, ok: usize): void {
  if (m) {
    if (a) update<CenteredMomentumRmsprop>(p, g, v, m, a, n, hyper, ok);
    else update<MomentumRmsprop>(p, g, v, m, 0, n, hyper, ok);
  } else {
    if (a) update<CenteredRmsprop>(p, g, v, a, 0, n, hyper, ok);
    else update<Rmsprop>(p, g, v, 0, 0, n, hyper, ok);
  }
}

/**
 * m += h1 (g - m); v += h2 (g^2 - v); p += h4 p - h0 m / (sqrt(v) + h3); h = [step size with bias correction, 1 - beta1, 1 - beta2, epsilon, decay]:
 * Kingma and Ba 2015 in the form of the end of section 2, whose epsilon ("epsilon hat") is not corrected for bias.
 * @param largest the largest v so far, in whose place it is divided by (Reddi et al. 2018); may be 0
 */
export function adam_update_f32(p: usize, g: usize, m: usize, v: usize, largest: usize, n: usize, hyper: usize, ok: usize): void {
  if (largest) update<Amsgrad>(p, g, m, v, largest, n, hyper, ok);
  else update<Adam>(p, g, m, v, 0, n, hyper, ok);
}

/**
 * m += h1 (g - m); u = max((1 - h2) u, |g| + h3); p += h5 p - h0 m / (u + h4); h = [step size with bias correction, 1 - beta1, 1 - beta2,
 * epsilon in the maximum, epsilon after it, decay]. Kingma and Ba 2015, section 7.1.
 */
export function adamax_update_f32(p: usize, g: usize, m: usize, u: usize, n: usize, hyper: usize, ok: usize): void {
  update<Adamax>(p, g, m, u, 0, n, hyper, ok);
}

/**
 * m += h1 (g - m); v += h2 (g^2 - v); p += h5 p - (h0 m + h4 g) / (sqrt(v) + h3); h = [step size of m, 1 - beta1, 1 - beta2, epsilon, step size of g,
 * decay], step sizes and epsilon with bias correction. Dozat 2016, algorithm 2.
 */
export function nadam_update_f32(p: usize, g: usize, m: usize, v: usize, n: usize, hyper: usize, ok: usize): void {
  update<Nadam>(p, g, m, v, 0, n, hyper, ok);
}

/** p += h3 p - h0 sign(m + h1 (g - m)); m += h2 (g - m); h = [learning rate, 1 - beta1, 1 - beta2, decay]. Chen et al. 2023, algorithm 2. */
export function lion_update_f32(p: usize, g: usize, m: usize, n: usize, hyper: usize, ok: usize): void {
  update<Lion>(p, g, m, 0, 0, n, hyper, ok);
}
