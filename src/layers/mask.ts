/** Masks: which steps of a sequence count. @module */
import type { Tensor } from "../graph/graph.ts";
import { view } from "../graph/ops/shaping.ts";

/** By the value they belong to. */
const masks = new WeakMap<Tensor, Tensor>();

/** The mask that x carries: [N,T], f32, 1 where a step counts and 0 where it does not. Absent: all do. */
export function maskOf(x: Tensor): Tensor | undefined {
  return masks.get(x);
}

/** y with this mask, or with none: another symbolic value of the same memory, so that other readers of y see nothing of it. */
export function withMask(y: Tensor, mask: Tensor | undefined): Tensor {
  const masked = view(y);
  if (mask !== undefined) masks.set(masked, mask);
  return masked;
}
