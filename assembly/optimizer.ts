/**
 * Updates of a contiguous run of n parameters p by their gradient g, with slots m and v like p. `hyper` holds the optimizer's numbers
 * h0, h1, ... of this step; where the i32 at `ok` is 0 nothing is written. Decayed slots are set to 0 where their magnitude is 1e-30
 * or less: without new gradients they would become denormal, which slows a step down 15 times. NaN in g goes to p and the slots.
 * Arrays must not overlap; pointers are multiples of 4. Loads reach up to 12 bytes past an end, stores never do.
 */
import { fma, store_tail } from "./simd/f32x4";
import { flush } from "./simd/math";

/** One vector's update; stores the first n lanes (all if n = 4). */
@unmanaged
abstract class Rule {
  abstract step(p: usize, g: usize, m: usize, v: usize, h0: v128, h1: v128, h2: v128, h3: v128, n: usize): void;
}

// @ts-ignore: decorator
@inline
function put(p: usize, x: v128, n: usize): void {
  if (n == 4) v128.store(p, x);
  else store_tail(p, x, n);
}

// @ts-ignore: decorator
@inline
function update<R extends Rule>(p: usize, g: usize, m: usize, v: usize, n: usize, hyper: usize, ok: usize): void {
  if (!load<i32>(ok)) return;
  const rule = changetype<R>(0);
  const h0 = v128.load32_splat(hyper), h1 = v128.load32_splat(hyper, 4), h2 = v128.load32_splat(hyper, 8), h3 = v128.load32_splat(hyper, 12);
  const last = p + ((n & ~3) << 2), wide = p + ((n & ~15) << 2);
  for (; p < wide; p += 64, g += 64, m += 64, v += 64) {
    rule.step(p, g, m, v, h0, h1, h2, h3, 4);
    rule.step(p + 16, g + 16, m + 16, v + 16, h0, h1, h2, h3, 4);
    rule.step(p + 32, g + 32, m + 32, v + 32, h0, h1, h2, h3, 4);
    rule.step(p + 48, g + 48, m + 48, v + 48, h0, h1, h2, h3, 4);
  }
  for (; p < last; p += 16, g += 16, m += 16, v += 16) rule.step(p, g, m, v, h0, h1, h2, h3, 4);
  if (n & 3) rule.step(p, g, m, v, h0, h1, h2, h3, n & 3);
}

@final @unmanaged
class Sgd extends Rule {
  @inline step(p: usize, g: usize, _m: usize, _v: usize, h0: v128, _h1: v128, _h2: v128, _h3: v128, n: usize): void {
    put(p, fma(f32x4.neg(h0), v128.load(g), v128.load(p)), n);
  }
}

@final @unmanaged
class Momentum extends Rule {
  @inline step(p: usize, g: usize, m: usize, _v: usize, h0: v128, h1: v128, _h2: v128, _h3: v128, n: usize): void {
    const velocity = flush(fma(h1, v128.load(m), f32x4.mul(f32x4.neg(h0), v128.load(g))));
    put(m, velocity, n);
    put(p, f32x4.add(v128.load(p), velocity), n);
  }
}

@final @unmanaged
class Nesterov extends Rule {
  @inline step(p: usize, g: usize, m: usize, _v: usize, h0: v128, h1: v128, _h2: v128, _h3: v128, n: usize): void {
    const descent = f32x4.mul(f32x4.neg(h0), v128.load(g));
    const velocity = flush(fma(h1, v128.load(m), descent));
    put(m, velocity, n);
    put(p, f32x4.add(v128.load(p), fma(h1, velocity, descent)), n);
  }
}

@final @unmanaged
class Adam extends Rule {
  @inline step(p: usize, g: usize, m: usize, v: usize, h0: v128, h1: v128, h2: v128, h3: v128, n: usize): void {
    const gradient = v128.load(g);
    const oldMean = v128.load(m), oldSquare = v128.load(v);
    const mean = flush(fma(h1, f32x4.sub(gradient, oldMean), oldMean));
    const square = flush(fma(h2, f32x4.sub(f32x4.mul(gradient, gradient), oldSquare), oldSquare));
    put(m, mean, n);
    put(v, square, n);
    const step = f32x4.div(f32x4.mul(h0, mean), f32x4.add(f32x4.sqrt(square), h3));
    put(p, f32x4.sub(v128.load(p), step), n);
  }
}

/** p -= h0 g; h = [learning rate]. */
export function sgd_update_f32(p: usize, g: usize, n: usize, hyper: usize, ok: usize): void {
  update<Sgd>(p, g, 0, 0, n, hyper, ok);
}

/** m = h1 m - h0 g; p += m; h = [learning rate, momentum]. */
export function momentum_update_f32(p: usize, g: usize, m: usize, n: usize, hyper: usize, ok: usize): void {
  update<Momentum>(p, g, m, 0, n, hyper, ok);
}

/** m = h1 m - h0 g; p += h1 m - h0 g; h = [learning rate, momentum]. */
export function nesterov_update_f32(p: usize, g: usize, m: usize, n: usize, hyper: usize, ok: usize): void {
  update<Nesterov>(p, g, m, 0, n, hyper, ok);
}

/**
 * m += h1 (g - m); v += h2 (g^2 - v); p -= h0 m / (sqrt(v) + h3); h = [step size with bias correction, 1 - beta1, 1 - beta2, epsilon]:
 * Kingma and Ba 2015 in the form of the end of section 2, whose epsilon ("epsilon hat") is not corrected for bias.
 */
export function adam_update_f32(p: usize, g: usize, m: usize, v: usize, n: usize, hyper: usize, ok: usize): void {
  update<Adam>(p, g, m, v, n, hyper, ok);
}
