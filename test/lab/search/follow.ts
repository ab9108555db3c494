/** Runs methods on plain functions, one candidate after another. */
import { type Candidate, type Evaluated, type Method, type MethodName, methodOf, type Space } from "../../../src/lab/search/index.ts";

/** All that a method asks for, until it asks for nothing more; `value` null: the candidate fails. */
export function follow(method: Method, value: (candidate: Candidate) => number | null): Evaluated[] {
  const finished: Evaluated[] = [];
  for (;;) {
    const round = method.next(finished, 1);
    if (round.length === 0) return finished;
    for (const candidate of round) finished.push({ candidate, value: value(candidate) });
  }
}

/** Resource that was spent: of those that go on only what they add. */
export const spent = (finished: readonly Evaluated[]): number => {
  const resources = new Map(finished.map(({ candidate }) => [candidate.id, candidate.resource]));
  return finished.reduce((sum, { candidate }) => sum + candidate.resource - (candidate.from === null ? 0 : (resources.get(candidate.from) as number)), 0);
};

/** Each method, with options that keep it short. */
export const short: { readonly [name in MethodName]: object } = {
  grid: { levels: 2 },
  random: { trials: 30 },
  sobol: { trials: 30 },
  tpe: { trials: 30 },
  successiveHalving: { maxResource: 9 },
  hyperband: { maxResource: 9 },
  asha: { maxResource: 9, budget: 60 },
};

export const shortMethod = (name: MethodName, space: Space, seed: number): Method => methodOf(name, space, { ...short[name], seed });
