/** Methods that know all their points from the beginning. @module */
import type { Method } from "../method.ts";
import type { Point } from "../space.ts";

export function oneRound(name: string, trials: number, pointOf: (id: number) => Point): Method {
  let begun = false;
  return {
    name,
    asynchronous: false,
    budget: trials,
    next() {
      if (begun) return [];
      begun = true;
      return Array.from({ length: trials }, (_, id) => ({ id, point: pointOf(id), resource: 1, from: null, rung: 0, bracket: 0 }));
    },
  };
}
